"""The phone of whoever knocks in a real browser at 360 px: the five things that are done at a door, in few taps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from survey_service import audit
from survey_service.audit.chain import SERVICE
from survey_service.models import ADULT_STAGE, Account, Area, Case, Mode, Wave
from survey_service.secrets import KeyRing
from survey_service.surveys import codes
from tests.browser.looks import beyond
from tests.browser.resident_world import open_wave_of
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_wave import sound
from tests.service.world import NOW, QUESTIONNAIRE, _case

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
_LEFT = "(step) => !document.getElementById('handing').hidden || document.querySelector('.step.here').id !== step"


@pytest.fixture
def unlisted(database: Database, world: World) -> World:
    """A list without adults, and interviewers go round."""
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=[Mode.FACE_TO_FACE.value]))
        for case in session.scalars(select(Case)):
            case.stages = [stage for stage in case.stages if stage["unit"] != ADULT_STAGE]
    return world


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 390])
def test_the_pages_fit_and_are_sound_also_in_large_letters(
    base: str, unlisted: World, desk: Callable[..., Page], language: str, width: int
) -> None:
    page = desk(viewport={"width": width, "height": 740}, has_touch=True)
    sign_in(page, base, "interviewer", language=language)
    page.goto(f"{base}/start")
    sound(page, "what the day begins with")
    page.click("[data-big]")
    assert beyond(page) == 0
    page.click("[data-big]")
    page.goto(f"{base}/visits")
    for where in ("list", "case"):
        sound(page, where)
        page.click("[data-big]")
        assert beyond(page) == 0
        page.click("[data-big]")
        if page.locator("a.go").count():
            page.click("a.go")
    for place in range(6):  # every button opened
        page.locator(".findings summary").nth(place).click()
    sound(page, "buttons")


def test_the_five_things_that_are_done_at_a_door(base: str, unlisted: World, desk: Callable[..., Page]) -> None:
    page = desk(viewport={"width": 360, "height": 740}, has_touch=True)
    sign_in(page, base, "interviewer")
    page.goto(f"{base}/visits")
    first, second = unlisted.case_numbers[:2]
    page.click(f"text=下一户：{first}")  # the next household: one tap
    page.click(".counts button >> text=2")  # two adults: one tap
    page.click("text=改这户的大人数")
    page.click(".mend .counts button >> text=3")  # a third: two taps
    assert page.locator(".who").inner_text().count("家里有 3 位成年人") == 1
    page.click(".findings summary >> text=约时间再来")
    page.fill(".findings input[type=date]", "2026-09-19")
    page.click("text=约好了")
    page.click("text=有约 1")
    page.click(f".doors >> text={first}")
    page.click("text=改约定的时间")  # another time: what was agreed on stands in the boxes
    assert page.input_value(".sheet input[type=date]") == "2026-09-19"
    page.fill(".sheet input[type=time]", "20:15")
    page.click("text=改到这个时间")
    assert "约好 9月19日（明天，周六）20:15 再来" in page.locator(".doors").first.inner_text()
    page.click(f"text=下一户：{second}")
    page.click(".findings summary >> text=不愿意答")  # a refusal: two taps
    page.click("text=住户拒访")
    assert f"已记 {second}：住户拒访" in page.locator(".said").inner_text()
    page.click("text=该去没去 0")
    assert "没有" in page.locator("main .note").last.inner_text()


@pytest.fixture
def interview(database: Database, settings: Settings, world: World) -> str:
    """The address of an interview whose last section is for whoever answers to fill in alone."""
    *first, last = QUESTIONNAIRE.sections[0].questions
    whole = QUESTIONNAIRE.sections[0]
    sections = (replace(whole, questions=tuple(first)), replace(whole, id="own", questions=(last,), handed_over=True))
    keys = KeyRing(settings.secret_key.get_secret_value())
    opened = open_wave_of(database, keys, world, replace(QUESTIONNAIRE, key="handed", sections=sections))
    with database.writing.begin() as session:
        community = session.get_one(Area, world.community_ids[0])
        case = _case(opened.survey_id, opened.wave_id, community, 1)
        session.add(case)
        session.flush()
        rows = audit.Rows(f"wave {opened.wave_id}", opened.wave_id)
        audit.record(session, survey_id=opened.survey_id, at=NOW, by=SERVICE, action="cases.drawn", record=rows)
        account = session.scalars(select(Account.id).where(Account.user == "interviewer")).one()
        return f"/a/{codes.issue_interview_pass(session, case, account, keys=keys, at=NOW)}"


def test_the_phone_is_handed_over_and_comes_back_by_a_tap(base: str, interview: str, desk: Callable[..., Page]) -> None:
    page = desk(viewport={"width": 360, "height": 740}, has_touch=True)
    page.goto(base + interview)
    page.click("#start")
    for _ in range(20):
        if page.locator("#handing").is_visible():
            break
        required = page.locator(".step.here[data-required] label")
        if required.count():
            required.first.click()
        step = page.locator(".step.here").get_attribute("id")
        page.locator(".step.here [data-turn=on]").click()
        page.wait_for_function(_LEFT, arg=step)
    assert page.locator("#answers").is_hidden()  # nothing of what was answered before is in view
    sound(page, "handing over")
    page.click("text=我是受访人，开始填")
    assert page.locator(".step.here[data-handed]").is_visible()
    page.go_back()  # the phone's own back key does not lead to the earlier answers
    assert page.locator("#handing h2:visible").inner_text() == "请把手机交还调查员"
    page.go_forward()
    page.locator(".step.here [data-turn=on]").click()
    page.click("text=我是调查员，接着问")
    assert "本人填的，这里不显示" in page.locator("#review-answers").inner_text()
