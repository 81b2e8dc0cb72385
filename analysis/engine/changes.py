"""Change from an earlier wave of the same survey, for the city, streets, communities and groups, all at once.

Both waves stand in one design (``joined_waves``), and the covariance of what they share follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray, IntArray
from analysis.engine.figures import BY_LEVEL, Asked, options_of, requests_of
from analysis.engine.joined_waves import WAVE, JoinedWaves, WaveFigures
from analysis.estimation.differences import Differences, differences
from analysis.estimation.estimate import Estimator, prepare_estimator
from analysis.estimation.small_sample import Expected, expected_of
from analysis.estimation.table import EstimateTable
from analysis.plan import OF_REGISTER, Level
from analysis.results import ChangeVerdict, Domain

BEFORE, AFTER = "0", "1"
POWER = 0.80
"""The detectable change is what would have been found with this probability."""
_ROUNDS = 20
"""Of finding a change that its own variance depends on; each brings it nearer by a digit or so."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ChangeTable:
    """One row per indicator, one column per domain that both waves have; NaN where nothing can be said."""

    indicators: tuple[str, ...]
    domains: tuple[Domain, ...]
    before: FloatArray
    after: FloatArray
    difference: FloatArray
    standard_error: FloatArray  # counting what means and margins fit
    linearised_error: FloatArray  # not counting it: that of R's survey
    low: FloatArray
    high: FloatArray
    degrees_of_freedom: FloatArray
    detectable: FloatArray  # the least change that would have been found with a probability of POWER

    def verdict(self, indicator: int, domain: int) -> ChangeVerdict:
        """What the figures say, where definition, selection, frame and modes are alike."""
        low, high = self.low[indicator, domain], self.high[indicator, domain]
        if np.isnan(low) or np.isnan(high):
            return ChangeVerdict.NOT_ESTIMABLE
        if low > 0:
            return ChangeVerdict.RISEN
        return ChangeVerdict.FALLEN if high < 0 else ChangeVerdict.NO_DETECTABLE_CHANGE


def change_tables(before: WaveFigures, after: WaveFigures, indicators: Sequence[Asked]) -> dict[str, ChangeTable]:
    """By name of the table as in ``figures.tables``: community, street, city, and city.age where both know the
    group. Of groups that the register counts: a question may be asked otherwise in another wave.

    ``indicators`` are those whose definition is the same in both waves. Confidence level, lonely PSUs, levels of areas
    and groups are those of the later wave's plan. A table in which no domain was asked in both waves is left out.
    """
    plan = after.plan
    known = [one.value for one in OF_REGISTER if all(one in wave.columns.groups for wave in (before, after))]
    groups = tuple(one for one in plan.groups if one in known)
    both = JoinedWaves.of((before, after), indicators, groups)
    wanted: dict[str, tuple[str, ...]] = {level.value: BY_LEVEL[level] for level in plan.levels}
    wanted |= {f"{Level.CITY.value}.{group}": (group,) for group in groups}
    options = options_of(plan)
    found: dict[str, ChangeTable] = {}
    fitted: Expected | None = None
    for name, by in wanted.items():
        estimator = prepare_estimator(both.frame, both.design, requests_of(indicators), by=(*by, WAVE), options=options)
        if fitted is None or both.design.calibration is None:  # what margins fit is the same in every table
            fitted = expected_of(estimator)
        table = _table(estimator, fitted, tuple(one.id for one in indicators))
        if table.domains:
            found[name] = table
    return found


def _table(estimator: Estimator, fitted: Expected, indicators: tuple[str, ...]) -> ChangeTable:
    place = {key: number for number, key in enumerate(estimator.domains.keys)}
    domains = [key[:-1] for key in place if key[-1][1] == AFTER and (*key[:-1], (WAVE, BEFORE)) in place]
    first, second = (
        np.array([place[(*domain, (WAVE, wave))] for domain in domains], dtype=np.int64) for wave in (BEFORE, AFTER)
    )
    table, apart = differences(estimator, first, second, fitted=fitted)
    return _changes(table, apart, tuple(domains), first, second, indicators)


def _changes(
    table: EstimateTable,
    apart: Differences,
    domains: tuple[Domain, ...],
    first: IntArray,
    second: IntArray,
    indicators: tuple[str, ...],
) -> ChangeTable:
    return ChangeTable(
        indicators=indicators,
        domains=domains,
        before=table.figures.value[:, first],
        after=table.figures.value[:, second],
        difference=apart.value,
        standard_error=apart.standard_error,
        linearised_error=apart.linearised_error,
        low=apart.low,
        high=apart.high,
        degrees_of_freedom=apart.degrees_of_freedom,
        detectable=_detectable(table, apart, first, second),
    )


def _detectable(table: EstimateTable, apart: Differences, first: IntArray, second: IntArray) -> FloatArray:
    """The change from the earlier figure, up or down, whichever is the larger, that is found with POWER.

    The variance of a share is that of the level it has moved to: sqrt(V + V_after (q (1 - q) / (p (1 - p)) - 1)) with
    q the earlier share moved by the change and p the later one as it is; so the change is that of an equation, as in
    ``size_for_change``.
    """
    error = apart.standard_error
    half = np.maximum(apart.high - apart.value, apart.value - apart.low)
    with np.errstate(invalid="ignore"):
        plain = half + stats.t.ppf(POWER, apart.degrees_of_freedom) * error
    before, after = table.figures.value[:, first], table.figures.value[:, second]
    own = table.figures.standard_error[:, second]
    share = np.array([[quantity.share] for quantity in table.quantities]) & (after > 0) & (after < 1) & (error > 0)
    found = plain.copy()
    for direction in (-1.0, 1.0):
        change = plain.copy()
        for _ in range(_ROUNDS):
            moved = np.clip(before + direction * change, 0.0, 1.0)
            with np.errstate(divide="ignore", invalid="ignore"):
                grown = 1 + (own / error) ** 2 * (moved * (1 - moved) / (after * (1 - after)) - 1)
                change = plain * np.sqrt(np.maximum(grown, 0.0))
        moved = before + direction * change
        found = np.where(share & (moved >= 0) & (moved <= 1) & (change > found), change, found)
    return found
