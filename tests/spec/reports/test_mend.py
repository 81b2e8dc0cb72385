"""What to mend first, recomputed from the cells: who is named, who could not be, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from analysis.city_results import CityResults, DriverFigure, DriverFigures, Priority
from analysis.results import Suppression
from reports.blocks import Table
from reports.content import AreaSummary, CommunitySummary
from reports.story import area_story, community_story
from reports.story.mend import MOST, MendFirst, mend_first
from reports.wording import tiers
from tests.spec.reports import cases, held_against
from tests.spec.reports import summaries as given
from tests.spec.reports.test_claims import blocks_of, community_with

BOTH = ("zh", "en")


def found_in(summary: CommunitySummary | AreaSummary, language: str = "zh") -> MendFirst:
    found = mend_first(summary, language)
    assert found is not None
    return found


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("case", cases.CASES)
def test_who_is_named_is_shown_fully_and_nobody_shown_fully_is_worse(case: str, language: str) -> None:
    summary = cases.CASES[case]()
    items = [one for one in summary.indicators if one.group is not None and not one.headline]
    found = mend_first(summary, language)
    if len(items) < 2:
        assert found is None
        return
    assert found is not None
    row = next(row for row in summary.table.rows if row.domain == summary.place.domain)
    here = {cell.variable: cell for cell in row.cells}
    shown = {one.id: here[one.id].value for one in items if one.id in here and tiers.comparable(here[one.id])}
    assert found.shown == len(shown)
    assert [each.indicator.id for each in found.left_out] == [one.id for one in items if one.id not in shown]
    named = [each.indicator.id for each in found.first]
    assert named == sorted(shown, key=lambda key: shown[key])[: len(named)]  # type: ignore[arg-type,return-value]
    told = area_story(summary, language) if isinstance(summary, AreaSummary) else community_story(summary, language)
    titles = [table.title for table in blocks_of(told.blocks, Table)]
    assert sum("先改" in one or "mend first" in one for one in titles) == bool(named)


#  hidden items: who is named; enough of the twelve must be shown for the others not to be the worse ones
@pytest.mark.parametrize(
    ("hidden", "named"),
    [
        ((), ("机动车停放秩序", "养犬管理", "电动自行车充电停放")),
        ((0,), ("养犬管理", "电动自行车充电停放", "背街小巷保洁")),
        (tuple(range(6)), ("楼道与公共空间", "道路与照明维护", "文体活动设施")),
        (tuple(range(7)), ()),
        (tuple(range(12)), ()),
    ],
)
def test_of_too_few_shown_none_is_named(hidden: Sequence[int], named: Sequence[str]) -> None:
    found = found_in(community_with(hidden))
    assert found.names == named
    assert ("先改" in found.title) is bool(named)
    assert ("高低未知" in "".join(found.basis)) is bool(named and hidden)
    for place in hidden if named else ():
        assert given.ITEMS[place][0] in found.basis[-1]


def test_of_two_items_one_is_named_for_two_of_two_are_no_choice() -> None:
    base = given.community()
    two = (*given.headline_indicators(), *given.item_indicators()[:2])
    assert found_in(replace(base, indicators=two)).names == ("机动车停放秩序",)


def test_many_that_take_no_part_are_counted() -> None:
    base = community_with(range(8), why=Suppression.NOT_PUBLISHED)
    more = tuple(given.indicator(f"more.{i}", f"另一项{i}", f"More {i}", None, group="aspects") for i in range(6))
    cells = tuple(given.share(f"more.{i}", 0.3 + i / 100, 0.25, 0.4, 200) for i in range(6))
    rows = tuple(
        replace(row, cells=(*row.cells, *cells)) if row.domain == given.COMMUNITY.domain else row
        for row in base.table.rows
    )
    summary = replace(base, table=replace(base.table, rows=rows), indicators=(*base.indicators, *more))
    found = found_in(summary)
    assert found.names == ("另一项0", "另一项1", "另一项2")
    assert "8 项高低未知" in found.basis[-1]
    assert found.basis[-1].endswith("等。")


def driven(priorities: dict[str, Priority | None], explained: float = 0.3) -> CityResults:
    items = tuple(
        DriverFigure(variable=key, share=0.02, low=0.0, high=0.04, performance=0.7, priority=told)
        for key, told in priorities.items()
    )
    drivers = DriverFigures(
        outcome="satisfaction",
        explained=explained,
        low=0.1,
        high=0.5,
        respondents=900,
        judged=1248,
        items=items,
        left_out=(),
    )
    return CityResults(drivers=drivers)


def test_what_matters_in_the_city_comes_first_where_here_it_cannot_be_told_from_the_worst() -> None:
    """Items 0, 1 and 2 cannot be told apart; 3 can be told from them, whatever it matters."""
    told: dict[str, Priority | None] = dict.fromkeys(f"item.{i}" for i in range(12))
    told |= {"item.2": Priority.MEND_FIRST, "item.3": Priority.MEND_FIRST, "item.1": Priority.WATCH}
    found = found_in(replace(held_against.community(), beside=driven(told)))
    assert [each.indicator.id for each in found.first] == ["item.2", "item.0", "item.1"]
    assert found.remarks == ("全市优先改进", "关联大小说不准", "全市看关联小")
    assert "关联不等于因果" in found.basis[0]
    assert "满意率" in found.basis[0]
    assert found.basis[1] == "与最低的“机动车停放秩序”分不开高低的还有：养犬管理、电动自行车充电停放。"


def test_without_pairs_nothing_goes_before_a_lower_figure() -> None:
    told: dict[str, Priority | None] = {"item.5": Priority.MEND_FIRST}
    found = found_in(replace(given.community(), beside=driven(told)))
    assert [each.indicator.id for each in found.first] == ["item.0", "item.1", "item.2"]
    assert "由低到高" in found.basis[0]


def test_where_items_explain_next_to_nothing_it_says_so_and_remarks_nothing() -> None:
    told: dict[str, Priority | None] = dict.fromkeys(f"item.{i}" for i in range(12))
    found = found_in(replace(given.community(), beside=driven(told, explained=0.039)))
    assert found.remarks == ()
    assert "只说明满意率差异的 3.9%" in found.basis[0]


def test_of_shares_that_are_bad_when_high_the_highest_come_first() -> None:
    base = given.community()
    at_most = tuple(
        given.indicator(one.id, one.name.zh, one.name.en, 0.2, group="aspects", sense="at_most")
        for one in given.item_indicators()
    )
    found = found_in(replace(base, indicators=(*given.headline_indicators(), *at_most)))
    assert [each.indicator.id for each in found.first] == ["item.11", "item.10", "item.9"]
    assert "最高的三项，由高到低" in found.basis[0]


def test_there_are_never_more_than_three() -> None:
    assert len(found_in(given.community()).first) == MOST
    assert (
        found_in(given.community(), "en").sentence == "Mend three first: Car parking, Dog keeping and E-bike charging."
    )
