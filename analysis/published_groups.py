"""What may be published of groups beside their figures: how each stands to everybody else, and whether all are alike.

Told only where the city and every group of the kind are shown as a point, none hidden and none coded: everybody else is
then a mixture of figures that are shown. The printed difference is in the coarsest steps of all of them, its limits
outwards.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.engine.groups import GroupTable
from analysis.printed_figures import PrintedStep
from analysis.results import (
    Domain,
    GroupVerdict,
    PublishableCell,
    PublishableTable,
    PublishedContrast,
    PublishedEquality,
    PublishedGroups,
)

_DECIMALS_OF_P = 3


def published_groups(tables: Mapping[str, GroupTable], published: PublishableTable) -> PublishedGroups:
    """Of every indicator and kind of group in ``tables``."""
    cells = {(row.domain, cell.variable): cell for row in published.rows for cell in row.cells if cell.category is None}
    contrasts: list[PublishedContrast] = []
    equalities: list[PublishedEquality] = []
    for by, table in tables.items():
        for row, variable in enumerate(table.indicators):
            shown = _shown(table, variable, cells)
            if shown is None:
                continue
            step = PrintedStep.of(*shown)
            contrasts += _contrasts(table, row, step)
            p_value = float(table.overall.p_value[row])
            if not np.isnan(p_value):
                equalities.append(PublishedEquality(variable=variable, by=by, p_value=round(p_value, _DECIMALS_OF_P)))
    return PublishedGroups(contrasts=tuple(contrasts), equalities=tuple(equalities))


def _shown(
    table: GroupTable, variable: str, cells: Mapping[tuple[Domain, str], PublishableCell]
) -> list[PublishableCell] | None:
    """The city's and every group's cell; None where any is not shown as a point."""
    domains: list[Domain] = [(), *(table.domain(column) for column in range(len(table.labels)))]
    found = [cells.get((domain, variable)) for domain in domains]
    shown = [one for one in found if one is not None and one.value is not None]
    if len(shown) < len(domains) or any(one.suppression is not None or one.coded is not None for one in shown):
        return None
    return shown


def _contrasts(table: GroupTable, row: int, step: PrintedStep) -> list[PublishedContrast]:
    found = []
    for column in range(len(table.labels)):
        low, high = float(table.low[row, column]), float(table.high[row, column])
        if np.isnan(low) or np.isnan(high):
            continue
        verdict = GroupVerdict.NO_DETECTABLE_DIFFERENCE
        if low > 0 or high < 0:
            verdict = GroupVerdict.HIGHER if low > 0 else GroupVerdict.LOWER
        found.append(
            PublishedContrast(
                variable=table.indicators[row],
                domain=table.domain(column),
                verdict=verdict,
                difference=step.nearest(float(table.difference[row, column])),
                low=step.down(low),
                high=step.up(high),
                digits=step.digits,
            )
        )
    return found
