"""The sheet of a city whose items explain much of its satisfaction: three matter, the others hardly do.

People are invented, the figures are the engine's: answers and weights of a simulated wave, through the publication rule
onto the sheet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from analysis import engine
from analysis.arrays import FloatArray
from analysis.city_results import CityResults, DriverFigures
from analysis.disclosure import protect
from analysis.engine.drivers import Driven
from analysis.engine.figures import Asked
from analysis.plan import AnalysisPlan, Level, NoCalibration, PlannedCalibration
from analysis.published_beside import published_drivers
from analysis.results import PublicationRule, PublishableCell, Reliability
from reports.content import AreaSummary
from tests.simulated.waves import Shape, city, wave
from tests.spec.reports import cases
from tests.spec.reports import summaries as given

OUTCOME = "satisfaction"
ITEMS = tuple(f"item.{number}" for number in range(len(given.ITEMS)))
MATTER = {"item.0": 0.28, "item.1": 0.22, "item.10": 0.32}  # by how much a yes raises the chance of being satisfied
SHAPE = Shape(streets=3, communities=4, grids=4, households=120, issued=80, indicators=1 + len(ITEMS))
NONE = PlannedCalibration(margins=(), why_none=NoCalibration.BY_CHOICE)
PLAN = AnalysisPlan(levels=(Level.CITY,), sensitivity=(), calibration=NONE)


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """One row per respondent; ``items`` (items, respondents) and ``satisfied`` are 0 or 1."""

    items: FloatArray
    satisfied: FloatArray
    weight: FloatArray
    drivers: DriverFigures
    cells: tuple[PublishableCell, ...]


@cache
def answered() -> Answered:
    """Items are said yes to by 60 to 90 of a hundred."""
    rng = np.random.default_rng(2026)
    columns = wave(city(SHAPE, 5), 6)
    size = columns.numerators.shape[1]
    level = np.linspace(0.60, 0.92, len(ITEMS))[:, None]
    items = (rng.random((len(ITEMS), size)) < level).astype(np.float64)
    chance = 0.15 + sum(by * items[ITEMS.index(name)] for name, by in MATTER.items())
    satisfied = (rng.random(size) < chance).astype(np.float64)
    numerators = np.vstack([satisfied[None, :], items])
    columns = replace(
        columns, indicators=(OUTCOME, *ITEMS), numerators=numerators, denominators=np.ones_like(numerators)
    )
    asked = [Asked(id=name) for name in columns.indicators]
    found = engine.run(PLAN, columns, asked, None, Driven(outcome=OUTCOME, aspects=ITEMS))
    assert found.drivers is not None
    [estimates] = [table.estimates() for table in found.tables.values()]
    table = protect(estimates, rule=PublicationRule(reliability=Reliability.TIERS), hierarchy={})
    drivers = published_drivers(found.drivers, table)
    assert drivers is not None
    return Answered(items, satisfied, found.weighed.final, drivers, table.row(()).cells)


def summary() -> AreaSummary:
    """The city of the visual target with those figures in its row."""
    base, own = cases.with_items(given.city()), {cell.variable: cell for cell in answered().cells}
    rows = tuple(
        replace(row, cells=tuple(_instead(cell, own) for cell in row.cells)) if row.domain == given.CITY.domain else row
        for row in base.table.rows
    )
    return replace(base, table=replace(base.table, rows=rows), beside=CityResults(drivers=answered().drivers))


def _instead(cell: PublishableCell, own: dict[str, PublishableCell]) -> PublishableCell:
    """Targets stay with the figures that they are held against."""
    found = own.get(cell.variable)
    if found is None or found.value is None or cell.goal is None:
        return found or cell
    made = given.share(
        cell.variable,
        found.value,
        found.low or 0.0,
        found.high or 1.0,
        found.sample_size or 0,
        target=cell.goal.value,
    )
    return replace(made, digits=found.digits)
