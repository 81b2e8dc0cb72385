"""Text without a place to break, an address above all, makes no page wider than a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from questionnaires.text import Text
from survey_service.audit.chain import SERVICE
from survey_service.models import Account, Area, Survey, Wave
from survey_service.secrets import KeyRing
from survey_service.surveys import definitions
from tests.browser.looks import beyond
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.staff_fixtures import sign_in
from tests.security.test_pages import PAGES, poisoned
from tests.service.test_resident_steps import EVERY
from tests.service.world import NOW, QUESTIONNAIRE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
LONG = "https://www.example.gov.cn/wjzf/2026/09/18/t20260918_482915.html?from=singlemessage&isappinstalled=0"


@pytest.fixture
def wave(database: Database, settings: Settings, world: World) -> OpenWave:
    """Every kind of question, every text of it an address."""
    long = poisoned(EVERY, LONG)
    text = Text(LONG, LONG)
    long = replace(long, notice=replace(long.notice, purpose=text, body=text, retention=text, contact=text))
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        session.execute(update(Area).values(name_zh=LONG, name_en=LONG))
    return open_wave_of(database, keys, world, replace(long, key="long"))


def fits(page: Page, where: str) -> None:
    assert page.viewport_size is not None
    assert page.viewport_size["width"] == 360
    assert beyond(page) <= 0, f"{where}: {beyond(page)} px beyond"


def test_on_the_pages_of_residents(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("form.led").wait_for()
    fits(page, "notice")
    page.evaluate(
        "() => document.querySelectorAll('.step input').forEach((one) => { one.checked = one.value !== '8'; })"
    )
    for anchor in page.evaluate("() => [...document.querySelectorAll('.step')].map((one) => one.id)"):
        page.evaluate("anchor => { location.hash = anchor; }", anchor)
        page.locator(f"#{anchor}.here").wait_for()
        for field in page.locator(".here textarea, .here .more input, .here #f-t").all():
            if field.is_visible():
                field.fill(LONG[:100])
        fits(page, anchor)
    # Without a script: the whole form, what is to be mended, what is checked, what was stored.
    plain = phone()
    plain.route("**/*.js", lambda route: route.abort())
    plain.goto(f"{base}/a/{wave.code}")
    plain.evaluate("() => document.querySelectorAll('.step').forEach((one) => { one.style.display = 'block'; })")
    fits(plain, "the form without a script")
    plain.locator("#q-l textarea").fill(LONG)
    plain.locator("#q-l button").click()
    plain.locator(".summary").wait_for()
    fits(plain, "faults")
    plain.evaluate("() => document.querySelectorAll('[type=radio]').forEach((one) => { one.checked = true; })")
    plain.locator("form button.btn").click()
    plain.locator(".answers").wait_for()
    fits(plain, "check page")
    plain.locator("form button.btn").first.click()
    plain.locator(".receipt").wait_for()
    fits(plain, "receipt")
    plain.get_by_role("button", name="查看、修改或删除这份答卷").click()
    plain.locator(".answers").wait_for()
    fits(plain, "kept answers")


@pytest.mark.parametrize(
    "roles", [["statistician"], pytest.param(["manager", "keyer", "administrator"], marks=pytest.mark.soak)]
)
def test_on_the_pages_of_staff(
    phone: Callable[..., Page], base: str, world: World, database: Database, roles: list[str]
) -> None:
    with database.writing.begin() as session:
        version = definitions.store(session, world.survey_id, poisoned(QUESTIONNAIRE, LONG), at=NOW, by=SERVICE)
        session.execute(update(Area).values(name_zh=LONG, name_en=LONG))
        session.execute(update(Account).values(name=LONG))
        session.execute(update(Survey).values(title_zh=LONG, title_en=LONG))
        session.execute(update(Wave).values(name_zh=LONG, name_en=LONG, questionnaire_version_id=version.id))
    wide = []
    for role in roles:
        page = phone()
        sign_in(page, base, role)
        for address in PAGES[role]:
            if address.endswith(".svg"):
                continue
            page.goto(f"{base}{address}")
            if beyond(page) > 0:
                wide.append((role, address, beyond(page)))
        page.context.close()
    assert not wide, "\n".join(map(str, wide))
