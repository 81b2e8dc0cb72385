"""Somebody in a hurry: taps twice, goes back after submitting, changes what had arrived, sits behind a hotspot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.resident_world import OpenWave
from tests.browser.test_resident import answers, submit

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database

pytestmark = pytest.mark.browser
ON = ".here [data-turn=on]"


def tap_twice(page: Page, selector: str, leads_to: str) -> str:
    """Both halves of a double tap at one place; the second arrives when the next question stands there.

    Returns the id of what describes the focus between them; the second half takes it from wherever it falls.
    """
    box = page.locator(selector).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(leads_to).wait_for()
    told = page.evaluate("() => document.activeElement.getAttribute('aria-describedby')")
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    return str(told)


def write_a_wish(page: Page, base: str, wave: OpenWave, wish: str) -> None:
    page.goto(f"{base}/a/{wave.code}#q-q12")
    page.locator("#q-q12.here textarea").fill(wish)


def test_a_double_tap_answers_nothing_on_the_question_it_leads_to(
    phone: Callable[..., Page], base: str, wave: OpenWave
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("form.led").wait_for()
    tap_twice(page, "#start", "#q-q1.here")
    told = tap_twice(page, ON, "#q-q3.here")  # here the second tap falls on an option of what is asked next
    assert page.locator("input:checked").count() == 0
    expect(page.locator("#q-q3.here")).to_be_visible()
    # The focus is on the question, and whoever listens hears which of how many it is.
    assert told == "n-q-q3"
    page.locator("#q-q3 label").first.dblclick()  # whoever taps an option twice has chosen it
    assert page.locator("#q-q3 input:checked").count() == 1


def test_the_way_back_after_submitting_leads_to_no_unsubmitted_question(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("form.led").wait_for()
    page.locator("#start").tap()
    page.locator("#q-q1.here label").first.tap()
    page.locator(ON).tap()
    page.locator("#q-q2.here").wait_for()
    write_a_wish(page, base, wave, "多种树")
    submit(page)
    page.locator(".receipt").wait_for()
    page.go_back()
    expect(page.locator("#done-before")).to_be_visible()
    assert page.locator("[data-saved]:visible").count() == 0  # nowhere 还没有提交
    kept = page.evaluate("() => Object.entries(localStorage).flat().join()")
    assert "树" not in kept  # a mark, no answers and no receipt
    # Somebody else of the household begins anew.
    page.locator("#start").tap()
    page.locator("#q-q1.here").wait_for()
    assert page.locator("input:checked").count() == 0
    assert len(answers(database, wave)) == 1


def test_answers_changed_after_they_had_arrived_lead_to_those_that_count(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    write_a_wish(page, base, wave, "多种树")
    lost: list[int] = []

    def lose_the_first(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/a/*", lose_the_first)
    submit(page)
    page.locator("#look-again").tap()
    page.evaluate("() => { location.hash = 'q-q12'; }")
    page.locator("#q-q12.here textarea").fill("多修路")
    submit(page)
    expect(page.locator("h1")).to_have_text("这一份没有计入")
    page.get_by_role("button", name="查看或修改先前提交的那一份").tap()
    expect(page.locator("h1")).to_have_text("您提交的答卷")
    expect(page.locator(".answers")).to_contain_text("多种树")
    assert answers(database, wave) == [{"q12": "多种树"}]
    page.goto(f"{base}/a/{wave.code}")
    page.locator("form.led").wait_for()
    expect(page.locator("#kept-before")).to_be_visible()  # what was not counted is the person's to throw away


def test_the_sign_in_page_of_a_hotspot_does_not_speak_for_the_service(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    write_a_wish(page, base, wave, "多种树")
    caught: list[str] = []

    def hotspot(route: Any) -> None:
        if route.request.method == "POST" and not caught:
            caught.append(route.request.url)
            route.fulfill(status=403, content_type="text/html", body="<h1>Please sign in to Free WiFi</h1>")
        else:
            route.continue_()

    page.route("**/a/*", hotspot)
    submit(page)
    expect(page.locator("#unsent-why")).to_contain_text("手机连不上服务器")
    page.locator("#again").tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"q12": "多种树"}]


def test_whatever_a_chat_appends_to_the_address(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone()
    for appended in ("#%E0%A4%A", "?from=singlemessage&isappinstalled=0#wechat_redirect"):
        page.goto(f"{base}/a/{wave.code}{appended}")
        page.locator("form.led").wait_for()
        expect(page.locator("#start")).to_be_visible()


def test_no_draft_stays_on_the_phone_for_longer_than_the_page_says(
    phone: Callable[..., Page], base: str, wave: OpenWave
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("form.led").wait_for()
    page.evaluate("""() => {
        localStorage.setItem("draft:/a/OLD", JSON.stringify({ at: Date.now() - 8 * 864e5, values: { q12: ["树"] } }));
        localStorage.setItem("draft:/a/BROKEN", "{");
        localStorage.setItem("draft:/a/YOUNG", JSON.stringify({ at: Date.now() - 6 * 864e5 }));
        localStorage.setItem("of-another-page", "1");
    }""")
    page.reload()
    page.locator("form.led").wait_for()
    assert page.evaluate("() => Object.keys(localStorage).sort()") == ["draft:/a/YOUNG", "of-another-page"]
