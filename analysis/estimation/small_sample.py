"""What fitting takes out of a variance: the linearised formula is applied to residuals, which are smaller than errors.

Where every answer of a domain is its mean plus an independent error of one size, the formula V(z) = z' Q z has a known
expectation on the errors themselves, E, and on what is left of them, L: a residual of respondent j's error alone is

    a_j = w (e_j - X G x_j d_j),    G = (X' D X)^-1,

the margins X fitted with the weights d before and used with those w after. E is the sum of w_j^2 Q_jj, L that of
a_j' Q a_j, over the respondents of the domain, and E / L makes the formula right under that model, whatever the
design: it counts margins with many cells, the means of both waves in a stratum that has one centre, and unequal
weights. Without margins X is the domain itself. Degrees of freedom are those of Satterthwaite over strata and PSUs
under the same model, less what the fit took: never more than PSUs less strata.

Sources: Bell & McCaffrey (2002), Survey Methodology 28; Kauermann & Carroll (2001), JASA 96; Valliant (2002), Survey
Methodology 28, for the residuals of calibrated weights; Satterthwaite (1946), Biometrics Bulletin 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray, combine_codes, first_rows, sum_by
from analysis.auxiliaries import CrossProducts
from analysis.design import SurveyDesign
from analysis.estimation.calibrated import CalibratedVariance
from analysis.estimation.estimate import Estimator
from analysis.estimation.quadratic_form import WeighedLevel, scaled, weighed_levels
from analysis.estimation.variance import Variance, variance_of_cells

_NOTHING_LEFT = 1e-6
"""A share of the errors below which the margins fix a figure: its variance is 0 and stays so."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Expected:
    """Of every respondent, what his error of variance 1 adds to the formula, (rows,) each."""

    errors: FloatArray  # w^2 Q_jj
    left: FloatArray  # a' Q a


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fit:
    """What is fitted: the column of the longest margin every row is in, and the other columns less what it explains."""

    column: IntArray  # (rows,), -1 in none
    columns: int
    reciprocal: FloatArray  # (columns,) 1 / sum of the weights before
    weight_before: FloatArray  # (rows,)
    others: Any  # sparse (rows, r); None: there are none
    inverse: Any  # sparse (r, r)

    @staticmethod
    def of_domains(design: SurveyDesign, domain: IntArray, domains: int) -> Fit:
        """The mean of every domain, fitted with the weights themselves."""
        sums = sum_by(domain + 1, design.row_weight, domains + 1)[1:]
        reciprocal = np.divide(1.0, sums, out=np.zeros(domains), where=sums > 0)
        return Fit(
            column=domain,
            columns=domains,
            reciprocal=reciprocal,
            weight_before=design.weight,
            others=None,
            inverse=None,
        )

    @staticmethod
    def of_margins(design: SurveyDesign, cross: CrossProducts) -> Fit:
        """The margins that the design's weights meet."""
        assert design.calibration is not None
        auxiliaries = design.calibration.auxiliaries
        column = np.full(design.rows, -1, dtype=np.int64)
        for offset, block in zip(auxiliaries.offsets, auxiliaries.blocks, strict=False):
            if len(cross.longest) and offset == cross.longest[0]:
                column = block.code_of_row
        return Fit(
            column=column,
            columns=len(cross.longest),
            reciprocal=cross.reciprocal,
            weight_before=design.calibration.weight_before,
            others=cross.left_over(auxiliaries.matrix()),
            inverse=cross.inverse,
        )


def whole_design(estimator: Estimator) -> Variance:
    """The variance of one domain whose cells are all units of the last stage."""
    if isinstance(estimator.variance, CalibratedVariance):
        return estimator.variance.whole
    everyone = np.arange(estimator.design.stages[-1].units, dtype=np.int64)
    return variance_of_cells(estimator.design, everyone, np.zeros_like(everyone), 1, estimator.options.lonely_psu)


def expected_of(estimator: Estimator) -> Expected:
    """Of an estimator's rows. After calibration the same whatever its domains are."""
    design, domains = estimator.design, estimator.domains
    if isinstance(estimator.variance, CalibratedVariance):
        fit = Fit.of_margins(design, estimator.variance.cross)
    else:
        fit = Fit.of_domains(design, domains.code_of_row, domains.count)
    return expected(design, whole_design(estimator), fit)


