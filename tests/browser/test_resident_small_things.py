"""What saves a resident a tap, a glance or a doubt: the review, 大字, five in a row, the way on in view."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looks import beyond
from tests.browser.resident_world import OpenWave
from tests.browser.test_resident import WISH, answers, choose, on, reviewed, submit, to_the_next

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database

pytestmark = pytest.mark.browser
TALL = {"q-q4", "q-q6", "q-q7", "q-q8"}  # more to read than a low screen holds: three or four rows, many activities


def begin(page: Page, base: str, wave: OpenWave, anchor: str) -> None:
    page.goto(f"{base}/a/{wave.code}#{anchor}")
    page.locator(f"#{anchor}.here").wait_for()


@pytest.mark.parametrize("script", [True, False])
def test_one_correction_is_four_taps(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database, script: bool
) -> None:
    first = phone()
    begin(first, base, wave, "q-q1")
    choose(first, "知道")
    first.evaluate("() => { location.hash = 'q-q12'; }")
    first.locator("#q-q12.here textarea").fill(WISH)
    on(first)
    expect(first.locator("#review-answers")).to_contain_text("知道")
    # From the review to the question and back: what is changed is seen before it is sent.
    first.get_by_role("button", name="修改 第 1 题").tap()
    first.locator("#q-q1.here").wait_for()
    first.locator("#q-q1.here label", has_text="听说过").tap()
    expect(first.locator(".here [data-turn=on]")).to_have_text("改好了")
    on(first)
    expect(first.locator("#review-answers b").first).to_contain_text("听说过")
    reviewed(first)
    on(first)
    receipt = first.locator(".receipt b").inner_text().replace("\n", "")
    page = phone(java_script_enabled=script)
    page.goto(f"{base}/receipt")
    page.locator("#receipt").fill(receipt)
    page.get_by_role("button", name="查看答卷").tap()
    page.get_by_role("button", name="修改 第 1 题").tap()
    page.locator("#q-q1 label").filter(has_text="不知道").tap()
    if script:
        on(page)
        reviewed(page)
        on(page)
    else:
        page.locator("#q-q1").get_by_role("button", name="改好了，去核对").tap()
        page.get_by_role("button", name="提交答卷").first.tap()
    page.wait_for_url("**/receipt?done=corrected**")
    assert answers(database, wave) == [{"q1": "3", "q12": WISH}]


def test_large_letters_come_without_a_request_and_stay(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone()
    begin(page, base, wave, "q-q1")
    choose(page, "知道")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    control = page.locator("[data-large]")
    control.tap()
    expect(page.locator("html.large")).to_have_count(1)
    expect(control).to_have_text("小字")
    assert page.evaluate("() => document.querySelector('[name=_text]').value") == "large"
    assert asked == []
    page.reload()
    expect(page.locator("html.large")).to_have_count(1)  # as the draft was read
    page.locator("[data-large]").tap()
    expect(page.locator("html.large")).to_have_count(0)
    page.locator("[data-large]").tap()
    page.evaluate("() => { location.hash = 'q-q12'; }")
    page.locator("#q-q12.here").wait_for()
    submit(page)
    page.locator(".receipt").wait_for()
    expect(page.locator("html.large")).to_have_count(1)
    page.goto(f"{base}/receipt")
    page.locator("[data-large]").tap()
    assert page.locator(".tools a").last.get_attribute("href").endswith("lang=en&text=large")


def test_five_answers_stand_in_one_row(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone()
    begin(page, base, wave, "q-q6")
    row = page.locator(".here .item").first
    boxes = [tile.bounding_box() for tile in row.locator(".tile").all()]
    assert len(boxes) == 5
    assert len({round(box["y"]) for box in boxes if box}) == 1
    assert beyond(page) == 0
    heights = {round(tile.bounding_box()["height"]) for tile in row.locator(".tile").all()}  # type: ignore[index]
    assert heights == {66}  # 不太满意 breaks in its middle, and into no third line


def test_the_way_on_is_in_view_on_a_low_screen(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone(viewport={"width": 360, "height": 640})
    begin(page, base, wave, "q-q1")
    below = set()
    for anchor in page.evaluate("() => [...document.querySelectorAll('.step[data-question]')].map((one) => one.id)"):
        page.evaluate("anchor => { location.hash = anchor; }", anchor)
        page.locator(f"#{anchor}.here").wait_for()
        box = page.locator(".here [data-turn=on]").bounding_box()
        assert box is not None
        if box["y"] + box["height"] > 640:
            below.add(anchor)
    assert below <= TALL


def test_the_words_of_other_are_asked_for_and_not_demanded(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    begin(page, base, wave, "q-q1")
    choose(page, "知道")
    to_the_next(page)
    choose(page, "其他")
    on(page)
    expect(page.locator(".here .fault")).to_contain_text("请写上是什么")
    assert page.evaluate("() => document.activeElement.name") == "q2.other"
    to_the_next(page)
    page.evaluate("() => { location.hash = 'q-q12'; }")
    page.locator("#q-q12.here").wait_for()
    submit(page)
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"q1": "1", "q2": ["5"]}]
    plain = phone(java_script_enabled=False)
    plain.goto(f"{base}/a/{wave.code}#q-q2")
    plain.locator("#q-q1").evaluate("() => 0")
    plain.locator("#q-q2 label.option", has_text="其他").tap()
    plain.goto(plain.url.partition("#")[0] + "#q-q1")
    plain.locator("#q-q1 label").first.tap()
    plain.goto(plain.url.partition("#")[0] + "#q-q12")
    plain.get_by_role("button", name="核对并提交").tap()
    expect(plain.locator(".note").first).to_contain_text("没有写是什么")
