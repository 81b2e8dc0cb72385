"""Where a page ends: three rows or more on either side, short tables whole, and nothing left off that has room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.results import PublishableCell
from reports import style
from reports.blocks import Masthead, Notes, Spare, Story
from reports.content import Correction
from reports.fonts import TypeSettings
from reports.layout.pages import BLANKS, WHOLE, Sheet, announced, parted, place
from reports.layout.tables import LEAST_ROWS
from reports.marks import Frame, Stack, Words
from reports.pdf import community_typeset
from reports.story import area_story, community_story, spares
from reports.structure import Node
from tests.spec.reports import cases as cases_of
from tests.spec.reports import summaries as given_of
from tests.spec.reports.test_documents import pages_of

HEAD = Frame(40.0, (), further=(("the head, again", 0.0),))
HEIGHTS = st.lists(st.floats(10.0, 60.0), min_size=1, max_size=120)


def moved_down(cell: PublishableCell) -> PublishableCell:
    if cell.value is None or cell.low is None or cell.high is None or cell.all_alike:
        return cell
    return replace(cell, value=cell.value - 0.02, low=cell.low - 0.02, high=cell.high - 0.02)


def on_pages(heights: list[float], before: float, blank: float, keep: frozenset[int] = frozenset()) -> list[Sheet]:
    """A table of rows so high below something that is ``before`` high."""
    sheets = [Sheet(0.0, style.BODY_BOTTOM)]
    if before:
        sheets[0].put(Frame(before, ()))
    rows = tuple(Frame(height, (), keep=number in keep) for number, height in enumerate(heights))
    place(sheets, Stack(rows, HEAD, LEAST_ROWS), 10.0, blank)
    return sheets


@given(HEIGHTS, st.floats(0.0, 700.0), st.sampled_from(BLANKS), st.frozensets(st.integers(0, 119), max_size=9))
def test_three_rows_stand_on_either_side(
    heights: list[float], before: float, blank: float, keep: frozenset[int]
) -> None:
    sheets = on_pages(heights, before, blank, keep if len(keep) * 4 < len(heights) else frozenset())
    counts = [
        len(sheet.placed) - (number == 0 and before > 0) - (number > 0 and sheet.placed[0][0] == HEAD)
        for number, sheet in enumerate(sheets)
    ]
    told = [count for count in counts if count]
    assert sum(told) == len(heights)
    if len(told) > 1:
        assert min(told) >= LEAST_ROWS
    for sheet in sheets:
        assert sheet.y <= sheet.bottom + 0.05


@given(HEIGHTS, st.floats(0.0, 700.0), st.sampled_from(BLANKS))
def test_what_is_short_is_never_parted(heights: list[float], before: float, blank: float) -> None:
    if sum(heights) <= WHOLE:
        sheets = on_pages(heights, before, blank)
        assert len(sheets[-1].placed) == len(heights) + (len(sheets) == 1 and before > 0)


def test_a_row_that_goes_on_is_never_the_last() -> None:
    frames = tuple(Frame(50.0, (), keep=number == 4) for number in range(12))
    assert parted(Stack(frames, None, 3), 0, 260.0) == 4
    assert parted(Stack(frames, None, 3), 0, 140.0) == 0
    assert parted(Stack(frames, None, 3), 0, 560.0) == 9


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", ["sixty_communities", "ten_streets_with_items", "street_with_items"])
def test_tables_of_a_sheet_break_so(case: str, language: str, type_settings: TypeSettings) -> None:
    tables: dict[Node, dict[int, set[Node]]] = {}
    for number, page in enumerate(pages_of(case, language, type_settings)):
        for mark in page.marks:
            row = mark.node.parent if isinstance(mark, Words) and mark.node is not None else None
            if row is not None and row.kind == "TR" and row.parent is not None and row.cells[0][1] == "Row":
                tables.setdefault(row.parent, {}).setdefault(number, set()).add(row)
    assert tables
    for pages in tables.values():
        assert len(pages) == 1 or min(map(len, pages.values())) >= LEAST_ROWS


def story(*ranks: int) -> Story:
    """A spare block of each rank between a head and an imprint."""
    base = area_story(cases_of.CASES["city"](), "zh")  # type: ignore[arg-type]
    head = next(block for block in base.blocks if isinstance(block, Masthead))
    made = (Spare(rank, f"{place}", (Notes((f"{place}",)),)) for place, rank in enumerate(ranks))
    return Story(
        **{**{name: getattr(base, name) for name in Story.__slots__}, "blocks": (head, *made, Notes(("end",)))}
    )


def left(made: Story) -> list[str]:
    return [line for block in made.blocks[1:-1] if isinstance(block, Notes) for line in block.lines if len(line) == 1]


def takes(room: int, sizes: dict[str, int]) -> Callable[[Story], bool]:
    return lambda made: sum(sizes[name] for name in left(made)) <= room


def test_as_few_blocks_go_as_must() -> None:
    """The first to go is small; without the second the small one has room again."""
    sizes = {"0": 3, "1": 9, "2": 1}
    found = spares.fullest(story(2, 5, 8), takes(4, sizes))
    assert found is not None
    assert left(found) == ["0", "2"]
    assert spares.fullest(story(2, 5, 8), takes(4, {"0": 9, "1": 9, "2": 9}), least=5) is None


def test_all_stays_where_all_has_room() -> None:
    found = spares.fullest(story(2, 5, 8), lambda _: True)
    assert found is not None
    assert left(found) == ["0", "1", "2"]


def test_rows_without_a_title_begin_on_the_page_of_the_text_that_announces_them() -> None:
    text = Stack((Frame(20.0, ()), Frame(20.0, ())))
    rows = Stack(tuple(Frame(20.0, ()) for _ in range(12)), HEAD, LEAST_ROWS)
    for before in range(0, 700, 10):
        sheets = [Sheet(0.0, style.BODY_BOTTOM)]
        sheets[0].put(Frame(float(before), ()))
        place(sheets, announced(text, rows, 5.0), 10.0, 0.0)
        on_first = len(sheets[0].placed) - 1
        assert on_first == 0 or on_first >= len(text.frames) + 1 + LEAST_ROWS
        assert len(sheets) == 1 or len(sheets[1].placed) - (on_first > 0) >= LEAST_ROWS


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_correction_of_many_figures_fills_the_pages_it_needs(language: str, type_settings: TypeSettings) -> None:
    base = given_of.community()
    earlier = [replace(row, cells=tuple(map(moved_down, row.cells))) for row in base.table.rows]
    corrected = Correction(
        edition=2,
        of_number="SF-2026Q3-00",
        of_date=date(2026, 10, 8),
        reason="录入重复" * 60,
        earlier=replace(base.table, rows=tuple(earlier)),
    )
    summary = replace(base, imprint=replace(base.imprint, correction=corrected))
    typeset = community_typeset(summary, language, type_settings)
    story = community_story(summary, language)
    if len(typeset.pages) > style.COMMUNITY_PAGES:
        kept = len(typeset.story.blocks)
        assert kept > len(spares.fitted(spares.flowing(story), 0).blocks), "what has room is not left out"
