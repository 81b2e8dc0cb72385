"""Shares of R squared: those of the definition, and an influence that says how they move."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.arrays import FloatArray
from analysis.relative_importance import MOST, relative_importance


def answers(seed: int, aspects: int, rows: int = 60) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Correlated aspects, an outcome of some of them, weights of which a few are 0."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(aspects, rows)) + rng.normal(size=rows)
    outcome = x[: (aspects + 1) // 2].sum(axis=0) + rng.normal(0, 2, rows)
    weight = rng.uniform(1, 5, rows)
    weight[:5] = 0
    return outcome, x, weight


def by_orders(outcome: FloatArray, x: FloatArray, weight: FloatArray) -> FloatArray:
    """What each adds to R squared, averaged over every order in which they can come in, by least squares."""

    def explained(chosen: tuple[int, ...]) -> float:
        if not chosen:
            return 0.0
        matrix, root = np.column_stack([np.ones(len(outcome)), x[list(chosen)].T]), np.sqrt(weight)
        slopes = np.linalg.lstsq(matrix * root[:, None], outcome * root)[0]
        apart = outcome - weight @ outcome / weight.sum()
        return float(1 - weight @ (outcome - matrix @ slopes) ** 2 / (weight @ apart**2))

    orders = list(permutations(range(len(x))))
    found = np.zeros(len(x))
    for order in orders:
        for place, one in enumerate(order):
            found[one] += explained(order[: place + 1]) - explained(order[:place])
    return found / len(orders)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), aspects=st.integers(1, 4))
def test_shares_are_the_mean_over_all_orders_and_add_up(seed: int, aspects: int) -> None:
    outcome, x, weight = answers(seed, aspects)
    found = relative_importance(outcome, x, weight)
    assert found.shares == pytest.approx(by_orders(outcome, x, weight), abs=1e-10)
    assert found.shares.sum() == pytest.approx(found.explained, abs=1e-12)
    assert (found.shares >= -1e-12).all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), row=st.integers(5, 59))
def test_the_influence_is_how_a_share_moves_with_a_weight(seed: int, row: int) -> None:
    outcome, x, weight = answers(seed, 3)
    found = relative_importance(outcome, x, weight)
    moved = []
    for sign in (1, -1):
        other = weight.copy()
        other[row] *= 1 + sign * 1e-5
        moved.append(relative_importance(outcome, x, other).shares)
    assert (moved[0] - moved[1]) / 2e-5 == pytest.approx(found.influence[:, row], rel=1e-5, abs=1e-8)
    assert found.influence.sum(axis=1) == pytest.approx(np.zeros(3), abs=1e-12)


def test_scales_change_nothing() -> None:
    outcome, x, weight = answers(1, 3)
    found = relative_importance(outcome, x, weight)
    stretched = relative_importance(100 * outcome - 3, x * np.array([[0.01], [7.0], [1.0]]) + 5, weight * 10)
    assert stretched.shares == pytest.approx(found.shares, abs=1e-10)
    assert stretched.influence == pytest.approx(found.influence, abs=1e-10)


def test_what_cannot_be_shared_out_is_refused() -> None:
    outcome, x, weight = answers(1, 3)
    with pytest.raises(ValueError, match="determine one another"):
        relative_importance(outcome, np.stack([x[0], x[1], x[0] - 2 * x[1]]), weight)
    with pytest.raises(ValueError, match="does not vary"):
        relative_importance(outcome, np.stack([x[0], np.ones(len(outcome))]), weight)
    with pytest.raises(ValueError, match="aspects"):
        relative_importance(outcome, np.zeros((MOST + 1, len(outcome))), weight)
