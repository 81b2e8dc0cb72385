"""An index of published figures: arithmetic by hand, and how often its interval holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.arrays import FloatArray
from analysis.composite import PublishedPart, check_weights, composed
from analysis.estimation.intervals import share_limits
from analysis.results import IntervalMethod


def part(weight: float, value: float, low: float, high: float, sample: str = "") -> PublishedPart:
    return PublishedPart(weight=weight, value=value, low=low, high=high, sample=sample or str(value))


def test_by_hand() -> None:
    #  0.5 x (80, 4 down, 2 up)  and  0.5 x (60, 3 down, 3 up): halves of 4 and 3 make 2.5
    found = composed([part(0.5, 80, 76, 82), part(0.5, 60, 57, 63)])
    assert found.value == 70
    assert found.low == pytest.approx(70 - 2.5)
    assert found.high == pytest.approx(70 + np.hypot(1, 1.5))


def test_of_one_sample_errors_are_added() -> None:
    found = composed([part(0.5, 80, 76, 82, "q1"), part(0.5, 60, 57, 63, "q1")])
    assert (found.low, found.high) == (pytest.approx(70 - 3.5), pytest.approx(70 + 2.5))


def test_a_complete_enumeration_adds_no_error_and_the_scale_ends_at_100() -> None:
    assert composed([part(0.5, 80, 80, 80), part(0.5, 60, 58, 62)]).low == pytest.approx(69)
    assert composed([part(1.0, 99, 95, 104)]).high == 100


@pytest.mark.parametrize("weights", [(), (0.5, 0.6), (1.2, -0.2), (1.0, 0.0)])
def test_weights_that_do_not_fit(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="weight"):
        check_weights(weights)


def coverage(sizes: tuple[int, ...], truth: tuple[float, ...], weights: tuple[float, ...], times: int) -> float:
    rng = np.random.default_rng(11)
    shares: list[FloatArray] = []
    limits: list[tuple[FloatArray, FloatArray]] = []
    for size, p in zip(sizes, truth, strict=True):
        share = rng.binomial(size, p, times) / size
        variance, n, df = share * (1 - share) / (size - 1), np.full(times, float(size)), np.full(times, size - 1.0)
        shares.append(share)
        limits.append(share_limits(IntervalMethod.KORN_GRAUBARD, share, variance, variance, n, df, 0.95))
    goal = 100 * sum(weight * p for weight, p in zip(weights, truth, strict=True))
    held = 0
    for at in range(times):
        parts = [
            part(weight, 100 * share[at], 100 * low[at], 100 * high[at], str(number))
            for number, (weight, share, (low, high)) in enumerate(zip(weights, shares, limits, strict=True))
            if 0 < share[at] < 1
        ]
        if len(parts) < len(weights):
            held += 1  # all alike is told by its limit and makes no index
            continue
        found = composed(parts)
        held += found.low <= goal <= found.high
    return held / times


@pytest.mark.parametrize("times", [600, pytest.param(20_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize(
    ("sizes", "truth", "weights"),
    [
        ((60, 40, 80), (0.8, 0.7, 0.9), (0.4, 0.3, 0.3)),
        ((200, 200, 200, 200), (0.95, 0.9, 0.85, 0.8), (0.2, 0.2, 0.2, 0.4)),
        ((30, 400), (0.6, 0.9), (0.5, 0.5)),
    ],
)
def test_the_interval_holds_the_truth_as_often_as_it_says(
    sizes: tuple[int, ...], truth: tuple[float, ...], weights: tuple[float, ...], times: int
) -> None:
    assert coverage(sizes, truth, weights, times) >= 0.95 - 2.5 * np.sqrt(0.95 * 0.05 / times)
