"""Tests and models of a plan in a real browser: a row filled by keyboard, mended where it is wrong, kept, left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.looks import in_languages_and_widths
from tests.browser.staff_fixtures import press, sign_in, write
from tests.browser.test_plan import PLAN, open_figures, reviewed
from tests.browser.test_wave import sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from tests.service.world import World

__all__ = ["reviewed"]
pytestmark = pytest.mark.browser
ROW = "#tests-0"


def choose(page: Page, box: str, name: str) -> None:
    """By the arrow key, down to the name that is wanted."""
    page.focus(f"{ROW}-{box}")
    page.keyboard.press("Home")
    chosen = page.locator(f"{ROW}-{box} option:checked")
    for _ in range(page.locator(f"{ROW}-{box} option").count()):
        if chosen.inner_text() == name:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} is not among what {box} offers")


def look(page: Page) -> None:
    press(page, "form.change button >> nth=0")
    page.wait_for_load_state()


def open_row(page: Page) -> None:
    press(page, "details.test summary")
    page.wait_for_selector(f"{ROW}-kind", state="visible")


def test_a_row_is_filled_mended_kept_and_left_out(
    base: str, reviewed: World, database: Database, desk: Callable[..., Page]
) -> None:
    open_figures(database, reviewed)
    page = desk()
    sign_in(page, base, "statistician")
    page.goto(base + PLAN)
    open_row(page)
    choose(page, "kind", "列联表（Rao–Scott 检验）")
    choose(page, "outcome", "知晓率")
    choose(page, "by", "知道创建")
    look(page)
    fault = page.locator(f"{ROW}-outcome-fault")
    assert "列联表看的是一道单选题" in fault.inner_text()
    assert page.get_attribute(f"{ROW}-outcome", "aria-describedby") == "tests-0-outcome-fault"
    assert page.is_visible(f"{ROW}-kind"), "the row that is wrong is open"
    assert page.locator("#proposed button").count() == 0
    choose(page, "outcome", "总体满意")
    look(page)
    page.wait_for_selector("#proposed")
    assert "总体满意，按 知道创建" in page.inner_text("#proposed")
    assert page.locator("fieldset.test").count() == 2, "one more row is at hand"
    write(page, reason="街道想知道")
    press(page, "#proposed button")
    page.wait_for_selector("text=街道想知道")
    assert page.locator(f"{ROW}-by option:checked").first.inner_text() == "知道创建"
    page.focus("input[name=tests-0-dropped]")
    page.keyboard.press("Space")
    look(page)
    page.wait_for_selector("#proposed")
    assert "→ 没有" in page.inner_text("#proposed")


@in_languages_and_widths
def test_rows_at_their_widths(
    base: str, reviewed: World, desk: Callable[..., Page], language: str, widths: tuple[int, ...]
) -> None:
    for width in widths:
        page = desk(viewport={"width": width, "height": 800})
        sign_in(page, base, "statistician", language=language)
        page.goto(base + PLAN)
        open_row(page)
        page.select_option(f"{ROW}-kind", "logistic")
        page.select_option(f"{ROW}-outcome", "awareness")
        page.locator(f"{ROW}-by").select_option("overall")
        look(page)
        page.wait_for_selector("#proposed")
        sound(page, f"tests {width} {language}")
