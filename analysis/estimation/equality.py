"""Whether a figure is the same in all domains: Wald's test on their differences, with the covariance of the design.

W = d' V^-1 d of the K - 1 differences to the first domain; W (f - K + 2) / ((K - 1) f) follows F with K - 1 and
f - K + 2 degrees of freedom (Korn & Graubard 1990, The American Statistician 44), f those of the design. In R:
``regTermTest`` of a factor, adjusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import fdtrc

from analysis.arrays import BoolArray, FloatArray, IntArray, sum_by
from analysis.estimation.differences import freedom_in_sets, variance_of_differences, variance_of_domains
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
    figures = estimator.table().figures
    influence, counts = estimator.asked_influence()
    found = np.full((4, len(influence)), np.nan)
    of_units = _whole(estimator)
    for row in np.flatnonzero(_testable(estimator)[:, places].all(axis=1)).tolist():
        sums = _unit_sums(estimator, influence[row], places)
        seen = _seen(estimator, counts[row], places)
        freedom = float(np.subtract(*(one[0, 0] for one in of_units.touched(seen[None, :]))))
        covariance = covariance_of(replace(of_units, stretch=of_units.stretch_over(seen)), sums)
        if fitted is not None:
            covariance, freedom = _with_fitted(covariance, freedom, fitted[0][row, places], fitted[1][row, places])
        found[:, row] = _wald(figures.value[row, places], covariance, freedom)
    return _equality(found)


def equal_in_sets(
    estimator: Estimator, sets: Sequence[IntArray], fitted: tuple[FloatArray, FloatArray] | None = None
) -> list[Equality]:
    """``equal_domains`` of many sets at once, as of the groups of every street; no domain stands in two of them.

    The covariance of two domains is half of what their variances exceed the variance of their difference by, and the
    differences of all sets are made in as many rounds as the largest set has domains.
    """
    if estimator.options.lonely_psu is LonelyPsu.AVERAGE:  # which looks at all strata of a set, not at those of a pair
        return [equal_domains(estimator, places, fitted) for places in sets]
    value, testable = estimator.table().figures.value, _testable(estimator)
    alone = variance_of_domains(estimator)
    covariances = [_covariances(alone, places) for places in sets]
    for first, second, where in _rounds(sets):
        apart = variance_of_differences(estimator, first, second)
        for pair, (number, one, other) in enumerate(where):
            both = (alone[:, first[pair]] + alone[:, second[pair]] - apart[:, pair]) / 2
            covariances[number][:, one, other] = covariances[number][:, other, one] = both
    set_of_domain = np.full(estimator.domains.count, -1, dtype=np.int64)
    for number, places in enumerate(sets):
        set_of_domain[places] = number
    freedoms = freedom_in_sets(estimator, set_of_domain, len(sets))
    tests = []
    for number, places in enumerate(sets):
        found = np.full((4, len(value)), np.nan)
        for row in np.flatnonzero(testable[:, places].all(axis=1)).tolist():
            covariance, freedom = covariances[number][row], float(freedoms[row, number])
            if fitted is not None:
                covariance, freedom = _with_fitted(covariance, freedom, fitted[0][row, places], fitted[1][row, places])
            found[:, row] = _wald(value[row, places], covariance, freedom)
        tests.append(_equality(found))
    return tests


def _covariances(alone: FloatArray, places: IntArray) -> FloatArray:
    """(quantities, domains of the set, domains of the set) with the variances in the diagonal."""
    found = np.zeros((len(alone), len(places), len(places)))
    found[:, range(len(places)), range(len(places))] = alone[:, places]
    return found


def _rounds(sets: Sequence[IntArray]) -> Iterator[tuple[IntArray, IntArray, list[tuple[int, int, int]]]]:
    """Every two domains of a set once, each domain in one pair a round, as teams are paired: first and second of the
    pairs, and of each its set and the two in it."""
    most = max((len(places) for places in sets), default=0)
    for turn in range(most + most % 2 - 1):
        where = [(number, *pair) for number, places in enumerate(sets) for pair in _paired(len(places), turn)]
        if where:
            first, second = ([sets[number][pair[side]] for number, *pair in where] for side in range(2))
            yield np.array(first, dtype=np.int64), np.array(second, dtype=np.int64), where


def _paired(teams: int, turn: int) -> Iterator[tuple[int, int]]:
    """The pairs of one round: one place stands still and the others turn; of an odd number one rests."""
    places = teams + teams % 2
    if turn >= places - 1:
        return
    turned = [places - 1, *((turn + one) % (places - 1) for one in range(places - 1))]
    for one, other in zip(turned[: places // 2], reversed(turned[places // 2 :]), strict=True):
        if max(one, other) < teams:
            yield min(one, other), max(one, other)


def _testable(estimator: Estimator) -> BoolArray:
    """Whether a figure has a variance to be tested by, (quantities, domains)."""
    figures = estimator.table().figures
    return np.asarray(~(figures.all_alike | figures.silent_variance | np.isnan(figures.standard_error)))


def _with_fitted(
    covariance: FloatArray, freedom: float, larger: FloatArray, own: FloatArray
) -> tuple[FloatArray, float]:
    root = np.sqrt(larger)
    return covariance * np.outer(root, root), min(freedom, float(own.mean()))


def _equality(found: FloatArray) -> Equality:
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
