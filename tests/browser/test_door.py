"""The phone of whoever knocks in a real browser at 360 px: the five things that are done at a door, in few taps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from survey_service.models import ADULT_STAGE, Case, Mode, Wave
from tests.browser.looks import beyond
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_wave import sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from tests.service.world import World

pytestmark = pytest.mark.browser


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
    page.click("text=少记了，加一位")  # a third: one tap
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
    assert "约好 9月19日 20:15 再来" in page.locator(".doors").first.inner_text()
    page.click(f"text=下一户：{second}")
    page.click(".findings summary >> text=拒绝访问")  # a refusal: two taps
    page.click("text=开门的人拒绝")
    assert f"已记 {second}：住户拒访" in page.locator(".said").inner_text()
    page.click("text=该去没去 0")
    assert "没有" in page.locator("main .note").last.inner_text()
