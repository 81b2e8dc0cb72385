"""The page of a wave's analysis plan in a real browser: readable by everybody, and a plan changed by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

from survey_service.analyses import kept_plans
from survey_service.areas.people_file import Declaration
from survey_service.areas.service import record_population
from survey_service.audit.chain import SERVICE
from survey_service.models import RegisterKind
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.browser.looks import in_languages_and_widths
from tests.browser.staff_fixtures import HERE, press, sign_in, write
from tests.browser.test_wave import sound
from tests.service.test_estimates import twelve_answers
from tests.service.world import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
PLAN = f"{HERE}/plan"


@pytest.fixture
def reviewed(database: Database, world: World, settings: Settings) -> World:
    """Two communities that were counted, six answers in each, and the wave under review."""
    said = Declaration(as_of=date(2026, 1, 1), register=RegisterKind.USUAL_RESIDENTS, source="统计局")
    with database.writing.begin() as session:
        for persons, community in zip((600, 400), world.community_ids, strict=True):
            cells = {(sex, age): persons // 4 for sex in ("male", "female") for age in ("18-44", "45+")}
            record_population(session, community, cells, said, at=NOW, by=SERVICE)
        twelve_answers(session, world, settings)
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
        surveys.begin_review(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    return world


def open_figures(database: Database, world: World) -> None:
    with database.writing.begin() as session:
        figures.open_figures(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)


@in_languages_and_widths
def test_the_page_at_its_widths_before_and_after_the_lock(
    base: str, reviewed: World, database: Database, desk: Callable[..., Page], language: str, widths: tuple[int, ...]
) -> None:
    for width in widths:
        page = desk(viewport={"width": width, "height": 800})
        sign_in(page, base, "statistician", language=language)
        page.goto(base + PLAN)
        sound(page, f"plan {width} {language}")
        page.check("input[name=margins][value=none]")
        page.click("form.change button >> nth=0")
        page.wait_for_selector("#proposed")
        sound(page, f"proposed {width} {language}")
    open_figures(database, reviewed)
    page.goto(base + PLAN)
    sound(page, f"locked 360 {language}")
    assert page.locator("#sensitivity").count() == 1
    page.emulate_media(media="print")
    assert not page.is_visible("#change")
    assert page.is_visible("#weights")


def test_a_plan_is_changed_by_keyboard(
    base: str, reviewed: World, database: Database, desk: Callable[..., Page]
) -> None:
    open_figures(database, reviewed)
    page = desk()
    sign_in(page, base, "statistician")
    page.goto(base + HERE)
    press(page, f"a[href='{PLAN}']")
    page.wait_for_url(f"{base}{PLAN}")
    assert "各社区成年人口" in page.inner_text("#population")
    page.focus("#level")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("90")
    press(page, "form.change button")
    page.wait_for_selector("#proposed")
    assert "95% → 90%" in page.inner_text("#proposed")
    write(page, reason="上级要求用 90%")
    press(page, "#proposed button")
    page.wait_for_url(f"{base}{PLAN}")
    page.wait_for_selector("text=上级要求用 90%")
    with database.reading.begin() as session:
        kept = kept_plans.kept(session, reviewed.survey_id, reviewed.wave_id)
        assert [(one.number, one.reason) for one in kept] == [(1, None), (2, "上级要求用 90%")]
