"""The manager's pages in a real browser: at the widths of looks.py in two languages, and a wave closed by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import insert

from survey_service.models import Job, JobState
from tests.browser.looks import beyond, in_languages_and_widths
from tests.browser.staff_fixtures import HERE, sign_in
from tests.service.world import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from tests.service.world import World

pytestmark = pytest.mark.browser
PAGES = ["/surveys", HERE, f"{HERE}/steps/close", f"{HERE}/steps/back", f"{HERE}/codes", "/areas", "/account", "/none"]
MAXIMUM_BYTES = 150_000


@in_languages_and_widths
def test_every_page_at_its_widths(
    base: str, world: World, desk: Callable[..., Page], language: str, widths: tuple[int, ...]
) -> None:
    for width in widths:
        page = desk(viewport={"width": width, "height": 800})
        page.goto(f"{base}/sign-in?lang={language}")
        sound(page, f"sign-in {width}")
        sign_in(page, base, "manager", language=language)
        for address in PAGES:
            answer = page.goto(base + address)
            assert answer is not None
            assert len(answer.body()) < MAXIMUM_BYTES
            sound(page, f"{address} {width} {language}")


def sound(page: Page, where: str) -> None:
    page.wait_for_load_state()
    results = Axe().run(page)
    assert results.violations_count == 0, f"{where}: {results.generate_report()}"
    assert beyond(page) <= 0, where


def test_a_wave_is_closed_by_keyboard(base: str, world: World, desk: Callable[..., Page]) -> None:
    page = desk()
    sign_in(page, base, "manager")
    page.goto(base + HERE)
    page.focus(f"a[href='{HERE}/steps/close']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/steps/close")
    assert "手机和录入都不再收答卷" in page.inner_text("main")
    page.focus("main button")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}{HERE}")
    assert page.inner_text("h1 .pill") == "已截止"
    assert page.get_attribute(".life li:nth-child(3)", "aria-current") == "step"


def test_the_page_follows_a_job_and_shows_its_end(
    base: str, world: World, database: Database, desk: Callable[..., Page]
) -> None:
    """A job that another process works on: the page asks, shows how far it is, and shows the page anew at its end."""
    job = {
        "survey_id": world.survey_id,
        "kind": "release",
        "arguments": {"wave_id": str(world.wave_id)},
        "state": JobState.RUNNING,
        "lease_until": NOW.replace(year=2099),
        "attempt": 1,
        "done": 3,
        "total": 24,
        "created_at": NOW,
    }
    with database.writing.begin() as session:
        session.execute(insert(Job).values(**job))
    page = desk()
    sign_in(page, base, "manager")
    page.goto(base + HERE)
    assert page.get_attribute(".job progress", "value") == "3"
    with database.writing.begin() as session:
        session.query(Job).update({"done": 11})
    page.wait_for_function("() => document.querySelector('.job progress').value === 11")
    assert page.inner_text("[data-count]") == "11 / 24"
    with database.writing.begin() as session:
        session.query(Job).update({"state": JobState.DONE, "done": 24})
    page.wait_for_function("() => document.querySelector('.job progress') === null")
    assert "做好了" in page.inner_text(".job")


def test_without_scripts_everything_is_there(base: str, world: World, desk: Callable[..., Page]) -> None:
    page = desk(java_script_enabled=False)
    page.goto(f"{base}/sign-in")
    page.fill("#user", "manager")
    page.fill("#password", "a password for tests")
    page.click("main button")
    page.goto(base + HERE)
    assert page.locator(".data tbody tr").count() == 2
    assert page.locator("img.qr").get_attribute("alt") == f"二维码：{base}/a/{world.open_codes[0]}"


def test_the_posters_can_be_read_by_a_phone(base: str, world: World, desk: Callable[..., Page]) -> None:
    """The picture holds the very modules of the address."""
    import re

    import segno

    page = desk()
    sign_in(page, base, "manager")
    page.goto(f"{base}{HERE}/invitations")
    assert "先不要印去张贴" in page.inner_text("main")  # served on loopback: no phone could open it
    sound(page, "posters and letters")
    page.goto(f"{base}{HERE}/marks")
    sound(page, "marks")
    picture = page.context.request.get(f"{base}{HERE}/codes/110101000001.svg").text()
    dark = {
        (x, int(y))
        for begin, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", picture)
        for x in range(int(begin), int(begin) + int(width))
    }
    modules = segno.make_qr(f"{base}/a/{world.open_codes[0]}", error="m", boost_error=False).matrix
    assert dark == {(x, y) for y, row in enumerate(modules) for x, one in enumerate(row) if one}


COLUMNS = """() => [...document.querySelectorAll('.data.stack')].map((table) => {
  const row = table.querySelector('tbody tr');
  const edges = (cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().right));
  for (const cell of row.querySelectorAll('td.num')) { cell.textContent = ''; }
  return [edges([...table.querySelectorAll('thead th')]), edges([...row.children])];
})"""


def test_an_empty_cell_moves_no_other_under_a_wrong_head(base: str, world: World, desk: Callable[..., Page]) -> None:
    page = desk(viewport={"width": 1280, "height": 800})
    sign_in(page, base, "manager")
    page.goto(base + HERE)
    tables = page.evaluate(COLUMNS)
    assert tables
    for heads, cells in tables:
        assert cells == heads
