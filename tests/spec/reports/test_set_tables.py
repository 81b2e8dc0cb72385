"""Tables as they are set: no head over its neighbour, no word of letters parted, figures below each other of one size;
in Word no row alone on a page."""

from __future__ import annotations

import pytest

from analysis.results import Verdict
from reports.blocks import Card, Cards
from reports.fonts import TypeSettings, typeface
from reports.layout.cards import card
from reports.layout.setting import Setter
from reports.marks import Words
from reports.pdf import area_typeset
from reports.typesetting.composer import Composer
from reports.word.parts import Box, Grid, Piece, kept_with_next
from reports.word.tables import card_grids
from tests.spec.reports import sector_city
from tests.spec.reports.test_documents import assert_apart


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_head_of_figures_stands_over_its_neighbour(language: str, type_settings: TypeSettings) -> None:
    for target in (None, sector_city.TARGET):
        for page in area_typeset(sector_city.city(target=target), language, type_settings).pages:
            assert_apart(page, type_settings, language)


@pytest.mark.parametrize(("width", "sizes"), [(110.0, {9.0}), (170.0, {10.5})])
def test_the_values_of_a_card_are_of_one_size(width: float, sizes: set[float], type_settings: TypeSettings) -> None:
    rows = (("95% 置信区间", "88.3–97.1%"), ("目标", "≥ 90%"))
    drawn = card(Setter(Composer(typeface("zh", type_settings)), "zh"), card_with(rows), width, beside=False)
    values = {value for _, value in rows}
    found = [mark for mark in drawn.marks if isinstance(mark, Words) and mark.line.text in values]
    assert len(found) == len(rows)
    assert {mark.line.size for mark in found} == sizes


def card_with(rows: tuple[tuple[str, str], ...]) -> Card:
    return Card(name="知晓率", verdict=Verdict.REACHED, word="达标", figure="93.7", unit="%", rows=rows, reasons=())


def test_in_word_no_row_stands_alone_and_a_sum_stands_with_what_it_sums_up() -> None:
    row = (Box(((Piece("1"),),)),)
    grid = Grid((30.0,), (row,) * 12, heads=1, tinted=frozenset({5}))
    assert [number for number in range(12) if kept_with_next(grid, number)] == [0, 1, 2, 5, 9, 10]


def test_in_word_a_value_without_room_beside_its_name_stands_below_it() -> None:
    one = card_with((("95% 置信区间", "88.3–97.1%"), ("目标", "≥ 90%")))
    [grid] = card_grids(Cards((one,) * 4))
    lines = ["".join(piece.text for piece in line) for row in grid.rows for box in row for line in box.lines]
    assert lines.count("88.3–97.1%") == lines.count("目标　≥ 90%") == 4
