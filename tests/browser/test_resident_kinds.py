"""Every kind of question on a phone: what must be answered, what is not asked after all, figures as typed by people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.test_resident import answers, reviewed, submit
from tests.service.test_resident_steps import EVERY, ROWS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
PARTS = ["q-g", "q-g-2", "q-g-3", "q-g-4"]  # twenty-two rows on four screens
RATED = {f"g.{row.id}": "2" for row in ROWS}


@pytest.fixture
def wave(database: Database, settings: Settings, world: World) -> OpenWave:
    return open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, EVERY)


def turn(page: Page, anchor: str) -> None:
    page.locator(".here [data-turn=on]").tap()
    page.locator(f"#{anchor}.here").wait_for()


def rate_all(page: Page, anchor: str) -> None:
    page.locator(f"#{anchor}.here").wait_for()
    for row in page.locator(".here .item").all():
        row.locator("label").nth(1).tap()


def wants(page: Page, anchor: str) -> str:
    """Taps on, stays, and gives what is said beside the field that has the focus."""
    page.locator(".here [data-turn=on]").tap()
    said = page.locator(f"#{anchor}.here .fault[role=alert]:not(.mended)")
    expect(said).to_have_count(1)
    assert page.evaluate("() => document.activeElement.closest('.step').id") == anchor
    return said.inner_text()


def test_every_kind_is_answered_and_what_is_not_asked_after_all_is_not_sent(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("form.led").wait_for()
    page.locator("#start").tap()
    page.locator("#q-n.here").wait_for()
    turn(page, "q-s")
    page.locator("#q-s input[value='1']").check()
    turn(page, "q-m")
    page.locator("#q-m input[value='2']").check()
    page.locator("#q-m input[value='7']").check()
    page.locator("#f-m\\.other").fill("  孩子的学校 ")
    turn(page, "q-g")
    page.locator("#q-g h2").tap()  # elsewhere first: at once and at the same place it would be half of a double tap
    assert wants(page, "q-g") != ""
    for here, following in zip(PARTS, [*PARTS[1:], "q-x"], strict=True):
        rate_all(page, here)
        turn(page, following)
    # Figures as people type them: too many, too exact, then full-width and with the unit.
    for typed in ("11", "3.55", "三公里"):
        page.locator("#f-x").fill(typed)
        assert "10" in wants(page, "q-x")
    page.locator("#f-x").fill("３．５公里")
    assert page.locator("#f-x").get_attribute("inputmode") == "decimal"
    turn(page, "q-d")
    page.locator("#f-d").fill("2025-12-31")
    assert "2026" in wants(page, "q-d")
    page.locator("#f-d").fill("2026-05-01")
    turn(page, "q-t")
    page.locator("#f-t").fill("𠮷林路👍🏽")
    turn(page, "q-l")
    page.locator("#f-l").fill("一\n<b>二</b>")
    expect(page.locator(".here [data-turn=on]")).to_have_text("核对并提交")
    # Back at the first question another answer is given: the whole second part is not asked any more.
    page.evaluate("() => { location.hash = 'q-s'; }")
    page.locator("#q-s.here").wait_for()
    page.locator("#q-s input[value='3']").check()
    page.evaluate("() => { location.hash = 'q-g-4'; }")
    page.locator("#q-g-4.here").wait_for()
    expect(page.locator(".here [data-turn=on]")).to_have_text("核对并提交")
    # And asked again, nothing that was written is lost.
    page.evaluate("() => { location.hash = 'q-s'; }")
    page.locator("#q-s.here").wait_for()
    page.locator("#q-s input[value='1']").check()
    page.evaluate("() => { location.hash = 'q-l'; }")
    page.locator("#q-l.here").wait_for()
    page.locator("#q-l.here [data-turn=back]").tap()
    page.locator("#q-t.here").wait_for()
    assert page.locator("#f-t").input_value() == "𠮷林路👍🏽"
    turn(page, "q-l")
    submit(page)
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [
        {
            "s": "1",
            "m": ["2", "7"],
            "m.other": "孩子的学校",
            **RATED,
            "x": 3.5,
            "d": "2026-05-01",
            "t": "𠮷林路👍🏽",
            "l": "一\n<b>二</b>",
        }
    ]


def test_submitting_leads_back_to_what_must_be_answered_and_was_passed_over(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}#q-s")
    page.locator("#q-s.here input[value='3']").check()  # the second part is not asked
    for anchor in PARTS:
        page.evaluate("anchor => { location.hash = anchor; }", anchor)
        if anchor != "q-g-2":
            rate_all(page, anchor)
    submit(page)
    expect(page.locator("#q-g-2.here .fault")).to_have_count(1)
    rate_all(page, "q-g-2")
    turn(page, "review")  # and straight back to where it is submitted
    reviewed(page)
    page.locator(".here [data-turn=on]").tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"s": "3", **RATED}]
