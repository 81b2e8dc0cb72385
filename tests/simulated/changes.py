"""Two waves of one city after another, weighed each by itself: how often a change is said, and how often it is one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import FloatArray
from analysis.engine.changes import change_tables
from analysis.engine.joined_waves import WaveFigures
from analysis.engine.run import weigh
from analysis.plan import AnalysisPlan, Level
from analysis.problems import DesignError
from analysis.results import ChangeVerdict
from tests.simulated.waves import City, Shape, asked, city, wave

CHANGED = (ChangeVerdict.RISEN, ChangeVerdict.FALLEN)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ChangeStudy:
    """Of the city, one row a pair of waves, one column an indicator; and of communities, how many were said changed."""

    difference: FloatArray
    standard_error: FloatArray
    changed: FloatArray
    detectable: FloatArray
    communities: float  # share of communities and indicators that were said to have changed
    impossible: int

    @property
    def said(self) -> float:
        return float(self.changed.mean())

    @property
    def error_ratio(self) -> FloatArray:
        """Estimated standard error over the standard deviation from pair to pair."""
        return np.asarray(np.sqrt((self.standard_error**2).mean(axis=0)) / self.difference.std(axis=0, ddof=1))

    def figures(self) -> dict[str, object]:
        return {
            "pairs": len(self.difference),
            "said changed, city": round(self.said, 4),
            "said changed, communities": round(self.communities, 4),
            "error ratio": [round(float(one), 3) for one in self.error_ratio],
            "difference": [round(float(one), 4) for one in self.difference.mean(axis=0)],
            "detectable": [round(float(one), 4) for one in self.detectable.mean(axis=0)],
            "impossible": self.impossible,
        }


def change_study(
    shape: Shape, plan: AnalysisPlan, *, pairs: int, seed: int, fallen: FloatArray | None = None
) -> ChangeStudy:
    """``fallen`` (indicators,): by how much each share of the city is lower in the second wave."""
    before = city(shape, seed)
    after = _after(before, fallen, seed)
    rows: list[tuple[FloatArray, ...]] = []
    in_communities, impossible = [], 0
    for number in range(pairs):
        seeds = np.random.SeedSequence([seed, number]).generate_state(2)
        found = None
        with suppress(DesignError):
            waves = [_weighed(of, plan, int(one)) for of, one in zip((before, after), seeds, strict=True)]
            found = change_tables(waves[0], waves[1], asked(shape))
        if found is None:
            impossible += 1
            continue
        table = found[Level.CITY.value]
        said = np.array([table.verdict(place, 0) in CHANGED for place in range(shape.indicators)], dtype=float)
        rows.append((table.difference[:, 0], table.standard_error[:, 0], said, table.detectable[:, 0]))
        of_communities = found.get(Level.COMMUNITY.value)
        if of_communities is not None:
            with np.errstate(invalid="ignore"):
                in_communities.append(float(((of_communities.low > 0) | (of_communities.high < 0)).mean()))
    difference, error, said, detectable = (np.stack(column) for column in zip(*rows, strict=True))
    return ChangeStudy(
        difference=difference,
        standard_error=error,
        changed=said,
        detectable=detectable,
        communities=float(np.mean(in_communities)) if in_communities else float("nan"),
        impossible=impossible,
    )


def _after(before: City, fallen: FloatArray | None, seed: int) -> City:
    if fallen is None:
        return before
    turned = np.random.default_rng([seed, 1]).random(before.yes.shape) < (fallen / before.truth())[:, None]
    return replace(before, yes=before.yes & ~turned)


def _weighed(of: City, plan: AnalysisPlan, seed: int) -> WaveFigures:
    columns = wave(of, seed)
    found = weigh(plan, columns, of.register())
    assert found.calibrated is not None
    return WaveFigures(columns=columns, weight=found.final, calibration=found.calibrated.calibration, plan=plan)
