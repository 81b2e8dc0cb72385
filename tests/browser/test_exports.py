"""The page on which data are taken away in a real browser: readable by everybody, asked for and fetched by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from survey_service.exports.formats import Format
from survey_service.models import DataExport, Job, JobState
from tests.browser.looks import in_languages_and_widths
from tests.browser.staff_fixtures import press, sign_in
from tests.browser.test_wave import sound
from tests.service.made_exports import HERE, content_of, lock, make, review

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser


@in_languages_and_widths
def test_the_page_at_its_widths_before_and_after_the_lock(
    base: str,
    world: World,
    database: Database,
    settings: Settings,
    desk: Callable[..., Page],
    language: str,
    widths: tuple[int, ...],
) -> None:
    review(database, world, settings)
    make(database, world, settings)
    make(database, world, settings, (Format.CSV,), texts=True)
    for width in widths:
        page = desk(viewport={"width": width, "height": 800})
        sign_in(page, base, "statistician", language=language)
        page.goto(base + HERE)
        sound(page, f"exports {width} {language}")
    lock(database, opened=False)
    page.goto(base + HERE)
    sound(page, f"exports before the lock 360 {language}")
    assert page.locator("form button.btn").count() == 0
    lock(database, opened=True)
    page.goto(base + HERE)
    page.emulate_media(media="print")
    assert not page.is_visible("form.ask-export")
    assert page.is_visible("#made")


def test_data_are_asked_for_and_fetched_by_keyboard(
    base: str, world: World, database: Database, settings: Settings, desk: Callable[..., Page], tmp_path: Path
) -> None:
    review(database, world, settings)
    page = desk()
    sign_in(page, base, "statistician")
    page.goto(base + HERE)
    page.focus("input[value=sav]")
    page.keyboard.press("Space")
    press(page, "form.ask-export button")
    page.wait_for_selector("[data-job]")
    assert "CSV、SPSS、代码本" in page.inner_text("#made")
    with database.writing.begin() as session:
        job = session.scalars(select(DataExport.job_id)).one()
        session.execute(update(Job).where(Job.id == job).values(state=JobState.FAILED, done=1, total=2))
    page.wait_for_selector("#made .missed")  # the page asked, and shows its end
    made = make(database, world, settings)
    page.reload()
    with page.expect_download() as fetched:
        press(page, f"a[href='{HERE}/{made.id}/wave.csv']")
    fetched.value.save_as(tmp_path / fetched.value.suggested_filename)
    assert (tmp_path / "wave.csv").read_bytes() == content_of(Format.CSV)
    press(page, f"form[action='{HERE}/{made.id}/delete'] button")
    page.wait_for_selector("li.gone:has-text('文件由人删除了')")
