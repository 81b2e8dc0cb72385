"""Figures of communities by age and sex beside those of every area, as the gate gets them: sums that run in circles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.case_columns import CaseColumns, PopulationRegister
from analysis.disclosure import Protected, protected
from analysis.engine.figures import (
    COMMUNITY,
    Asked,
    Respondents,
    area_hierarchy,
    tables,
)
from analysis.engine.run import weigh
from analysis.plan import AnalysisPlan, Group
from analysis.results import Domain, Estimates
from tests.simulated.waves import Shape, asked, city, wave

FEW = Shape(streets=100, communities=10, grids=4, households=60, issued=12, indicators=1)
"""Some 22 respondents a community: most of what is by age and sex is of fewer than ten."""
PLAN = AnalysisPlan(groups=(Group.AGE, Group.SEX))


def crossed(
    columns: CaseColumns, register: PopulationRegister, indicators: Sequence[Asked]
) -> tuple[list[Estimates], Mapping[Domain, Domain]]:
    """All areas, and by age and by sex the city, its streets and its communities."""
    weighed = weigh(PLAN, columns, register)
    calibration = None if weighed.calibrated is None else weighed.calibrated.calibration
    of = Respondents.of(columns, weighed.final, calibration, indicators, PLAN)
    found, _ = tables(of)
    made = [*found.values(), *(of.estimator(COMMUNITY, by).table() for by in PLAN.groups)]
    return [one.estimates() for one in made], area_hierarchy(columns)


def of_few(shape: Shape = FEW) -> tuple[list[Estimates], Mapping[Domain, Domain]]:
    """One indicator in a thousand communities: it did not end before cells were sought in neighbourhoods."""
    of = city(shape, 1)
    return crossed(wave(of, 2), of.register(), asked(shape))


def gated(raw: Sequence[Estimates], hierarchy: Mapping[Domain, Domain]) -> Protected:
    return protected(*raw, rule=PLAN.rule, hierarchy=hierarchy)


def counted(found: Protected) -> dict[str, int]:
    """How many cells there are, and how many are hidden: for their own sake, for others', for their error."""
    cells = [cell for row in found.table.rows for cell in row.cells]
    told = {"cells": len(cells), "hidden": sum(cell.suppression is not None for cell in cells)}
    told["coded"] = sum(cell.coded is not None for cell in cells)
    for reason in found.reasons.values():
        told[reason.value] = told.get(reason.value, 0) + 1
    return told
