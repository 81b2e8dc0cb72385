"""Differences of domains two by two, all at once: after minus before in every community, a group minus the other.

The same variance as ``contrasts`` gives one by one: the influence of R_second - R_first is that of the second less that
of the first, added up per PSU, so that units in both bring their covariance with them. A domain stands in one pair at
most, and so the pairs are domains again: one pass, however many there are, and after calibration as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, combine_codes, first_rows, sum_by
from analysis.estimation.estimate import Estimator
from analysis.estimation.intervals import t_quantile
from analysis.estimation.small_sample import Expected, inflation, satterthwaite, whole_design
from analysis.estimation.table import ROUNDING, EstimateTable, Figures
from analysis.estimation.variance import Variance, variance_of_cells


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Differences:
    """Of every quantity in every pair, (quantities, pairs) each; NaN where a side has no figure or no error."""

    value: FloatArray
    standard_error: FloatArray
    linearised_error: FloatArray  # of R's survey: the same where nothing fitted was counted
    low: FloatArray
    high: FloatArray
    degrees_of_freedom: FloatArray

    def turned(self) -> Differences:
        """First minus second."""
        return replace(self, value=0.0 - self.value, low=0.0 - self.high, high=0.0 - self.low)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """``first`` and ``second`` (pairs,) are domains, each in one pair at most."""

    first: IntArray
    second: IntArray
    pair_of_domain: IntArray  # (domains,), -1 in none
    sign_of_domain: FloatArray  # (domains,) 1 of the second, -1 of the first

    @staticmethod
    def of(first: IntArray, second: IntArray, domains: int) -> _Pairs:
        both = np.concatenate([first, second])
        if len(np.unique(both)) != len(both):
            raise ValueError("a domain may stand in one pair only")
        pair, sign = np.full(domains, -1, dtype=np.int64), np.zeros(domains)
        for side, its_sign in ((first, -1.0), (second, 1.0)):
            pair[side], sign[side] = np.arange(len(side)), its_sign
        return _Pairs(first, second, pair, sign)

    @property
    def count(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Sums:
    """What is summed by domain and place (a unit, or a column of the margins), by pair and place instead."""

    pair: IntArray  # (sums,)
    place: IntArray  # (sums,)
    target: IntArray  # (sums of the domains,) where each is added; -1 of a domain in no pair
    sign: FloatArray  # (sums of the domains,)

    @staticmethod
    def of(pairs: _Pairs, domain: IntArray, place: IntArray, places: int) -> _Sums:
        pair = pairs.pair_of_domain[domain]
        target, count = combine_codes(pair, pairs.count, place, places)
        first = first_rows(target, count)
        return _Sums(pair=pair[first], place=place[first], target=target, sign=pairs.sign_of_domain[domain])

    def less(self, rows: FloatArray) -> FloatArray:
        """Second less first, (k, sums)."""
        return self._added(rows * self.sign)

    def both(self, rows: FloatArray) -> FloatArray:
        """First and second, (k, sums)."""
        return self._added(rows)

    def _added(self, rows: FloatArray) -> FloatArray:
        size = len(self.pair)
        return np.stack([sum_by(self.target + 1, row, size + 1)[1:] for row in rows])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _PairCells:
    domains: int
    cell_unit: IntArray
    cell_domain: IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _PairEntries:
    entry_domain: IntArray
    entry_column: IntArray


def differences(
    estimator: Estimator, first: IntArray, second: IntArray, *, fitted: Expected | None = None
) -> tuple[EstimateTable, Differences]:
    """Every domain's own figures, and second minus first for pairs of places in ``estimator.domains``.

    Intervals are Wald's with t at the estimator's level; where a side's answers are all alike, or its variance is
    silent, half the width of its own interval goes in by quadrature, as in ``contrasts``. With ``fitted`` the error and
    the degrees of freedom count what means and margins took out of the residuals (``small_sample``).
    """
    table, pairs = estimator.table(), _Pairs.of(first, second, estimator.domains.count)
    figures = table.figures
    variance, freedom = _variance_and_freedom(estimator, pairs)
    value = figures.value[:, second] - figures.value[:, first]
    usable = ~np.isnan(figures.low[:, first] + figures.low[:, second])
    linearised = np.where(usable, np.sqrt(variance), np.nan)
    if fitted is not None:
        larger, at_most = _fitted(estimator, pairs, fitted)
        variance, freedom = variance * larger, np.fmin(freedom, at_most)
    error = np.where(usable, np.sqrt(variance), np.nan)
    half = t_quantile(estimator.level, np.where(freedom > 0, freedom, np.nan)) * error
    squares = np.nan_to_num(figures.standard_error) ** 2
    apart = squares[:, first] + squares[:, second]
    cancels = (apart > 0) & (variance <= ROUNDING * apart)
    down, up = _own_widths(figures, first, cancels), _own_widths(figures, second, cancels)
    complete: BoolArray = figures.complete_enumeration[:, first] & figures.complete_enumeration[:, second]
    found = Differences(
        value=value,
        standard_error=error,
        linearised_error=linearised,
        low=np.where(complete, value, value - np.sqrt(half**2 + down.above + up.below)),
        high=np.where(complete, value, value + np.sqrt(half**2 + down.below + up.above)),
        degrees_of_freedom=freedom,
    )
    return table, found


class _Widths(NamedTuple):
    below: FloatArray
    above: FloatArray


def _own_widths(figures: Figures, side: IntArray, cancels: BoolArray) -> _Widths:
    """Squared half widths of the side's own intervals where nobody believes its variance, else 0."""
    doubted = figures.all_alike[:, side] | figures.silent_variance[:, side] | cancels
    doubted &= ~figures.complete_enumeration[:, side]
    value = figures.value[:, side]
    return _Widths(
        below=np.where(doubted, value - figures.low[:, side], 0.0) ** 2,
        above=np.where(doubted, figures.high[:, side] - value, 0.0) ** 2,
    )


