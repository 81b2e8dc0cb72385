"""A manager plans by keyboard, from nothing to an open wave, and a resident answers its poster's code on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from survey_service.audit.chain import verify
from survey_service.models import Area, AuditEntry, Case, Response, Survey
from tests.browser.staff_fixtures import press, sign_in, write
from tests.browser.test_wave import sound
from tests.service.test_planning_cases import row, sheet

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from tests.service.world import World

pytestmark = pytest.mark.browser
SMALL = Path(__file__).parents[1] / "service/small.yaml"
WAVE = "/surveys/quarter/waves/2026Q4"


def tick(page: Page, *modes: str) -> None:
    """These and no others: some stand ticked in a new wave."""
    for box in page.locator("input[name=modes]").all():
        if box.is_checked() != (box.get_attribute("value") in modes):
            box.focus()
            page.keyboard.press("Space")


def survey_and_questionnaire(page: Page, base: str) -> None:
    page.goto(f"{base}/surveys")
    press(page, "a[href='/surveys/new']")
    page.wait_for_url("**/surveys/new")
    write(page, title_zh="公众满意度测评", key="quarter", population_zh="常住 18 岁及以上居民", frame_zh="网格住户台账")
    page.select_option("#area", "110000000000")
    press(page, "main form .btn")
    page.wait_for_url("**/surveys/quarter")
    press(page, "a[href='/surveys/quarter/questionnaires/new']")
    page.wait_for_url("**/questionnaires/new")
    page.set_input_files("#file", SMALL)
    press(page, "form:has(#file) .btn")
    # Stored, and shown at once as it will be met: the phone's own page stands in the middle.
    expect(page.frame_locator("iframe.phone").locator("#start")).to_be_visible()
    expect(page.locator("#key")).to_contain_text("总体满意")
    paper = page.locator("#paper img")
    expect(paper).to_have_js_property("complete", True)
    assert paper.evaluate("one => one.naturalWidth") > 700  # the form itself, not a link to it
    sound(page, "a preview on phone, paper and keying at once")


def plan(page: Page, base: str) -> None:
    page.goto(f"{base}/surveys/quarter")
    press(page, "a[href='/surveys/quarter/waves/new']")
    page.wait_for_url("**/waves/new")
    write(page, name_zh="2026年第四季度", key="2026Q4")
    # How a date is typed depends on the browser's language; the value does not.
    page.fill("#opens_on", "2026-09-01")
    page.fill("#closes_on", "2026-12-10")
    tick(page, "web_invited", "web_open")
    write(page, response_rate="60")
    page.focus("#target-awareness")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("92")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{WAVE}")


def answer(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#start").tap()
    page.locator("#q-know.here label", has_text="不知道").tap()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-overall.here label", has_text="基本满意").tap()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-aspects.here").wait_for()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-age.here").wait_for()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#review.here").wait_for()
    page.locator("#review h2").tap()
    page.locator("#review [data-turn=on]").tap()
    page.locator(".receipt").wait_for()
    expect(page.locator("h1")).to_contain_text("已提交")


def test_from_nothing_to_an_open_wave_that_a_resident_answers(
    base: str, world: World, database: Database, desk: Callable[..., Page], phone: Callable[..., Page]
) -> None:
    page = desk()
    sign_in(page, base, "manager")
    survey_and_questionnaire(page, base)
    plan(page, base)
    # Opening waits for the sample, and the page leads there and back.
    expect(page.locator(f"a[href='{WAVE}/steps/open']")).to_have_count(0)
    sound(page, "a draft with what blocks it")
    press(page, f".blockers a[href='{WAVE}/cases']")
    page.wait_for_url("**/cases")
    with database.reading.begin() as session:
        community = session.get_one(Area, world.community_ids[0]).code
    rows = [row(number, community) for number in range(1, 5)]
    page.locator("summary", has_text="已经用抽样命令抽好了").click()
    page.set_input_files("#file", {"name": "cases.csv", "mimeType": "text/csv", "buffer": sheet(rows)})
    press(page, "form:has(#file) .btn")
    expect(page.locator("main")).to_contain_text("在 1 个社区")
    sound(page, "what a sample would bring")
    press(page, "main form .btn")
    expect(page.locator("main")).to_contain_text("共 4 户")
    press(page, f"a.second[href='{WAVE}']")
    page.wait_for_url(f"**{WAVE}")
    press(page, f"a[href='{WAVE}/steps/open']")
    page.wait_for_url("**/steps/open")
    press(page, "main button")
    page.wait_for_url(f"**{WAVE}")
    expect(page.locator("h1 .pill")).to_have_text("调查中")
    expect(page.locator(f"a[href='{WAVE}/edit']")).to_have_count(0)
    picture = page.locator("img.qr").get_attribute("alt")
    assert picture is not None
    answer(phone(), picture.removeprefix("二维码："))
    page.reload()
    expect(page.locator(".panel[aria-labelledby=mode-title]")).to_contain_text("另收 1 份")
    sound(page, "an open wave")
    with database.reading.begin() as session:
        survey = session.scalars(select(Survey).where(Survey.key == "quarter")).one()
        assert session.scalar(select(func.count()).where(Case.survey_id == survey.id)) == 4
        assert session.scalar(select(func.count()).where(Response.survey_id == survey.id)) == 1
        chain = str(survey.id)
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.chain == chain).order_by(AuditEntry.sequence)
        ).all()
        assert [actions[0], "wave.open" in actions] == ["survey.created", True]
        assert verify(session, chain) == len(actions)
