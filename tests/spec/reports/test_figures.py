"""How a number is printed: lower limits are cut, upper ones raised, no end of the scale is reached by rounding."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.results import PublishableCell
from reports.wording.figures import Figures, Unit, count, figures_for, joined, next_ten, written
from tests.spec.reports.summaries import share

PERCENT = Figures(unit=Unit.PERCENT)


@pytest.mark.parametrize(
    ("value", "low", "high", "printed"),
    [
        (0.962, 0.9214, 0.9855, "96.2 92.1–98.6"),
        (0.5, 0.449893, 0.550107, "50.0 44.9–55.1"),  # Tower, Copenhagen 1976: nothing is narrowed
        (0.57, 0.57, 0.57, "57.0 57.0–57.0"),  # 0.57 × 100 is 56.99999999999999 in binary
        (0.29, 0.28, 0.3, "29.0 28.0–30.0"),
        (0.9996, 0.9712, 0.99991, ">99.9 97.1–>99.9"),  # not everyone said yes
        (0.0004, 0.00001, 0.0301, "<0.1 <0.1–3.1"),
    ],
)
def test_limits_round_outwards(value: float, low: float, high: float, printed: str) -> None:
    cell = share("x", value, low, high, 400)
    assert f"{PERCENT.value(cell)} {joined(*PERCENT.interval(cell))}" == printed


def test_an_upper_limit_prints_100_only_if_all_said_yes() -> None:
    everyone = share("x", 1.0, 0.8843, 1.0, 30, all_alike=True)
    assert PERCENT.interval(everyone) == ("88.4", "100.0")
    all_but_one = share("x", 29 / 30, 0.8278, 0.99916, 30)
    assert PERCENT.interval(all_but_one) == ("82.7", ">99.9")


@given(
    low=st.floats(0.0, 1.0, allow_nan=False),
    value=st.floats(0.0, 1.0, allow_nan=False),
    high=st.floats(0.0, 1.0, allow_nan=False),
)
@settings(max_examples=300, deadline=None)
def test_a_printed_interval_is_never_narrower_than_the_computed_one(low: float, value: float, high: float) -> None:
    low, value, high = sorted((low, value, high))
    cell = share("x", value, low, high, 100)
    first, last = PERCENT.interval(cell)
    assert float(first.lstrip("<>")) <= low * 100 + 1e-9 or first == "<0.1"
    assert float(last.lstrip("<>")) >= high * 100 - 1e-9 or last == ">99.9"
    assert (last == "100.0") <= (value == 1.0)


def test_points_keep_to_their_own_scale() -> None:
    cell = replace(share("x", 100.0, 95.04, 100.0, 40), scale=(0.0, 100.0))
    points = Figures(unit=Unit.POINTS)
    assert points.interval(cell) == ("95.0", "100.0")
    assert points.interval(replace(cell, value=99.2)) == ("95.0", ">99.9")


def test_a_net_has_a_true_minus_and_no_dash_beside_it() -> None:
    cell = replace(share("x", -0.021, -0.0611, 0.0188, 100), scale=(-1.0, 1.0))
    net = Figures(unit=Unit.PERCENTAGE_POINTS)
    assert net.value(cell) == "−2.1"
    assert joined(*net.interval(cell)) == "−6.2 … 1.9"


@pytest.mark.parametrize(
    ("errors", "decimals"), [((1604.0, 812.0), 0), ((2.11, 1.6), 1), ((0.213, 0.9), 2), ((0.00004,), 4), ((), 1)]
)
def test_plain_numbers_show_the_standard_error_to_two_digits(errors: tuple[float, ...], decimals: int) -> None:
    cells = [PublishableCell(variable="x", value=1.0, standard_error=error, scale=None) for error in errors]
    assert figures_for(Unit.PLAIN, cells).decimals == decimals


def test_counts() -> None:
    assert count(1248) == "1,248"
    assert next_ten(181) == "190"
    assert next_ten(190) == "190"
    assert written(-0.04, 1) == "0.0"  # no minus before a zero
