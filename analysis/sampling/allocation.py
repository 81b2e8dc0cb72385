"""How a sample is shared out over communities: five rules, with bounds, adding up exactly.

The rule gives every stratum a weight; the shares are in proportion to the weights, cut to the bounds, what the cut
frees going to the others; whole numbers by the largest remainder. Source: Cochran (1977), Sampling Techniques, 3rd
edition, chapter 5; Bankier (1988), Power allocations, The American Statistician 42(3).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LEAST_WEIGHT: Final = 1e-12  # of the largest stratum: less moves no whole case


class Allocation(StrEnum):
    PROPORTIONAL = "proportional"  # N: every household the same chance
    EQUAL = "equal"  # 1: every community the same precision
    NEYMAN = "neyman"  # N S: the whole city's smallest error
    POWER = "power"  # N^q S: between the two, q of one's choice
    SQUARE_ROOT = "square_root"  # N^0.5: the usual compromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One community or stratum to which a part of the sample goes."""

    name: str
    population: int  # units on its list: the most that can be drawn
    standard_deviation: float = 1.0  # of the answers, for Neyman and power; for a share sqrt(p (1 - p))


def allocate(
    total: int,
    strata: Sequence[Stratum],
    method: Allocation = Allocation.PROPORTIONAL,
    *,
    exponent: float = 0.5,
    minimum: int = 0,
    maximum: int | None = None,
) -> tuple[int, ...]:
    """``total`` over ``strata``, in their order; the sum is exactly ``total``.

    Every stratum gets at least ``minimum`` (or its whole list) and at most ``maximum`` and its list. Cut to bounds,
    Neyman's is still the allocation of least variance within them. Raises ValueError when the bounds leave no room.
    """
    _check(strata, exponent)
    low = [min(minimum, stratum.population) for stratum in strata]
    high = [stratum.population if maximum is None else min(maximum, stratum.population) for stratum in strata]
    if maximum is not None and minimum > maximum:
        raise ValueError(f"the minimum {minimum} is above the maximum {maximum}")
    if not sum(low) <= total <= sum(high):
        raise ValueError(
            f"{total} cannot be shared out: the minimum asks for {sum(low)}, lists and maximum allow {sum(high)}"
        )
    weights = [_weight(stratum, method, exponent) for stratum in strata]
    shares = _shares(total, weights, low, high)
    return _whole(total, shares, high)


def _check(strata: Sequence[Stratum], exponent: float) -> None:
    names = [stratum.name for stratum in strata]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"these strata come twice: {', '.join(twice)}")
    for stratum in strata:
        if stratum.population < 0 or stratum.standard_deviation < 0:
            raise ValueError(f"{stratum.name}: population and standard deviation are at least 0")
    if not 0 <= exponent <= 1:
        raise ValueError(f"the exponent is {exponent}; it lies in 0 (equal) to 1 (proportional)")


def _weight(stratum: Stratum, method: Allocation, exponent: float) -> float:
    size = float(stratum.population)
    match method:
        case Allocation.PROPORTIONAL:
            return size
        case Allocation.EQUAL:
            return 1.0 if size else 0.0
        case Allocation.NEYMAN:
            return size * stratum.standard_deviation
        case Allocation.POWER:
            return size**exponent * stratum.standard_deviation if size else 0.0
        case Allocation.SQUARE_ROOT:
            return math.sqrt(size)


def _shares(total: int, weights: Sequence[float], low: Sequence[int], high: Sequence[int]) -> list[float]:
    """clip(k w, low, high) with the k at which the sum is ``total``: the sum rises with k, so its breaks are walked."""
    largest = max(weights, default=0.0)
    # Only their proportion matters; one that is nothing beside the largest is nothing, lest a bound over it overflow.
    weights = [w / largest if w / largest > LEAST_WEIGHT else 0.0 for w in weights] if largest else [1.0] * len(low)

    def at(factor: float) -> list[float]:
        return [min(max(factor * w, lo), hi) for w, lo, hi in zip(weights, low, high, strict=True)]

    breaks = sorted(
        {0.0} | {bound / w for w, lo, hi in zip(weights, low, high, strict=True) if w for bound in (lo, hi)}
    )
    below = breaks[0]
    for above in breaks:
        if sum(at(above)) >= total:
            break
        below = above
    else:
        # Strata of weight 0 stand at their minimum; what the others cannot take goes to them, evenly.
        idle = [place for place, w in enumerate(weights) if not w]
        full = at(breaks[-1])
        rest = total - (sum(full) - sum(full[place] for place in idle))
        given = _shares_of_idle(rest, [low[place] for place in idle], [high[place] for place in idle])
        for place, share in zip(idle, given, strict=True):
            full[place] = share
        return full
    start, end = sum(at(below)), sum(at(above))
    factor = above if end == start else below + (above - below) * (total - start) / (end - start)
    return at(factor)


def _shares_of_idle(total: float, low: Sequence[int], high: Sequence[int]) -> list[float]:
    room = [hi - lo for lo, hi in zip(low, high, strict=True)]
    part = (total - sum(low)) / sum(room)
    return [lo + part * free for lo, free in zip(low, room, strict=True)]


def _whole(total: int, shares: Sequence[float], high: Sequence[int]) -> tuple[int, ...]:
    """Largest remainder; of equal remainders the earlier stratum, so that the result is one."""
    given = [math.floor(share + 1e-9) for share in shares]
    remainders = [share - whole for share, whole in zip(shares, given, strict=True)]
    order = sorted(range(len(given)), key=lambda place: (-round(remainders[place], 9), place))
    missing = total - sum(given)
    for place in order:
        if missing == 0:
            break
        if given[place] < high[place]:
            given[place] += 1
            missing -= 1
    assert missing == 0, "shares between whole bounds always round to their sum"
    return tuple(given)
