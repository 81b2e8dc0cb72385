"""Cells, changes and points of a trend as the publication rule lets them out, drawn at random.

What the rule guarantees is built in: a hidden cell carries no figure, a coded one is told to an end only, a coarse one
in fewer digits; verdicts follow from the printed limits; a change stands only where both waves show a point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from random import Random

from analysis.results import (
    ChangeVerdict,
    Coding,
    Domain,
    Goal,
    PublishableCell,
    PublishedChange,
    PublishedTrend,
    Suppression,
    Tier,
    TrendPoint,
    Verdict,
)
from questionnaires.indicators import Indicator, IndicatorKind, Sense

SHARE, NET, SCORE, SMALL_SCORE, PLAIN = (0.0, 1.0), (-1.0, 1.0), (0.0, 100.0), (1.0, 5.0), None
REASONS = ("the definition differs", "the selection differs", "the frame differs", "the modes differ")
OLD_REASONS = (
    Suppression.FEW_RESPONDENTS,
    Suppression.UNRELIABLE,
    Suppression.COMPLEMENTARY,
    Suppression.GROUP_DISCLOSURE,
    Suppression.NOT_ESTIMABLE,
)


@dataclass(frozen=True, slots=True)
class Odds:
    """How often a cell is hidden, told to an end, coarse, or of answers that are all alike."""

    hidden: float = 0.1
    coded: float = 0.3
    coarse: float = 0.2
    alike: float = 0.05


def scale_of(indicator: Indicator) -> tuple[float, float] | None:
    if indicator.kind is IndicatorKind.NET:
        return NET
    if indicator.kind is IndicatorKind.MEAN_SCORE:  # an index is of shares here
        most = max(indicator.scores.values(), default=0)
        return PLAIN if not most else (SCORE if most > 5 else SMALL_SCORE)
    return SHARE


def steps(scale: tuple[float, float] | None, digits: int) -> int:
    """So many printed steps are in 1."""
    return int(10**digits) * (100 if scale in (SHARE, NET) else 1)


def digits_of(scale: tuple[float, float] | None, n: int, *, coarse: bool) -> int:
    least = 1 if scale in (SMALL_SCORE, PLAIN) else 0
    return least + (n >= 100 and not coarse)


def cell(rng: Random, indicator: Indicator, n: int, odds: Odds) -> PublishableCell:
    """A cell of ``n`` respondents, or of a few less."""
    scale = scale_of(indicator)
    goal = goal_of(indicator)
    hidden = PublishableCell(
        variable=indicator.id,
        scale=scale,
        suppression=Suppression.NOT_PUBLISHED,
        tier=Tier.NOT_ALONE,
        goal=goal,
        verdict=None if goal is None else Verdict.NOT_PUBLISHED,
    )
    size = n - (rng.randrange(0, 4) if n > 14 else 0)
    if size < 10 or rng.random() < odds.hidden:
        return hidden
    if size < 30 and scale is not None and rng.random() < odds.coded:
        return judged(coded(rng, indicator.id, scale, size), indicator, rng)
    if size >= 30 and scale == SHARE and rng.random() < odds.alike:
        return judged(alike(rng, indicator.id, size), indicator, rng)
    coarse = size < 30 or rng.random() < odds.coarse
    if scale is not None and size >= 30 and rng.random() < odds.alike / 3:
        return judged(replace(point(rng, indicator.id, scale, (size, False)), all_alike=True), indicator, rng)
    return judged(point(rng, indicator.id, scale, (size, coarse)), indicator, rng)


def point(rng: Random, variable: str, scale: tuple[float, float] | None, told: tuple[int, bool]) -> PublishableCell:
    """``told``: respondents, and whether the figure is coarse."""
    size, coarse = told
    digits = digits_of(scale, size, coarse=coarse)
    unit = steps(scale, digits)
    bottom, top = scale or (2.0, 60.0)
    wide = top - bottom
    value = round(rng.uniform(bottom, top) if rng.random() < 0.3 else bottom + wide * rng.betavariate(5, 2), 12)
    half = wide * (rng.uniform(0.15, 0.29) if coarse else rng.uniform(0.01, 0.14))
    low, high = math.floor((value - half * 1.05) * unit), math.ceil((value + half * 0.95) * unit)
    if scale is not None:
        low, high = max(low, round(bottom * unit)), min(high, round(top * unit))
    near = min(max(round(value * unit), low), high)
    return PublishableCell(
        variable=variable,
        value=near / unit,
        low=low / unit,
        high=high / unit,
        sample_size=size,
        degrees_of_freedom=max(size - 5, 1),
        scale=scale,
        unreliable=coarse,
        tier=Tier.COARSE if coarse else Tier.SHOWN,
        digits=digits,
    )


def coded(rng: Random, variable: str, scale: tuple[float, float], size: int) -> PublishableCell:
    """The inner end of a band; its interval goes to the end of the scale."""
    unit = steps(scale, digits_of(scale, size, coarse=True))
    bottom, top = scale
    end, far = (0.8, 0.5) if size < 20 else (0.9, 0.66)
    up = rng.random() < 0.7
    part, outer = (end, far) if up else (1 - end, 1 - far)
    inner = (math.floor if up else math.ceil)(round((bottom + part * (top - bottom)) * unit, 6)) / unit
    reach = (math.floor if up else math.ceil)(round((bottom + outer * (top - bottom)) * unit, 6)) / unit
    return PublishableCell(
        variable=variable,
        value=inner,
        low=reach if up else bottom,
        high=top if up else reach,
        sample_size=size,
        degrees_of_freedom=size - 3,
        scale=scale,
        unreliable=True,
        tier=Tier.COARSE,
        coded=Coding.AT_LEAST if up else Coding.AT_MOST,
        digits=digits_of(scale, size, coarse=True),
    )


def alike(rng: Random, variable: str, size: int) -> PublishableCell:
    """Everybody, or nobody, of thirty or more."""
    yes = rng.random() < 0.6
    unit = steps(SHARE, digits_of(SHARE, size, coarse=False))
    reach = 1 - 0.025 ** (1 / size)
    return PublishableCell(
        variable=variable,
        value=1.0 if yes else 0.0,
        low=math.floor((1 - reach) * unit) / unit if yes else 0.0,
        high=1.0 if yes else math.ceil(reach * unit) / unit,
        sample_size=size,
        degrees_of_freedom=size - 3,
        scale=SHARE,
        all_alike=True,
        digits=digits_of(SHARE, size, coarse=False),
    )


def goal_of(indicator: Indicator) -> Goal | None:
    target = indicator.target
    return None if target is None else Goal(value=target.value, at_least=target.sense is Sense.AT_LEAST)


def judged(found: PublishableCell, indicator: Indicator, rng: Random) -> PublishableCell:
    """With the verdict of its printed limits, and what follows from it."""
    goal = goal_of(indicator)
    if goal is None or found.low is None or found.high is None or found.value is None or found.sample_size is None:
        return found
    above, below = found.low >= goal.value, found.high < goal.value
    if not goal.at_least:
        above, below = found.high <= goal.value, found.low > goal.value
    verdict = Verdict.REACHED if above else Verdict.NOT_REACHED if below else Verdict.CANNOT_TELL
    needed = tipping = settling = None
    part = goal.value if goal.at_least else 1 - goal.value
    if verdict is Verdict.CANNOT_TELL and found.scale == SHARE and 0 < part < 1:
        least = math.ceil(math.log(0.025) / math.log(part)) + (found.sample_size < 30) * 3
        if found.sample_size < least:
            verdict, needed = Verdict.CANNOT_REACH, least if rng.random() < 0.9 else None
    if found.coded is None and rng.random() < 0.8:
        rate = rng.uniform(0.2, 0.95)
        unit = steps(found.scale, found.digits or 0)
        told = round((goal.value - rate * found.value) / (1 - rate) * unit) / unit
        tipping = told if found.scale is None or found.scale[0] <= told <= found.scale[1] else None
    if verdict is Verdict.CANNOT_TELL and found.coded is None and rng.random() < 0.8:
        settling = rng.randrange(2, 400) * 10
    return replace(
        found,
        goal=goal,
        verdict=verdict,
        needed_sample_size=needed,
        tipping_point=tipping,
        settling_sample_size=settling,
    )


def is_point(one: PublishableCell | TrendPoint) -> bool:
    hidden = isinstance(one, PublishableCell) and one.suppression is not None
    return one.value is not None and one.coded is None and not hidden


def change(
    rng: Random, pair: tuple[PublishableCell | TrendPoint, PublishableCell], of: tuple[str, Domain]
) -> PublishedChange | None:
    """From the first of ``pair`` to the second; ``of``: variable and domain. None where either shows no point."""
    before, now = pair
    if not (is_point(before) and is_point(now)) or before.value is None or now.value is None:
        return None
    known = [one.digits for one in pair if one.digits is not None]
    digits = min(known, default=None)
    unit = steps(now.scale, 1 if digits is None else digits)
    by = round((now.value - before.value) * unit)
    half = rng.randrange(0, 8) if rng.random() < 0.5 else rng.randrange(0, 40) * max(unit // 100, 1)
    low, high = by - half - rng.randrange(0, 2), by + half + rng.randrange(0, 2)
    verdict = ChangeVerdict.NO_DETECTABLE_CHANGE
    if low > 0 or (low == 0 and by > 0 and rng.random() < 0.5):
        verdict = ChangeVerdict.RISEN
    elif high < 0 or (high == 0 and by < 0 and rng.random() < 0.5):
        verdict = ChangeVerdict.FALLEN
    return PublishedChange(
        variable=of[0],
        domain=of[1],
        verdict=verdict,
        difference=by / unit,
        low=low / unit,
        high=high / unit,
        detectable=(half + 1 + rng.randrange(0, 5)) / unit,
        digits=digits,
    )


def trend(rng: Random, now: PublishableCell, domain: Domain, waves: int) -> PublishedTrend:
    """Points of ``waves`` waves, this one last."""
    points = []
    for number in range(waves - 1):
        missing = rng.random() < 0.2
        old = point(rng, now.variable, now.scale, (rng.randrange(30, 600), False))
        breaks = (rng.choice(REASONS),) if number and rng.random() < 0.1 else ()
        points.append(TrendPoint(scale=now.scale, breaks=breaks) if missing else as_point(old, breaks))
    points.append(as_point(now, (rng.choice(REASONS),) if waves > 1 and rng.random() < 0.15 else ()))
    first = max((place for place, one in enumerate(points) if one.breaks), default=0)
    while first < waves - 1 and points[first].value is None:
        first += 1
    since = change(rng, (points[first], now), (now.variable, domain)) if first < waves - 2 else None
    return PublishedTrend(variable=now.variable, domain=domain, points=tuple(points), first=first, since_first=since)


def as_point(one: PublishableCell, breaks: tuple[str, ...]) -> TrendPoint:
    return TrendPoint(
        value=one.value,
        low=one.low,
        high=one.high,
        scale=one.scale,
        all_alike=one.all_alike,
        tier=one.tier,
        coded=one.coded,
        digits=one.digits,
        breaks=breaks,
    )


def since_before(rng: Random, told: PublishedTrend, now: PublishableCell) -> PublishedChange | None:
    """The change since the wave before, or that the two are not compared."""
    if len(told.points) < 2 or not is_point(told.points[-2]) or not is_point(now):
        return None
    if told.points[-1].breaks:
        return PublishedChange(
            variable=told.variable,
            domain=told.domain,
            verdict=ChangeVerdict.NOT_COMPARABLE,
            reasons=told.points[-1].breaks,
        )
    return change(rng, (told.points[-2], now), (told.variable, told.domain))


def as_of_old(rng: Random, found: PublishableCell) -> PublishableCell:
    """The cell as releases kept it before there were tiers: with a reason, or unrounded."""
    if found.suppression is not None:
        return replace(found, suppression=rng.choice(OLD_REASONS), tier=Tier.SHOWN)
    value = found.value
    if value is not None and found.low is not None and found.high is not None and not found.all_alike:
        value = min(max(value + rng.uniform(-0.004, 0.004) * (found.high - found.low), found.low), found.high)
    verdict = Verdict.CANNOT_TELL if found.verdict is Verdict.CANNOT_REACH else found.verdict
    return replace(
        found, value=value, verdict=verdict, digits=None, tier=Tier.SHOWN, coded=None, needed_sample_size=None
    )
