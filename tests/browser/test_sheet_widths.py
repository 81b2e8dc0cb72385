"""The sheet as a page, of every kind of area, from a phone to a desk: nothing is wider than the window, what a phone
has no room for in a row stands in lines, and an axis has its figures above the drawings it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports.content import AreaSummary, CommunitySummary
from reports.story import area_story, community_story
from survey_service import web
from tests.browser.looks import beyond, in_languages
from tests.service.test_sheet_page import rendered
from tests.spec.reports import summaries as given

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
STYLES = [Path(web.__file__).parent / "static" / name for name in ("tokens.css", "app.css", "leader.css")]
PHONES, DESKS = (360, 390), (768, 1280)
SUMMARIES: dict[str, Callable[[], CommunitySummary | AreaSummary]] = {
    "community": given.community,
    "street": given.street,
    "city": given.city,
}
SIDEWAYS = """() => [...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth)
    .map(box => box.querySelector('.field') ? 'shaded' : box.textContent.trim().slice(0, 80))"""
APART = """() => [...document.querySelectorAll('table:has(thead .bar text)')].map(table => {
    const places = [...table.querySelectorAll('thead .bar text')].map(text => {
        const box = text.getBoundingClientRect(); return box.left + box.width / 2; });
    return Math.max(...[...table.querySelectorAll('tbody .grid')].map(line => {
        const at = line.getBoundingClientRect(); return Math.min(...places.map(x => Math.abs(x - at.left))); }));
})"""


def opened(page: Page, kind: str, language: str) -> None:
    summary = SUMMARIES[kind]()
    if isinstance(summary, CommunitySummary):
        story = community_story(summary, language)
    else:
        story = area_story(summary, language)
    tag = "zh-CN" if language == "zh" else "en"
    sheet = rendered(story, language)
    page.set_content(
        f'<!doctype html><html lang="{tag}"><meta name="viewport" content="width=device-width"><title>.</title>'
        f'<main class="leaf"><article class="sheet-page flow" lang="{tag}">{sheet}</article></main></html>'
    )
    for style in STYLES:
        page.add_style_tag(content=style.read_text(encoding="utf-8"))


@in_languages
@pytest.mark.parametrize("kind", list(SUMMARIES))
def test_a_sheet_is_read_at_every_width(desk: Callable[..., Page], kind: str, language: str) -> None:
    page = desk(viewport={"width": 390, "height": 844})
    opened(page, kind, language)
    for width in (*PHONES, *DESKS):
        page.set_viewport_size({"width": width, "height": 844})
        assert beyond(page) <= 0, width
        assert set(page.evaluate(SIDEWAYS)) <= ({"shaded"} if width in PHONES else set()), width
        apart = page.evaluate(APART)
        assert bool(apart) is (kind == "community")
        assert max(apart, default=0) < 2, width


def test_a_phone_shows_the_head_of_a_column_with_each_figure_and_draws_as_wide_as_the_page(
    desk: Callable[..., Page],
) -> None:
    page = desk(viewport={"width": 390, "height": 844})
    opened(page, "community", "zh")
    drawing = page.locator(".fold.drawn tbody .draws").first.bounding_box()
    assert drawing is not None
    assert drawing["width"] > 300
    opened(page, "city", "zh")
    lines = page.locator(".fold.told tbody tr").nth(1).locator("td[data-head]").all()
    places = [box for one in lines if (box := one.bounding_box()) is not None]
    assert len(places) > 3
    assert len({box["y"] for box in places}) == len(places), "a line for each cell"
    heads = "(cell) => getComputedStyle(cell, '::before').content"
    assert all(str(one.get_attribute("data-head")) in one.evaluate(heads) for one in lines)
