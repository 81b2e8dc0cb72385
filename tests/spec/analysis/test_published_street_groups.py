"""Groups within streets: what may be told follows the printed figures of the street and of every group in it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analysis import engine
from analysis.case_columns import Labels
from analysis.disclosure import protect
from analysis.plan import AnalysisPlan, Group, Level, NoCalibration, PlannedCalibration
from analysis.published_groups import published_street_groups
from analysis.results import (
    Coding,
    Domain,
    GroupVerdict,
    PublicationRule,
    PublishableRow,
    PublishableTable,
    Reliability,
    Suppression,
)
from tests.simulated.waves import Shape, asked, city, wave

NONE = PlannedCalibration(margins=(), why_none=NoCalibration.BY_CHOICE)
RULE = PublicationRule(reliability=Reliability.FLAG)  # imprecise figures are shown with a mark
SHAPE = Shape(streets=2, communities=3, grids=4, households=90, issued=50, indicators=2, opinion=0.7)
PLAN = AnalysisPlan(groups=(Group.AGE, Group.SEX), levels=(Level.STREET, Level.CITY), sensitivity=(), calibration=NONE)


@cache
def analysed() -> tuple[engine.Analysis, PublishableTable]:
    of = city(SHAPE, 3)
    columns = wave(of, 4)
    codes = columns.groups["age"].codes
    ages = Labels(np.where(codes < 0, -1, codes >= 2).astype(np.int64), ("18-44", "45+"))  # two, so that both are shown
    columns = replace(columns, groups={**columns.groups, "age": ages})
    found = engine.run(PLAN, columns, asked(SHAPE), None)
    tables = [one.estimates() for one in found.tables.values()]
    hierarchy: dict[Domain, Domain] = {(("street", name),): () for name in found.street_groups}
    return found, protect(*tables, rule=RULE, hierarchy=hierarchy)


def without(table: PublishableTable, domain: Domain, how: str) -> PublishableTable:
    def changed(row: PublishableRow) -> PublishableRow:
        if row.domain != domain:
            return row
        if how == "coded":
            return replace(row, cells=tuple(replace(cell, coded=Coding.AT_LEAST) for cell in row.cells))
        hidden = [replace(cell, suppression=Suppression.NOT_PUBLISHED, value=None) for cell in row.cells]
        return replace(row, cells=tuple(hidden))

    return replace(table, rows=tuple(map(changed, table.rows)))


def test_every_street_tells_who_differs_there() -> None:
    found, table = analysed()
    told = published_street_groups(found.street_groups, table)
    assert list(told) == list(found.street_groups)
    for street, groups in told.items():
        [*_, old] = [one for one in groups.contrasts if one.domain[1][0] == "age" and one.variable == "q1"]
        assert old.domain[0] == ("street", street)
        assert old.verdict is GroupVerdict.HIGHER  # satisfaction rises with age
        sexes = [one for one in groups.contrasts if one.domain[1][0] == "sex" and one.variable == "q1"]
        cells = [table.row(one.domain).cell("q1").value or 0.0 for one in sexes]
        assert [one.difference for one in sexes] == pytest.approx([cells[0] - cells[1], cells[1] - cells[0]], abs=0.011)
        assert (groups.p_value("age", "q1") or 0.0) <= 0.01


@pytest.mark.parametrize("how", ["hidden", "coded"])
@pytest.mark.parametrize("whose", ["street", "group"])
def test_where_the_street_or_a_group_of_it_is_not_shown_nothing_of_the_kind_is(how: str, whose: str) -> None:
    found, table = analysed()
    street, other = list(found.street_groups)
    age = next(one for one in found.street_groups[street] if one.by == "age")
    domain = (("street", street),) if whose == "street" else age.domain(0)
    told = published_street_groups(found.street_groups, without(table, domain, how))
    kinds = {one.domain[1][0] for one in told[street].contrasts} if street in told else set()
    assert kinds == (set() if whose == "street" else {"sex"})
    assert {one.domain[1][0] for one in told[other].contrasts} == {"age", "sex"}


def test_a_city_of_one_street_has_none_of_its_own() -> None:
    shape = replace(SHAPE, streets=1)
    of = city(shape, 3)
    found = engine.run(PLAN, wave(of, 4), asked(shape), of.register())
    assert found.street_groups == {}
    assert found.groups
