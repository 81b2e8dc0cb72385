"""A batch from its first keying to its last decision, by keyboard alone, by three people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from survey_service.captures.content import answers_of
from survey_service.models import BatchState, Capture, Keying, KeyingPass, PaperBatch, Response
from tests.browser.looks import beyond, in_languages
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_keying import SHOWN, Keys, store
from tests.service.paper_batches import colleagues, issue

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from tests.service.world import World

pytestmark = pytest.mark.browser


def at_work(desk: Callable[..., Page], base: str, who: str) -> Keys:
    """Signed in, at the start page, with the first thing to do in focus; a mouse fails the test."""
    page = desk()
    page.add_init_script("addEventListener('mousedown', () => { throw new Error('a mouse was used') })")
    sign_in(page, base, who)
    page.wait_for_function("() => document.activeElement.closest('.work') !== null")
    return Keys(page)


def scan(keys: Keys, serial: str) -> None:
    """A hand scanner types the QR code's text; the Enter behind it is counted as the keyer's."""
    keys.page.keyboard.insert_text(serial)
    keys.press("Enter")
    keys.page.wait_for_selector(SHOWN)
    expect(keys.page.locator(".ask.now")).to_have_count(1)


def test_a_batch_is_keyed_verified_and_decided_by_keyboard_alone(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    people = colleagues(database, world)
    printed = issue(database, world, forms=2, keyer=people["keyer"], verifier=people["second"])
    keys = at_work(desk, base, "keyer")
    keys.press("Enter")  # 开始录
    keys.page.wait_for_selector("#find:not([hidden])")
    keys.strokes = 0
    for serial in printed.serials:
        scan(keys, serial)
        assert "第 1 批" in str(keys.page.text_content("#strip-community"))
        keys.type("2139")  # four closed answers
        keys.type("*")  # refused to give the age: one key
        store(keys, f"{serial[:3]} {serial[3:6]} {serial[6:]}")
    assert keys.strokes == 2 * (5 + 2), "one key a closed answer and two a form"

    keys = at_work(desk, base, "second")
    assert "核对" in keys.page.inner_text(".work li")
    keys.press("Enter")
    keys.page.wait_for_selector("#find:not([hidden])")
    for serial, answers in zip(printed.serials, ("2339*", "2139*"), strict=True):
        scan(keys, serial)
        assert "第二次录入" in keys.page.inner_text("#sheet-pass")
        assert not any(keys.page.eval_on_selector_all(".ask input", "all => all.map(one => one.value)")), "blind"
        keys.type(answers)
        store(keys, f"{serial[:3]} {serial[3:6]} {serial[6:]}")

    keys = at_work(desk, base, "third")
    page = keys.page
    keys.press("Enter")  # 去裁定
    expect(page.locator("h1")).to_contain_text("1 处不同")
    expect(page.locator("#main")).not_to_contain_text("录入员second")
    keys.press("3")
    expect(page.locator("#typed")).to_be_focused()
    keys.press("Enter")  # nothing is typed yet, and then no reason: it says so
    expect(page.locator("#reason")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#say.missed")).to_contain_text("理由")
    expect(page.locator("#reason")).to_be_focused()
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    keys.press("2")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.insert_text("勾在“不满意”一格")
    keys.press("Enter")
    expect(page.locator("#main")).to_contain_text("没有等您裁定的地方")
    with database.reading.begin() as session:
        assert session.scalars(select(PaperBatch.state)).one() is BatchState.DONE
        counted = session.scalars(
            select(Capture).join(
                Response, (Response.survey_id == Capture.survey_id) & (Response.current_capture_id == Capture.id)
            )
        ).all()
        assert sorted(str(answers_of(one)["overall"]) for one in counted) == ["1", "3"]
        firsts = session.scalars(select(Keying).where(Keying.keying_pass == KeyingPass.FIRST)).all()
        assert all(one.keystrokes > 0 for one in firsts)


@in_languages
def test_everyone_can_use_the_pages_of_decisions_and_quality(
    base: str, world: World, database: Database, desk: Callable[..., Page], language: str
) -> None:
    colleagues(database, world)
    (serial,) = issue(database, world, forms=1).serials
    here = f"{base}/keying/satisfaction/2026Q3"
    for who, answers in (("keyer", "2139*"), ("second", "2339*")):
        page = desk()
        sign_in(page, base, who)
        page.goto(here)
        page.wait_for_selector("#find:not([hidden])")
        keys = Keys(page)
        scan(keys, serial)
        keys.type(answers)
        store(keys, serial[:3])
    half, _ = issue(database, world, forms=2, start=1).serials
    page = desk()
    sign_in(page, base, "keyer")
    page.goto(here)
    page.wait_for_selector("#find:not([hidden])")
    scan(Keys(page), half)
    page.keyboard.type("2")
    expect(page.locator("#strip-saved[data-state=saved]")).to_have_count(1)
    pages = {
        "third": [f"{base}/keying", f"{here}/decide/{serial}"],
        "manager": [
            f"{here}/batches",
            f"{here}/batches/1",
            f"{here}/batches/2",
            f"{here}/quality",
            f"{here}/record?number={serial}",
        ],
    }
    for who, addresses in pages.items():
        page = desk()
        sign_in(page, base, who)
        for address in addresses:
            page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
            results = Axe().run(page)
            assert results.violations_count == 0, f"{address}: {results.generate_report()}"
            page.set_viewport_size({"width": 360, "height": 800})
            assert beyond(page) <= 0, address
            page.set_viewport_size({"width": 1280, "height": 800})
