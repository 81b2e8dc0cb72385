"""With the receipt a resident corrects and deletes answers on a phone, with a script and without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from survey_service.models import Response, ResponseState
from tests.browser.resident_world import OpenWave
from tests.browser.test_resident import WISH, answers, choose, on, reviewed
from tests.browser.test_resident import submit as send
from tests.browser.test_resident_access import sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database

pytestmark = pytest.mark.browser


def submit(page: Page, base: str, wave: OpenWave, display: str = "") -> None:
    page.goto(f"{base}/a/{wave.code}{display}#q-q12")
    page.locator("#q-q12.here").wait_for()
    page.locator("#q-q12 textarea").fill(WISH)
    send(page)
    page.locator(".receipt").wait_for()


def test_with_a_script(phone: Callable[..., Page], base: str, wave: OpenWave, database: Database) -> None:
    page = phone()
    submit(page, base, wave)
    page.get_by_role("button", name="查看、修改或删除这份答卷").tap()
    page.get_by_role("button", name="修改答案").wait_for()
    sound(page, "kept answers")
    page.get_by_role("button", name="修改答案").tap()
    page.locator("form.led").wait_for()
    page.locator("#start").tap()
    choose(page, "不知道")
    assert "改动还没有提交" in page.locator(".here").inner_text()
    page.evaluate("() => { location.hash = 'q-q12'; }")
    page.locator("#q-q12.here").wait_for()
    on(page)
    reviewed(page)
    assert page.locator(".here [data-turn=on]").inner_text() == "提交改动"
    page.locator(".here [data-turn=on]").dblclick()
    page.wait_for_url("**/receipt?done=corrected")
    sound(page, "corrected")
    assert answers(database, wave) == [{"q1": "3", "q12": WISH}]
    assert page.evaluate("() => Object.keys(localStorage).filter((key) => !key.startsWith('done:'))") == []


def test_without_a_script(phone: Callable[..., Page], base: str, wave: OpenWave, database: Database) -> None:
    page = phone()
    submit(page, base, wave, "?lang=en")
    receipt = page.locator(".receipt b").inner_text().replace("\n", "")
    page = phone(java_script_enabled=False)
    page.goto(f"{base}/receipt?lang=en")
    page.locator("#receipt").fill(receipt[:-1])
    page.get_by_role("button", name="See the answers").tap()
    page.locator(".fault", has_text="No answers are found").wait_for()
    page.locator("#receipt").fill(receipt.lower().replace("-", " "))
    page.get_by_role("button", name="See the answers").tap()
    page.get_by_role("button", name="Change answers").tap()
    page.locator("#start").tap()
    page.locator("#q-q1 label").first.tap()
    page.get_by_role("button", name="Large text").tap()  # keeps the change, and the receipt
    page.locator("html.large").wait_for()
    for number in range(1, 12):
        page.locator(f"#q-q{number} [data-turn=on]").tap()
    page.get_by_role("button", name="Check and submit").tap()
    page.get_by_role("button", name="Submit answers").first.tap()
    page.wait_for_url("**/receipt?done=corrected**")
    assert answers(database, wave) == [{"q1": "1", "q12": WISH}]
    page.get_by_role("link", name="See answers by receipt code").tap()
    page.locator("#receipt").fill(receipt)
    page.get_by_role("button", name="See the answers").tap()
    page.get_by_role("button", name="Delete these answers").tap()
    page.get_by_text("This cannot be undone").wait_for()
    assert answers(database, wave) == [{"q1": "1", "q12": WISH}]
    page.get_by_role("button", name="Delete for good").tap()
    page.wait_for_url("**/receipt?done=deleted**")
    assert answers(database, wave) == [{}]
    with database.reading.begin() as session:
        assert session.scalars(select(Response.state)).all() == [ResponseState.DELETED]
