"""Whether a figure is the same in all domains: Wald's test on their differences, with the covariance of the design.

W = d' V^-1 d of the K - 1 differences to the first domain; W (f - K + 2) / ((K - 1) f) follows F with K - 1 and
f - K + 2 degrees of freedom (Korn & Graubard 1990, The American Statistician 44), f those of the design. In R:
``regTermTest`` of a factor, adjusted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import fdtrc

from analysis.arrays import FloatArray, IntArray, sum_by
from analysis.estimation.estimate import Estimator
from analysis.estimation.influence import covariance_of
from analysis.estimation.table import ROUNDING
from analysis.estimation.variance import Variance, variance_of_cells


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Equality:
    """One test for every quantity, (quantities,) each; NaN where a domain has no figure or no variance to test by."""

    statistic: FloatArray
    numerator: FloatArray  # degrees of freedom
    denominator: FloatArray
    p_value: FloatArray


def equal_domains(
    estimator: Estimator, places: IntArray, fitted: tuple[FloatArray, FloatArray] | None = None
) -> Equality:
    """Of the domains at ``places`` of ``estimator.domains``, two or more.

    ``fitted`` (``differences.fitted_domains``): by how much the variance of each domain is too small, with which their
    covariances grow, and its degrees of freedom, of which the test takes the mean.
    """
    figures = estimator.table().figures
    influence, counts = estimator.asked_influence()
    doubted = figures.all_alike | figures.silent_variance | np.isnan(figures.standard_error)
    found = np.full((4, len(influence)), np.nan)
    of_units = _whole(estimator)
    for row in np.flatnonzero(~doubted[:, places].any(axis=1)).tolist():
        sums = _unit_sums(estimator, influence[row], places)
        seen = _seen(estimator, counts[row], places)
        freedom = float(np.subtract(*(one[0, 0] for one in of_units.touched(seen[None, :]))))
        covariance = covariance_of(replace(of_units, stretch=of_units.stretch_over(seen)), sums)
        if fitted is not None:
            root, own = np.sqrt(fitted[0][row, places]), fitted[1][row, places]
            covariance, freedom = covariance * np.outer(root, root), min(freedom, float(own.mean()))
        found[:, row] = _wald(figures.value[row, places], covariance, freedom)
    return Equality(statistic=found[0], numerator=found[1], denominator=found[2], p_value=found[3])


def _wald(value: FloatArray, covariance: FloatArray, freedom: float) -> tuple[float, float, float, float]:
    apart = np.eye(len(value))[1:] - np.eye(len(value))[0]
    distance, spread = apart @ value, apart @ covariance @ apart.T
    eigenvalues = np.linalg.eigvalsh(spread)
    k = len(distance)
    below = freedom - k + 1
    if below < 1 or eigenvalues[0] <= ROUNDING * eigenvalues[-1]:
        return np.nan, np.nan, np.nan, np.nan
    statistic = float(distance @ np.linalg.solve(spread, distance)) * below / (k * freedom)
    return statistic, float(k), below, float(fdtrc(k, below, statistic))


def _whole(estimator: Estimator) -> Variance:
    """The design's variance over all units of its last stage."""
    units = np.arange(estimator.design.stages[-1].units, dtype=np.int64)
    return variance_of_cells(estimator.design, units, np.zeros_like(units), 1, estimator.options.lonely_psu)


def _unit_sums(estimator: Estimator, influence: FloatArray, places: IntArray) -> FloatArray:
    """Influence of each domain per unit, less what the margins explain of it: (domains, units)."""
    totals, units = estimator.totals, estimator.design.stages[-1].units
    cells = len(totals.cell_unit)
    own = [
        sum_by(totals.cell_unit, np.where(totals.cell_domain == place, influence[:cells], 0.0), units)
        for place in places
    ]
    if isinstance(estimator.variance, Variance):
        return np.stack(own)
    explained = estimator.variance.explained
    unit_vectors = np.eye(estimator.domains.count)[places]
    return np.stack([sums - explained(one, influence[cells:]) for sums, one in zip(own, unit_vectors, strict=True)])


def _seen(estimator: Estimator, counts: FloatArray, places: IntArray) -> FloatArray:
    totals = estimator.totals
    inside = np.isin(totals.cell_domain, places)
    return sum_by(totals.cell_unit, np.where(inside, counts, 0.0), estimator.design.stages[-1].units)
