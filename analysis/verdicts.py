"""Against a target: reached, not reached, cannot tell; by the very interval that is drawn, so picture and word
agree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from analysis.arrays import FloatArray
from analysis.results import Estimate, Goal, Interval, Verdict
from analysis.sampling.sample_size import settling

POWER = 0.80


def verdict(interval: Interval | None, goal: Goal) -> Verdict:
    """The whole interval on the target's side, on the other side, or across it; not published where there is none."""
    if interval is None:
        return Verdict.NOT_PUBLISHED
    if goal.at_least:
        if interval.low >= goal.value:
            return Verdict.REACHED
        return Verdict.NOT_REACHED if interval.high < goal.value else Verdict.CANNOT_TELL
    if interval.high <= goal.value:
        return Verdict.REACHED
    return Verdict.NOT_REACHED if interval.low > goal.value else Verdict.CANNOT_TELL


def verdicts(low: FloatArray, high: FloatArray, goal: Goal) -> npt.NDArray[np.object_]:
    """``verdict`` of many intervals, (n,) each."""
    reached = low >= goal.value if goal.at_least else high <= goal.value
    missed = high < goal.value if goal.at_least else low > goal.value
    names = np.array([Verdict.CANNOT_TELL, Verdict.NOT_REACHED, Verdict.REACHED, Verdict.NOT_PUBLISHED], dtype=object)
    place = np.where(np.isnan(low) | np.isnan(high), 3, np.where(reached, 2, np.where(missed, 1, 0)))
    return names[place]


@dataclass(slots=True, kw_only=True)
class Precision:
    """What is known of the level of a figure and of its error."""

    value: float
    level: float  # of confidence
    sample_size: int
    design_effect: float | None
    standard_error: float | None
    all_alike: bool
    scale: tuple[float, float] | None


def settling_sample_size(estimate: Estimate, goal: Goal, *, adults: int | None = None) -> int | None:
    """``settling_size`` of an estimate; None where it has no interval, or is no sample."""
    if estimate.value is None or estimate.interval is None or estimate.complete_enumeration:
        return None
    known = Precision(
        value=estimate.value,
        level=estimate.interval.level,
        sample_size=estimate.sample_size,
        design_effect=estimate.design_effect,
        standard_error=estimate.standard_error,
        all_alike=estimate.all_alike,
        scale=estimate.scale,
    )
    return settling_size(known, goal, adults=adults)


def settling_size(known: Precision, goal: Goal, *, adults: int | None = None) -> int | None:
    """Completed questionnaires in the *next* wave that would settle the target with 80 % power if the level stayed.

    n = d [(z sqrt(T (1 - T)) + z_power sqrt(p (1 - p))) / (p - T)]^2 with the design effect d; the interval tests T
    with the variance at T, the estimate scatters with that at p (Fleiss, Levin & Paik 2003, section 2.3), with the
    correction for continuity that the exact interval needs: the planner's formula, so that both say one number. Scores
    take their own variance for both. Rounded up to the next ten. None where nothing settles it: no error known, the
    level is the target, a target of 100 % (or at most 0 %), or more than the area's adults. Never top up the present
    wave by it.
    """
    z, z_power = _normal(known.level)
    needed = _share(known, goal, z, z_power) if known.scale == (0.0, 1.0) else _score(known, goal, z, z_power)
    if needed is None or not math.isfinite(needed):
        return None
    rounded = max(10, math.ceil(needed / 10 - 1e-9) * 10)
    return None if adults is not None and rounded > adults else rounded


@lru_cache(maxsize=8)
def _normal(level: float) -> tuple[float, float]:
    return float(ndtri((1 + level) / 2)), float(ndtri(POWER))


def _share(known: Precision, goal: Goal, z: float, z_power: float) -> float | None:
    share, target = known.value, goal.value
    if not 0 < target < 1 or share == target:
        return None
    if known.all_alike:
        # All alike stays all alike if the level stays: the exact limit (alpha/2)^(1/n) must pass the target.
        tail = (1 - known.level) / 2
        passed = target if share == 1 else 1 - target
        return max(math.log(tail) / math.log(passed), known.sample_size + 1)
    effect = known.design_effect
    if effect is None or not 0 < share < 1:
        return None
    return settling(share, target, z, z_power, effect)


def _score(known: Precision, goal: Goal, z: float, z_power: float) -> float | None:
    if known.all_alike or not known.standard_error or known.value == goal.value:
        return None
    if known.scale is not None and goal.value in known.scale:
        return None
    return known.sample_size * (known.standard_error * (z + z_power) / (known.value - goal.value)) ** 2


def tipping_point(
    value: float, goal: Goal, response_rate: float | None, scale: tuple[float, float] | None = (0.0, 1.0)
) -> float | None:
    """q = (T - RR p) / (1 - RR): the level among those who did not respond at which the whole would just meet the
    target.

    None where there are no nonrespondents, the response rate is unknown, or no level on the scale would turn it.
    """
    if response_rate is None or not 0 <= response_rate < 1:
        return None
    point = (goal.value - response_rate * value) / (1 - response_rate)
    low, high = scale or (-math.inf, math.inf)
    return point if low <= point <= high else None
