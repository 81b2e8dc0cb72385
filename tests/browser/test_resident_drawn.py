"""Blocks drawn per person on a phone: only those that were drawn are on the way, and a reload changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from questionnaires.answers import Policy, check_answers
from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.test_resident_rules import on
from tests.service.test_collection_pages import stored
from tests.spec.questionnaires.drawn import questionnaire

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
NAMES = ("税务", "供水", "银行", "邮政")


@pytest.fixture
def wave(database: Database, settings: Settings, world: World) -> OpenWave:
    return open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, questionnaire())


def drawn(page: Page, used: list[str]) -> list[str]:
    ticket = int(page.locator("[name=_draw]").get_attribute("value").partition(".")[0])  # type: ignore[union-attr]
    found = check_answers(questionnaire(), {"used": used, "bodies": ticket}, Policy.WEB).values["bodies"]
    assert isinstance(found, list)
    return found


def way(page: Page) -> list[str]:
    """The blocks that are shown one after the other, each answered 不满意."""
    seen = []
    while page.locator("#review.here").count() == 0:
        step = page.locator(".step.here").get_attribute("data-question") or ""
        if step.endswith("_all"):
            seen.append(step.removesuffix("_all"))
            page.locator(".here label", has_text="不满意").tap()
        on(page)
    return seen


def test_with_a_script(phone: Callable[..., Page], base: str, wave: OpenWave, database: Database) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("form.led").wait_for()
    page.locator("#start").tap()
    for name in NAMES[:3]:
        page.locator(".here label", has_text=name).tap()
    first = drawn(page, ["1", "2", "3"])
    page.reload()
    page.locator("form.led").wait_for()
    assert drawn(page, ["1", "2", "3"]) == first
    if page.locator("#start").is_visible():
        page.locator("#start").tap()
    page.locator("#q-used.here").wait_for()
    page.locator(".here label", has_text="邮政").tap()  # a fourth: the draw is among four now
    assert way(page) == drawn(page, ["1", "2", "3", "4"])
    page.locator("#review-answers").get_by_text("不满意").first.wait_for()
    page.get_by_role("button", name="提交答卷").tap()
    page.get_by_text("已提交").first.wait_for()
    (one,) = stored(database)
    told = {name.removesuffix("_all") for name in one["answers"] if name.endswith("_all")}
    values = check_answers(questionnaire(), one["answers"], Policy.WEB)
    assert told == set(values.values["bodies"])  # type: ignore[arg-type]
    assert len(told) == 2


def test_without_a_script(phone: Callable[..., Page], base: str, wave: OpenWave, database: Database) -> None:
    page = phone(java_script_enabled=False)
    page.goto(f"{base}/a/{wave.code}#q-used")
    assert page.locator(".undrawn:visible").count() == 0
    for name in NAMES:
        page.locator("#q-used label", has_text=name).tap()
    page.get_by_role("button", name="核对并提交").last.tap()
    page.get_by_text("是抽签定的").wait_for()
    shown = drawn(page, ["1", "2", "3", "4"])
    page.get_by_role("link", name="从这里答起").tap()
    for name in shown:  # one behind the other, and nothing that was not drawn
        page.locator(f"#q-{name}_all label", has_text="不满意").tap()
        page.locator(f"#q-{name}_all").get_by_role("link", name="下一题").tap()
        page.locator(f"#q-{name}_why").get_by_role("link", name="下一题").tap()
    assert page.locator("#q-wish").is_visible()
    assert page.locator(".undrawn:visible").count() == 0
    page.get_by_role("button", name="核对并提交").last.tap()
    page.locator(".answers").wait_for()
    page.get_by_role("button", name="提交答卷").first.tap()
    page.get_by_text("已提交").first.wait_for()
    (one,) = stored(database)
    assert {name for name in one["answers"] if name.endswith("_all")} == {f"{name}_all" for name in shown}
