"""Drawing units from a list, reproducibly: chance comes in as a Generator, so a seed gives the draw again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def systematic(population: int, size: int, rng: np.random.Generator) -> list[int]:
    """Positions of ``size`` units of an ordered list, by a fractional interval from a random start.

    Every unit has probability size / population. Source: Sarndal, Swensson & Wretman (1992), section 3.4.
    """
    _check(population, size)
    if size == 0:
        return []
    interval = population / size
    start = rng.random() * interval
    # min: a start next to the interval may round up to the end of the list.
    return [min(math.floor(start + step * interval), population - 1) for step in range(size)]


def simple_random(population: int, size: int, rng: np.random.Generator) -> list[int]:
    """Positions of ``size`` units drawn without replacement, in list order."""
    _check(population, size)
    return sorted(int(position) for position in rng.choice(population, size=size, replace=False))


def proportional(total: int, sizes: Sequence[int], *, minimum: int = 2) -> list[int]:
    """``total`` spread over lists in proportion to their sizes by largest remainder, at least ``minimum`` to each.

    Two to a stratum is the least from which a variance can be had. A list shorter than its share is taken whole.
    """
    everything = sum(sizes)
    if not 0 <= total <= everything:
        raise ValueError(f"{total} units cannot be drawn from {everything}")
    shares = [total * size / everything for size in sizes]
    least = [min(minimum, size) for size in sizes] if total >= minimum * len(sizes) else [0] * len(sizes)
    given = [min(size, max(low, int(share))) for low, share, size in zip(least, shares, sizes, strict=True)]
    while sum(given) != total:
        step = 1 if sum(given) < total else -1
        movable = [
            index
            for index, (low, size) in enumerate(zip(least, sizes, strict=True))
            if (given[index] < size if step > 0 else given[index] > low)
        ]
        # The list that is furthest from its share moves; of equals the first, so that the result is one.
        moved = max(movable, key=lambda index: (step * (shares[index] - given[index]), -index))
        given[moved] += step
    return given


def _check(population: int, size: int) -> None:
    if not 0 <= size <= population:
        raise ValueError(f"{size} units cannot be drawn from {population}")
