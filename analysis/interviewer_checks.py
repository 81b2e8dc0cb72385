"""How far the answers that one interviewer brings lie from those of the same places, without saying which way.

Nothing here tells a level: the distance is the same whatever the options of a question are called or in which order
they stand, so that no share of an answer can be read from it. It marks whom to ask, and proves nothing: people who were
asked at the door answer otherwise than people on their own phones, and some places are not like others.

Source of the comparison within places and of shuffling: permutation tests within blocks, Good (2005), Permutation,
Parametric and Bootstrap Tests of Hypotheses, 3rd edition, chapter 4. Total variation: half the sum of the absolute
differences of two distributions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray

LEAST = 8  # interviews of one's own, and others in the same places, below which chance alone is all there is to see
SHUFFLES = 199


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """``value``: mean over the questions of the total variation between own answers and those of others in the same
    places, in 0..1. ``by_chance``: its mean where the interviews of every place are shuffled. ``p_value``: how often a
    shuffle is as far off, itself counted in."""

    value: float
    by_chance: float
    p_value: float
    own: int
    others: int


def distance(
    answers: IntArray, own: Sequence[bool] | np.ndarray, place: IntArray, rng: np.random.Generator
) -> Distance | None:
    """Of the interviews that are ``own`` from the others where they lie.

    answers: (interviews, questions), a number for every option, any number for none. own: whose they are. place: where
    each lies. Others are weighed to lie where the own do; places that have no others are left out. None where there
    are fewer than ``LEAST`` of either, or no question.
    """
    mine = np.asarray(own, dtype=bool)
    kept = _comparable(mine, place)
    mine, where = mine[kept], np.unique(place[kept], return_inverse=True)[1]
    if mine.sum() < LEAST or (~mine).sum() < LEAST or not answers.shape[1]:
        return None
    options = _options(answers[kept])
    questions = answers.shape[1]
    observed = _mean_distance(_contrast(mine, where)[None, :], options, questions)[0]
    shuffled = np.stack([_contrast(_shuffled(mine, where, rng), where) for _ in range(SHUFFLES)])
    chance = _mean_distance(shuffled, options, questions)
    # A shuffle that is as far off but for rounding is as far off.
    as_far = int((chance >= observed - 1e-12).sum())
    return Distance(
        value=float(observed),
        by_chance=float(chance.mean()),
        p_value=(1 + as_far) / (1 + SHUFFLES),
        own=int(mine.sum()),
        others=int((~mine).sum()),
    )


def _comparable(mine: np.ndarray, place: IntArray) -> np.ndarray:
    """Interviews of places that have both."""
    both = np.intersect1d(place[mine], place[~mine])
    return np.isin(place, both)


def _options(answers: IntArray) -> FloatArray:
    """One column for every option of every question: (interviews, options)."""
    columns = []
    for question in answers.T:
        codes, at = np.unique(question, return_inverse=True)
        columns.append(np.eye(len(codes))[at])
    return np.concatenate(columns, axis=1)


def _contrast(mine: np.ndarray, where: IntArray) -> FloatArray:
    """Weights whose sum over an option is its share among the own, less its share among others lying alike."""
    places = int(where.max()) + 1
    own = np.bincount(where, mine, places)
    others = np.bincount(where, ~mine, places)
    share = own / own.sum()
    weights: FloatArray = np.where(mine, 1 / own.sum(), -(share / others)[where])
    return weights


def _shuffled(mine: np.ndarray, where: IntArray, rng: np.random.Generator) -> np.ndarray:
    """As many own in every place, other ones."""
    order = np.lexsort((rng.random(len(mine)), where))
    sorted_out = np.lexsort((np.arange(len(mine)), where))
    found = np.empty_like(mine)
    found[order] = mine[sorted_out]
    return found


def _mean_distance(contrasts: FloatArray, options: FloatArray, questions: int) -> FloatArray:
    found: FloatArray = 0.5 * np.abs(contrasts @ options).sum(axis=1) / questions
    return found
