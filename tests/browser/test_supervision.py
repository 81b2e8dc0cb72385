"""The page of whoever supervises and a call-back in a real browser: at the widths of looks.py, sound by axe, and with
what is to do before everything else on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from survey_service.audit.chain import SERVICE
from survey_service.fieldwork import call_backs
from survey_service.models import CallBack, Visited
from survey_service.secrets import KeyRing
from tests.browser.looks import in_languages_and_widths
from tests.browser.staff_fixtures import HERE, sign_in
from tests.browser.test_wave import sound
from tests.service.test_supervision import asked, person
from tests.service.world import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def drawn(database: Database, world: World, settings: Settings) -> str:
    """Interviews of one person, one of them drawn; the address of its page."""
    keys = KeyRing(settings.secret_key.get_secret_value())
    for place in range(4):
        asked(database, world, keys, place, by=person(database, "interviewer"), seconds=300)
    with database.writing.begin() as session:
        call_backs.draw(session, world.survey_id, world.wave_id, seed=1, at=NOW, by=SERVICE)
        case_id = session.query(CallBack.case_id).scalar()
    return f"{HERE}/field/call-backs/{case_id}"


@in_languages_and_widths
def test_every_page_at_its_widths(
    base: str, drawn: str, desk: Callable[..., Page], language: str, widths: tuple[int, ...]
) -> None:
    for width in widths:
        page = desk(viewport={"width": width, "height": 800})
        sign_in(page, base, "manager", language=language)
        for address in (f"{HERE}/field/supervision", f"{HERE}/field/call-backs", f"{HERE}/field/people", drawn):
            page.goto(base + address)
            sound(page, f"{address} {width} {language}")


def test_on_a_phone_what_is_to_do_stands_first_and_a_call_back_is_noted_with_a_thumb(
    base: str, drawn: str, database: Database, desk: Callable[..., Page]
) -> None:
    page = desk(viewport={"width": 390, "height": 800})
    sign_in(page, base, "manager")
    page.goto(f"{base}{HERE}/field/supervision")
    todo, progress = page.locator("#do-title"), page.get_by_role("heading", name="进度", exact=True)
    first, second = todo.bounding_box(), progress.bounding_box()
    assert first is not None
    assert second is not None
    assert first["y"] < second["y"]
    link = page.get_by_role("link", name="等着回访的 1 户")
    box = link.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    link.click()
    page.wait_for_url("**/call-backs")
    page.goto(base + drawn)
    page.get_by_text("来问过", exact=True).click()
    page.get_by_text("是", exact=True).click()
    page.fill("#minutes", "12")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/call-backs")
    with database.reading.begin() as session:
        noted = session.query(CallBack.visited, CallBack.right_person, CallBack.minutes).one()
    assert tuple(noted) == (Visited.CAME, True, 12)
