"""Verdicts by the drawn interval, and what would settle them."""

from __future__ import annotations

import math

import pytest

from analysis.results import Estimate, Goal, Interval, IntervalMethod, Statistic, Verdict
from analysis.verdicts import settling_sample_size, tipping_point, verdict


def drawn(low: float, high: float) -> Interval:
    return Interval(low=low, high=high, level=0.95, method=IntervalMethod.KORN_GRAUBARD)


@pytest.mark.parametrize(
    ("low", "high", "goal", "word"),
    [
        (0.90, 0.95, Goal(value=0.9), Verdict.REACHED),
        (0.89, 0.95, Goal(value=0.9), Verdict.CANNOT_TELL),
        (0.80, 0.90, Goal(value=0.9), Verdict.CANNOT_TELL),
        (0.80, 0.89, Goal(value=0.9), Verdict.NOT_REACHED),
        (0.88, 1.00, Goal(value=1.0), Verdict.CANNOT_TELL),  # 30 of 30 do not show 100 %
        (0.80, 0.99, Goal(value=1.0), Verdict.NOT_REACHED),
        (1.00, 1.00, Goal(value=1.0), Verdict.REACHED),  # only a census can
        (0.01, 0.05, Goal(value=0.05, at_least=False), Verdict.REACHED),
        (0.01, 0.06, Goal(value=0.05, at_least=False), Verdict.CANNOT_TELL),
        (0.06, 0.09, Goal(value=0.05, at_least=False), Verdict.NOT_REACHED),
    ],
)
def test_verdict(low: float, high: float, goal: Goal, word: Verdict) -> None:
    assert verdict(drawn(low, high), goal) is word


def test_no_interval_no_verdict() -> None:
    assert verdict(None, Goal(value=0.9)) is Verdict.NOT_PUBLISHED


def share(value: float, size: int = 100, effect: float | None = 1.0, *, alike: bool = False) -> Estimate:
    return Estimate(
        statistic=Statistic.RATIO,
        variable="aware",
        value=value,
        standard_error=0.03,
        interval=drawn(0.5, 0.99),
        degrees_of_freedom=50,
        sample_size=size,
        design_effect=effect,
        effective_sample_size=float(size),
        all_alike=alike,
    )


def test_settling_sample_size_by_hand() -> None:
    # z = 1.959964, z for 80 % = 0.841621: [(1.959964 * 0.3 + 0.841621 * 0.357071) / 0.05]^2 = 315.6; for continuity
    # 315.6 / 4 (1 + sqrt(1 + 2 / (315.6 * 0.05)))^2 = 335.3 -> 340; by the design effect of 2: 670.7 -> 680.
    spread = 1.959964 * math.sqrt(0.9 * 0.1) + 0.841621 * math.sqrt(0.85 * 0.15)
    assert (spread / 0.05) ** 2 == pytest.approx(315.6, abs=0.2)
    assert settling_sample_size(share(0.85), Goal(value=0.9)) == 340
    assert settling_sample_size(share(0.85, effect=2.0), Goal(value=0.9)) == 680


def test_settling_sample_size_is_none_where_nothing_settles() -> None:
    assert settling_sample_size(share(0.85), Goal(value=0.9), adults=339) is None
    assert settling_sample_size(share(0.85), Goal(value=0.9), adults=340) == 340
    assert settling_sample_size(share(0.85), Goal(value=1.0)) is None
    assert settling_sample_size(share(0.9), Goal(value=0.9)) is None


def test_settling_sample_size_where_all_said_yes() -> None:
    # 0.025^(1/n) >= 0.9 from n = 35.01 on
    assert settling_sample_size(share(1.0, 30, None, alike=True), Goal(value=0.9)) == 40


@pytest.mark.parametrize(
    ("value", "rate", "goal", "point"),
    [
        (0.94, 0.70, 0.90, (0.90 - 0.7 * 0.94) / 0.3),
        (0.94, 0.96, 0.90, None),  # even if nobody else knew
        (0.94, None, 0.90, None),
        (0.94, 1.00, 0.90, None),  # nobody is left
    ],
)
def test_tipping_point(value: float, rate: float | None, goal: float, point: float | None) -> None:
    found = tipping_point(value, Goal(value=goal), rate)
    assert found == (None if point is None else pytest.approx(point))
