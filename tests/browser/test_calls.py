"""The telephone desk in a real browser: it fits a phone and a desk, and a call is made and noted in few presses."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from survey_service.audit.chain import SERVICE
from survey_service.field import telephones
from survey_service.models import Mode, Wave
from survey_service.sealed.keys import WaveKeys
from survey_service.secrets import KeyRing
from tests.browser.looks import beyond
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_wave import sound
from tests.service.test_door_pages import give
from tests.service.world import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
NUMBER = "13800138000"


@pytest.fixture
def numbered(database: Database, world: World, settings: Settings) -> World:
    keys = WaveKeys(settings, KeyRing(settings.secret_key.get_secret_value()))
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=[Mode.TELEPHONE.value, Mode.FACE_TO_FACE.value]))
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        numbers = dict.fromkeys(world.case_numbers[:4], NUMBER)
        telephones.store(session, wave, numbers, keys, at=NOW, by=SERVICE)
    give(database, world, 0, 1, 2, 3)
    return world


def taken(page: Page, name: str) -> None:
    """A picture to be looked at, where somebody asks for one."""
    if folder := os.environ.get("SURVEY_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 390), ("zh", 1280)])
def test_the_desk_fits_and_is_sound(
    base: str, numbered: World, desk: Callable[..., Page], language: str, width: int
) -> None:
    page = desk(viewport={"width": width, "height": 740})
    sign_in(page, base, "interviewer", language=language)
    page.goto(f"{base}/calls")
    sound(page, "list")
    taken(page, f"calls-list-{language}-{width}")
    page.click("p.bar a.btn")
    sound(page, "case")
    page.click("form[action$='/number'] button")
    assert page.locator(f"a[href='tel:{NUMBER}']").is_visible()
    for place in range(6):
        page.locator(".findings summary").nth(place).click()
    sound(page, "number and buttons")
    assert beyond(page) == 0
    taken(page, f"calls-case-{language}-{width}")


def test_a_call_is_made_noted_and_taken_back(base: str, numbered: World, desk: Callable[..., Page]) -> None:
    page = desk(viewport={"width": 390, "height": 740})
    sign_in(page, base, "interviewer")
    page.goto(f"{base}/visits")
    page.click("text=电话访问")
    first, second = numbered.case_numbers[:2]
    page.click(f"text=下一户：{first}")
    page.click("text=看号码")
    page.locator(f"a[href='tel:{NUMBER}']").wait_for()
    page.click(".findings summary >> text=没人接")
    page.click("text=响到底没人接")
    assert f"已记 {first}：响到底没人接" in page.locator(".said").inner_text()
    page.click(".said button")
    page.locator("text=还没打过").wait_for()
    page.click(".findings summary >> text=约时间再打")
    page.fill(".findings input[type=time]", "20:15")
    page.click("text=约好了")
    page.click("text=有约 1")
    assert "约好 9月18日（今天，周五）20:15 再打" in page.locator(".doors").inner_text()
    page.click("text=现在打")
    page.click(f"text=下一户：{second}")
    page.click("text=开始访问")
    page.wait_for_url("**/a/*")
