"""Items by area in shaded fields: every figure, shade and sentence is worked out again from the cells."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from analysis.results import Coding, PublishableCell, PublishableRow, Suppression, Tier
from reports import style
from reports.blocks import SHADES, Cell, ColumnKind, Table
from reports.content import AreaSummary, Correction, Place
from reports.story import area_story
from reports.wording.phrases import PHRASES
from tests.spec.reports import summaries as given
from tests.spec.reports.cases import CASES, with_items
from tests.spec.reports.test_claims import blocks_of, said

BANDS = {
    "zh": (r"底色由深到浅：(.*?)（白）", r"不足 ([\d,−]+)", r"([\d,−]+) 至不足 ([\d,−]+)", r"([\d,−]+) 及以上", "、"),
    "en": (
        r"from dark to light: (.*?) \(white\)",
        r"under ([\d,−]+)",
        r"([\d,−]+) to under ([\d,−]+)",
        r"([\d,−]+) and over",
        ", ",
    ),
}
AREAS = ("city_with_items", "street_with_items", "ten_streets_with_items")


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def tables_of(summary: AreaSummary, language: str) -> list[Table]:
    tables = blocks_of(area_story(summary, language).blocks, Table)
    return [one for one in tables if any(column.kind is ColumnKind.SHADED for column in one.columns)]


def fields_of(summary: AreaSummary, table: Table, language: str) -> list[tuple[Place, str, Cell]]:
    """Area, item and field, whichever of the two stands across."""
    places = {summary.place.name.in_language(language): summary.place}
    inside = [street for street, _ in summary.streets] if summary.place == summary.city else summary.streets[0][1]
    places |= {one.name.in_language(language): one for one in inside}
    items = {one.name.in_language(language): one.id for one in summary.indicators}
    found = []
    for row in table.rows:
        for column, cell in zip(table.columns[1:], row.cells[1:], strict=True):
            of, at = row.cells[0].text, column.head
            place, item = (places[at], items[of]) if at in places else (places[of], items[at])
            found.append((place, item, cell))
    return found


def band(value: float, words: str, language: str) -> int:
    """How many bands lie between this figure's and the paper."""
    _, below, between, over, comma = BANDS[language]
    parts = words.split(comma)
    for place, part in enumerate(parts):
        inner = re.fullmatch(between, part)
        if inner:
            inside = number(inner[1]) <= value < number(inner[2])
        elif least := re.fullmatch(over, part):
            inside = value >= number(least[1])
        else:
            most = re.fullmatch(below, part)
            assert most, part
            inside = value < number(most[1])
        if inside:
            return len(parts) - 1 - place
    raise AssertionError(f"{value} stands in no band of {words}")


def assert_told_by_the_cells(summary: AreaSummary, language: str) -> None:
    tables = tables_of(summary, language)
    words = "\n".join(note for table in tables for note in table.notes)
    bands = re.search(BANDS[language][0], words)
    seen = 0
    for table in tables:
        for place, item, field in fields_of(summary, table, language):
            seen += 1
            cell = summary.table.row(place.domain).cell(item)
            if cell.suppression is not None:
                assert (field.text, field.shade) == ("—", 0)
                continue
            assert cell.value is not None
            assert number(field.text.lstrip("≥≤")) == pytest.approx(100 * cell.value)
            assert field.text.startswith(("≥", "≤")) is (cell.coded is not None)
            assert (field.letter == "*") is (cell.tier is Tier.COARSE)
            if cell.tier is Tier.COARSE or cell.coded is not None:
                assert field.shade == 0
            elif bands:
                assert field.shade == band(number(field.text), bands[1], language)
            else:
                assert field.shade == 0
    if tables:
        below = len(summary.streets) if summary.place == summary.city else len(summary.streets[0][1])
        assert seen == (below + 1) * len(given.ITEMS)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", AREAS)
def test_every_field_is_its_cell_and_every_shade_its_band(case: str, language: str) -> None:
    summary = CASES[case]()
    assert isinstance(summary, AreaSummary)
    assert tables_of(summary, language)
    assert_told_by_the_cells(summary, language)


