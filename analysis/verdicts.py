"""Against a target: reached, not reached, cannot tell; by the very interval that is drawn, so picture and word
agree."""

from __future__ import annotations

import math

from scipy.special import ndtri

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


def settling_sample_size(estimate: Estimate, goal: Goal, *, adults: int | None = None) -> int | None:
    """Completed questionnaires in the *next* wave that would settle the target with 80 % power if the level stayed.

    n = d [(z sqrt(T (1 - T)) + z_power sqrt(p (1 - p))) / (p - T)]^2 with the design effect d; the interval tests T
    with the variance at T, the estimate scatters with that at p (Fleiss, Levin & Paik 2003, section 2.3), with the
    correction for continuity that the exact interval needs: the planner's formula, so that both say one number. Scores
    take their own variance for both. Rounded up to the next ten. None where nothing settles it: no error known, the
    level is the target, a target of 100 % (or at most 0 %), or more than the area's adults. Never top up the present
    wave by it.
    """
    if estimate.value is None or estimate.interval is None or estimate.complete_enumeration:
        return None
    z, z_power = float(ndtri((1 + estimate.interval.level) / 2)), float(ndtri(POWER))
    needed = _share(estimate, goal, z, z_power) if estimate.scale == (0.0, 1.0) else _score(estimate, goal, z, z_power)
    if needed is None or not math.isfinite(needed):
        return None
    rounded = max(10, math.ceil(needed / 10 - 1e-9) * 10)
    return None if adults is not None and rounded > adults else rounded


def _share(estimate: Estimate, goal: Goal, z: float, z_power: float) -> float | None:
    assert estimate.value is not None
    assert estimate.interval is not None
    share, target = estimate.value, goal.value
    if not 0 < target < 1 or share == target:
        return None
    if estimate.all_alike:
        # All alike stays all alike if the level stays: the exact limit (alpha/2)^(1/n) must pass the target.
        tail = (1 - estimate.interval.level) / 2
        passed = target if share == 1 else 1 - target
        return max(math.log(tail) / math.log(passed), estimate.sample_size + 1)
    effect = estimate.design_effect
    if effect is None or not 0 < share < 1:
        return None
    return settling(share, target, z, z_power, effect)


def _score(estimate: Estimate, goal: Goal, z: float, z_power: float) -> float | None:
    assert estimate.value is not None
    if estimate.all_alike or not estimate.standard_error or estimate.value == goal.value:
        return None
    if estimate.scale is not None and goal.value in estimate.scale:
        return None
    return estimate.sample_size * (estimate.standard_error * (z + z_power) / (estimate.value - goal.value)) ** 2


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
