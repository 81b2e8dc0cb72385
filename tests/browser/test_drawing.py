"""The page that draws a sample from a list, in a real browser at a desk: form, look and what is stored, sound by
axe in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, func, select, update

from survey_service.models import AccessCode, Case, Mode, ReserveCase, Wave, WaveState
from tests.browser.staff_fixtures import HERE, press, sign_in
from tests.browser.test_wave import sound
from tests.service.test_drawing_pages import a_list

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from tests.service.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(database: Database, world: World) -> str:
    """A draft without a sample; the address of its sample."""
    with database.writing.begin() as session:
        session.execute(delete(AccessCode))
        session.execute(delete(Case))
        modes = [Mode.PAPER.value, Mode.WEB_INVITED.value]
        plan = {"response_rate": 0.5, "design_effect": 1.0}
        session.execute(update(Wave).values(state=WaveState.DRAFT, modes=modes, plan=plan))
    return f"{HERE}/cases"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sample_is_drawn_at_a_desk(
    base: str, draft: str, database: Database, world: World, desk: Callable[..., Page], language: str
) -> None:
    page = desk(viewport={"width": 1280, "height": 800})
    sign_in(page, base, "manager", language=language)
    page.goto(f"{base}{draft}/draw")
    sound(page, f"the form {language}")
    page.fill("[name=size]", "30")
    page.set_input_files("#file", {"name": "名单.csv", "mimeType": "text/csv", "buffer": a_list().encode()})
    press(page, "form:has(#file) .btn")
    expect(page.locator("main")).to_contain_text("抽 30 户" if language == "zh" else "30 drawn")
    sound(page, f"the look {language}")
    # A table that is wider than its frame scrolls within it, and a keyboard reaches it.
    for frame in page.locator("main .scroll").all():
        wide = frame.evaluate("one => one.scrollWidth > one.clientWidth")
        assert not wide or frame.get_attribute("tabindex") == "0"
    press(page, "main form:has([name=seen]) .btn")
    page.wait_for_url(f"**{draft}")
    expect(page.locator("main")).to_contain_text("共 30 户" if language == "zh" else "30 households")
    sound(page, f"what was stored {language}")
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 30
        assert session.scalar(select(func.count()).select_from(ReserveCase)) == 20
    assert world


def test_what_is_wrong_with_a_list_is_told_by_its_cell_and_the_form_keeps_what_was_typed(
    base: str, draft: str, desk: Callable[..., Page]
) -> None:
    page = desk(viewport={"width": 1280, "height": 800})
    sign_in(page, base, "manager")
    page.goto(f"{base}{draft}/draw")
    page.fill("[name=size]", "31")
    twice = a_list() + "\n" + a_list().splitlines()[1]
    page.set_input_files("#file", {"name": "名单.csv", "mimeType": "text/csv", "buffer": twice.encode()})
    press(page, "form:has(#file) .btn")
    expect(page.locator("main")).to_contain_text("和第 2 行相同")
    expect(page.locator("[name=size]")).to_have_value("31")
    sound(page, "a list with a household twice")
