"""A manager changes a questionnaire on a page, in a real Chromium: from the catalogue to an open wave without YAML;
with a second person at the same draft; and with a page that dies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from survey_service.models import QuestionnaireDraft, Survey, Wave, WaveState
from survey_service.surveys import definitions
from tests.browser.staff_fixtures import press, sign_in, write
from tests.browser.test_planning import tick
from tests.browser.test_wave import MAXIMUM_BYTES, sound
from tests.service.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database

pytestmark = pytest.mark.browser
TEXT = "#f-question-q1-text-zh"
SURVEY = "/surveys/satisfaction"
WIDTHS = (1280, 390, 360)


def copied(page: Page, base: str) -> str:
    """From the catalogue to a draft, by keyboard; its address."""
    page.goto(f"{base}/catalogue")
    press(page, "a[href='/catalogue/civilized_city']")
    page.wait_for_url("**/catalogue/civilized_city")
    press(page, "aside form[action$='/drafts'] button")
    page.wait_for_url("**/drafts/*")
    return page.url


def saved(page: Page, number: int) -> None:
    expect(page.locator("#state")).to_have_attribute("data-kind", "saved")
    expect(page.locator("#number")).to_have_value(str(number))


def unfold(page: Page, part: str) -> None:
    if page.get_attribute(part, "open") is None:
        press(page, f"{part} > summary")


def retype(page: Page, box: str, text: str) -> None:
    page.focus(box)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def test_a_copy_is_changed_and_a_wave_opened_without_touching_yaml(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk()
    sign_in(page, base, "manager")
    copied(page, base)
    assert len(page.content().encode()) < MAXIMUM_BYTES
    unfold(page, "#part-q1")
    retype(page, TEXT, "您听说过我市在创建文明城市吗？")
    saved(page, 2)
    # What it will look like stands beside it, at the question that is changed.
    inside = page.frame_locator("#phone")
    expect(inside.locator("#q-q1")).to_be_visible()
    expect(inside.locator("#q-q2")).to_be_hidden()
    expect(inside.locator("#q-q1")).to_contain_text("您听说过我市在创建文明城市吗？")
    # Leaving a question out says first what goes with it.
    unfold(page, "#part-q4")
    press(page, "#part-q4 .part-body > .split [data-do=remove]")
    leaving = page.locator(".leaving")
    expect(leaving).to_contain_text("指标 participation 参与率")
    sound(page, "what goes with a question")
    press(page, "[data-agree]")
    saved(page, 3)
    expect(page.locator("#part-q4")).to_have_count(0)
    # A question more: what is still to be written is marked where it is, and the way there is in a list.
    page.select_option("[data-kind-for='section:about_you']", "number")
    press(page, ".adder [data-on='section:about_you']")
    expect(page.locator("#to-mend h2")).to_contain_text("有 2 处要改")
    expect(page.locator("#become-button")).to_be_disabled()
    expect(page.locator("#f-question-q13-text-zh")).to_be_focused()
    sound(page, "a draft with problems")
    page.keyboard.insert_text("您在本市住了多少年？")
    retype(page, "#f-question-q13-text-en", "For how many years have you lived in this city?")
    expect(page.locator("#to-mend")).to_be_hidden()
    # Its place, by keyboard.
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("section[data-part='section:about_you'] details").nth(-2)).to_have_id("part-q13")
    expect(page.locator("#become-button")).to_be_enabled()
    press(page, "#become-button")
    page.wait_for_url("**/questionnaires/*")
    press(page, "a[href*='/waves/new']")
    page.wait_for_url("**/waves/new*")
    write(
        page,
        name_zh="2026年第四季度",
        key="2026Q4",
        form_number="文测 01 表",
        issuing_body="示范市",
        approval_number="1",
    )
    for box, day in (("opens_on", "2026-09-01"), ("closes_on", "2026-12-10"), ("valid_until", "2027-12-31")):
        page.fill(f"#{box}", day)
    tick(page, "web_open")
    page.focus("#name_zh")
    page.keyboard.press("Enter")
    page.wait_for_url("**/waves/2026Q4")
    press(page, "a[href$='/steps/open']")
    page.wait_for_url("**/steps/open")
    press(page, "main form button")
    page.wait_for_url("**/waves/2026Q4")
    with database.reading.begin() as session:
        wave = session.scalars(select(Wave).where(Wave.key == "2026Q4")).one()
        asked = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
        assert wave.state is WaveState.OPEN
    assert asked.question("q1").text.zh == "您听说过我市在创建文明城市吗？"
    assert [one.id for one in asked.questions()][-2:] == ["q13", "q12"]
    assert "q4" not in {one.id for one in asked.questions()}


def test_two_who_change_one_draft_see_both_and_lose_nothing(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    first, second = desk(), desk(viewport={"width": 390, "height": 844})
    sign_in(first, base, "manager")
    address = copied(first, base)
    sign_in(second, base, "manager")
    second.goto(address)
    for page in (first, second):
        unfold(page, "#part-q1")
    retype(first, TEXT, "第一个人的说法")
    saved(first, 2)
    retype(second, "#f-question-q1-hint-zh", "别人没有动的一处")
    retype(second, TEXT, "第二个人的说法")
    moved = second.locator("#moved")
    expect(moved).to_contain_text("测试manager")
    expect(moved).to_contain_text("第一个人的说法")
    expect(moved).to_contain_text("第二个人的说法")
    expect(second.locator(TEXT)).to_be_focused()  # nobody's typing is broken off
    sound(second, "both sides")
    expect(moved.locator("[role=alert]")).to_be_hidden()
    press(second, "#moved .btn")
    expect(moved.locator("[role=alert]")).to_be_visible()  # nothing is chosen for anybody
    second.focus("#moved input[value=mine]")
    second.keyboard.press("Space")
    press(second, "#moved .btn")
    expect(moved).to_be_hidden()
    expect(second.locator("#state")).to_have_attribute("data-kind", "saved")
    expect(second.locator(TEXT)).to_have_value("第二个人的说法")
    second.goto(f"{address}/history")
    said = second.inner_text("main")
    assert "第一个人的说法" in said
    assert "第二个人的说法" in said
    with database.reading.begin() as session:
        source = session.scalars(select(QuestionnaireDraft.source)).one()
    assert '{zh: "第二个人的说法"' in source
    assert '{zh: "别人没有动的一处"' in source


def test_a_page_that_dies_loses_nothing(base: str, world: World, database: Database, desk: Callable[..., Page]) -> None:
    page = desk()
    sign_in(page, base, "manager")
    address = copied(page, base)
    unfold(page, "#part-q1")
    page.route(re.compile("/saves$"), lambda route: route.abort())
    retype(page, TEXT, "还没有存上就没了电")
    expect(page.locator("#state")).to_have_attribute("data-kind", "offline")
    context = page.context
    page.close(run_before_unload=False)
    with database.reading.begin() as session:
        assert "没了电" not in session.scalars(select(QuestionnaireDraft.source)).one()
    page = context.new_page()
    page.goto(address)
    saved(page, 2)
    unfold(page, "#part-q1")
    expect(page.locator(TEXT)).to_have_value("还没有存上就没了电")
    with database.reading.begin() as session:
        assert "没了电" in session.scalars(select(QuestionnaireDraft.source)).one()
        assert session.scalars(select(Survey)).one()
    # One that dies while its sending is under way, which arrives all the same: nobody is asked about their own words.
    page.route(re.compile("/saves$"), lambda route: (route.fetch(), page.wait_for_timeout(0), route.abort())[-1])
    retype(page, TEXT, "到了，可是没有听到回答")
    expect(page.locator("#state")).to_have_attribute("data-kind", "offline")
    page.close(run_before_unload=False)
    page = context.new_page()
    page.goto(address)
    saved(page, 3)
    expect(page.locator("#moved")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft ')).length") == 0


def test_who_signs_in_again_elsewhere_goes_on_and_one_bad_edit_stops_no_other(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk()
    sign_in(page, base, "manager")
    copied(page, base)
    unfold(page, "#part-q1")
    other = page.context.new_page()
    other.goto(f"{base}/account")
    press(other, ".tools form button")
    other.wait_for_url("**/sign-in**")
    retype(page, TEXT, "登录过期时写的")
    expect(page.locator("#state")).to_have_attribute("data-kind", "signedOut")
    sign_in(other, base, "manager")
    saved(page, 2)
    # What cannot be saved is told and stays in its box; what was typed beside it is saved.
    page.route(re.compile("/saves$"), lambda route: route.abort())
    retype(page, TEXT, "长" * 4001)
    retype(page, "#f-question-q1-hint-zh", "旁边存得了的一处")
    page.unroute_all()
    expect(page.locator("#number")).to_have_value("3")
    expect(page.locator(TEXT)).to_have_value("长" * 4001)
    with database.reading.begin() as session:
        source = session.scalars(select(QuestionnaireDraft.source)).one()
    assert "登录过期时写的" in source
    assert "旁边存得了的一处" in source


@pytest.mark.parametrize(
    ("language", "widths"),
    [
        pytest.param("zh", (1280, 360), id="zh"),
        pytest.param("zh", WIDTHS, id="zh-every-width", marks=pytest.mark.soak),
        pytest.param("en", WIDTHS, id="en-every-width", marks=pytest.mark.soak),
    ],
)
def test_every_page_at_its_widths(
    base: str, world: World, desk: Callable[..., Page], language: str, widths: tuple[int, ...]
) -> None:
    page = desk()
    sign_in(page, base, "manager", language=language)
    draft = copied(page, base)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        for address in ("/catalogue", "/catalogue/civilized_city", f"{SURVEY}/drafts/new", SURVEY):
            page.goto(base + address)
            sound(page, f"{address} {width} {language}")
        page.goto(draft)
        for part in ("#part-head", "#part-q2", "#part-q6", "#part-indicator-awareness"):
            unfold(page, part)
        sound(page, f"draft {width} {language}")
        if width < 1080:
            press(page, "#tab-view")
            expect(page.locator("#view")).to_be_visible()
            sound(page, f"draft looked at {width} {language}")
        page.goto(f"{draft}/history")
        sound(page, f"history {width} {language}")
