"""Whether a figure is the same in all domains: Wald's test on their differences, with the covariance of the design.

W = d' V^-1 d of the K - 1 differences to the first domain; W (f - K + 2) / ((K - 1) f) follows F with K - 1 and
f - K + 2 degrees of freedom (Korn & Graubard 1990, The American Statistician 44), f those of the design. In R:
``regTermTest`` of a factor, adjusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import fdtrc

from analysis.arrays import BoolArray, FloatArray, IntArray, sum_by
from analysis.estimation.covariances import Covariances
from analysis.estimation.differences import freedom_in_sets
from analysis.estimation.estimate import Estimator
from analysis.estimation.influence import covariance_of
from analysis.estimation.table import ROUNDING
from analysis.estimation.variance import Variance, variance_of_cells
from analysis.results import LonelyPsu


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
    influence, counts = estimator.asked_influence()
    size = len(places)
    covariances, freedoms = np.zeros((len(influence), size, size)), np.zeros(len(influence))
    of_units = _whole(estimator)
    for row in np.flatnonzero(_testable(estimator)[:, places].all(axis=1)).tolist():
        sums = _unit_sums(estimator, influence[row], places)
        seen = _seen(estimator, counts[row], places)
        freedoms[row] = np.subtract(*(one[0, 0] for one in of_units.touched(seen[None, :])))
        covariances[row] = covariance_of(replace(of_units, stretch=of_units.stretch_over(seen)), sums)
    return _tested(estimator, places, covariances, freedoms, fitted)


def equal_in_sets(
    estimator: Estimator, sets: Sequence[IntArray], fitted: tuple[FloatArray, FloatArray] | None = None
) -> list[Equality]:
    """``equal_domains`` of many sets at once, as of the groups of every street; no domain stands in two of them."""
    if estimator.options.lonely_psu is LonelyPsu.AVERAGE:  # which looks at the strata of a set
        return [equal_domains(estimator, places, fitted) for places in sets]
    set_of_domain = np.full(estimator.domains.count, -1, dtype=np.int64)
    for number, places in enumerate(sets):
        set_of_domain[places] = number
    freedoms = freedom_in_sets(estimator, set_of_domain, len(sets))
    covariances = Covariances([estimator]).of_sets(sets)
    return [
        _tested(estimator, places, covariance, freedoms[:, number], fitted)
        for number, (places, covariance) in enumerate(zip(sets, covariances, strict=True))
    ]


def _tested(
    estimator: Estimator,
    places: IntArray,
    covariances: FloatArray,
    freedoms: FloatArray,
    fitted: tuple[FloatArray, FloatArray] | None,
) -> Equality:
    """``covariances`` (quantities, places, places), ``freedoms`` (quantities,); of what cannot be tested neither is
    looked at."""
    found = np.full((4, len(covariances)), np.nan)
    rows = np.flatnonzero(_testable(estimator)[:, places].all(axis=1))
    covariance, freedom = covariances[rows], freedoms[rows]
    if fitted is not None:
        root = np.sqrt(fitted[0][rows][:, places])
        covariance = covariance * (root[:, :, None] * root[:, None, :])
        freedom = np.minimum(freedom, fitted[1][rows][:, places].mean(axis=1))
    found[:, rows] = _wald(estimator.table().figures.value[rows][:, places], covariance, freedom)
    return Equality(statistic=found[0], numerator=found[1], denominator=found[2], p_value=found[3])


def _testable(estimator: Estimator) -> BoolArray:
    """Whether a figure has a variance to be tested by, (quantities, domains)."""
    figures = estimator.table().figures
    return np.asarray(~(figures.all_alike | figures.silent_variance | np.isnan(figures.standard_error)))


def _wald(value: FloatArray, covariance: FloatArray, freedom: FloatArray) -> FloatArray:
    """(4, rows) of values (rows, K) and their covariances (rows, K, K)."""
    found = np.full((4, len(value)), np.nan)
    k = value.shape[1] - 1
    apart = np.eye(k + 1)[1:] - np.eye(k + 1)[0]
    distance, spread, below = value @ apart.T, apart @ covariance @ apart.T, freedom - k + 1
    sizes = np.linalg.eigvalsh(spread)
    rows = np.flatnonzero((below >= 1) & (sizes[:, 0] > ROUNDING * sizes[:, -1]))
    distance, below = distance[rows], below[rows]
    solved = np.linalg.solve(spread[rows], distance[:, :, None])[:, :, 0]
    statistic = (distance * solved).sum(axis=1) * below / (k * freedom[rows])
    found[:, rows] = statistic, np.full(len(rows), float(k)), below, fdtrc(k, below, statistic)
    return found


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
