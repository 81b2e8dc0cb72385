"""Axes of random figures: they hold all their data, have a figure at both ends, and no gridline without a figure."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import style
from reports.blocks import Axis, Cell, Column, ColumnKind, Comparison, Look, Range, Row, Table
from reports.charts import Scale, axis_for
from reports.fonts import TypeSettings, typeface
from reports.layout.axes import labelled
from reports.layout.comparison import comparison
from reports.layout.setting import Setter
from reports.layout.tables import table
from reports.marks import Frame, Stack, Stroke, Words
from reports.story import area_story, community_story
from reports.typesetting.composer import Composer
from tests.spec.reports import summaries as given_summaries
from tests.spec.reports.test_claims import blocks_of, hidden_city

SCALES = ((0.0, 100.0), (-100.0, 100.0), (55.0, 100.0), (0.0, 120.0), (1.0, 4.0), (1.0, 10.0), None)


@st.composite
def axes(draw: st.DrawFn) -> tuple[list[float], tuple[float, float] | None, float | None, Axis]:
    """Values as they are printed, their scale, a target, and the axis that was made of them."""
    bounds = draw(st.sampled_from(SCALES))
    low, high = bounds or (-1e4, 1e4)
    numbers = st.integers(round(low * 10), round(high * 10)).map(lambda tenth: tenth / 10)
    values = draw(st.lists(numbers, min_size=1, max_size=12))
    target = draw(st.none() | numbers)
    return values, bounds, target, axis_for(values, bounds=bounds, ticks=draw(st.integers(2, 8)), target=target)


@pytest.fixture(scope="module")
def setter(type_settings: TypeSettings) -> Setter:
    return Setter(Composer(typeface("zh", type_settings)), "zh")


@settings(max_examples=400, derandomize=True)
@given(axes())
def test_an_axis_holds_all_its_data_and_ends_at_round_figures(
    made: tuple[list[float], tuple[float, float] | None, float | None, Axis],
) -> None:
    values, bounds, target, axis = made
    every = [*values, *([] if target is None else [target])]
    assert axis.low <= min(every)
    assert max(every) <= axis.high
    at = [value for value, _ in axis.ticks]
    assert at == sorted(set(at))
    assert (at[0], at[-1]) == pytest.approx((axis.low, axis.high))
    assert [float(text.replace("−", "-").replace(",", "")) for _, text in axis.ticks] == pytest.approx(at)
    if bounds is None:
        return
    assert bounds[0] <= axis.low < axis.high <= bounds[1]
    if bounds[1] - bounds[0] >= 20:
        for value in at:
            assert value % 5 == 0 or value in bounds or value == target


@settings(max_examples=200, derandomize=True, suppress_health_check=list(HealthCheck))
@given(made=axes(), width=st.floats(32.0, 300.0))
def test_figures_of_an_axis_keep_clear_and_none_is_left_out_without_need(
    made: tuple[list[float], tuple[float, float] | None, float | None, Axis], width: float, setter: Setter
) -> None:
    *_, axis = made
    scale = Scale(axis, 0.0, width)
    shown = labelled(setter, scale)
    assert shown[0] == axis.ticks[0]
    assert shown[-1] == axis.ticks[-1]
    spans = [(scale.at(value), setter.width(style.AXIS, text) / 2) for value, text in shown]
    if len(shown) > 2:
        assert all(a + half < b - other for (a, half), (b, other) in pairwise(spans))
    taken = [(scale.at(value), setter.width(style.AXIS, text) / 2) for value, text in axis.ticks]
    if all(a + half + 3 <= b - other for (a, half), (b, other) in pairwise(taken)):
        assert shown == axis.ticks


def strokes(stack: Stack, colour: str) -> list[Stroke]:
    marks = [mark for frame in stack.frames for mark in frame.marks]
    return [one for one in marks if isinstance(one, Stroke) and one.x == one.to_x and one.colour == colour]


def axis_words(frame: Frame, texts: set[str]) -> list[Words]:
    return [one for one in frame.marks if isinstance(one, Words) and one.line.text in texts]


@pytest.mark.parametrize("room", [60.0, 90.0, 140.0, 300.0])
def test_a_chart_has_as_many_figures_as_gridlines(room: float, setter: Setter) -> None:
    axis = axis_for([32, 97], bounds=(0, 100), ticks=8)
    columns = (Column("项目"), Column("", ColumnKind.CHART, axis=axis, width=room))
    rows = (Row((Cell("甲"), Cell(range=Range(32, 97, 60, Look.PALE)))),)
    stack = table(setter, Table("各项", "%", columns, rows), 400.0)
    lines = strokes(stack, style.HAIRLINE)
    assert len(lines) == len(axis_words(stack.frames[0], {text for _, text in axis.ticks}))


def test_where_no_figure_is_shown_neither_gridlines_nor_target_are_drawn(setter: Setter) -> None:
    [chart] = blocks_of(community_story(given_summaries.community(), "zh").blocks, Comparison)
    kept = chart.groups[0]
    hidden = replace(kept, rows=tuple(replace(row, range=None, interval=None, value="—") for row in kept.rows))
    full = comparison(setter, replace(chart, groups=(kept,)), style.TEXT_WIDTH)
    half = comparison(setter, replace(chart, groups=(kept, hidden)), style.TEXT_WIDTH)
    assert strokes(full, style.HAIRLINE)
    assert len(strokes(full, style.HAIRLINE)) == len(strokes(half, style.HAIRLINE))
    assert len(strokes(full, style.INK)) == len(strokes(half, style.INK))
    for language in ("zh", "en"):
        for one in blocks_of(area_story(hidden_city(), language).blocks, Table):
            assert not any(column.axis.ticks for column in one.columns if column.axis is not None)
