"""Waves of one invented city put together: how often the interval has what is true, and whether its error is honest."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.engine.joined_waves import WaveFigures
from analysis.engine.pooled_waves import pooled_tables
from analysis.engine.run import weigh
from analysis.plan import AnalysisPlan, Level
from analysis.problems import DesignError
from tests.simulated.waves import City, Shape, asked, city, wave


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PooledStudy:
    """One row a pool; one column an indicator, or an indicator of a community."""

    city: FloatArray  # value, standard error, inside; (3, pools, indicators)
    communities: FloatArray  # (3, pools, indicators * communities)
    size: float  # answers of a community in one wave
    impossible: int

    def coverage(self, level: Level) -> float:
        inside = (self.city if level is Level.CITY else self.communities)[2]
        return float(np.nanmean(inside))

    @property
    def error_ratio(self) -> FloatArray:
        """Estimated standard error over the standard deviation from pool to pool."""
        value, error, _ = self.city
        return np.asarray(np.sqrt((error**2).mean(axis=0)) / value.std(axis=0, ddof=1))

    @property
    def community_error_ratio(self) -> float:
        value, error, _ = self.communities
        ratio = np.nanmean(error**2, axis=0) / np.nanvar(value, axis=0, ddof=1)
        return float(np.sqrt(np.nanmean(ratio)))

    def figures(self) -> dict[str, object]:
        return {
            "pools": self.city.shape[1],
            "answers of a community in a wave": round(self.size, 1),
            "covered, city": round(self.coverage(Level.CITY), 4),
            "covered, communities": round(self.coverage(Level.COMMUNITY), 4),
            "error ratio, city": [round(float(one), 3) for one in self.error_ratio],
            "error ratio, communities": round(self.community_error_ratio, 3),
            "impossible": self.impossible,
        }


def pooled_study(shape: Shape, plan: AnalysisPlan, *, waves: int, pools: int, seed: int) -> PooledStudy:
    of = city(shape, seed)
    truth, impossible, rows = _truth(of), 0, []
    size: list[float] = []
    for number in range(pools):
        seeds = np.random.SeedSequence([seed, number]).generate_state(waves)
        found = None
        with suppress(DesignError):
            found = pooled_tables([_weighed(of, plan, int(one)) for one in seeds], asked(shape))
        if found is None:
            impossible += 1
            continue
        size.append(float(found[Level.COMMUNITY].answers[:, 0].mean()))
        rows.append([_row(found[level].table.figures, truth[level]) for level in (Level.CITY, Level.COMMUNITY)])
    cities, communities = (np.stack([row[place] for row in rows], axis=1) for place in range(2))
    return PooledStudy(city=cities, communities=communities, size=float(np.mean(size)), impossible=impossible)


def _row(figures: object, truth: FloatArray) -> FloatArray:
    value, error, low, high = (getattr(figures, name) for name in ("value", "standard_error", "low", "high"))
    inside = np.where(np.isnan(low), np.nan, (low <= truth) & (truth <= high))
    return np.stack([value.ravel(), error.ravel(), inside.ravel()])


def _truth(of: City) -> dict[Level, FloatArray]:
    community = of.community_of_adult
    adults = np.bincount(community, minlength=of.communities)
    by = np.stack([np.bincount(community, weights=yes, minlength=of.communities) / adults for yes in of.yes])
    return {Level.CITY: of.truth()[:, None], Level.COMMUNITY: by}


def _weighed(of: City, plan: AnalysisPlan, seed: int) -> WaveFigures:
    columns = wave(of, seed)
    found = weigh(plan, columns, of.register())
    assert found.calibrated is not None
    return WaveFigures(columns=columns, weight=found.final, calibration=found.calibrated.calibration, plan=plan)