def expected(design: SurveyDesign, whole: Variance, fit: Fit) -> Expected:
    """``whole`` has one domain whose cells are all units of the last stage, as ``CalibratedVariance.whole``.

    A single PSU under ``adjust`` is taken about 0, from which the mean of all PSUs is far less apart than it is.
    """
    unit, weight = design.stages[-1].unit_of_row, design.row_weight
    units, inside = design.stages[-1].units, np.flatnonzero(fit.column >= 0)
    share = np.zeros(design.rows)  # d_j / D of the column
    share[inside] = fit.weight_before[inside] * fit.reciprocal[fit.column[inside]]
    place = (unit[inside], fit.column[inside])
    longest = sparse.coo_array((weight[inside], place), shape=(units, fit.columns)).tocsr()
    errors, left = np.zeros(design.rows), np.zeros(design.rows)
    low = None if fit.others is None else _low_rank(fit, unit, units, weight)
    for level in weighed_levels(whole, fpc=True):
        own = level.diagonal()[unit]
        errors += own
        left += own * design.weight**2
        if len(inside):
            at_place, squares = _longest(level, longest, place)
            left[inside] += share[inside] * (share[inside] * squares[place[1]] - 2 * design.weight[inside] * at_place)
        if low is not None:
            left += _of_others(level, fit, low, longest, design.weight, share, unit)
    return Expected(errors=errors * design.weight**2, left=np.maximum(left, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class _LowRank:
    """Z summed per unit, and S Z' of every row times its weight before."""

    units: Any  # sparse (units, r)
    row: Any  # sparse (rows, r)


def _low_rank(fit: Fit, unit: IntArray, units: int, weight: FloatArray) -> _LowRank:
    adder = sparse.coo_array((weight, (unit, np.arange(len(unit)))), shape=(units, len(unit))).tocsr()
    row = scaled(fit.others @ fit.inverse, fit.weight_before)
    return _LowRank(units=(adder @ fit.others).tocsr(), row=row)


def _longest(level: WeighedLevel, longest: Any, place: tuple[IntArray, IntArray]) -> tuple[FloatArray, FloatArray]:
    """Q L at every row's unit and column, and the diagonal of L' Q L."""
    at_level = level.up(longest).tocsr()
    at_group = (level.into_groups @ at_level).tocsr()
    above = level.above[place[0]]
    group = level.group[above]
    found = level.weight[above] * np.asarray(at_level[above, place[1]]).ravel()
    found -= level.ratio[group] * np.asarray(at_group[group, place[1]]).ravel()
    squares = np.asarray(at_level.multiply(at_level).T @ level.weight)
    return found, squares - np.asarray(at_group.multiply(at_group).T @ level.ratio)


def _of_others(
    level: WeighedLevel, fit: Fit, low: _LowRank, longest: Any, weight: FloatArray, share: FloatArray, unit: IntArray
) -> FloatArray:
    """u' Z' Q Z u - 2 (w_j e_j - d_j / D L_c)' Q Z u of every row, u = d_j S z_j."""
    weighed = level.apply(low.units)  # (units, r)
    squares = low.units.T @ weighed
    found = _row_products(low.row @ squares, low.row) - 2 * weight * _row_products(weighed[unit], low.row)
    inside = np.flatnonzero(fit.column >= 0)
    crossed = (longest.T @ weighed).tocsr()[fit.column[inside]]
    found[inside] += 2 * share[inside] * _row_products(crossed, low.row[inside])
    return found


def _row_products(one: Any, other: Any) -> FloatArray:
    return np.asarray(one.multiply(other).sum(axis=1)).ravel()


# ------------------------------------------------------------------ what is made of it


def inflation(errors: FloatArray, left: FloatArray) -> FloatArray:
    """E / L, at least 1; 1 where nothing is left to judge by."""
    usable = left > _NOTHING_LEFT * errors
    ratio = np.divide(errors, left, out=np.ones_like(errors), where=usable)
    return np.asarray(np.maximum(ratio, 1.0))


def satterthwaite(whole: Variance, unit: IntArray, domain: IntArray, size: FloatArray, domains: int) -> FloatArray:
    """(domains,) degrees of freedom of V where the total of every cell (unit of the last stage, domain) is
    independent with variance ``size``: (tr QS)^2 / tr (QS)^2, group by group of every stage."""
    first, second = np.zeros(domains), np.zeros(domains)
    for level in weighed_levels(whole, fpc=True):
        above = level.above[unit]
        cell, cells = combine_codes(domain, domains, above, len(level.group))
        rows = first_rows(cell, cells)
        total = sum_by(cell, size, cells)
        weight, group, of = level.weight[above[rows]], level.group[above[rows]], domain[rows]
        first += sum_by(of, (weight - level.ratio[group]) * total, domains)
        second += sum_by(of, weight * (weight - 2 * level.ratio[group]) * total**2, domains)
        pair, pairs = combine_codes(of, domains, group, len(level.ratio))
        rows = first_rows(pair, pairs)
        second += sum_by(of[rows], (level.ratio[group[rows]] * sum_by(pair, total, pairs)) ** 2, domains)
    return np.asarray(np.divide(first**2, second, out=np.full(domains, np.nan), where=second > 0))
