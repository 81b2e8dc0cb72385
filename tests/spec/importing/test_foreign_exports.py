"""Exports in the shapes of eight platforms: taken in whole, or refused with one reason; nothing is lost in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from survey_service.importing import personal
from survey_service.importing.heads import settled
from survey_service.importing.plan import ImportPlan, Target
from survey_service.importing.prepare import prepare
from survey_service.importing.recognise import suggest, wanted
from survey_service.importing.words import Notice
from survey_service.tabular import TableError
from survey_service.tabular.cells import Grid, read_cells
from tests.spec.importing.damaged import QUESTIONNAIRE
from tests.spec.importing.hurts import build
from tests.spec.importing.twins import TWINS, Twin

CASES = build(20_000, damages=0).ground  # a wave that has cases: no number of a platform is taken for one
LOADED = [one for one in TWINS if not one.refused]
REFUSED = [one for one in TWINS if one.refused]


def read(twin: Twin) -> tuple[Grid, ImportPlan]:
    grid = settled(read_cells("export.csv", twin.data, wanted(QUESTIONNAIRE)))
    plan = replace(suggest(grid, QUESTIONNAIRE, CASES.cases), community="万寿桥社区")
    for place, column in enumerate(plan.columns):
        if column.variable in twin.said and column.target is Target.ANSWER:
            plan = plan.with_column(place, values=twin.said[column.variable])
    return grid, plan


@pytest.mark.parametrize("twin", LOADED, ids=[one.name for one in LOADED])
def test_an_export_is_taken_in_whole(twin: Twin) -> None:
    grid, plan = read(twin)
    prepared = prepare(grid, plan, QUESTIONNAIRE, CASES)
    assert not prepared.problems, [(one.row, one.column, one.in_language("en")) for one in prepared.problems]
    assert [dict(row.checked.canonical) for row in prepared.rows] == list(twin.truth)
    assert all(row.case is None for row in prepared.rows)
    assert not personal.shielded(grid, plan, ())[1]


@pytest.mark.parametrize("twin", LOADED, ids=[one.name for one in LOADED])
def test_every_column_that_holds_something_is_taken_or_named(twin: Twin) -> None:
    grid, plan = read(twin)
    said = {one.kind: one.values.get("seen") for one in prepare(grid, plan, QUESTIONNAIRE, CASES).notices.all()}
    for place, column in enumerate(plan.columns):
        if any(record[place] for record in grid.records):
            named = said.get(Notice.COLUMNS_LEFT_OUT, "") + said.get(Notice.COLUMNS_PERSONAL, "")
            dropped = column.target in (Target.IGNORE, Target.PERSONAL)
            assert not dropped or column.head in named, column.head
    for head in twin.left:
        assert head in said[Notice.COLUMNS_LEFT_OUT]


@pytest.mark.parametrize("twin", REFUSED, ids=[one.name for one in REFUSED])
def test_what_cannot_be_read_rightly_is_refused_with_one_reason(twin: Twin) -> None:
    with pytest.raises(TableError) as refused:
        read(twin)
    reasons = [problem.placed("zh") for problem in refused.value.problems]
    assert len(reasons) == 1
    assert twin.refused in reasons[0]


def test_there_are_twelve_shapes_of_which_most_are_taken_in() -> None:
    assert len(LOADED) >= 12
    assert len({one.name for one in TWINS}) == len(TWINS)
    asked = [one for one in LOADED if one.said]
    assert asked, "one where a person must say what a value means"
    for twin in asked:
        grid, plan = read(replace(twin, said={}))
        assert prepare(grid, plan, QUESTIONNAIRE, CASES).problems
