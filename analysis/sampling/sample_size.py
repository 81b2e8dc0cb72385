"""How many completed questionnaires a question needs, and how many cases must be drawn to get them.

Shares are in 0..1. Every size is of *completed* questionnaires; ``cases`` turns it into addresses by the response and
eligibility rates. Sources: Cochran (1977), Sampling Techniques, 3rd edition, chapter 4; Fleiss, Levin & Paik (2003),
Statistical Methods for Rates and Proportions, 3rd edition, sections 2.5 and 4.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri

from analysis.results import Goal

_EXACT = 1e-9  # what counts as a whole number after rounding errors


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAssumptions:
    """What is expected of one area before the field."""

    population: int | None = None  # adults; None: so many that the sample takes no noticeable part of them
    design_effect: float = 1.0  # against simple random sampling: unequal weights and clusters together
    response_rate: float = 1.0  # completed among eligible cases, as RR3 of the last wave
    eligibility_rate: float = 1.0  # addresses with someone of the target population

    def __post_init__(self) -> None:
        if self.population is not None and self.population < 1:
            raise ValueError(f"population is {self.population}; it counts the area's adults, at least 1")
        if not self.design_effect > 0 or not math.isfinite(self.design_effect):
            raise ValueError(f"design effect is {self.design_effect}; it is above 0, and 1 for a simple random sample")
        for name in ("response_rate", "eligibility_rate"):
            rate = getattr(self, name)
            if not 0 < rate <= 1:
                raise ValueError(f"{name.replace('_', ' ')} is {rate}; it is a share above 0 and at most 1, as 0.6")

    def cases(self, completed: int) -> int:
        """Cases to draw for so many completed questionnaires, rounded up."""
        return math.ceil(completed / (self.response_rate * self.eligibility_rate) - _EXACT)

    def completed(self, cases: float) -> float:
        """Completed questionnaires expected of so many cases."""
        return cases * self.response_rate * self.eligibility_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSize:
    """One answer of the planner. ``completed`` is None where no sample will do; ``reason`` then says why."""

    completed: int | None
    cases: int | None
    reason: str | None = None


def planned_design_effect(
    *, per_psu: float = 1.0, intraclass_correlation: float = 0.0, weight_variation: float = 0.0
) -> float:
    """(1 + (m - 1) rho)(1 + cv^2): clusters of m completed questionnaires, and unequal weights.

    ``weight_variation`` is the coefficient of variation of the weights. Source: Kish (1987), Weighting in deft².
    """
    if per_psu < 1 or not -1 <= intraclass_correlation <= 1 or weight_variation < 0:
        raise ValueError("per PSU at least 1, intraclass correlation within -1..1, variation of weights at least 0")
    return (1 + (per_psu - 1) * intraclass_correlation) * (1 + weight_variation**2)


def normal_quantile(level: float) -> float:
    """z of a two-sided interval at ``level``: 1.96 at 0.95."""
    if not 0 < level < 1:
        raise ValueError(f"the level is {level}; it lies between 0 and 1, as 0.95")
    return float(ndtri((1 + level) / 2))


def size_for_margin(
    margin: float, *, share: float = 0.5, level: float = 0.95, field: FieldAssumptions | None = None
) -> PlannedSize:
    """Completed questionnaires whose interval at ``share`` is at most ``margin`` wide to each side.

    n0 = d z^2 p (1 - p) / margin^2, then n = n0 / (1 + (n0 - 1) / N) (Cochran 1977, (4.2)). 0.5 is the widest case.
    """
    field = field or FieldAssumptions()
    _between("margin", margin)
    _between("share", share)
    infinite = field.design_effect * normal_quantile(level) ** 2 * share * (1 - share) / margin**2
    return _planned(_finite(infinite, field.population), field)


def margin_of(
    completed: float, *, share: float = 0.5, level: float = 0.95, field: FieldAssumptions | None = None
) -> float:
    """Half the width of the normal interval at ``share`` from so many completed questionnaires: the way back."""
    field = field or FieldAssumptions()
    if completed <= 0:
        return math.inf
    variance = field.design_effect * share * (1 - share) / completed
    population = field.population
    if population is not None:
        if completed >= population:
            return 0.0
        variance *= (population - completed) / (population - 1)
    return normal_quantile(level) * math.sqrt(variance)


def size_for_verdict(
    share: float,
    goal: Goal,
    *,
    power: float = 0.80,
    level: float = 0.95,
    field: FieldAssumptions | None = None,
) -> PlannedSize:
    """Completed questionnaires in the next wave that settle the target with ``power`` if the level is ``share``.

    The interval tests the target T, so n = d [(z sqrt(T (1 - T)) + z_power sqrt(p (1 - p))) / (p - T)]^2 with the
    correction for continuity n/4 (1 + sqrt(1 + 2 d / (n |p - T|)))^2, because the printed interval is the exact one
    (Fleiss, Levin & Paik 2003, (2.14)). None where the level is the target, where the target is 0 or 1 (no sample can
    show that), or where more than the area's adults would be needed. Never top up a wave because of its verdict.
    """
    field = field or FieldAssumptions()
    _share("share", share)
    _share("the target", goal.value)
    needed = settling(share, goal.value, normal_quantile(level), _power(power), field.design_effect)
    if needed is None:
        reason = "the level is the target" if share == goal.value else "no sample can show a target of 0 % or 100 %"
        return PlannedSize(completed=None, cases=None, reason=reason)
    return _planned(_finite(needed, field.population), field, bound=needed)


def settling(share: float, target: float, z: float, z_power: float, design_effect: float) -> float | None:
    """The formula of ``size_for_verdict`` without the population; None where nothing settles it."""
    if not 0 < target < 1 or share == target:
        return None
    distance = abs(share - target)
    spread = z * math.sqrt(target * (1 - target)) + z_power * math.sqrt(share * (1 - share))
    simple = (spread / distance) ** 2
    return design_effect * simple / 4 * (1 + math.sqrt(1 + 2 / (simple * distance))) ** 2


def power_for_verdict(
    completed: float, share: float, goal: Goal, *, level: float = 0.95, field: FieldAssumptions | None = None
) -> float:
    """The chance that so many completed questionnaires settle the target if the level is ``share``.

    ``size_for_verdict`` the other way round; 0 where no sample settles it.
    """
    field = field or FieldAssumptions()
    _share("share", share)
    _share("the target", goal.value)
    if completed <= 0 or not 0 < goal.value < 1 or share == goal.value:
        return 0.0
    distance, root = abs(share - goal.value), math.sqrt(completed / field.design_effect)
    spread = distance * (root - 1 / (2 * distance * root))  # without the correction for continuity
    left = spread - normal_quantile(level) * math.sqrt(goal.value * (1 - goal.value))
    around = math.sqrt(share * (1 - share))
    if around == 0:
        return float(left > 0)
    return float(ndtr(left / around))


def size_for_change(
    before: float,
    after: float,
    *,
    power: float = 0.80,
    level: float = 0.95,
    correlation: float = 0.0,
    first_wave: int | None = None,
    field: FieldAssumptions | None = None,
) -> PlannedSize:
    """Completed questionnaires per wave that show a change from ``before`` to ``after`` with ``power``.

    (z sqrt(2 m (1 - m)) + z_power sqrt(p1 q1 + p2 q2))^2 / (p2 - p1)^2 with m the mean of both, times the design effect
    and 1 - correlation (of the two estimates, from PSUs asked in both waves). With ``first_wave`` completed already,
    what the second wave needs: p1 q1 / n1 + p2 q2 / n2 = ((p2 - p1) / (z + z_power))^2 / d.
    """
    field = field or FieldAssumptions()
    _share("before", before)
    _share("after", after)
    if not 0 <= correlation < 1:
        raise ValueError(f"the correlation between waves is {correlation}; it is at least 0 and below 1")
    if before == after:
        return PlannedSize(completed=None, cases=None, reason="there is no change to show")
    z, z_power, distance = normal_quantile(level), _power(power), abs(after - before)
    spreads = before * (1 - before), after * (1 - after)
    if first_wave is None:
        mean = (before + after) / 2
        spread = z * math.sqrt(2 * mean * (1 - mean)) + z_power * math.sqrt(sum(spreads))
        infinite = field.design_effect * (1 - correlation) * (spread / distance) ** 2
        return _planned(_finite(infinite, field.population), field, bound=infinite)
    if correlation:
        raise ValueError(
            "with a first wave of given size the waves are taken as independent: leave the correlation out"
        )
    wanted = (distance / (z + z_power)) ** 2 / field.design_effect
    left = wanted - spreads[0] * _correction(first_wave, field.population) / first_wave
    if left <= 0:
        return PlannedSize(
            completed=None,
            cases=None,
            reason=f"the first wave of {first_wave} is too small: no second wave can show this change",
        )
    infinite = spreads[1] / left
    return _planned(_finite(infinite, field.population), field, bound=infinite)


def smallest_change(
    completed: int,
    *,
    before: float = 0.5,
    power: float = 0.80,
    level: float = 0.95,
    correlation: float = 0.0,
    field: FieldAssumptions | None = None,
) -> float | None:
    """The smallest rise from ``before`` that two waves of so many show with ``power``; None where none up to 1 is."""
    low, high = 0.0, 1 - before
    field = field or FieldAssumptions()

    def enough(change: float) -> bool:
        needed = size_for_change(
            before, before + change, power=power, level=level, correlation=correlation, field=field
        ).completed
        return needed is not None and needed <= completed

    if high <= 0 or not enough(high):
        return None
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if middle > 0 and enough(middle) else (middle, high)
    return high


def _planned(size: float, field: FieldAssumptions, bound: float | None = None) -> PlannedSize:
    completed = max(1, math.ceil(size - _EXACT))
    if field.population is not None and bound is not None and bound > field.population:
        # Not by the corrected size, which a population of any number would satisfy: a verdict that needs nearly
        # everyone needs a census, and is not to be promised from a sample.
        return PlannedSize(
            completed=None,
            cases=None,
            reason=f"{math.ceil(bound - _EXACT)} would be needed, the area has {field.population} adults",
        )
    return PlannedSize(completed=completed, cases=field.cases(completed))


def _finite(infinite: float, population: int | None) -> float:
    """The same precision from a population of N: n0 / (1 + (n0 - 1) / N)."""
    return infinite if population is None else infinite / (1 + (infinite - 1) / population)


def _correction(completed: int, population: int | None) -> float:
    return 1.0 if population is None or population == 1 else max(0.0, (population - completed) / (population - 1))


def _power(power: float) -> float:
    if not 0 < power < 1:
        raise ValueError(f"the power is {power}; it lies between 0 and 1, as 0.8")
    return float(ndtri(power))


def _between(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} is {value}; it lies between 0 and 1, as 0.05")


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; it is a share in 0..1, as 0.9")