def street_of(seed: int) -> AreaSummary:
    """The street with items of every kind: firm, coarse, told to an end, hidden."""
    chance = Random(seed)
    base = with_items(given.street())
    rows = []
    for row in base.table.rows:
        cells = [cell for cell in row.cells if not cell.variable.startswith("item.")]
        rows.append(replace(row, cells=(*cells, *(item(f"item.{i}", chance) for i in range(len(given.ITEMS))))))
    return replace(base, table=replace(base.table, rows=tuple(rows)))


def item(variable: str, chance: Random) -> PublishableCell:
    kind = chance.choice(("firm", "firm", "coarse", "coded", "hidden"))
    if kind == "hidden":
        return given.hidden(variable, Suppression.NOT_PUBLISHED)
    value = chance.randint(1, 999) / 1000 if kind == "firm" else chance.randint(1, 99) / 100
    return PublishableCell(
        variable=variable,
        value=value,
        low=max(0.0, value - 0.05),
        high=min(1.0, value + 0.05),
        sample_size=100,
        tier=Tier.SHOWN if kind == "firm" else Tier.COARSE,
        digits=1 if kind == "firm" else 0,
        coded=Coding.AT_LEAST if kind == "coded" else None,
    )


@settings(max_examples=25, deadline=None)
@drawn(st.integers(0, 2**32), st.sampled_from(["zh", "en"]))
def test_whatever_the_cells_no_field_says_more(seed: int, language: str) -> None:
    assert_told_by_the_cells(street_of(seed), language)


@settings(max_examples=25, deadline=None)
@drawn(st.integers(0, 2**32))
def test_items_stand_from_the_lowest_only_where_they_may_be_ordered(seed: int) -> None:
    summary = street_of(seed)
    row = summary.table.row(summary.place.domain)
    [table] = tables_of(summary, "zh")
    ids = {one.name.zh: one.id for one in summary.indicators}
    cells = [row.cell(ids[one.cells[0].text]) for one in table.rows]
    firm = [one for one in cells if one.suppression is None and one.tier is Tier.SHOWN and one.coded is None]
    assert cells[: len(firm)] == firm
    assert [one.value for one in firm] == sorted(one.value for one in firm if one.value is not None)
    claim = table.notes[0]
    if not firm:
        assert claim == "各项按问卷次序列出。"
    elif len(firm) == len(cells):
        assert claim == "各项按第一处的数字由低到高列出。"
    else:
        assert f"另有 {len(cells) - len(firm)} 项" in claim


def test_the_shades_are_equal_steps_of_grey_on_which_ink_is_read() -> None:
    greys = [int(one[1:3], 16) for one in style.SHADES]
    assert len(greys) == SHADES
    assert all(one[1:3] == one[3:5] == one[5:7] for one in style.SHADES)
    assert {a - b for a, b in pairwise(greys)} == {20}

    def light(code: str) -> float:
        parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert (light(style.SHADES[-1]) + 0.05) / (light(style.INK) + 0.05) > 7


def test_where_no_item_is_shown_one_sentence_stands_and_no_table() -> None:
    base = with_items(given.street())
    rows = tuple(
        replace(
            row,
            cells=tuple(
                given.hidden(cell.variable) if cell.variable.startswith("item.") else cell for cell in row.cells
            ),
        )
        for row in base.table.rows
    )
    summary = replace(base, table=replace(base.table, rows=rows))
    assert not tables_of(summary, "zh")
    assert PHRASES["heat_nothing"].zh in said(area_story(summary, "zh"))


def test_a_correction_counts_the_items_that_are_printed_now() -> None:
    """Four headlines of the street, its four communities and the city's sum row; twelve items of street and four."""
    base = with_items(given.street())
    street, inside = base.streets[0]

    def other(row: PublishableRow) -> PublishableRow:
        if row.domain != inside[0].domain:
            return row
        return replace(
            row, cells=tuple(replace(cell, value=0.5) if cell.variable == "item.0" else cell for cell in row.cells)
        )

    earlier = replace(base.table, rows=tuple(other(row) for row in base.table.rows))
    corrected = Correction(
        edition=2, of_number="X-1", of_date=given.IMPRINT.released_on, reason="录入有误", earlier=earlier
    )
    words = said(area_story(replace(base, imprint=replace(base.imprint, correction=corrected)), "zh"))
    assert f"{len((street, *inside)) * (4 + 12)} 个数字" in words
    assert inside[0].name.zh in words
