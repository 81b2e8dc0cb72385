"""A keyer's shift in a real browser, without a mouse from sign-in to sign-out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select, update

from survey_service.captures.content import answers_of
from survey_service.models import Capture, Case, Keying, KeyingState, SignIn
from tests.browser.looks import beyond, in_languages_and_widths
from tests.browser.staff_fixtures import sign_in
from tests.service.world import NOW, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from survey_service.database import Database
    from tests.service.world import World

pytestmark = pytest.mark.browser
KEPT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("keying", 1);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const counting = opening.result.transaction("kept", "readwrite").objectStore("kept").count();
    counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
  };
})"""
SHOWN = "#rows:not([hidden])"
ASKED = "#find:not([hidden])"


class Network:
    """Stands between a page and the service from its first request on: what it does can be changed at any moment.

    Interception that begins in mid-page lets the requests pass that Chromium has already begun.
    """

    def __init__(self, page: Page, addresses: str, then: Callable[[Route], object]) -> None:
        self.broken = False
        page.route(addresses, lambda route: then(route) if self.broken else route.continue_())


class Keys:
    """A keyboard that counts. Keys are for the page that is seen: its script has to be there first."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.strokes = 0

    def type(self, text: str) -> None:
        self.page.wait_for_load_state()
        for one in text:
            self.page.keyboard.press(one)
        self.strokes += len(text)

    def press(self, key: str) -> None:
        self.page.wait_for_load_state()
        self.page.keyboard.press(key)
        self.strokes += 1


def start(page: Page, base: str) -> Keys:
    sign_in(page, base, "keyer")
    page.wait_for_selector(ASKED)
    return Keys(page)


def go_on(page: Page, base: str, number: str) -> Keys:
    """Signs in where a form was begun: it is what comes next, and Enter opens it."""
    sign_in(page, base, "keyer")
    expect(page.locator(".work li").first).to_contain_text(number)
    page.wait_for_function("() => document.activeElement.closest('.work') !== null")
    keys = Keys(page)
    keys.press("Enter")
    expect(page.locator(".ask.now")).to_have_count(1)
    return keys


def open_form(keys: Keys, number: str) -> None:
    keys.type(number)
    keys.press("Enter")
    keys.page.wait_for_selector(SHOWN)


def store(keys: Keys, number: str) -> None:
    keys.press("Enter")
    keys.page.wait_for_function("n => document.getElementById('strip-saved').textContent.startsWith(n)", arg=number)
    keys.page.wait_for_selector(ASKED)


def stored(database: Database) -> dict[str, dict[str, object]]:
    """Answers by serial."""
    with database.reading.begin() as session:
        rows = session.execute(
            select(Case.number, Capture).join(
                Capture, (Capture.survey_id == Case.survey_id) & (Capture.case_id == Case.id)
            )
        )
        return {number: dict(answers_of(capture)) for number, capture in rows}


def boxes(page: Page) -> dict[str, str]:
    return dict(page.eval_on_selector_all(".ask input", "all => all.map(one => [one.name.slice(2), one.value])"))


def here(page: Page) -> str:
    """Variable of the row that is marked as the current one."""
    return str(page.get_attribute(".ask.now", "data-row"))


def test_twenty_forms_in_a_row_by_keyboard_alone(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk()
    page.add_init_script("addEventListener('mousedown', () => { throw new Error('a mouse was used') })")
    keys = start(page, base)
    numbers = [f"0002-{number:03d}" for number in range(1, 21)]
    for number in numbers:
        open_form(keys, number)
        keys.type("2")  # does not know: the channels are passed over
        assert here(page) == "overall"
        keys.type("139")
        keys.type("47")
        keys.press("Enter")
        store(keys, number)
    assert page.text_content("#strip-forms") == "20"
    form = {"know": "2", "overall": "1", "aspects.parking": "3", "aspects.lanes": "9", "age": 47}
    assert stored(database) == dict.fromkeys(numbers, form)
    # Serial 8 and Enter, four codes, age 2 and Enter, Enter to store: one key a closed answer and none to move on.
    assert keys.strokes == 20 * (8 + 1 + 4 + 2 + 1 + 1)
    keys.press("F9")
    page.wait_for_url("**/sign-in")


def test_the_keys_of_the_number_pad(base: str, world: World, database: Database, desk: Callable[..., Page]) -> None:
    page = desk()
    keys = start(page, base)
    open_form(keys, "0001-001")
    keys.type("1")
    keys.type("274")
    assert "7 不是选项" in page.inner_text("#say")
    assert "后来按的 1 个键没有录入" in page.inner_text("#say")
    assert boxes(page)["channels"] == "2"
    keys.press("Escape")
    keys.type("5")
    keys.press("Enter")
    assert here(page) == "channels.other"
    page.keyboard.insert_text("菜市场")
    keys.press("Enter")
    keys.type("-")  # back to the words
    assert here(page) == "channels.other"
    keys.press("Enter")
    keys.type("*")  # refused
    keys.type("/")  # illegible
    keys.type(".")  # not filled
    assert here(page) == "age"
    said = page.eval_on_selector_all(".ask output", "all => all.map(one => one.textContent)")
    assert said[:2] == ["知道", "微信 其他"]
    assert said[3:6] == ["拒答", "认不清", "未填"]
    keys.type("47")
    keys.press("Enter")
    store(keys, "0001-001")
    assert stored(database)["0001-001"] == {
        "know": "1",
        "channels": ["2", "5"],
        "channels.other": "菜市场",
        "overall": {"missing": "refused"},
        "aspects.parking": {"missing": "illegible"},
        "aspects.lanes": {"missing": "no_answer"},
        "age": 47,
    }


def test_what_the_paper_cannot_mean_is_said_and_nothing_moves(
    base: str, world: World, desk: Callable[..., Page]
) -> None:
    page = desk()
    keys = start(page, base)
    open_form(keys, "0001-001")
    before = page.eval_on_selector_all(".ask", "all => all.map(one => one.getBoundingClientRect().top)")
    keys.type("7")
    assert here(page) == "know"
    assert "7 不是选项" in page.inner_text("#say")
    assert page.text_content("#strip-error") == "0001-001 第 1 题：录成 7"
    keys.press("Escape")
    keys.type("2")
    assert page.inner_text("#say").strip() == ""
    keys.type("111")
    keys.type("17")
    keys.press("Enter")
    assert here(page) == "age"
    assert "18–120" in page.inner_text("#say")
    after = page.eval_on_selector_all(".ask", "all => all.map(one => one.getBoundingClientRect().top)")
    assert after == before


def test_a_soft_check_is_kept_by_plus_or_mended_by_the_right_code(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk()
    keys = start(page, base)
    open_form(keys, "0001-001")
    keys.type("2")
    keys.type("-")  # the paper has a channel all the same
    keys.press("ArrowDown")
    page.focus("[data-row=channels] input")
    keys.type("1")
    keys.press("Enter")
    assert "这道题不用答" in page.inner_text("#say")
    assert here(page) == "channels"
    keys.type("+")
    assert here(page) == "overall"
    keys.type(".")
    assert "应当有答案" in page.inner_text("#say")
    keys.press("Escape")
    keys.type("1")  # it was there: the right code replaces the dot and moves on
    assert here(page) == "aspects.parking"
    keys.type("11")
    keys.type("30")
    keys.press("Enter")
    store(keys, "0001-001")
    with database.reading.begin() as session:
        capture = session.scalars(select(Capture)).one()
        assert [one["code"] for one in capture.findings] == ["off_path"]
        assert capture.paradata["confirmed"] == ["channels"]


def saved(page: Page) -> None:
    """Every box is on the server."""
    expect(page.locator("#strip-saved[data-state=saved]")).to_have_count(1)


def on_this_computer(page: Page) -> int:
    """Forms that are kept in the browser; what is written at this moment is waited for."""
    assert page.evaluate("Object.keys(localStorage).length") == 0
    return int(page.evaluate(KEPT))


def drafts(database: Database) -> list[Keying]:
    with database.reading.begin() as session:
        found = list(session.scalars(select(Keying).order_by(Keying.begun_at)))
        session.expunge_all()
    return found


def test_a_crash_in_mid_form_loses_nothing(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk()
    keys = start(page, base)
    open_form(keys, "0001-001")
    keys.type("2")
    keys.type("13")
    saved(page)
    assert on_this_computer(page) == 0, "what the server has acknowledged needs no second place"
    (draft,) = drafts(database)
    assert draft.fields == {"know": "2", "overall": "1", "aspects.parking": "3"}
    page.close()  # the tab is gone in the middle of a form
    page = desk()  # another computer
    keys = go_on(page, base, "0001-001")
    assert boxes(page)["overall"] == "1"
    assert here(page) == "aspects.lanes"
    keys.type("1")
    keys.type("30")
    keys.press("Enter")
    store(keys, "0001-001")
    (done,) = drafts(database)
    assert (done.state, done.fields) == (KeyingState.DONE, {}), "the capture holds the answers now"
    assert done.keystrokes == keys.strokes - 1 + 3, "the keys of the first computer are counted too"


def test_without_a_network_typing_goes_on_and_nothing_is_called_saved(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk()
    network = Network(page, "**/drafts/*", lambda route: route.abort())
    keys = start(page, base)
    open_form(keys, "0001-001")
    network.broken = True
    keys.type("2")
    keys.type("13")
    assert here(page) == "aspects.lanes"
    expect(page.locator("#strip-saved")).to_contain_text("还没有存到服务器")
    assert on_this_computer(page) == 1
    assert drafts(database)[0].fields == {}
    page.goto("about:blank")  # the lid is closed
    network.broken = False
    page.goto(f"{base}/keying/satisfaction/2026Q3")
    page.wait_for_selector(ASKED)
    assert "0001-001" in page.inner_text("#say")
    open_form(keys, "0001-001")
    assert boxes(page)["aspects.parking"] == "3"
    saved(page)
    assert drafts(database)[0].fields == {"know": "2", "overall": "1", "aspects.parking": "3"}
    assert on_this_computer(page) == 0


def test_a_lost_acknowledgement_of_a_whole_form_stores_it_once(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk()
    lost: list[str] = []

    def lose(route: Route) -> None:
        route.fetch()  # the server stores it, the answer never arrives
        lost.append(route.request.url)
        route.abort()

    network = Network(page, "**/forms", lose)
    keys = start(page, base)
    open_form(keys, "0001-001")
    keys.type("2")
    keys.type("111")
    keys.type("30")
    keys.press("Enter")
    network.broken = True
    keys.press("Enter")
    expect(page.locator("#say")).to_contain_text("没有存上")
    assert lost
    network.broken = False
    keys.press("Escape")
    store(keys, "0001-001")
    assert len(stored(database)) == 1
    with database.reading.begin() as session:
        assert len(session.scalars(select(Capture)).all()) == 1


def test_a_sign_in_that_ended_is_taken_up_at_the_same_box(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk()
    keys = start(page, base)
    open_form(keys, "0001-001")
    keys.type("2")
    saved(page)
    with database.writing.begin() as session:
        session.execute(update(SignIn).values(ended_at=NOW))
    keys.type("13")
    expect(page.locator("#say")).to_contain_text("登录已结束")
    assert on_this_computer(page) == 1
    keys.press("F8")
    page.wait_for_function("() => document.activeElement.id === 'user'")
    page.keyboard.type("keyer")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    # The page shows empty rows before its script has asked for what was keyed.
    expect(page.locator(".ask.now")).to_have_attribute("data-row", "aspects.lanes")
    assert boxes(page)["aspects.parking"] == "3"
    saved(page)


def test_two_windows_cannot_hold_one_form(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    first = desk()
    one = start(first, base)
    open_form(one, "0001-001")
    one.type("2")
    saved(first)
    second = desk()
    other = go_on(second, base, "0001-001")
    assert boxes(second)["know"] == "2"
    other.type("3")
    saved(second)
    one.type("1")  # in the window left behind
    expect(first.locator("#say")).to_contain_text("另一个窗口")
    assert drafts(database)[0].fields == {"know": "2", "overall": "3"}


def test_what_cannot_be_read_gets_a_note(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk()
    keys = start(page, base)
    open_form(keys, "0001-001")
    keys.type("2/")
    assert "按 F2" in page.inner_text("#say")
    assert here(page) == "aspects.parking", "the note is offered, not demanded"
    before = page.eval_on_selector_all(".ask", "all => all.map(one => one.getBoundingClientRect().top)")
    keys.press("F2")
    page.keyboard.insert_text("两个勾，墨水洇开")
    after = page.eval_on_selector_all(".ask", "all => all.map(one => one.getBoundingClientRect().top)")
    assert after == before
    keys.press("Enter")
    assert here(page) == "aspects.parking"
    assert "墨水洇开" in page.inner_text("[data-row=overall] output")
    keys.type("1117")
    keys.press("Enter")
    assert "不在 18–120 之内" in page.inner_text("#say")
    keys.type("+")  # the paper says 17
    store(keys, "0001-001")
    assert stored(database)["0001-001"]["age"] == 17
    with database.reading.begin() as session:
        capture = session.scalars(select(Capture)).one()
        assert capture.paradata["notes"] == {"overall": "两个勾，墨水洇开"}
        assert [(one["variable"], one["code"]) for one in capture.findings] == [("age", "out_of_range")]


def test_an_unknown_and_a_keyed_serial(base: str, world: World, desk: Callable[..., Page]) -> None:
    page = desk()
    keys = start(page, base)
    keys.type("0009-001")
    keys.press("Enter")
    page.wait_for_function("() => document.getElementById('say').textContent.includes('没有表号 0009-001')")
    for _ in range(2):
        page.keyboard.press("Escape")
        page.keyboard.press("Control+A")
        keys.type("0001-001")
        keys.press("Enter")
        page.wait_for_function("() => !document.getElementById('say').textContent.includes('正在找')")
        if page.is_visible(SHOWN):
            keys.type("2")
            keys.type("111")
            keys.type("30")
            keys.press("Enter")
            store(keys, "0001-001")
    assert "已经有一份完成的答卷" in page.inner_text("#say")


def test_leaving_with_an_unfinished_form_asks_twice(base: str, world: World, desk: Callable[..., Page]) -> None:
    page = desk()
    keys = start(page, base)
    open_form(keys, "0001-001")
    keys.type("2")
    keys.press("F4")
    page.wait_for_selector(ASKED)
    keys.press("F9")
    assert "0001-001" in page.inner_text("#say")
    assert "/keying" in page.url
    keys.press("F9")
    page.wait_for_url("**/sign-in")


@in_languages_and_widths
def test_everyone_can_use_it(
    base: str, world: World, desk: Callable[..., Page], language: str, widths: tuple[int, ...]
) -> None:
    for width in widths:
        page = desk(viewport={"width": width, "height": 800})
        sign_in(page, base, "keyer", language=language)
        page.goto(f"{base}/keying/satisfaction/2026Q3")  # from the second width on there is a form to go on with
        page.wait_for_selector(ASKED)
        keys = Keys(page)
        for step in ("serial", "form", "fault"):
            if step == "form":
                open_form(keys, "0001-003")
            if step == "fault":
                keys.type("7")
            results = Axe().run(page)
            assert results.violations_count == 0, f"{width} {step}: {results.generate_report()}"
            assert beyond(page) <= 0, f"{width} {step}"
