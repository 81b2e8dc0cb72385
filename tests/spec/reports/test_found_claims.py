"""Claims that random sheets found false, each by hand: what was said, and what is said now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.city_results import (
    CityResults,
    DriverFigure,
    DriverFigures,
    ModeEffect,
    ModeFigure,
    Priority,
)
from analysis.results import ChangeVerdict, PublishableCell, PublishedChange, Suppression, Verdict
from questionnaires.indicators import IndicatorKind, Sense
from questionnaires.text import Text
from reports.blocks import Card, Column, ComparisonGroup, Story, Table
from reports.content import Changes, CommunitySummary, PutRight, PutRightItem
from reports.layout.tables import give_way
from reports.story import area_story, community_story
from reports.story.brief import brief
from reports.story.mend import mend_first
from tests.spec.reports import cases, held_against
from tests.spec.reports import summaries as given
from tests.spec.reports.test_claims import blocks_of, city_with, said


def with_items(values: list[float], **more: object) -> CommunitySummary:
    """The usual community with these shares of its items, told in whole per cent."""
    base = given.community()
    items = tuple(
        replace(given.share(f"item.{i}", v, v - 0.05, v + 0.05, 80), digits=0, **more)  # type: ignore[arg-type]
        for i, v in enumerate(values)
    )
    own = base.table.row(given.COMMUNITY.domain)
    rows = (replace(own, cells=(*own.cells[:4], *items)), *base.table.rows[1:])
    indicators = (*given.headline_indicators(), *given.item_indicators()[: len(values)])
    return replace(base, table=replace(base.table, rows=rows), indicators=indicators)


def table_of(story: Story, title: str) -> Table:
    return next(one for one in blocks_of(story.blocks, Table) if one.title.startswith(title))


@pytest.mark.parametrize(
    ("values", "bold", "note"),
    [
        ([0.5, 0.6, 0.7, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8], 3, "粗体为估计值最低的三项。"),
        ([0.5, 0.6, 0.7, 0.7, 0.8, 0.8, 0.8, 0.8, 0.8], 2, "粗体为估计值最低的两项。"),
        ([0.6, 0.6, 0.6, 0.6, 0.8, 0.8, 0.8, 0.8, 0.8], 0, ""),
    ],
)
def test_of_equal_figures_none_is_called_lower_than_the_other(values: list[float], bold: int, note: str) -> None:
    table = table_of(community_story(with_items(values), "zh"), "各方面评价")
    assert sum(row.tone.value == "strong" for row in table.rows) == bold
    assert ("粗体" in "".join(table.notes)) is bool(note)
    assert note in "".join(table.notes)


def test_who_is_not_named_with_the_figure_of_the_last_named_is_counted() -> None:
    found = mend_first(with_items([0.5, 0.6, 0.7, 0.7, 0.7, 0.8]), "zh")
    assert found is not None
    assert found.basis[0] == "6 项评价里最低的三项，由低到高。另有 2 项与末一项数字相同，没有列出。"
    found = mend_first(with_items([0.5, 0.6, 0.7, 0.71, 0.8]), "zh")
    assert found is not None
    assert found.basis[0] == "5 项评价里最低的三项，由低到高。"


def test_the_lowest_of_those_that_are_compared_is_not_called_the_lowest_of_all() -> None:
    base = held_against.community()
    assert base.comparisons is not None
    [told] = base.comparisons.items
    part = replace(told, items=told.items[:11], with_lowest=told.items[:1], with_highest=told.items[10:11], untold=1)
    rows = tuple(
        replace(row, cells=(*row.cells[:-1], given.hidden("item.11"))) if row.domain == base.place.domain else row
        for row in base.table.rows
    )
    summary = replace(base, comparisons=replace(base.comparisons, items=(part,)), table=replace(base.table, rows=rows))
    assert "只比误差较小的 11 项：“机动车停放秩序”低于其余各项。" in said(community_story(summary, "zh"))
    english = "Of the 11 with a small error: car parking is below all the others."
    assert english in said(community_story(summary, "en"))
    whole = replace(base, comparisons=replace(base.comparisons, items=(replace(told, with_lowest=told.items[:1]),)))
    assert "只比误差较小" not in said(community_story(whole, "zh"))


def test_items_of_two_units_or_two_directions_stand_in_no_common_order() -> None:
    base = with_items([0.5, 0.6, 0.7, 0.8])
    first, second, third, fourth = base.indicators[4:]
    score = replace(third, kind=IndicatorKind.MEAN_SCORE, scores={"1": 100.0})
    bad = given.indicator(fourth.id, fourth.name.zh, fourth.name.en, 0.9, sense=Sense.AT_MOST, group="aspects")
    own = base.table.row(given.COMMUNITY.domain)
    cells = [
        replace(cell, value=61.0, low=55.0, high=66.0, scale=(0.0, 100.0)) if cell.variable == third.id else cell
        for cell in own.cells
    ]
    rows = (replace(own, cells=tuple(cells)), *base.table.rows[1:])
    indicators = (*base.indicators[:4], first, second, score, bad)
    story = community_story(replace(base, indicators=indicators, table=replace(base.table, rows=rows)), "zh")
    told = [
        (one.title, one.unit, [row.cells[0].text for row in one.rows])
        for one in blocks_of(story.blocks, Table)
        if one.title.startswith("各")
    ]
    assert told[:3] == [
        ("各方面评价，由低到高", "单位：%", [first.name.zh, second.name.zh]),
        ("各项占比，由高到低", "单位：%", [fourth.name.zh]),
        ("各方面评价，由低到高", "单位：分", [third.name.zh]),
    ]


def test_a_figure_that_an_area_lacks_is_not_told_of_others_in_another_unit() -> None:
    """81.0 points of the city, not 8,100 %."""
    base = cases.scores()
    own = base.table.row(given.COMMUNITY.domain)
    rows = (replace(own, cells=own.cells[1:]), *base.table.rows[1:])
    story = community_story(replace(base, table=replace(base.table, rows=rows)), "zh")
    group = next(one for one in blocks_of(story.blocks, ComparisonGroup) if one.name == "总体满意度")
    assert [row.value for row in group.rows] == ["—", "81.0", "80.6"]
    assert group.target == 80


@pytest.mark.parametrize(("value", "printed"), [(0.9, "90%"), (0.955, "95.5%"), (0.8333, "83.33%"), (0.57, "57%")])
def test_a_target_is_printed_as_it_was_set(value: float, printed: str) -> None:
    indicators = (given.indicator("awareness", "知晓率", "Awareness", value, headline=True),)
    own = (replace(given.share("awareness", 0.9, 0.834, 0.95, 200, target=value), digits=1),)
    story = community_story(cases.with_cells(indicators, own), "zh")
    [card] = blocks_of(story.blocks, Card)
    assert ("目标", f"≥ {printed}") in card.rows
    assert f"目标 {printed.rstrip('%')}" in said(story)


def test_only_of_the_rest_it_is_said_that_they_were_too_few() -> None:
    """A community that missed one target and was too few for another is none of the rest."""
    reached, missed, open_, few = Verdict.REACHED, Verdict.NOT_REACHED, Verdict.CANNOT_TELL, Verdict.CANNOT_REACH
    summary = city_with((reached, missed, reached, open_), (reached, open_, reached, reached))
    first = summary.streets[0][1][0]

    def judged(cell: PublishableCell) -> PublishableCell:
        return replace(cell, verdict=few) if cell.verdict is open_ else cell

    rows = tuple(
        replace(row, cells=tuple(map(judged, row.cells))) if row.domain == first.domain else row
        for row in summary.table.rows
    )
    words = said(area_story(replace(summary, table=replace(summary.table, rows=rows)), "zh"))
    assert "1 个社区至少一项未达标，另有 1 个社区尚不能判定或有数字不单独公布" in words


@pytest.mark.parametrize(("ends", "signs"), [((1.0, 1.0), "“≥”："), ((0.0, 0.0), "“≤”："), ((1.0, 0.0), "“≥”“≤”：")])
def test_a_note_speaks_of_the_signs_that_stand_in_the_table(ends: tuple[float, float], signs: str) -> None:
    summary = city_with((Verdict.REACHED,) * 4)
    [community] = summary.streets[0][1]

    def alike(cell: PublishableCell, end: float) -> PublishableCell:
        limits = (0.884, 1.0) if end else (0.0, 0.116)
        return replace(cell, value=end, low=limits[0], high=limits[1], all_alike=True)

    rows = tuple(
        replace(row, cells=(*map(alike, row.cells[:2], ends), *row.cells[2:]))
        if row.domain == community.domain
        else row
        for row in summary.table.rows
    )
    words = said(area_story(replace(summary, table=replace(summary.table, rows=rows)), "zh"))
    assert f"{signs}受访者回答全部相同" in words


def test_nothing_is_published_here_only_where_nothing_is() -> None:
    """Headlines and items hidden, one further indicator shown."""
    base = given.community()
    further = given.indicator("trust", "信任率", "Trust", None)
    hidden = tuple(given.hidden(one.id) for one in base.indicators)
    own = base.table.row(given.COMMUNITY.domain)
    shown = given.share("trust", 0.7, 0.6, 0.8, 200)
    for cells, nothing in (((*hidden, shown), False), ((*hidden, given.hidden("trust")), True)):
        rows = (replace(own, cells=cells), *base.table.rows[1:])
        summary = replace(base, indicators=(*base.indicators, further), table=replace(base.table, rows=rows))
        assert ("没有一项数字单独公布" in said(community_story(summary, "zh"))) is nothing


def test_what_goes_with_a_rate_stands_beside_the_figure_of_the_city_as_it_is_printed() -> None:
    """A score of 61.0 points is not 6,100.0; a share in whole per cent has no decimal."""
    base = cases.with_items(given.city())
    first, second = (one for one in base.indicators if one.id in ("item.0", "item.1"))
    score = replace(first, kind=IndicatorKind.MEAN_SCORE, scores={"1": 100.0})
    row = base.table.row(given.CITY.domain)
    changed = {
        "item.0": {"value": 61.0, "low": 55.0, "high": 66.0, "scale": (0.0, 100.0), "digits": 0},
        "item.1": {"value": 0.7, "low": 0.6, "high": 0.8, "digits": 0},
    }
    cells = tuple(replace(cell, **changed.get(cell.variable, {})) for cell in row.cells)  # type: ignore[arg-type]
    rows = tuple(replace(each, cells=cells) if each is row else each for each in base.table.rows)
    drivers = DriverFigures(
        outcome="satisfaction",
        explained=0.3,
        low=0.2,
        high=0.4,
        respondents=900,
        judged=1200,
        items=tuple(
            DriverFigure(variable=one.id, share=0.1, low=0.0, high=0.2, performance=0.5, priority=Priority.WATCH)
            for one in (first, second)
        ),
        left_out=(),
    )
    indicators = tuple(score if one is first else one for one in base.indicators)
    summary = replace(
        base,
        indicators=indicators,
        table=replace(base.table, rows=rows),
        beside=CityResults(drivers=drivers),
    )
    table = table_of(area_story(summary, "zh"), "哪些方面和")
    assert [row.cells[3].text for row in table.rows] == ["61", "70"]


def test_an_index_of_shares_is_told_in_per_cent_everywhere() -> None:
    """Its target, what the mode did, and a change: 85% was 0.9 points, and 3 percentage points none."""
    base = given.city()
    index = replace(base.indicators[3], kind=IndicatorKind.INDEX)
    first = ModeFigure(mode="paper", sample_size=210, value=0.8)
    other = ModeFigure(mode="web_invited", sample_size=150, value=0.83, difference=0.03, low=0.01, high=0.05)
    effect = ModeEffect(variable=index.id, digits=0, figures=(first, other))
    change = PublishedChange(
        variable=index.id,
        domain=base.place.domain,
        verdict=ChangeVerdict.RISEN,
        difference=0.03,
        low=0.01,
        high=0.06,
        digits=0,
    )
    item = PutRightItem(area=Text("甲"), item=Text("事"), indicator=index.id, state="held", change=change)
    summary = replace(
        base,
        indicators=(*base.indicators[:3], index),
        beside=CityResults(modes=(effect,)),
        put_right=PutRight(wave=Text("上期"), items=(item,)),
    )
    words = said(area_story(summary, "zh"))
    assert "目标 ≥ 85%" in words
    assert "相差 3 个百分点（1–5）" in words
    assert "升 3（1–6）" in words


def without_figures(summary: CommunitySummary) -> CommunitySummary:
    """Every figure of the community hidden; of what stands above it nothing."""
    rows = tuple(
        replace(
            row,
            cells=tuple(
                replace(given.hidden(cell.variable, Suppression.NOT_PUBLISHED), scale=cell.scale) for cell in row.cells
            ),
        )
        if row.domain == summary.place.domain
        else row
        for row in summary.table.rows
    )
    return replace(summary, table=replace(summary.table, rows=rows))


def test_an_index_of_shares_has_its_target_in_per_cent_where_no_area_shows_a_figure() -> None:
    """Where all its cells are hidden, and the area itself has none, its target says its unit."""
    base = given.city()
    index = replace(base.indicators[3], kind=IndicatorKind.INDEX)
    rows = tuple(
        replace(
            row,
            cells=tuple(
                replace(given.hidden(cell.variable, Suppression.NOT_PUBLISHED), scale=cell.scale)
                if cell.variable == index.id
                else cell
                for cell in row.cells
                if cell.variable != index.id or row.domain != base.place.domain
            ),
        )
        for row in base.table.rows
    )
    summary = replace(base, indicators=(*base.indicators[:3], index), table=replace(base.table, rows=rows))
    words = said(area_story(summary, "zh"))
    assert "≥ 85%" in words
    assert "0.85" not in words


def test_a_first_page_names_no_reason_to_mend_nothing_where_no_figure_is_told() -> None:
    """12 项评价都误差大或不单独公布 stood on the first page, and the sheet itself says that no figure is told."""
    usual = given.community()
    assert brief(usual, "zh").mend is not None
    assert brief(without_figures(usual), "zh").mend is None


def test_a_sheet_without_targets_says_how_large_a_change_would_have_been_found() -> None:
    """The first page said it, and the sheet only where something is judged."""
    base = given.community()
    change = PublishedChange(
        variable=base.indicators[0].id,
        domain=base.place.domain,
        verdict=ChangeVerdict.NO_DETECTABLE_CHANGE,
        difference=0.01,
        low=-0.05,
        high=0.07,
        detectable=0.1,
        digits=0,
    )
    summary = replace(
        base,
        indicators=tuple(replace(one, target=None) for one in base.indicators),
        changes=Changes(since=Text("上期"), told=(change,)),
    )
    [sentence] = brief(summary, "zh").changes
    assert "没有查出变化，不等于没有变" in sentence
    assert sentence in said(community_story(summary, "zh"))


def test_beside_a_long_name_a_figure_with_its_interval_keeps_its_line() -> None:
    """51.30（48.0 ended a line, and 9–54.21） began the next: all columns of text gave way alike."""
    columns = (Column("地区"), Column("指标"), Column("第 1 版"))
    needs = give_way(columns, [600.0, 300.0, 90.0], 500.0)
    assert needs == pytest.approx([200.0, 200.0, 90.0])
    assert give_way(columns, [600.0, 100.0, 90.0], 500.0) == pytest.approx([100.0, 100.0, 90.0])
    assert give_way(columns, [600.0, 30.0, 90.0], 570.0) == pytest.approx([60.0, 30.0, 60.0])
    assert give_way(columns, [600.0, 30.0, 90.0], 900.0) == pytest.approx([48.0, 30.0, 48.0])
