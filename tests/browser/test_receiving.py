"""A leader on a phone in a real browser: the first page, the sheet, its PDF, a link, a code, a second edition; and a
matter that is put right from wave to wave. Every page they meet is sound by axe and no wider than the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.models import Release, Role
from survey_service.releases import corrections, documents, sheet_codes
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.browser.looks import in_languages
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_wave import sound
from tests.service.rectified_city import COMMUNITY, HERE, next_wave
from tests.service.rectified_city import released as two_waves
from tests.service.test_releases import release, services, twelve_answers
from tests.service.world import NOW, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.services import Services
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock
    from tests.service.world import World

__all__ = ["services"]
pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
OWN, SIBLING, CITY = "110101000001", "110101000002", "110000000000"
SHEETS: dict[str, list[str] | None] = {"zh": [OWN, SIBLING, CITY], "en": [OWN, CITY]}


def printed(database: Database, world: World, services: Services) -> str:
    """Releases what is under review; the number of that edition."""
    release_id = release(database, world)
    documents.make(services, world.survey_id, release_id, SHEETS, lambda done, total: None)
    with database.reading.begin() as session:
        return session.get_one(Release, (world.survey_id, release_id)).number


@pytest.fixture
def number(database: Database, world: World, settings: Settings, services: Services) -> str:
    """A released wave; ``local`` leads the first community alone."""
    with database.writing.begin() as session:
        of = session, world.survey_id, world.wave_id
        twelve_answers(session, world, settings)
        surveys.close_wave(*of, at=NOW, by=SERVICE)
        surveys.begin_review(*of, at=NOW, by=SERVICE)
        figures.open_figures(*of, at=NOW, by=SERVICE)
        local = accounts.create_account(session, "local", "张三", PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, local, Role.LEADER, world.community_ids[0], at=NOW, by=SERVICE)
    return printed(database, world, services)


@in_languages
def test_a_leader_finds_the_answer_opens_the_sheet_and_takes_the_pdf(
    base: str, number: str, desk: Callable[..., Page], language: str
) -> None:
    page = desk(viewport=PHONE)
    sign_in(page, base, "local", language=language)
    page.wait_for_url("**/results")
    sound(page, f"results {language}")
    assert page.locator("article.card").count() == 1
    assert SIBLING not in page.content()
    assert page.locator(".verdicts li").count() > 1
    page.locator("article a.btn").click()
    page.wait_for_url(f"**/sheets/{OWN}**")
    sound(page, f"sheet {language}")
    spoken = page.get_attribute("article", "lang")
    assert spoken == ("zh-CN" if language == "zh" else "en")
    file = page.context.request.get(f"{base}/releases/{number}/{OWN}.{language}.pdf")
    assert file.body().startswith(b"%PDF")
    answer = page.goto(f"{base}/releases/{number}/sheets/{SIBLING}")
    assert answer is not None
    assert answer.status == 404
    sound(page, f"not theirs {language}")


@in_languages
def test_a_link_opens_the_sheet_for_a_stranger_until_its_day(
    base: str, number: str, clock: TestClock, desk: Callable[..., Page], language: str
) -> None:
    leader, stranger = desk(viewport=PHONE), desk(viewport=PHONE)
    sign_in(leader, base, "local", language=language)
    leader.goto(f"{base}/releases/{number}/sheets/{OWN}/links")
    sound(leader, "no links yet")
    leader.fill("#purpose", "区文明办")
    leader.check("input[value='1']")
    leader.locator("form.panel button").click()
    leader.wait_for_selector("#address")
    sound(leader, "a link was made")
    path = leader.input_value("#address").partition("/shared/")[2]
    address = f"{base}/shared/{path}?lang={language}"
    stranger.goto(address)
    sound(stranger, "by the link")
    assert stranger.locator("article.sheet-page h1").count() == 1
    clock.at = NOW + timedelta(days=1)
    answer = stranger.goto(address)
    assert answer is not None
    assert answer.status == 410
    sound(stranger, "over")
    sign_in(leader, base, "manager", language=language)
    leader.goto(f"{base}/surveys/satisfaction/openings")
    sound(leader, "who opened")
    assert "区文明办" in leader.inner_text("tbody")


@in_languages
def test_a_second_edition_supersedes_the_first_wherever_it_is_met(
    base: str,
    number: str,
    database: Database,
    world: World,
    services: Services,
    desk: Callable[..., Page],
    language: str,
) -> None:
    page = desk(viewport=PHONE)
    with database.reading.begin() as session:
        first = session.scalars(select(Release)).one()
        code = sheet_codes.code_of(first.number, first.snapshot_sha256, OWN)
    page.goto(f"{base}/verify?lang={language}")
    page.fill("#code", code)
    page.locator("form button").click()
    page.wait_for_selector(".verdict.reached")
    sound(page, "in force")
    sign_in(page, base, "local", language=language)
    page.goto(f"{base}/releases/{number}/sheets/{OWN}/links")
    page.fill("#purpose", "区文明办")
    page.locator("form.panel button").click()
    page.wait_for_selector("#address")
    path = page.input_value("#address").partition("/shared/")[2]
    with database.writing.begin() as session:
        of = world.survey_id, world.wave_id
        corrections.begin(session, *of, reason="一批纸卷录错了楼栋", at=NOW, by=SERVICE)
    second = printed(database, world, services)
    stranger = desk(viewport=PHONE)
    stranger.goto(f"{base}/verify/{code}?lang={language}")
    stranger.wait_for_selector(".verdict.missed")
    sound(stranger, "superseded")
    stranger.goto(f"{base}/shared/{path}")
    sound(stranger, "a link to what was corrected")
    assert second in stranger.inner_text("main")
    stranger.locator("main a.btn").click()
    stranger.wait_for_url("**/current")
    assert second in stranger.inner_text("article")
    page.goto(f"{base}/results")
    sound(page, "results of the second edition")
    assert "一批纸卷录错了楼栋" in page.inner_text("main")


def test_a_matter_is_worked_from_wave_to_wave(
    base: str, database: Database, world: World, desk: Callable[..., Page]
) -> None:
    two_waves(database, world)
    page = desk(viewport=PHONE)
    sign_in(page, base, "manager")
    page.goto(f"{base}{HERE}/proposals")
    sound(page, "proposed")
    page.check(f"input[value='{COMMUNITY}:awareness']")
    page.get_by_role("button", name="列入", exact=True).click()
    page.wait_for_url("**?done=accepted")
    sound(page, "listed")
    row = f"{base}{HERE}/rows/1"

    def act(user: str, button: str, note: str = "") -> None:
        sign_in(page, base, user)
        page.goto(row)
        sound(page, f"{user} {button}")
        if note:
            page.fill("#note", note)
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()

    act("leader", "开始办")
    act("leader", "报已办", "每周清理三次")
    act("manager2", "核过，办好了")
    next_wave(database, world, "no_detectable_change", apart=True)
    page.goto(row)
    sound(page, "after the next wave")
    assert "没有查出变化" in page.inner_text("main")
    page.goto(f"{base}{HERE}/summary")
    sound(page, "summary")
