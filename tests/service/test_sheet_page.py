"""The sheet as a web page says what the story of its PDF says, every text of it and no figure beside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from analysis.results import Verdict
from reports import style
from reports.blocks import Axis, Cards, Cell, Column, ColumnKind, Columns, Range, Row, Spare, Story, Table, Tiles
from reports.content import CommunitySummary, Verification
from reports.story import area_story, community_story
from reports.story.verification import verified
from reports.wording.figures import MINUS, outwards
from reports.wording.phrases import say
from reports.wording.verdicts import verdict_word
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Role
from survey_service.releases import documents, sheet_page
from survey_service.services import Services
from survey_service.web.pages import environment
from tests.service.signed_in import get, sign_in
from tests.service.test_releases import release, reviewed, services
from tests.service.world import NOW, PASSWORD, World
from tests.spec.reports import summaries as given
from tests.spec.reports.cases import CASES
from tests.spec.reports.test_claims import blocks_of

__all__ = ["reviewed", "services"]
OWN, SIBLING = "110101000001", "110101000002"
TEMPLATE = '{% from "staff/sheet-blocks.html" import blocks with context %}{{ blocks(story.blocks, "b") }}'


class Read(HTMLParser):
    """The text of a page as it is read aloud, its headings, and the cells that head a row or a column."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.heads: list[str] = []
        self.unscoped = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch("h[1-6]", tag):
            self.heads.append(tag)
        self.unscoped += tag == "th" and "scope" not in dict(attrs)
        self.texts += [value or "" for name, value in attrs if name == "aria-label"]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def texts_of(value: Any) -> Iterator[str]:
    """Every text of a block; an interval as it is printed; of an axis nothing, for its numbers are of a drawing."""
    if isinstance(value, str):
        if not isinstance(value, Enum):
            yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_of(one)
    elif is_dataclass(value) and not isinstance(value, Axis | Range):
        for each in fields(value):
            unsaid = each.name == "colon" or (isinstance(value, Spare) and each.name == "name")
            unsaid = unsaid or (isinstance(value, Tiles) and each.name == "in_words")  # of Word, which hatches nothing
            if not unsaid and not (isinstance(value, Columns) and each.name == "columns"):
                yield from texts_of(getattr(value, each.name))


def rendered(story: Story, language: str) -> str:
    words = {verdict.value: verdict_word(verdict, language) for verdict in Verdict}
    made = environment(language).from_string(TEMPLATE)  # type: ignore[arg-type]
    return made.render(**sheet_page.drawn_with(sheet_page.Sheet(story, words)))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", sorted(CASES))
def test_every_text_of_the_story_stands_on_the_page_and_no_number_beside(case: str, language: str) -> None:
    summary = CASES[case]()
    if isinstance(summary, CommunitySummary):
        story = community_story(summary, language)
    else:
        story = area_story(summary, language)
    read = Read(rendered(story, language))
    page = squeezed("".join(read.texts))
    told = [squeezed(text) for text in texts_of(story.blocks)]
    assert not [text for text in told if text not in page]
    assert not read.unscoped
    assert read.heads[0] == "h1"
    assert "h1" not in read.heads[1:]
    drawn = {end for one in ranges(story.blocks) for end in outwards(one.low, one.high)}
    cards = [card for block in story.blocks if isinstance(block, Cards) for card in block.cards]
    drawn |= {text for axis in axes(story.blocks) for _, text in axis.ticks}
    drawn |= {str(count) for card in cards for _, count in card.counts}
    numbers = set(re.findall(r"\d+(?:\.\d+)?", " ".join(told))) | {one.lstrip(MINUS) for one in drawn}
    assert set(re.findall(r"\d+(?:\.\d+)?", " ".join(map(squeezed, read.texts)))) - numbers == set()


def ranges(blocks: Any) -> list[Range]:
    return blocks_of(blocks, Range)


def axes(blocks: Any) -> list[Axis]:
    return blocks_of(blocks, Axis)


def test_a_drawing_keeps_its_ends_inside_and_in_order() -> None:
    axis = Axis(50, 100, ((50, "50"), (100, "100")), target=90)
    found = sheet_page.drawn(Range(83.2, 93.2, 88.9), axis)
    assert found.dot is not None
    assert found.target is not None
    assert 0 < found.low < found.dot < found.target < found.high < 100
    assert found.told == "83.2–93.2"
    assert sheet_page.drawn(Range(50, 100, None), axis).dot is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_axis_has_figures_at_both_ends_in_their_places_and_no_line_without_one(language: str) -> None:
    story = community_story(given.community(), language)
    made = rendered(story, language)
    drawn = [axis for axis in axes(story.blocks) if axis.ticks]
    assert drawn
    for axis in drawn:
        shown = sheet_page.ticks(axis)
        assert (shown[0][1], shown[-1][1]) == (axis.ticks[0][1], axis.ticks[-1][1])
        gaps = [right - left for (left, _), (right, _) in pairwise(shown)]
        least = sheet_page.DIGIT * 2 / sheet_page.WIDTH * 100
        assert min(gaps) > least
        assert all(f'<text x="{x}%" y="12" text-anchor="middle">{text}</text>' in made for x, text in shown)
    lines = set(re.findall(r'class="grid" x1="([\d.]+)%"', made))
    assert lines <= {str(x) for axis in drawn for x, _ in sheet_page.ticks(axis)}


