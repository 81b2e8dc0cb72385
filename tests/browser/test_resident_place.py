"""A place on a phone: taken by the button, typed where the phone gives none, and typed without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from questionnaires.model import Questionnaire
from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.test_resident import answers, reviewed
from tests.browser.test_resident_access import sound
from tests.spec.questionnaires.examples import NOTICE, loaded

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
DEFINITION = f"""\
key: where
version: "1"
title: {{zh: 路灯, en: Street lamps}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - {{id: lamp, type: place, text: {{zh: 哪里的路灯不亮？, en: Where does no lamp shine?}}, precision: 100m}}
      - {{id: more, type: place, text: {{zh: 还有哪里？, en: Where else?}}}}
"""
PHONE_IS_AT = {"latitude": 30.657421, "longitude": 104.065735, "accuracy": 12.4}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("where"), DEFINITION)


@pytest.fixture
def wave(database: Database, settings: Settings, world: World, places: Questionnaire) -> OpenWave:
    return open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, places)


def test_the_button_takes_no_more_than_is_kept(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone(geolocation=PHONE_IS_AT, permissions=["geolocation"])
    page.goto(f"{base}/a/{wave.code}")
    page.locator("#start").tap()
    page.locator("#q-lamp.here").wait_for()
    expect(page.locator("#h-lamp")).to_contain_text("位置只存到约 100 米。")
    page.locator("#q-lamp").get_by_role("button", name="取当前位置").tap()
    expect(page.locator("#f-lamp")).to_have_value("30.657, 104.066, 20")
    expect(page.locator("#q-lamp [role=status]")).to_contain_text("误差约 13 米")
    sound(page, "a place")
    drafts = page.evaluate("() => Object.values(localStorage).join()")
    assert "30.657" in drafts
    assert "30.6574" not in drafts, "what is finer is not even kept on the phone"
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-more.here").wait_for()
    page.locator("#f-more").fill("万寿桥")
    page.locator("#q-more h2").tap()
    page.locator(".here [data-turn=on]").tap()
    expect(page.locator("#q-more.here .fault")).to_contain_text("写纬度和经度")
    page.locator("#f-more").fill("东经104.07123 北纬30.66123")
    page.locator("#q-more h2").tap()
    expect(page.locator("#f-more")).to_have_value("30.66, 104.07")
    page.locator(".here [data-turn=on]").tap()
    reviewed(page)
    page.locator(".here [data-turn=on]").tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"lamp": "30.657,104.066,20", "more": "30.66,104.07"}]


def test_a_phone_that_tells_no_place_is_typed_into(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("#start").tap()
    page.locator("#q-lamp.here").wait_for()
    page.locator("#q-lamp").get_by_role("button", name="取当前位置").tap()
    expect(page.locator("#q-lamp [role=status]")).to_contain_text("手机没有允许取位置")
    sound(page, "a place refused")
    page.locator("#f-lamp").fill("30.6574 104.0657")
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-more.here").wait_for()
    page.locator(".here [data-turn=on]").tap()
    reviewed(page)
    page.locator(".here [data-turn=on]").tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"lamp": "30.657,104.066"}]


def test_without_a_script_it_is_typed(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.route("**/resident.js", lambda route: route.abort())
    page.goto(f"{base}/a/{wave.code}#q-lamp")
    assert page.get_by_role("button", name="取当前位置").count() == 0
    page.locator("#f-lamp").fill("30.6")
    page.locator("#q-lamp [data-turn=on]").tap()
    page.locator("#q-more [value=check]").tap()
    expect(page.locator(".faulty .fault")).to_contain_text("先纬度，例如 30.657 104.066")
    page.locator("#f-lamp").fill("30.6574 104.0657")
    page.locator("form button.btn").tap()
    page.locator(".answers").wait_for()
    expect(page.locator(".answers")).to_contain_text("北纬 30.657°，东经 104.066°")
    page.locator("form button.btn").last.tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"lamp": "30.657,104.066"}]
