"""A resident answers on a phone of 360 px, in a real Chromium: with a script, without one, and without a network."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from survey_service.captures.content import answers_of
from survey_service.models import Capture, Response
from tests.browser.resident_world import OpenWave

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database

pytestmark = pytest.mark.browser
WISH = "把路灯修一修"
RECEIPT = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}")


def answers(database: Database, wave: OpenWave) -> list[dict[str, Any]]:
    with database.reading.begin() as session:
        captures = session.scalars(
            select(Capture)
            .join(Response, Response.current_capture_id == Capture.id)
            .where(Response.wave_id == wave.wave_id)
        )
        return [dict(answers_of(capture)) for capture in captures]


def on(page: Page) -> None:
    page.locator(".here [data-turn=on]").tap()


def to_the_next(page: Page) -> None:
    """On, and there: whoever taps before the next question stands would tap the last one."""
    left = page.locator(".step.here").get_attribute("id")
    on(page)
    page.locator(f".step.here:not(#{left})").wait_for()


def submit(page: Page) -> None:
    """From the last question over the review."""
    on(page)
    reviewed(page)
    on(page)


def reviewed(page: Page) -> None:
    """Tapped on at once and at the same place, 提交 would be taken for half of a double tap."""
    page.locator("#review.here").wait_for()
    page.locator("#review h2").tap()


def choose(page: Page, *labels: str) -> None:
    for label in labels:
        page.locator(".here label").filter(has_text=re.compile(f"^{label}$")).tap()


def heading(page: Page) -> str:
    return page.locator(".here h2").inner_text()


def answer_to_the_end(page: Page) -> None:
    """From the notice to the last question, as somebody who has heard of the campaign nowhere."""
    page.locator("#start").tap()
    page.locator("#q-q1.here").wait_for()
    choose(page, "不知道")
    to_the_next(page)
    # Who does not know is not asked where from.
    assert page.locator(".here .count").inner_text() == "第 3 题，共 12 题"
    choose(page, "支持")
    to_the_next(page)
    choose(page, "志愿服务", "都没参加", "清洁卫生活动")  # what stands alone comes and goes by itself
    to_the_next(page)
    choose(page, "基本满意")
    to_the_next(page)
    for _ in range(3):
        for item in page.locator(".here .item").all():
            item.locator("label").filter(has_text=re.compile("^满意$")).tap()
        to_the_next(page)
    choose(page, "女")
    to_the_next(page)
    page.locator("#f-q10").fill("４５ 岁")
    to_the_next(page)
    choose(page, "外地")
    to_the_next(page)
    page.locator(".here textarea").fill("多种树")


EXPECTED = {
    "q1": "3",
    "q3": "1",
    "q4": ["2"],
    "q5": "2",
    **{f"q6.{item}": "1" for item in ("lanes", "waste", "stairways", "markets")},
    **{f"q7.{item}": "1" for item in ("parking", "ebikes", "dogs", "safety")},
    **{f"q8.{item}": "1" for item in ("roads", "sports", "bus_stops", "windows")},
    "q9": "2",
    "q10": 45,
    "q11": "3",
    "q12": "多种树",
}


def test_with_a_script(phone: Callable[..., Page], base: str, wave: OpenWave, database: Database) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    answer_to_the_end(page)
    assert "已答的题存在这部手机里，还没有提交。" in page.locator(".here").inner_text()
    assert page.locator(".here [data-turn=on]").inner_text() == "核对并提交"
    on(page)
    reviewed(page)
    assert page.locator(".here [data-turn=on]").inner_text() == "提交答卷"
    page.locator(".here [data-turn=on]").dblclick()  # an impatient thumb
    page.locator(".receipt").wait_for()
    assert page.locator("h1").inner_text().endswith("已提交")
    receipt = page.locator(".receipt b").inner_text()
    assert RECEIPT.fullmatch(receipt.replace("\n", ""))
    assert answers(database, wave) == [EXPECTED]
    with database.reading.begin() as session:
        (seconds,) = [one["seconds"] for one in session.scalars(select(Capture.paradata))]
    assert 0 < seconds < 600  # how long it took: what marks answers that came too fast
    assert page.evaluate("() => Object.keys(localStorage).filter((key) => !key.startsWith('done:'))") == []
    page.reload()
    assert page.locator(".receipt b").inner_text() == receipt


def test_without_a_script(phone: Callable[..., Page], base: str, wave: OpenWave, database: Database) -> None:
    page = phone(java_script_enabled=False)
    page.goto(f"{base}/a/{wave.code}")
    page.locator("#start").tap()
    assert page.locator("section.step:visible").count() == 1
    page.locator("#q-q1 label", has_text="听说过").tap()
    # 大字 and English do not lose the answer, nor the place.
    page.get_by_role("button", name="大字").tap()
    page.locator("html.large").wait_for()
    assert page.locator("#q-q1 input:checked").get_attribute("value") == "2"
    assert page.locator("#q-q1").is_visible()
    page.locator("#q-q1").get_by_text("下一题").tap()
    page.locator("#q-q2 label.option", has_text="其他").tap()
    page.locator("#q-q2 .more input").fill("孩子学校")
    page.goto(page.url.partition("#")[0] + "#q-q10")
    page.locator("#f-q10").fill("四十五")
    page.goto(page.url.partition("#")[0] + "#q-q12")
    page.get_by_role("button", name="核对并提交").tap()
    # The fault is named, the rest is kept.
    page.locator(".summary").wait_for()
    assert page.locator(".summary h1").inner_text() == "还没有提交，有 1 处要改"
    page.locator(".summary a").tap()
    page.locator("#f-q10").fill("45")
    page.get_by_role("button", name="改好了，提交答卷").tap()
    page.locator(".answers").wait_for()
    assert page.locator("h1").inner_text() == "请核对，还没有提交"
    assert "其他（孩子学校）" in page.locator(".answers").inner_text()
    assert answers(database, wave) == []
    page.get_by_role("button", name=re.compile("修改 ?第 1 题$")).tap()
    page.locator("#q-q1").wait_for(state="visible")
    page.locator("#q-q1 label", has_text=re.compile("^知道$")).tap()
    page.goto(page.url.partition("#")[0] + "#q-q12")
    page.get_by_role("button", name="核对并提交").tap()
    page.get_by_role("button", name="提交答卷").first.tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"q1": "1", "q2": ["5"], "q2.other": "孩子学校", "q10": 45}]


def test_offline_in_mid_form_and_closed_and_opened_again(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("#start").tap()
    choose(page, "知道")
    on(page)
    page.context.set_offline(True)
    choose(page, "微信群、公众号")
    on(page)
    choose(page, "支持")
    # The page is closed in the stairwell; with a network again the code leads back to the answers.
    page.close()
    page = page.context.new_page()
    page.context.set_offline(False)
    page.goto(f"{base}/a/{wave.code}")
    assert page.locator("#kept-before").is_visible()
    page.get_by_text("接着上次的回答").tap()
    assert page.locator(".here input:checked").get_attribute("value") == "1"
    assert page.locator(".here .count").inner_text() == "第 3 题，共 12 题"
    page.goto(f"{base}/a/{wave.code}#q-q12")
    page.locator("#q-q12.here").wait_for()
    page.context.set_offline(True)
    submit(page)
    page.locator("#unsent").wait_for(state="visible")
    assert page.locator("#unsent h2").first.inner_text() == "未提交，请勿关闭"
    assert "3 题的答案都还在这部手机里" in page.locator("#unsent-why").inner_text()
    assert "已自动试过 1 次" in page.locator("#unsent-status").inner_text()
    assert answers(database, wave) == []
    page.context.set_offline(False)  # the phone says that it is back, and the page tries at once
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"q1": "1", "q2": ["3"], "q3": "1"}]


def test_a_lost_acknowledgement_is_one_answer_and_one_receipt(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}#q-q12")
    page.locator("#q-q12.here").wait_for()
    page.locator("#q-q12 textarea").fill(WISH)
    lost: list[str] = []

    def lose_the_first(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().json()["receipt"])  # it arrives and is stored, its answer never comes back
            route.abort()
        else:
            route.continue_()

    page.route("**/a/*", lose_the_first)
    submit(page)
    page.locator("#unsent").wait_for(state="visible")
    page.locator("#again").tap()
    page.locator(".receipt").wait_for()
    assert page.locator(".receipt b").inner_text().replace("\n", "") == lost[0]
    assert lost[0] not in page.url
    assert len(answers(database, wave)) == 1


def test_a_busy_service_is_waited_for(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}#q-q12")
    page.locator("#q-q12.here").wait_for()
    page.locator("#q-q12 textarea").fill(WISH)
    turned_away: list[int] = []

    def busy_once(route: Any) -> None:
        if route.request.method == "POST" and not turned_away:
            turned_away.append(1)
            route.fulfill(status=503, headers={"Retry-After": "1"}, json={"error": {"code": "E006"}})
        else:
            route.continue_()

    page.route("**/a/*", busy_once)
    submit(page)
    page.locator("#unsent").wait_for(state="visible")
    assert "现在提交的人很多" in page.locator("#unsent-why").inner_text()
    page.locator(".receipt").wait_for()  # by itself
    assert len(answers(database, wave)) == 1


def test_a_fault_is_said_in_the_words_of_the_judge_and_nothing_moves_under_the_finger(
    phone: Callable[..., Page], base: str, wave: OpenWave
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}#q-q10")
    page.locator("#q-q10.here input").fill("四十五")
    on(page)
    message = page.locator("#q-q10 .fault")
    assert message.inner_text() == "用数字写周岁年龄，18 到 120 之间，例如 45。不愿回答，请留空。"
    assert page.locator("#f-q10").get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.id") == "f-q10"
    page.locator("#f-q10").fill("45")
    before = page.locator(".here [data-turn=on]").bounding_box()
    page.locator("#f-q10").blur()
    assert page.locator(".here [data-turn=on]").bounding_box() == before
    on(page)
    page.locator("#q-q11.here").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H2"


def test_where_no_draft_can_be_kept_the_page_does_not_say_so(
    phone: Callable[..., Page], base: str, wave: OpenWave
) -> None:
    page = phone()
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    page.goto(f"{base}/a/{wave.code}")
    page.locator("#start").tap()
    choose(page, "知道")
    assert "存在这部手机里" not in page.locator(".here").inner_text()
    assert "还没有提交" in page.locator(".here").inner_text()


def test_an_old_browser_without_random_numbers_gets_the_check_page(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.add_init_script("Object.defineProperty(window, 'crypto', { value: undefined })")
    page.goto(f"{base}/a/{wave.code}#q-q12")
    page.locator("#q-q12 textarea").fill(WISH)
    page.get_by_role("button", name="核对并提交").tap()
    page.get_by_role("button", name="提交答卷").first.tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"q12": WISH}]


def test_an_empty_form_is_not_taken_and_the_page_says_why(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}#q-q12")
    page.locator("#q-q12.here").wait_for()
    submit(page)
    page.get_by_text("一道题都还没有答").wait_for()
    assert answers(database, wave) == []


def test_two_tabs_with_one_draft_are_one_answer(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    first = phone()
    first.goto(f"{base}/a/{wave.code}")
    first.locator("#start").tap()
    choose(first, "知道")
    second = first.context.new_page()
    second.goto(f"{base}/a/{wave.code}#q-q12")
    second.locator("#q-q12.here").wait_for()
    submit(second)
    second.locator(".receipt").wait_for()
    first.goto(f"{base}/a/{wave.code}#q-q12")
    first.locator("#q-q12.here").wait_for()
    submit(first)
    first.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"q1": "1"}]
    assert first.locator(".receipt b").inner_text() == second.locator(".receipt b").inner_text()


def test_language_and_text_size_change_in_mid_form_with_a_script(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    """Whoever reads on in another language or larger letters stands where they stood, with what they answered."""
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("form.led").wait_for()
    page.locator("#start").tap()
    page.locator("#q-q1.here").wait_for()
    choose(page, "知道")
    to_the_next(page)
    choose(page, "微信群、公众号")
    page.get_by_role("button", name="English").tap()
    page.locator("html[lang=en] form.led").wait_for()
    page.locator("#q-q2.here").wait_for()
    assert page.locator(".here input:checked").get_attribute("value") == "3"
    assert page.locator(".here .count").inner_text() == "Question 2 of 12"
    page.get_by_role("button", name="Large text").tap()
    page.locator("html.large[lang=en] form.led").wait_for()
    to_the_next(page)
    page.get_by_role("button", name="中文").tap()
    page.locator("html.large[lang=zh-CN] form.led").wait_for()
    page.locator("#q-q3.here").wait_for()
    choose(page, "支持")
    page.evaluate("() => { location.hash = 'q-q12'; }")
    page.locator("#q-q12.here").wait_for()
    submit(page)
    page.locator(".receipt").wait_for()
    assert page.locator("html.large").count() == 1
    assert answers(database, wave) == [{"q1": "1", "q2": ["3"], "q3": "1"}]
