"""Many waves of one invented city, each weighed and estimated by a plan: what the estimates claim beside what is so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from analysis import engine
from analysis.arrays import FloatArray
from analysis.plan import AnalysisPlan, Level, MarginOf, MarginWithin, NoCalibration, PlannedCalibration, PlannedMargin
from analysis.problems import DesignError
from tests.simulated.waves import City, Shape, asked, city, wave

UNCALIBRATED = PlannedCalibration(margins=(), why_none=NoCalibration.BY_CHOICE)
IN_EVERY_COMMUNITY = PlannedCalibration(
    margins=(PlannedMargin(of=MarginOf.AGE_SEX, within=MarginWithin.COMMUNITY, minimum_respondents=3),)
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Study:
    """One row a wave, one column an indicator; of the city."""

    truth: FloatArray
    value: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    freedom: FloatArray
    size: float  # respondents a community, on average
    impossible: int  # waves whose answers could not meet the margins: in none of the rows

    @property
    def bias(self) -> FloatArray:
        return np.asarray(self.value.mean(axis=0) - self.truth)

    @property
    def error_ratio(self) -> FloatArray:
        """Estimated standard error over the standard deviation from wave to wave."""
        return np.asarray(np.sqrt((self.standard_error**2).mean(axis=0)) / self.value.std(axis=0, ddof=1))

    @property
    def wald_coverage(self) -> float:
        half = student.ppf(0.975, self.freedom) * self.standard_error
        return float((np.abs(self.value - self.truth) <= half).mean())

    @property
    def tails(self) -> tuple[float, float]:
        """How often the drawn interval lies above the truth, and below it. The first is also how often 达标 would be
        said falsely of a target that the city just has."""
        return float((self.low > self.truth).mean()), float((self.high < self.truth).mean())

    def figures(self) -> dict[str, object]:
        above, below = self.tails
        return {
            "waves": len(self.value),
            "could_not_be_weighed": self.impossible,
            "respondents_a_community": round(self.size, 1),
            "error_ratio": [round(float(one), 3) for one in self.error_ratio],
            "wald_coverage": round(self.wald_coverage, 4),
            "interval_above": round(above, 4),
            "interval_below": round(below, 4),
            "bias_points": [round(100 * float(one), 2) for one in self.bias],
        }


def study(shape: Shape, plan: AnalysisPlan, *, waves: int, seed: int) -> Study:
    of = city(shape, seed)
    register = of.register()
    found: list[list[FloatArray]] = []
    for number in range(waves):
        with suppress(DesignError):  # margins that the answers of this wave cannot meet
            found.append(list(_city_figures(of, plan, register, seed * 100_003 + number)))
    cube = np.array(found)
    return Study(
        truth=of.truth(),
        value=cube[:, 0],
        standard_error=cube[:, 1],
        low=cube[:, 2],
        high=cube[:, 3],
        freedom=cube[:, 4],
        size=float(cube[:, 5].mean()) / of.communities,
        impossible=waves - len(found),
    )


def _city_figures(of: City, plan: AnalysisPlan, register: object, seed: int) -> Iterator[FloatArray]:
    columns = wave(of, seed)
    found = engine.run(plan, columns, asked(of.shape), register)  # type: ignore[arg-type]
    figures = found.tables[Level.CITY.value].figures
    for name in ("value", "standard_error", "low", "high", "degrees_of_freedom", "sample_size"):
        yield getattr(figures, name)[:, 0]
