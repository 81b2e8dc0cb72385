"""What every draw from lists does beside drawing: sizes over the grids of a community, and modes dealt by lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from analysis.sampling.allocation import Allocation, Stratum, allocate

LEAST: Final = 2  # units in a stratum, where that can be had: the fewest from which a variance can be


def over_strata(size: int, lists: Mapping[str, int]) -> dict[str, int]:
    """``size`` units over the strata of one community, in proportion to their lists, ``LEAST`` in each where it goes.

    lists: stratum -> units on its list. ValueError where the lists are too short.
    """
    least = LEAST if size >= sum(min(LEAST, there) for there in lists.values()) else 0
    strata = [Stratum(name=name, population=there) for name, there in lists.items()]
    return dict(zip(lists, allocate(size, strata, minimum=least), strict=True))


def dealt(count: int, shares: Mapping[str, float], bound: int, rng: np.random.Generator) -> list[str]:
    """``count`` names in an order by lot, each as often as its share says, to within one.

    shares: name -> share; they add up to 1. bound: at least ``count``; of all draws of one sample the same, so that a
    share falls alike in each. So a difference between modes is not one between people.
    """
    # The population bounds nothing here: a name is dealt as often as its share gives.
    parts = [Stratum(name=name, population=bound, standard_deviation=share) for name, share in shares.items()]
    counts = allocate(count, parts, Allocation.NEYMAN)
    return [str(name) for name in rng.permutation(np.repeat(list(shares), counts))]
