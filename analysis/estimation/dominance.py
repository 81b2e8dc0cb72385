"""Where one respondent's number makes up a total: whoever knows of the second largest can work it out.

The p % rule of tables of magnitudes (Hundepohl et al. 2012, Statistical Disclosure Control, section 4.2.2): a total is
told by it where what is left without the two largest contributions is less than p % of the largest, for the second
contributor then knows the first to within p %. Contributions are weighted, as they enter the figure. It is asked of
the totals above and below the line, and of nothing with a scale, where nobody counts for more than one on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, sum_by
from analysis.design import SurveyDesign
from analysis.estimation.domains import Domains
from analysis.estimation.requested_items import RequestedItems
from analysis.estimation.requests import Quantity
from analysis.results import Statistic

P = 0.20
"""How close the second largest contributor may come to the largest."""

Largest: TypeAlias = Mapping[int, FloatArray]
"""Quantity -> (totals, 3, domains): largest and second contribution to each total, and the total. Parts merge."""

NO_TOTALS: Largest = MappingProxyType({})


def largest_of(design: SurveyDesign, domains: Domains, requested: RequestedItems) -> Largest:
    """Of every quantity that is a ratio of totals or a mean without a scale."""
    found: dict[int, FloatArray] = {}
    first: dict[int, int] = {}
    for row, item in enumerate(requested.item_of):
        number = row - first.setdefault(item, row)
        if not _of_magnitudes(requested.quantities[row]):
            continue
        given = requested.items[item]
        inside = (domains.code_of_row >= 0) & (design.weight > 0)
        if given.observed is not None:
            inside &= given.observed
        rows = np.flatnonzero(inside)
        domain, weight = domains.code_of_row[rows], design.weight[rows]
        times = design.respondents[rows]
        columns = [column for column in (given.numerators[number], given.denominator) if column is not None]
        found[row] = np.stack([_largest(weight * np.abs(one[rows]), times, domain, domains.count) for one in columns])
    return found


def _of_magnitudes(quantity: Quantity) -> bool:
    if quantity.statistic is Statistic.RATIO:
        return True
    return quantity.statistic is Statistic.MEAN and quantity.scale is None


def _largest(each: FloatArray, times: FloatArray, domain: IntArray, domains: int) -> FloatArray:
    """``each``: contribution of one respondent; a row stands for so many ``times``."""
    found = np.zeros((3, domains))
    found[2] = sum_by(domain, each * times, domains)
    kept = np.flatnonzero(times > 0)
    each, domain, times = each[kept], domain[kept], times[kept]
    order = np.lexsort((-each, domain))
    start = np.flatnonzero(np.diff(domain[order], prepend=-1))
    places, sizes = domain[order][start], np.diff(np.append(start, len(order)))
    found[0, places] = each[order][start]
    after = each[order][np.minimum(start + 1, len(order) - 1)] * (sizes > 1)
    found[1, places] = np.where(times[order][start] > 1, found[0, places], after)
    return found


def merged(one: FloatArray, other: FloatArray) -> FloatArray:
    """Of two parts of the rows, in the same domains. A part that saw no denominator but 1 counts no total of it."""
    if len(one) != len(other):
        one, other = (np.concatenate([part, np.zeros((2 - len(part), *part.shape[1:]))]) for part in (one, other))
    four = np.sort(np.stack([one[:, 0], one[:, 1], other[:, 0], other[:, 1]]), axis=0)
    return np.stack([four[3], four[2], one[:, 2] + other[:, 2]], axis=1)


def dominated(largest: Largest, shape: tuple[int, int]) -> BoolArray:
    """(quantities, domains): whether a total of the figure is told by its largest contributions."""
    found = np.zeros(shape, dtype=bool)
    for row, totals in largest.items():
        rest = totals[:, 2] - totals[:, 0] - totals[:, 1]
        found[row] = ((totals[:, 0] > 0) & (rest < P * totals[:, 0] * (1 - 1e-9))).any(axis=0)
    return found
