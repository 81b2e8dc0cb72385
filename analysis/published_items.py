"""What may be published of items held against each other: which cannot be told from the lowest, which from the highest.

Every two items shown as a point are compared, by Holm (1979) at the table's level: whatever the truth is, the chance
that any of these differences is claimed wrongly is at most 1 - level. Items that are hidden, coded or coarse take no
part, so that no set tells of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.special import stdtr

from analysis.arrays import BoolArray, FloatArray
from analysis.comparisons import PublishedItems
from analysis.engine.items import ItemTable
from analysis.results import Domain, PublishableCell, PublishableTable
from analysis.tiers import shown_as_points


def published_items(tables: Sequence[ItemTable], published: PublishableTable) -> tuple[PublishedItems, ...]:
    """Of every group and area in which two or more items are shown as points."""
    cells = shown_as_points(published)
    return tuple(found for table in tables for found in _of_group(table, cells, published.level))


def _of_group(
    table: ItemTable, cells: Mapping[tuple[Domain, str], PublishableCell], level: float
) -> Iterator[PublishedItems]:
    for column, domain in enumerate(table.domains):
        rows = [row for row, item in enumerate(table.items) if (domain, item) in cells]
        if len(rows) < 2:
            continue
        printed = [cells[domain, table.items[row]].value or 0.0 for row in rows]
        order = sorted(range(len(rows)), key=lambda place: (printed[place], table.value[rows[place], column]))
        rows = [rows[place] for place in order]
        value, freedom = table.value[rows, column], table.degrees_of_freedom[rows, column]
        apart = told_apart(value, table.standard_error[np.ix_(rows, rows)][:, :, column], freedom, level)
        names = [table.items[row] for row in rows]
        lowest, highest = int(np.argmin(value)), int(np.argmax(value))
        yield PublishedItems(
            group=table.group,
            domain=domain,
            items=tuple(names),
            with_lowest=_with(names, lowest, apart),
            with_highest=_with(names[::-1], len(names) - 1 - highest, apart[::-1, ::-1]),
            untold=len(table.items) - len(rows),
        )


def _with(names: Sequence[str], end: int, apart: BoolArray) -> tuple[str, ...]:
    """The item at the end and those that are not shown to differ from it, in the order of ``names``."""
    others = [name for place, name in enumerate(names) if place != end and not apart[place, end]]
    return (names[end], *others)


def told_apart(value: FloatArray, standard_error: FloatArray, freedom: FloatArray, level: float) -> BoolArray:
    """Which two differ, (k, k), by Holm over all pairs with two-sided t tests.

    ``standard_error`` (k, k) of every difference, NaN where it has none and nothing is claimed, 0 where it is known
    exactly. A pair has the degrees of freedom of the item with more: whoever answered that item answered the pair.
    """
    first, second = np.triu_indices(len(value), 1)
    apart = np.abs(value[first] - value[second])
    error, known = standard_error[first, second], np.maximum(freedom[first], freedom[second])
    with np.errstate(divide="ignore", invalid="ignore"):
        studentised = np.where(error > 0, apart / error, np.where((error == 0) & (apart > 0), np.inf, 0.0))
        chance = np.where(known > 0, 2 * stdtr(np.maximum(known, 1), -studentised), 1.0)
    chance = np.where(np.isnan(error), 1.0, np.where(np.isinf(studentised), 0.0, chance))
    rejected = holm(chance, 1 - level)
    found = np.zeros((len(value), len(value)), dtype=bool)
    found[first, second] = found[second, first] = rejected
    return found


def holm(chance: FloatArray, error_rate: float) -> BoolArray:
    """Which hypotheses of several p-values are rejected, with one error rate for all: Holm (1979), step down."""
    order = np.argsort(chance, kind="stable")
    kept = chance[order] > error_rate / np.arange(len(chance), 0, -1)
    first = int(np.argmax(kept)) if kept.any() else len(chance)
    found = np.zeros(len(chance), dtype=bool)
    found[order[:first]] = True
    return found
