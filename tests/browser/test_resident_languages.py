"""A page that runs from right to left: laid out, reached by keys, sound for readers aloud, and answered to its end."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.scripted_resident import Resident
from tests.browser.test_resident_access import sound
from tests.programmes import filled_in, programme
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.piped import PIPED
from tests.spec.questionnaires.speaking import speaking

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
# Where a thing stands in its line: of two neighbours the earlier is on the right.
FIRST_IS_RIGHT = """
(selector) => {
  const [one, two] = [...document.querySelectorAll(selector)].map((each) => each.getBoundingClientRect());
  return one.left > two.left;
}
"""


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


@pytest.fixture
def wave(database: Database, keys: KeyRing, world: World) -> OpenWave:
    return open_wave_of(database, keys, world, speaking(filled_in(programme("civilized_city")), "ug", "bo"))


def test_the_page_from_right_to_left(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}?lang=ug")
    page.locator("html[lang=ug][dir=rtl] form.led").wait_for()
    sound(page, "notice")
    assert page.evaluate(FIRST_IS_RIGHT, "#notice .facts.loose dt, #notice .facts.loose dd")
    page.locator("#start").tap()
    page.locator("#q-q1.here").wait_for()
    assert page.evaluate(FIRST_IS_RIGHT, ".here .option input, .here .option span")
    assert page.evaluate(FIRST_IS_RIGHT, ".here .turn .btn:first-child, .here .turn .btn:last-child")
    sound(page, "q1")
    for anchor in ("q-q2", "q-q6", "q-q10", "q-q12"):
        page.goto(f"{base}/a/{wave.code}?lang=ug#{anchor}")
        page.locator(f"#{anchor}.here").wait_for()
        sound(page, anchor)
    page.locator(".here [data-turn=on]").tap()


def test_a_scripted_resident_answers_it_to_the_end(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone()
    resident = Resident(page, random.Random(1))
    resident.answer(f"{base}/a/{wave.code}?lang=ug")
    page.locator("html[dir=rtl] .receipt").wait_for()
    assert page.locator(".receipt b").evaluate("(code) => getComputedStyle(code).direction") == "ltr"
    sound(page, "receipt")


def test_keys_and_the_change_of_language_keep_what_was_answered(
    phone: Callable[..., Page], base: str, wave: OpenWave
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}?lang=ug#q-q1")
    first = page.locator("#q-q1 input").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert first.is_checked()
    page.locator(".tools button[lang=bo]").tap()
    page.locator("html[lang=bo] form.led").wait_for()
    assert page.locator("html").get_attribute("dir") is None
    assert page.locator("#q-q1 input").first.is_checked()
    page.locator(".tools button[lang='zh-CN']").tap()
    page.locator("html[lang='zh-CN'] form.led").wait_for()
    assert page.locator("#q-q1 input").first.is_checked()


def test_places_are_kept_apart_from_the_line_around_them(
    phone: Callable[..., Page], base: str, database: Database, keys: KeyRing, world: World, tmp_path: Path
) -> None:
    wave = open_wave_of(database, keys, world, speaking(loaded(tmp_path, PIPED), "ug"))
    page = phone()
    page.goto(f"{base}/a/{wave.code}?lang=ug")
    page.locator("#start").tap()
    page.locator(".here label").first.tap()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#f-people").fill("12")
    page.locator(".here [data-turn=on]").tap()
    page.locator("bdi[data-slot=people]").first.wait_for(state="attached")
    assert "12" in page.locator("bdi[data-slot=people]").all_text_contents()
