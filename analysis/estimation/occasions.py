"""The same asked again: households and PSUs of another wave bring further answers, but are not all a further sample.

A variance by PSUs counts by itself what those of two waves have in common. Three things it does not:

- What rests on the number of respondents alone: the limits where all answers are alike, the cap on the effective
  sample, the plain sample that a design effect is measured by. There a unit of the last stage counts with as many
  respondents as it had at most at one time.
- A stratum of several waves has one centre, though each wave was fitted for itself. By so much the formula is smaller
  than those of the waves each for itself would be together, of errors that have nothing in common (``small_sample``).
- Its degrees of freedom are at most those of the waves together.

Of one wave, and of one that is put together with itself, all three are its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import FloatArray, IntArray, combine_codes, first_rows, sum_by

if TYPE_CHECKING:
    from analysis.estimation.estimate import Estimator

_NOTHING_LEFT = 1e-6
"""A share of the waves' own formula below which the margins fix a figure."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Again:
    """(items, domains) each."""

    persons: FloatArray  # answers, those of a unit at the time when it had most
    larger: FloatArray  # by how much the variance is too small
    freedom: FloatArray  # at most so many degrees of freedom


def persons(estimator: Estimator, occasion: IntArray) -> FloatArray:
    """``occasion`` (rows,): which time each was asked."""
    last, domains, times = estimator.design.stages[-1], estimator.domains, int(occasion.max(initial=0)) + 1
    rows = np.flatnonzero((domains.code_of_row >= 0) & (estimator.design.weight > 0))
    unit, domain = last.unit_of_row[rows], domains.code_of_row[rows]
    cell, cells = combine_codes(domain, domains.count, unit, last.units)
    domain_of_cell, place = domain[first_rows(cell, cells)], cell * times + occasion[rows]
    found = np.zeros((len(estimator.requested.items), domains.count))
    for number, item in enumerate(estimator.requested.items):
        seen = place if item.observed is None else place[item.observed[rows]]
        most = sum_by(seen, None, cells * times).reshape(cells, times).max(axis=1, initial=0)
        found[number] = sum_by(domain_of_cell, most, domains.count)
    return found


def larger(estimator: Estimator, left: FloatArray, left_apart: FloatArray) -> FloatArray:
    """(items, domains) at least 1. ``left``: what ``small_sample`` expects of every respondent's error in the formula,
    ``left_apart`` in that of the wave for itself, (rows,) each."""
    domain = estimator.domains.code_of_row
    counted = (domain >= 0) & (estimator.design.weight > 0)
    found = np.ones((len(estimator.requested.items), estimator.domains.count))
    for number, item in enumerate(estimator.requested.items):
        rows = np.flatnonzero(counted if item.observed is None else counted & item.observed)
        own, apart = (sum_by(domain[rows], each[rows], estimator.domains.count) for each in (left, left_apart))
        np.divide(apart, own, out=found[number], where=own > _NOTHING_LEFT * apart)
    return np.maximum(found, 1.0)
