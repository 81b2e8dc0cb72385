"""Drawing from one list: positions and the chance of each. Chance comes in as a Generator, so a seed draws it again.

Source: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, sections 3.3, 3.4 and 3.6; Hartley & Rao
(1962) for the ordered list by size.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray

_WHOLE = 1e-9  # a probability this near to 1 is 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Selected:
    """Positions in list order, (n,), with the inclusion probability of each, and which were sure to be drawn."""

    positions: IntArray
    probability: FloatArray
    certainty: BoolArray


def simple_random(population: int, size: int, rng: np.random.Generator) -> Selected:
    """``size`` of a list without replacement; every one n / N, every pair n (n - 1) / (N (N - 1))."""
    _check(population, size)
    return _equal(np.sort(rng.choice(population, size=size, replace=False)), population, size)


def systematic(population: int, size: int, rng: np.random.Generator) -> Selected:
    """``size`` of an ordered list by a fractional interval N / n from a random start: every one n / N.

    Some pairs can never come together, so the variance is estimated as if simple, or by neighbours.
    """
    _check(population, size)
    interval = population / size if size else 0.0
    points = np.floor((rng.random() + np.arange(size)) * interval)
    # A start next to 1 may round up to the end of the list.
    return _equal(np.minimum(points, population - 1), population, size)


def pps_systematic(sizes: FloatArray, size: int, rng: np.random.Generator, *, shuffle: bool = False) -> Selected:
    """``size`` units with probability proportional to ``sizes`` (list order, one random start).

    Units so large that n size / total reaches 1 are drawn with certainty and the rest share what is left. ``shuffle``
    puts the list in random order first (Hartley & Rao), which gives every pair a chance. Sizes are above 0.
    """
    probability = inclusion_probabilities(sizes, size)
    certain = probability >= 1
    rest = np.flatnonzero(~certain)
    if shuffle:
        rest = rng.permutation(rest)
    drawn = rest[systematic_from(probability[rest], rng.random())]
    positions = np.sort(np.concatenate([np.flatnonzero(certain), drawn]))
    return Selected(positions=positions, probability=probability[positions], certainty=certain[positions])


def inclusion_probabilities(sizes: FloatArray, size: int) -> FloatArray:
    """n size / total, cut to 1 and shared out anew until nothing exceeds 1; adds up to ``size``."""
    measure = np.asarray(sizes, dtype=np.float64)
    _check(len(measure), size)
    if not np.isfinite(measure).all() or (measure <= 0).any():
        wrong = np.flatnonzero(~(measure > 0) | ~np.isfinite(measure))
        raise ValueError(
            f"a size is not above 0 at positions {', '.join(map(str, wrong[:5]))}: a unit of size 0 has no chance; "
            "leave it out of the list, or join it to its neighbour"
        )
    probability = np.zeros(len(measure))
    certain = np.zeros(len(measure), dtype=bool)
    while True:
        left = size - int(certain.sum())
        rest = measure[~certain].sum()
        probability[certain] = 1.0
        if left == 0 or rest == 0:
            probability[~certain] = 0.0
            return probability
        probability[~certain] = left * measure[~certain] / rest
        large = ~certain & (probability >= 1 - _WHOLE)
        if not large.any():
            return probability
        certain |= large


def systematic_from(probability: FloatArray, start: float) -> IntArray:
    """Units in whose stretch of the cumulated probabilities start, start + 1, ... falls."""
    if not len(probability):
        return np.zeros(0, dtype=np.int64)
    edges = np.cumsum(probability)
    edges[-1] = np.round(edges[-1])  # the probabilities add up to a whole number
    points = start + np.arange(int(edges[-1]))
    return np.searchsorted(edges, points, side="right").astype(np.int64)


def joint_probabilities_of_simple(population: int, size: int) -> FloatArray:
    """(N, N): n (n - 1) / (N (N - 1)) off the diagonal, n / N on it."""
    both = size * (size - 1) / (population * (population - 1)) if population > 1 else 0.0
    joint = np.full((population, population), both)
    np.fill_diagonal(joint, size / population)
    return joint


def joint_probabilities_of_systematic(probability: FloatArray) -> FloatArray:
    """(N, N) for a list in fixed order with these probabilities, exactly: the lengths of the starts that draw both.

    Between two fractional parts of the cumulated probabilities every start draws the same units.
    """
    edges = np.cumsum(probability)
    breaks = np.unique(np.concatenate([[0.0, 1.0], np.mod(edges, 1.0)]))
    breaks = breaks[np.concatenate([[True], np.diff(breaks) > 1e-12])]
    joint = np.zeros((len(probability), len(probability)))
    for low, high in pairwise(breaks.tolist()):
        drawn = systematic_from(probability, (low + high) / 2)
        joint[np.ix_(drawn, drawn)] += high - low
    return joint


def _equal(positions: FloatArray | IntArray, population: int, size: int) -> Selected:
    return Selected(
        positions=np.asarray(positions, dtype=np.int64),
        probability=np.full(size, size / population if population else 0.0),
        certainty=np.full(size, size == population),
    )


def _check(population: int, size: int) -> None:
    if not 0 <= size <= population:
        raise ValueError(f"{size} units cannot be drawn from a list of {population}")
