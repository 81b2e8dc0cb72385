"""Rules at the keyer's desk: told at the last box that they are about, kept where the paper says so, never refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from survey_service.models import Area
from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_keying import ASKED, Keys, here, open_form, store, stored
from tests.service.world import World, _case
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.family import FAMILY

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture
def wave(database: Database, settings: Settings, world: World, tmp_path: Path) -> OpenWave:
    made = open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, loaded(tmp_path, FAMILY))
    with database.writing.begin() as session:
        community = session.get_one(Area, world.community_ids[1])
        session.add(_case(made.survey_id, made.wave_id, community, 8))
    return made


def test_what_a_rule_says_is_asked_once_and_the_paper_is_believed(
    base: str, wave: OpenWave, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk()
    sign_in(page, base, "keyer")
    page.goto(f"{base}/keying/family/2026Q3")
    page.wait_for_selector(ASKED)
    keys, said = Keys(page), page.locator("#say")
    open_form(keys, "0002-008")

    def typed(text: str) -> None:
        keys.type(text)
        keys.press("Enter")

    def otherwise(text: str) -> None:
        keys.press("Escape")
        page.locator(".ask.now input").fill("")
        typed(text)

    typed("2")
    typed("3")  # hard for a resident; a keyer copies what stands there
    expect(said).to_contain_text("工作的人数不会多于家里的人数。")
    assert here(page) == "earning"
    otherwise("2")  # it was the key that slipped
    assert here(page) == "born"
    typed("20261201")  # after today, as the service counts the days
    expect(said).to_contain_text("出生日期还没有到。")
    otherwise("20150101")  # of two answers and a calculated number
    expect(said).to_contain_text("不到十六岁，家里却人人工作。")
    keys.press("+")
    assert here(page) == "wants"
    typed("123")
    expect(said).to_contain_text("最多选两项。")
    keys.press("+")
    assert here(page) == "call"
    typed("110")
    expect(said).to_contain_text("不像电话号码。")
    keys.press("+")
    store(keys, "0002-008")
    assert stored(database)["0002-008"] == {
        "people": 2,
        "earning": 2,
        "born": "2015-01-01",
        "wants": ["1", "2", "3"],
        "call": "110",
    }
