"""What a phone sends and keeps: what is seen, what was refused, and the order in which it was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from survey_service.models import Capture
from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.test_resident import answers, choose, submit, to_the_next
from tests.service.test_resident_steps import EVERY

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def shuffled(database: Database, settings: Settings, world: World) -> OpenWave:
    return open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, EVERY)


def sent_by(page: Page) -> list[dict[str, list[str]]]:
    """The fields of every form that the page posts from now on."""
    posts: list[dict[str, list[str]]] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            posts.append(parse_qs(request.post_data or ""))

    page.on("request", note)
    return posts


def answer(page: Page, address: str, overall: str) -> None:
    """The small questionnaire, as far as it must be answered."""
    page.goto(f"{address}#q-overall")
    page.locator("#q-overall.here").wait_for()
    choose(page, overall)
    page.evaluate("() => { location.hash = 'q-age'; }")
    page.locator("#q-age.here").wait_for()
    submit(page)


def test_nothing_is_sent_that_is_not_seen(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    posts = sent_by(page)
    page.goto(f"{base}/a/{wave.code}#q-q1")
    page.locator("#q-q1.here").wait_for()
    choose(page, "知道")
    to_the_next(page)
    choose(page, "其他", "社区公告栏、宣传栏")
    page.locator(".here .more input").fill("孩子学校")
    choose(page, "其他")  # ticked, written, unticked again
    expect(page.locator(".here .more")).to_be_hidden()
    page.get_by_role("button", name="English").tap()
    page.locator("html[lang=en] form.led").wait_for()
    assert "q2.other" not in posts[-1]
    # The phone still has the words: ticked again, nothing has to be written twice.
    page.locator("#q-q2 [data-other]").check()
    expect(page.locator("#q-q2 .more input")).to_have_value("孩子学校")
    # Who does not know after all is not asked where from: of that question nothing is sent.
    page.evaluate("() => { location.hash = 'q-q1'; }")
    page.locator("#q-q1.here label").nth(2).tap()
    page.get_by_role("button", name="中文").tap()
    page.locator("html[lang=zh-CN] form.led").wait_for()
    page.evaluate("() => { location.hash = 'q-q12'; }")
    page.locator("#q-q12.here textarea").fill("多种树")
    submit(page)
    page.locator(".receipt").wait_for()
    assert [name for post in posts[1:] for name in post if name.startswith("q2")] == []
    assert answers(database, wave) == [{"q1": "3", "q12": "多种树"}]


def test_two_phones_open_one_code_and_the_second_keeps_what_was_not_taken_in(
    phone: Callable[..., Page], base: str, world: World, database: Database
) -> None:
    address = f"{base}/a/{world.case_codes[0]}"
    first, second = phone(), phone()
    second.goto(address)
    second.locator("form.led").wait_for()
    answer(first, address, "满意")
    first.locator(".receipt").wait_for()
    answer(second, address, "不满意")
    expect(second.locator("h1")).to_have_text("这一份没有收下")
    expect(second.locator(".answers")).to_contain_text("不满意")
    expect(second.locator("#draft-too")).to_be_visible()
    kept = "() => Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"
    assert second.evaluate(kept) == 1
    assert first.evaluate(kept) == 0
    # Opened again, the code says that it was used, and the phone asks what became of its own answers.
    second.goto(address)
    expect(second.locator("h1")).to_have_text("已经提交过了")
    second.get_by_role("button", name="看看这部手机里的收到没有").tap()
    expect(second.locator("h1")).to_have_text("这一份没有收下")
    assert second.evaluate(kept) == 1
    first.goto(address)
    expect(first.locator("h1")).to_have_text("已经提交过了")
    expect(first.locator("#draft-here")).to_be_hidden()


def test_a_draft_whose_receipt_never_came_is_given_it_by_the_used_code(
    phone: Callable[..., Page], base: str, world: World
) -> None:
    address = f"{base}/a/{world.case_codes[0]}"
    page = phone()
    page.route("**/receipt", lambda route: route.abort())  # stored, and then the network went
    with page.expect_event("requestfailed"):
        answer(page, address, "满意")
    page.unroute("**/receipt")
    page.goto(address)
    page.get_by_role("button", name="看看这部手机里的收到没有").tap()
    expect(page.locator(".receipt")).to_be_visible()
    # The page's script takes the draft away once it is loaded.
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('draft:'))")


def shown(page: Page) -> list[str]:
    return page.locator("#q-m .option:visible").all_inner_texts()


@pytest.mark.parametrize("script", [True, False])
def test_a_shuffled_question_stands_as_it_stood(
    phone: Callable[..., Page], base: str, shuffled: OpenWave, database: Database, script: bool
) -> None:
    page = phone(java_script_enabled=script)
    address = f"{base}/a/{shuffled.code}"
    page.goto(f"{address}#q-m")
    page.locator("#q-m").wait_for()
    order, number = shown(page), page.locator("[name=_order]").input_value()
    for _ in range(6):
        page.reload()
        page.locator("#q-m").wait_for()
        assert shown(page) == order
    if not script:
        return
    page.locator("#q-m.here input[value='1']").check()
    # Another page of the same code, as a phone gets it that kept none: the draft asks for its own order.
    other = page.context.new_page()
    for drawn in map(str, range(8)):
        other.goto(f"{address}?order={drawn}#q-m")
        expect(other.locator("form.led [name=_order]").first).to_have_value(number)
    assert shown(other) == order
    other.get_by_role("button", name="English").tap()
    other.locator("html[lang=en] form.led").wait_for()
    assert other.locator("[name=_order]").input_value() == number
    for part in ("q-g", "q-g-2", "q-g-3", "q-g-4"):
        other.evaluate("part => { location.hash = part; }", part)
        other.locator(f"#{part}.here").wait_for()
        for row in other.locator(".here .item").all():
            row.locator("input").first.check()
    other.evaluate("() => { location.hash = 'q-l'; }")
    other.locator("#q-l.here").wait_for()
    submit(other)
    other.locator(".receipt").wait_for()
    with database.reading.begin() as session:
        assert [str(one["order"]) for one in session.scalars(select(Capture.paradata))] == [number]