def test_a_phone_shows_a_row_as_lines_unless_it_is_short_or_compared_across() -> None:
    def table(*kinds: str) -> Table:
        columns = tuple(Column("", ColumnKind(kind)) for kind in kinds)
        return Table("", "", columns, (Row(tuple(Cell("1") for _ in kinds)),))

    assert sheet_page.folds(table("text", "chart", "figure", "interval", "figure")) == "drawn"
    assert sheet_page.folds(table("text", "text", "figure")) == "told"
    assert sheet_page.folds(table("text", "figure", "figure", "figure", "figure", "figure")) == "pairs"
    assert sheet_page.folds(table("text", "figure", "figure")) == ""
    assert sheet_page.folds(table("text", "shaded", "shaded", "shaded", "shaded", "shaded")) == ""
    two = replace(table("text", "figure"), rows=(Row((Cell("东门"), Cell("91", interval=("88", "94")))),))
    assert sheet_page.folds(two) == "told"


@pytest.fixture
def number(database: Database, reviewed: World, services: Services) -> str:
    """A release with the sheets of two communities, in Chinese; ``local`` leads the first alone."""
    release_id: UUID = release(database, reviewed)
    every: dict[str, list[str] | None] = {"zh": [OWN, SIBLING]}
    documents.make(services, reviewed.survey_id, release_id, every, lambda done, total: None)
    with database.writing.begin() as session:
        local = accounts.create_account(session, "local", "张三", PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, local, Role.LEADER, reviewed.community_ids[0], at=NOW, by=SERVICE)
    return f"{reviewed.survey_key.upper()}-2026Q3-01"


def test_a_leader_reads_the_sheet_of_the_own_area_alone(client: TestClient, number: str) -> None:
    sign_in(client, "local")
    page = get(client, f"/releases/{number}/sheets/{OWN}")
    assert f"/releases/{number}/{OWN}.zh.pdf" in page
    get(client, f"/releases/{number}/sheets/{SIBLING}", status=404)
    get(client, f"/releases/{number}/sheets/110101999999", status=404)
    sign_in(client, "leader")  # of the city
    get(client, f"/releases/{number}/sheets/{SIBLING}")
    sign_in(client, "keyer")
    get(client, f"/releases/{number}/sheets/{OWN}", status=403)


def test_pages_load_no_figures_of_the_whole_city(client: TestClient, database: Database, number: str) -> None:
    """What a release holds of all areas is tens of MB: a page reads it for the one sheet that it shows, or not."""
    asked: list[str] = []

    def heard(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        asked.extend(re.findall(r"release\.(?:estimates(?!_)|printed(?! IS)|plan(?!_)|changes)\b", statement))

    sign_in(client, "manager")
    survey = number.partition("-")[0].lower()
    event.listen(Engine, "before_cursor_execute", heard)
    try:
        for address in (
            f"/releases/{number}",
            f"/releases/{number}/{OWN}.zh.pdf",
            f"/releases/{number}/sheets/{OWN}/links",
            f"/surveys/{survey}/waves/2026Q3",
            f"/surveys/{survey}/openings",
        ):
            get(client, address)
            assert (address, asked) == (address, [])
        sign_in(client, "leader")
        get(client, "/results")
        assert asked == []
        get(client, f"/releases/{number}/sheets/{OWN}")
        assert asked == ["release.printed"]
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


def test_a_sheet_is_in_no_language_that_nobody_released(client: TestClient, number: str) -> None:
    sign_in(client, "leader")
    page = get(client, f"/releases/{number}/sheets/{OWN}?lang=en")
    assert '<html lang="en"' in page
    assert '<article class="sheet-page flow" lang="zh-CN">' in page
    assert say("zh", "community_report") in page


def test_the_page_comes_first_for_a_leader_and_beside_the_pdf_for_the_office(client: TestClient, number: str) -> None:
    page, pdf = f'href="/releases/{number}/sheets/{OWN}', f'href="/releases/{number}/{OWN}.zh.pdf"'
    sign_in(client, "leader")
    shown = get(client, f"/releases/{number}")
    assert 0 < shown.index(page) < shown.index(pdf)
    sign_in(client, "manager")
    shown = get(client, f"/releases/{number}")
    assert 0 < shown.index(pdf) < shown.index(page)


def test_a_shaded_field_has_the_shade_of_the_report() -> None:
    tokens = (Path(sheet_page.__file__).parents[1] / "web/static/leader.css").read_text(encoding="utf-8")
    shades = re.findall(r"--shade-\d: (#\w+);", tokens)
    assert shades == [shade.lower() for shade in style.SHADES[1:]]
    field = Cell("81.2", shade=3)
    block = Table(
        "", "", (Column("", share=1.0), Column("东门", ColumnKind.SHADED, strong=True)), (Row((Cell("水"), field)),)
    )
    story = replace(community_story(given.community(), "zh"), blocks=(block,))
    assert '<td class="field strong shade-3">' in rendered(story, "zh")


def test_the_code_of_a_sheet_leads_to_its_page() -> None:
    story = community_story(given.community(), "zh")
    address = "https://survey.example/verify/7K39QF2TM4"
    by = Verification(code="7K3-9QF-2TM-4", address=address, door="survey.example/verify")
    made = rendered(verified(story, by, scanned=False), "zh")
    assert f'<a href="{address}">' in made
    assert say("zh", "verify_typed", code=by.code, door=by.door) in made
    assert say("zh", "verify_at", code=by.code, door=by.door) not in made  # nothing is there to be scanned
