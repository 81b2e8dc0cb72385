"""A clerk fills the lists of a wave, by a file and by hand, and a resident chooses from them on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from survey_service.audit.chain import SERVICE
from survey_service.models import Capture, Mode, Survey
from survey_service.surveys import definitions, service
from tests.browser.staff_fixtures import press, sign_in, write
from tests.browser.test_wave import sound
from tests.service.test_wave_lists import LISTED, book
from tests.service.world import CLOSES, NOW, OPENS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from tests.service.world import World

pytestmark = pytest.mark.browser
WAVE = "/surveys/satisfaction/waves/2026Q4"
SECTORS = book(("名称", "英文名称"), ("公交", "Buses"), ("医院", "Hospitals"))
UNITS = book(("名称", "上级"), ("一路车队", "公交"), ("市一院", "医院"), ("市二院", "医院"))


def draft(world: World, database: Database) -> None:
    with database.writing.begin() as session:
        survey = session.get_one(Survey, world.survey_id)
        version = definitions.store(session, survey.id, LISTED, at=NOW, by=SERVICE)
        new = service.NewWave(
            key="2026Q4",
            name_zh="2026年第四季度",
            questionnaire_version_id=version.id,
            opens_on=OPENS,
            closes_on=CLOSES,
            modes=[Mode.WEB_OPEN],
        )
        service.create_wave(session, survey.id, new, at=NOW, by=SERVICE)


def bring(page: Page, data: bytes) -> None:
    """A file that is looked at, and taken in."""
    page.set_input_files("#file", {"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": data})
    press(page, "form:has(#file) .btn")
    page.locator("form:has([name=seen])").wait_for()


def fill(page: Page, base: str) -> None:
    page.goto(base + WAVE)
    expect(page.locator(".blockers")).to_contain_text("名单“窗口行业”还没有内容。")
    sound(page, "a draft whose lists are empty")
    press(page, f".blockers a[href='{WAVE}/lists/sectors']")
    page.wait_for_url("**/lists/sectors")
    sound(page, "an empty list")
    bring(page, SECTORS)
    sound(page, "what a file of entries would bring")
    press(page, "form:has([name=seen]) .btn")
    expect(page.locator("#entries-title")).to_have_text("2 项")
    write(page, name="铁路")
    press(page, "#add .btn")
    expect(page.locator("#entries-title")).to_have_text("3 项")
    press(page, "a[aria-label='改“铁路”']")
    page.locator("#change").wait_for()
    sound(page, "an entry that is changed")
    press(page, "#change form:nth-of-type(2) .btn")
    expect(page.locator("form[role=status]")).to_contain_text("已去掉“铁路”（代码 3）。")
    press(page, "form[role=status] .btn")
    expect(page.locator("#entries-title")).to_have_text("3 项")
    page.goto(f"{base}{WAVE}/lists/units")
    bring(page, UNITS)
    press(page, "form:has([name=seen]) .btn")
    expect(page.locator("main table")).to_contain_text("市二院")
    sound(page, "a list under another")


def answer(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#start").tap()
    page.locator("#q-sector.here label", has_text="医院").tap()
    page.locator(".here [data-turn=on]").tap()
    expect(page.locator("#q-unit.here label", has_text="一路车队")).to_be_hidden()  # of the other sector
    page.locator("#q-unit.here label", has_text="市二院").tap()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-street.here label", has_text="城厢街道").tap()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-community.here label", has_text="文昌阁社区").tap()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-overall.here label", has_text="基本满意").tap()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-dealt.here").wait_for()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-rated.here label:has([name='rated.e3'][value='2'])").tap()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#review.here").wait_for()
    page.locator("#review h2").tap()
    page.locator("#review [data-turn=on]").tap()
    page.locator(".receipt").wait_for()


def test_a_clerk_fills_the_lists_and_a_resident_answers_from_them(
    base: str, world: World, database: Database, desk: Callable[..., Page], phone: Callable[..., Page]
) -> None:
    draft(world, database)
    page = desk()
    sign_in(page, base, "manager")
    fill(page, base)
    page.goto(base + WAVE)
    press(page, f"a[href='{WAVE}/steps/open']")
    page.wait_for_url("**/steps/open")
    press(page, "main button")
    page.wait_for_url(f"**{WAVE}")
    expect(page.locator("[aria-labelledby=lists-title]")).to_contain_text("3 项")
    sound(page, "an open wave with lists")
    picture = page.locator("img.qr").get_attribute("alt")
    assert picture is not None
    answer(phone(), picture.removeprefix("二维码："))
    with database.reading.begin() as session:
        answers = json.loads(session.scalars(select(Capture.answers)).one())["answers"]
    assert answers == {
        "sector": "2",
        "unit": "3",
        "street": "110101000000",
        "community": "110101000002",
        "overall": "2",
        "rated.e3": "2",
    }
