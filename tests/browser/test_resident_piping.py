"""Texts that are filled with what was answered: at once with a script, by the service at the next step without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.test_resident_rules import on, said
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.piped import PIPED

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)>&{q1}"


@pytest.fixture
def wave(database: Database, settings: Settings, world: World, tmp_path: Path) -> OpenWave:
    keys = KeyRing(settings.secret_key.get_secret_value())
    return open_wave_of(database, keys, world, loaded(tmp_path, PIPED))


def heading(page: Page) -> str:
    return page.locator(".here h2").inner_text()


def test_with_a_script(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("form.led").wait_for()
    assert page.locator("#q-pleased h2").text_content() == "您对这个地方满意吗？"
    page.locator("#start").tap()
    page.locator(".here label", has_text="医院").tap()
    on(page)
    page.locator("#f-people").fill("12")
    on(page)
    assert said(page, "q-people") == "12 个人一起去医院？"
    page.locator("#f-people").fill("3")
    on(page)
    expect(page.locator("#q-pleased.here")).to_be_visible()
    assert heading(page) == "您对医院满意吗？"
    assert page.locator(".here .hint").inner_text() == "3 个人，每人 0.33 份"
    assert page.locator(".here label").first.inner_text() == "对医院满意"
    page.locator(".here label").first.tap()
    on(page)
    assert heading(page).endswith("的医院怎么样？")
    assert "{" not in heading(page)
    page.locator("#f-remark").fill(HOSTILE)
    on(page)
    assert heading(page) == f"您说“{HOSTILE}”，为什么？"
    assert page.locator(".here h2 img").count() == 0
    on(page)
    assert page.locator(".here h2").inner_text() == "谢谢：没有理由。"
    on(page)
    page.locator("#review.here").wait_for()
    assert "对医院满意" in page.locator("#review-answers").inner_text()


def test_without_a_script(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone(java_script_enabled=False)
    address = f"{base}/a/{wave.code}"
    page.goto(f"{address}#q-q1")
    page.locator("#q-q1 label", has_text="医院").tap()
    page.goto(f"{address}#q-people")
    page.locator("#f-people").fill("12")
    page.goto(f"{address}#q-remark")
    page.locator("#f-remark").fill(HOSTILE)
    page.goto(f"{address}#q-last")
    page.get_by_role("button", name="核对并提交").tap()
    page.locator(".summary").wait_for()
    assert "12 个人一起去医院？" in page.locator(".summary").inner_text()
    page.locator("#f-people").fill("2")
    page.get_by_role("button", name="改好了，提交答卷").tap()
    page.locator(".answers").wait_for()
    told = page.locator(".answers").inner_text()
    assert "您对医院满意吗？" in told
    assert f"您说“{HOSTILE}”，为什么？" in told
    assert page.locator(".answers img").count() == 0
