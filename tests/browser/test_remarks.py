"""Residents' words by keyboard: read on, given a theme, struck where marked, undone, chosen; sound at each width."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from survey_service.audit.chain import SERVICE
from survey_service.remarks import themes
from survey_service.remarks.rows import By
from tests.browser.looks import beyond
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_wave import sound
from tests.service.remarked_city import HERE, build_remarked
from tests.service.world import NOW, World, once

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    secret = settings.secret_key.get_secret_value()
    made = once(database, f"remarks {secret}", lambda: build_remarked(database, secret))
    with database.writing.begin() as session:
        themes.begin(session, made.survey_id, By(actor=SERVICE, at=NOW))
    return made


def now(page: Page, words: str) -> None:
    """Until the answer under the hand says this."""
    page.wait_for_function("words => document.querySelector('.remark.now')?.textContent.includes(words)", arg=words)


def test_an_answer_is_judged_without_the_mouse(base: str, world: World, desk: Callable[..., Page]) -> None:
    page = desk()
    sign_in(page, base, "statistician")
    page.goto(f"{base}{HERE}?q=停车位")
    page.keyboard.press("j")
    page.keyboard.press("2")
    now(page, "去掉主题")
    page.evaluate(
        "() => { const text = document.querySelector('.remark.now [data-words]').firstChild;"
        "getSelection().setBaseAndExtent(text, 4, text, 6); }"
    )
    page.keyboard.press("s")
    now(page, "多划一些〔略〕位")
    page.keyboard.press("u")
    page.wait_for_function("() => !document.querySelector('.remark.now').textContent.includes('〔略〕')")
    page.keyboard.press("c")
    now(page, "已选登")
    assert page.locator(".remark.is-chosen").count() == 1


def test_going_on_says_that_the_last_was_read(base: str, world: World, desk: Callable[..., Page]) -> None:
    page = desk()
    sign_in(page, base, "statistician")
    page.goto(f"{base}{HERE}")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.wait_for_function("() => document.querySelectorAll('.remark.is-read').length === 1")
    page.wait_for_function("() => document.querySelectorAll('.remark')[1].classList.contains('now')")
    page.keyboard.press("k")
    page.wait_for_function("() => document.querySelectorAll('.remark')[0].classList.contains('now')")


def test_a_step_that_did_not_arrive_is_said_at_its_answer(base: str, world: World, desk: Callable[..., Page]) -> None:
    page = desk()
    sign_in(page, base, "statistician")
    page.goto(f"{base}{HERE}")
    page.evaluate("() => { window.real = fetch; window.fetch = () => Promise.reject(new TypeError('no line')); }")
    page.keyboard.press("j")
    page.keyboard.press("j")
    now(page, "没有连上，这一步没有记下")
    assert page.locator(".remark.is-read").count() == 0
    page.evaluate("() => { window.fetch = window.real; }")
    page.keyboard.press("r")
    page.wait_for_function("() => document.querySelectorAll('.remark.is-read').length === 1")
    assert page.locator("[data-not-recorded]").count() == 0


@pytest.mark.parametrize(("language", "width"), [("zh", 390), ("en", 1280)])
def test_the_page_fits_and_is_sound(
    base: str, world: World, desk: Callable[..., Page], language: str, width: int
) -> None:
    page = desk(viewport={"width": width, "height": 800})
    sign_in(page, base, "statistician", language=language)
    for address in (HERE, "/surveys/satisfaction/remark-themes"):
        page.goto(f"{base}{address}")
        sound(page, address)
        assert beyond(page) == 0
