"""Limits, points, an order and a time at the keyer's desk: which keys move on, what stops, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from survey_service.models import Area
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_keying import ASKED, Keys, here, open_form, store, stored
from tests.browser.test_resident_further_kinds import further, wave
from tests.service.world import World, _case

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from tests.browser.resident_world import OpenWave

pytestmark = pytest.mark.browser
__all__ = ["further", "wave"]


def test_the_keys_of_each(
    base: str, world: World, wave: OpenWave, database: Database, desk: Callable[..., Page]
) -> None:
    with database.writing.begin() as session:
        community = session.get_one(Area, world.community_ids[1])
        session.add(_case(wave.survey_id, wave.wave_id, community, 8))
    page = desk()
    sign_in(page, base, "keyer")
    page.goto(f"{base}/keying/further/2026Q3")
    page.wait_for_selector(ASKED)
    keys = Keys(page)
    open_form(keys, "0002-008")
    said = page.locator("#say")
    keys.type("1235")
    keys.press("Enter")
    expect(said).to_contain_text("最多选 3 项，录了 4 项")
    keys.press("+")
    assert here(page) == "likely"
    keys.type("10")  # the one point of two keys; nothing to move on
    assert here(page) == "rated.lamps"
    keys.type("0")
    keys.type("11")
    assert here(page) == "order"
    keys.type("4")
    keys.type("9")  # no code: taken back, what was keyed before it stays
    expect(said).to_contain_text("9 不是选项")
    keys.press("Escape")
    keys.type("41")
    keys.press("Enter")
    expect(said).to_contain_text("有一项排了两次")
    keys.press("Escape")
    page.locator(".ask.now input").fill("")
    keys.type("412")
    assert here(page) == "opens"
    keys.type("830")
    keys.press("Enter")
    store(keys, "0002-008")
    answers = stored(database)["0002-008"]
    assert answers == {
        "wishes": ["1", "2", "3", "5"],
        "likely": "10",
        "rated.lamps": "0",
        "rated.lifts": "11",
        "order": ["4", "1", "2"],
        "opens": "08:30",
    }