def _variance_and_freedom(estimator: Estimator, pairs: _Pairs) -> tuple[FloatArray, FloatArray]:
    """Of every quantity asked for, (k, pairs) each."""
    design, totals, lonely = estimator.design, estimator.totals, estimator.options.lonely_psu
    sums = _Sums.of(pairs, totals.cell_domain, totals.cell_unit, design.stages[-1].units)
    plain = variance_of_cells(design, sums.place, sums.pair, pairs.count, lonely)
    influence, counts = estimator.asked_influence()
    cells = len(totals.cell_unit)
    seen, own = sums.both(counts), sums.less(influence[:, :cells])
    psus, strata = plain.touched(seen)
    if design.calibration is None or estimator.auxiliary is None:
        return plain.corrected(own, seen), psus - strata
    # After calibration every unit has a residual: what the margins explain of the difference is taken off.
    from analysis.estimation.calibrated import CalibratedVariance

    known = estimator.auxiliary
    columns = design.calibration.auxiliaries.columns
    beside = _Sums.of(pairs, known.entry_domain, known.entry_column, columns)
    calibrated = CalibratedVariance(
        design,
        plain,
        _PairCells(domains=pairs.count, cell_unit=sums.place, cell_domain=sums.pair),
        _PairEntries(entry_domain=beside.pair, entry_column=beside.place),
        lonely,
    )
    together = np.concatenate([own, beside.less(influence[:, cells:])], axis=1)
    return calibrated.corrected(together), psus - strata


def freedom_in_sets(estimator: Estimator, set_of_domain: IntArray, sets: int) -> FloatArray:
    """PSUs less strata with an answer in one of the domains of a set, (quantities, sets); -1: a domain of none."""
    design, totals = estimator.design, estimator.totals
    each: IntArray = np.arange(sets, dtype=np.int64)
    of_sets = _Pairs(each, each, set_of_domain, np.ones(len(set_of_domain)))
    sums = _Sums.of(of_sets, totals.cell_domain, totals.cell_unit, design.stages[-1].units)
    plain = variance_of_cells(design, sums.place, sums.pair, sets, estimator.options.lonely_psu)
    psus, strata = plain.touched(sums.both(estimator.asked_influence()[1]))
    return psus - strata


def _alone(domains: int) -> _Pairs:
    """Every domain for itself."""
    everyone: IntArray = np.arange(domains, dtype=np.int64)
    return _Pairs(everyone, everyone, everyone, np.ones(domains))


def _fitted(estimator: Estimator, pairs: _Pairs, expected: Expected) -> tuple[FloatArray, FloatArray]:
    """By how much the variance of every quantity asked for is too small, and its degrees of freedom, (k, pairs) each.

    Every row counts with the inverse square of the weights of its side: errors are as large in both.
    """
    requested, totals = estimator.requested, estimator.totals
    items = np.concatenate([totals.item_of, np.array([item for *_, item in requested.indices], dtype=np.int64)])
    asked = items[np.array(requested.asked, dtype=np.int64)]
    whole, known = whole_design(estimator), {}
    for number in dict.fromkeys(asked.tolist()):
        observed = requested.items[number].observed
        alike = None if observed is None or observed.all() else number
        if alike not in known:
            known[alike] = _fitted_item(estimator, pairs, expected, whole, number)
        known[number] = known[alike]
    larger, freedom = (np.stack([known[number][place] for number in asked.tolist()]) for place in range(2))
    return larger, freedom


def fitted_domains(estimator: Estimator, expected: Expected) -> tuple[FloatArray, FloatArray]:
    """By how much the variance of every domain's figure is too small, and its degrees of freedom, (quantities, domains)
    each."""
    return _fitted(estimator, _alone(estimator.domains.count), expected)


def _fitted_item(
    estimator: Estimator, pairs: _Pairs, expected: Expected, whole: Variance, number: int
) -> tuple[FloatArray, FloatArray]:
    design, domain = estimator.design, estimator.domains.code_of_row
    observed, sums = estimator.requested.items[number].observed, estimator.totals.weights[number]
    scale = np.divide(1.0, sums**2, out=np.zeros_like(sums), where=sums > 0)
    counted = (domain >= 0) & (design.weight > 0)
    counted[counted] = pairs.pair_of_domain[domain[counted]] >= 0
    rows = np.flatnonzero(counted if observed is None else counted & observed)
    domain = domain[rows]
    pair, scale = pairs.pair_of_domain[domain], scale[domain]
    if design.frequency is not None:
        scale = scale * design.frequency[rows]
    errors, left = (sum_by(pair, values[rows] * scale, pairs.count) for values in (expected.errors, expected.left))
    larger = inflation(errors, left)
    size = design.weight[rows] ** 2 * scale
    return larger, satterthwaite(whole, design.stages[-1].unit_of_row[rows], pair, size, pairs.count) / larger
