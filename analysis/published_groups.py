"""What may be published of groups beside their figures: how each stands to everybody else, and whether all are alike.

Told only where the city, or the street, and every group of the kind in it are shown as a point, none hidden and none
coded: everybody else is then a mixture of figures that are shown. The difference is made of the printed figures, so
that it is no second reading of what rounding took, and its limits lie about it, rounded outwards; all in the coarsest
steps of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.arrays import FloatArray
from analysis.engine.groups import GroupTable
from analysis.engine.street_groups import StreetGroups
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
    return _published([(one, one.overall.p_value) for one in tables.values()], _cells(published))


def published_street_groups(
    tables: Mapping[str, Sequence[StreetGroups]], published: PublishableTable
) -> dict[str, PublishedGroups]:
    """By street, of those of which anything may be told: the street takes the place of the city."""
    cells = _cells(published)
    found = {street: _published([(one, one.p_value) for one in own], cells) for street, own in tables.items()}
    return {street: one for street, one in found.items() if one != PublishedGroups()}


Cells = Mapping[tuple[Domain, str], PublishableCell]
Table = GroupTable | StreetGroups


def _cells(published: PublishableTable) -> Cells:
    return {(row.domain, cell.variable): cell for row in published.rows for cell in row.cells if cell.category is None}


def _published(tables: Sequence[tuple[Table, FloatArray]], cells: Cells) -> PublishedGroups:
    contrasts: list[PublishedContrast] = []
    equalities: list[PublishedEquality] = []
    for table, p_values in tables:
        for row, variable in enumerate(table.indicators):
            shown = _shown(table, variable, cells)
            if shown is None:
                continue
            contrasts += _contrasts(table, row, shown)
            p_value = float(p_values[row])
            if not np.isnan(p_value):
                rounded = round(p_value, _DECIMALS_OF_P)
                equalities.append(PublishedEquality(variable=variable, by=table.by, p_value=rounded))
    return PublishedGroups(contrasts=tuple(contrasts), equalities=tuple(equalities))


def _shown(table: Table, variable: str, cells: Cells) -> list[PublishableCell] | None:
    """The cell of the whole and of every group; None where any is not shown as a point."""
    domains: list[Domain] = [table.domain(column) for column in range(len(table.labels))]
    found = [cells.get((domain, variable)) for domain in (domains[0][:-1], *domains)]
    shown = [one for one in found if one is not None and one.value is not None]
    if len(shown) < len(found) or any(one.suppression is not None or one.coded is not None for one in shown):
        return None
    return shown


def _contrasts(table: Table, row: int, shown: Sequence[PublishableCell]) -> list[PublishedContrast]:
    """``shown``: the whole, and every group in the order of the labels."""
    step, apart = PrintedStep.of(*shown), printed_differences(shown[1:], table.weight[row])
    found = []
    for column in range(len(table.labels)):
        low, high = float(table.low[row, column]), float(table.high[row, column])
        if np.isnan(low) or np.isnan(high):
            continue
        moved = float(apart[column] - table.difference[row, column])
        verdict = GroupVerdict.NO_DETECTABLE_DIFFERENCE
        if low > 0 or high < 0:
            verdict = GroupVerdict.HIGHER if low > 0 else GroupVerdict.LOWER
        found.append(
            PublishedContrast(
                variable=table.indicators[row],
                domain=table.domain(column),
                verdict=verdict,
                difference=step.nearest(float(apart[column])),
                low=_same_side(step.down(low + moved), low),
                high=_same_side(step.up(high + moved), high),
                digits=step.digits,
            )
        )
    return found


def printed_differences(cells: Sequence[PublishableCell], weight: FloatArray) -> FloatArray:
    """Each printed figure less the weighted mean of the others. ``weight`` (cells,)."""
    printed = np.array([one.value for one in cells], dtype=np.float64)
    others = weight.sum() - weight
    rest = (weight @ printed) - weight * printed
    return np.asarray(printed - np.divide(rest, others, out=np.full(len(printed), np.nan), where=others > 0))


def _same_side(limit: float, computed: float) -> float:
    """Never beyond 0 from where the computed limit lies: the verdict is that of the computed one."""
    return max(limit, 0.0) if computed > 0 else min(limit, 0.0) if computed < 0 else limit
