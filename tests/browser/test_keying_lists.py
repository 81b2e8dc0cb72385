"""Long lists and options that hang on an answer, keyed: initials find a code, what was not offered stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from survey_service.models import Area
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_keying import ASKED, Keys, here, open_form, store, stored
from tests.browser.test_resident_lists import GIVEN, listed, wave
from tests.service.world import World, _case

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from tests.browser.resident_world import OpenWave

pytestmark = pytest.mark.browser
__all__ = ["listed", "wave"]


def test_names_and_initials_are_keyed(
    base: str, world: World, wave: OpenWave, database: Database, desk: Callable[..., Page]
) -> None:
    with database.writing.begin() as session:
        community = session.get_one(Area, world.community_ids[1])
        session.add(_case(wave.survey_id, wave.wave_id, community, 8))
    page = desk()
    sign_in(page, base, "keyer")
    page.goto(f"{base}/keying/listed/2026Q3")
    page.wait_for_selector(ASKED)
    keys = Keys(page)
    open_form(keys, "0002-008")
    said = page.locator("#say")
    keys.type("sh")
    keys.press("Enter")
    expect(said).to_contain_text("“sh”有 5 个：440300003 沙河街道，440300004 招商街道")
    keys.press("Escape")
    page.locator(".ask.now input").fill("")
    keys.type("yh")
    keys.press("Enter")
    assert here(page) == "community"
    expect(page.locator("[data-row=street] output")).to_have_text("粤海街道")
    keys.type("wx")  # of this street alone, though every street has one
    keys.press("Enter")
    assert here(page) == "field"
    keys.type("b")
    keys.press("Enter")
    keys.type("a1")
    expect(said).to_contain_text("照前面的答案，这里没有“停车”。")
    keys.press("Escape")
    page.locator(".ask.now input").fill("")
    keys.type("b1")
    assert here(page) == "used"
    keys.type("01,02")
    keys.press("Enter")
    assert here(page) == "best"
    keys.type("02")
    assert here(page) == "order"
    keys.type("02,01")  # two were ticked: two are ranked
    keys.press("Enter")
    assert here(page) == "how"
    keys.type("1")
    keys.press("Enter")
    store(keys, "0002-008")
    assert stored(database)["0002-008"] == GIVEN
