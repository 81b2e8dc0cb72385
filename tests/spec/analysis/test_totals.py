"""Ratios of totals before they leave: one respondent's number, no dissenter, and how large an error may be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import SurveyDesign
from analysis.disclosure import protected
from analysis.estimation import Mean, Ratio, estimate
from analysis.estimation.chunks import DesignColumns, collapse_part, estimate_parts
from analysis.results import (
    Estimate,
    Estimates,
    Interval,
    IntervalMethod,
    PublicationRule,
    Statistic,
    Suppression,
    Tier,
)
from tests.spec.analysis.test_disclosure import DESIGN, place

#   staff of the shops      dominated: rest below a fifth of the largest
SHOPS = [
    ([10, 10, 10, 10], False),
    ([100, 10, 10, 10], False),  # 20 left beside 100: just enough
    ([100, 10, 10, 9], True),
    ([100, 90, 5, 5], True),  # two who know each other
    ([0, 0, 0, 7], True),
    ([0, 0, 0, 0], False),  # nothing to be told of one
]


def frame_of(values: list[int], weights: list[float] | None = None) -> pd.DataFrame:
    one = [1.0] * len(values)
    return pd.DataFrame({"y": [float(value) for value in values], "one": one, "weight": weights or one})


@pytest.mark.parametrize(("values", "dominated"), SHOPS)
@pytest.mark.parametrize("above", [True, False])
def test_one_who_makes_up_a_total(values: list[int], dominated: bool, above: bool) -> None:
    frame = frame_of(values)
    ratio = Ratio("y", "one") if above else Ratio("one", "y")
    (found,) = estimate(frame, SurveyDesign.from_frame(frame, weight="weight"), [ratio]).estimates
    assert found.dominated is dominated
    (mean,) = estimate(frame, SurveyDesign.from_frame(frame, weight="weight"), [Mean("y")]).estimates
    assert mean.dominated is dominated, "a mean is a ratio by the number of people"
    (bounded,) = estimate(frame, SurveyDesign.from_frame(frame, weight="weight"), [Mean("y", (0, 100))]).estimates
    assert not bounded.dominated


def test_contributions_are_weighted() -> None:
    frame = frame_of([10, 10, 10, 10], [100.0, 5.0, 5.0, 5.0])
    (found,) = estimate(frame, SurveyDesign.from_frame(frame, weight="weight"), [Ratio("y", "one")]).estimates
    assert found.dominated


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=6, max_size=14), st.integers(1, 5))
def test_parts_of_the_rows_find_the_same(values: list[int], cut: int) -> None:
    frame = frame_of(values).assign(area=[f"a{row % 2}" for row in range(len(values))])
    frame["x"] = frame["y"] + 1
    columns, wanted = DesignColumns(weight="weight"), [Ratio("y", "x"), Ratio("y", "one")]
    whole = estimate(frame, columns.design(frame), wanted, by=["area"]).estimates
    halves = [frame.iloc[:cut].reset_index(drop=True), frame.iloc[cut:].reset_index(drop=True)]
    parts = estimate_parts([collapse_part(half, columns, wanted, by=("area",)) for half in halves]).estimates()
    assert [one.dominated for one in parts.estimates] == [one.dominated for one in whole]


def ratio(name: str, size: int = 60, **more: object) -> Estimate:
    one = Estimate(
        statistic=Statistic.RATIO,
        variable="complaints",
        domain=place(name),
        value=3.0,
        standard_error=0.3,
        interval=Interval(low=2.4, high=3.6, level=0.95, method=IntervalMethod.WALD),
        degrees_of_freedom=50,
        sample_size=size,
        design_effect=1.0,
        effective_sample_size=float(size),
        scale=None,
        weight=float(size),
    )
    return replace(one, **more)  # type: ignore[arg-type]


#   what                                    hidden             coarse
RULES = [
    ({}, None, False),
    ({"standard_error": 0.60}, None, True),  # 20 % of the figure
    ({"standard_error": 1.20}, Suppression.UNRELIABLE, False),  # 40 %
    ({"size": 20}, None, True),
    ({"size": 9}, Suppression.FEW_RESPONDENTS, False),
    ({"dominated": True}, Suppression.DOMINATED, False),
    ({"size": 20, "all_alike": True}, Suppression.GROUP_DISCLOSURE, False),
]


@pytest.mark.parametrize(("more", "why", "coarse"), RULES)
def test_what_may_be_told_of_a_ratio(more: dict[str, object], why: Suppression | None, coarse: bool) -> None:
    cells = [ratio("", 300, value=3.4), ratio("a1", **more), ratio("a2", 120, value=5.0), ratio("a3", 120, value=2.0)]  # type: ignore[arg-type]
    found = protected(
        Estimates(design=DESIGN, estimates=tuple(cells)),
        hierarchy={place(name): () for name in ("a1", "a2", "a3")},
        rule=PublicationRule(),
    )
    cell = found.table.row(place("a1")).cell("complaints")
    assert (cell.suppression is not None) is (why is not None)
    assert found.reasons.get((place("a1"), ("complaints", None))) is why
    assert (cell.tier is Tier.COARSE) is coarse
    neighbours = [found.table.row(place(name)).cell("complaints").suppression for name in ("", "a2", "a3")]
    told_apart = why in (Suppression.FEW_RESPONDENTS, Suppression.DOMINATED, Suppression.GROUP_DISCLOSURE)
    assert any(one is not None for one in neighbours) is told_apart, "what is left of the street would give it away"


def test_a_share_of_totals_has_the_interval_of_a_share() -> None:
    rng = np.random.default_rng(4)
    staff = rng.integers(1, 30, 80).astype(float)
    frame = pd.DataFrame({"x": staff, "y": rng.binomial(staff.astype(int), 0.7).astype(float), "weight": 1.0})
    (found,) = estimate(
        frame, SurveyDesign.from_frame(frame, weight="weight"), [Ratio("y", "x", scale=(0.0, 1.0))]
    ).estimates
    assert found.interval is not None
    assert found.interval.method is IntervalMethod.KORN_GRAUBARD
    assert found.value == pytest.approx(frame["y"].sum() / frame["x"].sum())
