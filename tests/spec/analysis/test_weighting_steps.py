"""The steps before and after calibration, on samples that fit on a page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.problems import DesignError
from analysis.weighting import (
    CalibrationError,
    CaseStatus,
    Margin,
    PropensityUse,
    eligibility_weights,
    nonresponse_weights,
    propensity_weights,
    read_margins,
    trim_weights,
)

approx = pytest.approx
R, N, I, U = CaseStatus.RESPONDENT, CaseStatus.NONRESPONDENT, CaseStatus.INELIGIBLE, CaseStatus.UNKNOWN  # noqa: E741


def test_unknown_eligibility_by_hand() -> None:
    #  8 cases of weight 10: 3 answered, 1 did not, 2 ineligible, 2 unknown.
    #  The six known carry the eight: factor 80 / 60 = 4/3; the ineligible leave. e = 4 / 6.
    status = [R, R, R, N, I, I, U, U]
    weights, record = eligibility_weights(np.full(8, 10.0), status)
    assert weights == approx([40 / 3] * 4 + [0] * 4)
    assert record.eligible_share == approx(4 / 6)
    assert (record.unknown, record.ineligible) == (2, 2)
    #  The eligible stand for 40 + e * 20 = 53.3 of the 80
    assert weights.sum() == approx(40 + 4 / 6 * 20)


def test_unknown_eligibility_then_nonresponse_is_the_share_e_of_the_unknown() -> None:
    #  In one class both ways give the same: unknown cases as nonrespondents with weight e
    status = np.array([R, R, R, N, I, I, U, U], dtype=object)
    first, _ = eligibility_weights(np.full(8, 10.0), list(status))
    eligible = first > 0
    step, _ = nonresponse_weights(first[eligible], status[eligible] == R, ["all"] * 4)
    counted = np.array([10.0, 10, 10, 10, 10 * 4 / 6, 10 * 4 / 6])
    other, _ = nonresponse_weights(counted, np.array([True] * 3 + [False] * 3), ["all"] * 6)
    assert step[:3] == approx(other[:3])


def test_a_status_that_is_none_is_named() -> None:
    with pytest.raises(DesignError, match="'moved' is no status of a case"):
        eligibility_weights(np.ones(2), [R, "moved"])
    with pytest.raises(DesignError, match="nobody is known to be eligible"):
        eligibility_weights(np.ones(2), [I, U])


def test_propensity_used_directly_by_hand() -> None:
    #  One yes-no variable: the fitted chance is the response rate of its group: young 1/4, old 3/4
    frame = pd.DataFrame({"age": ["young"] * 8 + ["old"] * 8})
    answered = np.array(([True] * 2 + [False] * 6) + ([True] * 6 + [False] * 2))
    weights, record = propensity_weights(np.ones(16), answered, frame, ["age"], use=PropensityUse.DIRECT)
    assert weights[:2] == approx([4, 4], rel=1e-6)
    assert weights[8:14] == approx([4 / 3] * 6, rel=1e-6)
    assert weights[~answered].tolist() == [0] * 8
    #  odds young (1/4)/(3/4) = 1/3, old 3: the odds ratio of young against old is 1/9
    assert dict(record.odds_ratios)["age=young"] == approx(1 / 9, rel=1e-6)


def test_propensity_classes_keep_the_sum_of_the_weights() -> None:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"age": rng.normal(50, 15, 600), "sex": rng.choice(["m", "f"], 600)})
    chance = 1 / (1 + np.exp(-(frame["age"].to_numpy() - 50) / 15))
    answered = rng.random(600) < chance
    base = rng.uniform(1, 3, 600)
    weights, record = propensity_weights(base, answered, frame, ["age", "sex"])
    assert len(record.classes) == 5
    assert weights.sum() == approx(base.sum())
    factors = [one.factor for one in record.classes]
    assert factors == sorted(factors, reverse=True)  # the least likely to answer carry the most
    assert dict(record.odds_ratios)["age"] > 1


def test_small_propensity_classes_are_joined() -> None:
    frame = pd.DataFrame({"x": np.arange(40.0)})
    answered = np.tile([True, False], 20)
    _, record = propensity_weights(np.ones(40), answered, frame, ["x"], minimum_respondents=8)
    assert len(record.classes) == 2
    assert len(record.collapsed) == 3


@pytest.mark.parametrize(
    ("answered", "message"), [([True] * 4, "everybody answered"), ([False] * 4, "nobody answered")]
)
def test_there_must_be_something_to_model(answered: list[bool], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        propensity_weights(np.ones(4), np.array(answered), pd.DataFrame({"x": [1.0, 2, 3, 4]}), ["x"])


def test_a_group_in_which_nobody_answered_is_named() -> None:
    frame = pd.DataFrame({"floor": ["low"] * 10 + ["high"] * 10})
    answered = np.array([True, False] * 5 + [False] * 10)
    with pytest.raises(DesignError, match=r"^floor: 10 rows have a fitted chance of 0 or 1"):
        propensity_weights(np.ones(20), answered, frame, ["floor"])


def test_trimming_by_hand() -> None:
    #  Median 10, three times 30: 100 loses 70, shared out over 10, 10, 10, 10 (sum 40): factor 110 / 40
    weights, record = trim_weights(np.array([10.0, 10, 10, 10, 100]), median_multiple=3)
    assert weights == approx([27.5] * 4 + [30])
    assert (record.cap, record.trimmed, record.moved, record.rounds) == (30, 1, 70, 1)
    assert weights.sum() == approx(140)


def test_trimming_lifts_nobody_over_the_cap() -> None:
    #  cap 30: 100 and 29 and 1; 70 over 29 + 1 would lift 29 to 97; it stays at 30 and 1 takes the rest: 130 - 60 = 70
    #  is above the cap too, and 3 x 30 < 130: impossible. With 140 in four weights of at most 40 there is room.
    with pytest.raises(CalibrationError, match="3 weights at the cap sum to less than 130"):
        trim_weights(np.array([100.0, 29, 1]), cap=30)
    weights, _ = trim_weights(np.array([100.0, 35, 4, 1]), cap=40)
    assert weights == approx([40, 40, 40, 20])


def test_trimming_and_margins_take_turns_until_both_hold() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"sex": rng.choice(["m", "f"], 300), "age": rng.choice(["a", "b", "c"], 300)})
    base = rng.gamma(1.2, 10, 300)
    margins = [Margin.of("sex", {"m": 2000, "f": 2200}), Margin.of("age", {"a": 1500, "b": 1300, "c": 1400})]
    known = read_margins(frame, margins)
    weights, record = trim_weights(base, median_multiple=3.5, auxiliaries=known)
    assert weights.max() <= record.cap * (1 + 2e-6)
    assert known.sums(weights) == approx(known.totals, rel=1e-9)
    assert record.rounds > 1
    assert record.calibration is not None
    assert record.calibration.converged


def test_a_cap_that_the_margins_do_not_allow_is_an_error() -> None:
    frame = pd.DataFrame({"sex": ["m", "f", "f", "f"]})
    known = read_margins(frame, [Margin.of("sex", {"m": 50, "f": 50})])
    with pytest.raises(CalibrationError, match="a weight of 50 is needed"):
        trim_weights(np.full(4, 25.0), cap=30, auxiliaries=known)
