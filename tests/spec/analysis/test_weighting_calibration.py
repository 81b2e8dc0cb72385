"""Margins, raking, post-stratification and calibration: toy populations by hand, and what holds whatever the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.design import SurveyDesign
from analysis.estimation import Mean, Proportion, Total, estimate
from analysis.estimation.replicates import Bootstrap
from analysis.problems import DesignError
from analysis.weighting import (
    CalibrationError,
    CalibrationMethod,
    Margin,
    calibrate,
    calibrate_design,
    rake,
    read_margins,
    recalibrated,
)

approx = pytest.approx

#          row     0    1    2    3    4    5
TOY = pd.DataFrame(
    {
        "sex": ["m", "m", "m", "f", "f", "f"],
        "age": ["young", "old", "old", "young", "young", "old"],
        "persons": [1.0, 2, 3, 1, 2, 3],
        "street": ["A", "A", "B", "A", "B", "B"],
        "w": [10.0] * 6,
        "score": [100.0, 50, 0, 100, 50, 75],
    }
)
W = TOY["w"].to_numpy()


def test_poststratification_by_hand() -> None:
    #  population: 60 men, 30 women; sample: 3 x 10 each -> men 60/30 = 2, women 30/30 = 1
    known = read_margins(TOY, [Margin.of("sex", {"m": 60, "f": 30})])
    weights, record = calibrate(W, known, method=CalibrationMethod.POSTSTRATIFY)
    assert weights.tolist() == [20, 20, 20, 10, 10, 10]
    assert record.converged
    assert record.worst_gap == 0
    assert (record.lowest_factor, record.highest_factor) == (1, 2)
    assert [(line.cell, line.population, line.before, line.after) for line in record.margins] == [
        ("sex=m", 60, 30, 60),
        ("sex=f", 30, 30, 30),
    ]


def test_the_regression_estimator_by_hand() -> None:
    #  One quantity alone: w = d (1 + lambda x), lambda = (T - sum d x) / sum d x^2
    #  sum d x = 10 * 12 = 120; sum d x^2 = 10 * 28 = 280; T = 176 -> lambda = 56 / 280 = 0.2
    known = read_margins(TOY, [Margin.quantity_of("persons", 176)])
    weights, record = calibrate(W, known, method=CalibrationMethod.LINEAR)
    assert weights == approx([12, 14, 16, 12, 14, 16])
    assert weights @ TOY["persons"].to_numpy() == approx(176)
    assert record.iterations == 1


def test_raking_by_hand() -> None:
    #  Margins of a sample in which sex and age are independent are met in one round:
    #  sex m 40, f 20 (factors 2, 1), age old 20, young 40 (factors 2/3, 4/3)
    frame = pd.DataFrame({"sex": ["m", "m", "f", "f"], "age": ["old", "young", "old", "young"]})
    known = read_margins(frame, [Margin.of("sex", {"m": 40, "f": 20}), Margin.of("age", {"old": 20, "young": 40})])
    weights, record = rake(np.full(4, 10.0), known)
    assert weights == approx([10 * 2 * 2 / 3, 10 * 2 * 4 / 3, 10 * 1 * 2 / 3, 10 * 1 * 4 / 3])
    assert record.iterations == 2  # the second sees that nothing is left to do


def test_the_logit_method_by_hand() -> None:
    #  One margin: every factor is T / N whatever the distance, as long as the bounds allow it
    known = read_margins(TOY, [Margin.of("sex", {"m": 45, "f": 24})])
    weights, _ = calibrate(W, known, method=CalibrationMethod.LOGIT, bounds=(0.5, 2))
    assert weights == approx([15, 15, 15, 8, 8, 8])


def test_margins_within_areas_leave_the_others_alone() -> None:
    #  street A has figures of its own: 2 of m, 1 of f; street B has none and keeps its weights
    margin = Margin.crossed(["sex"], {("A", "m"): 50, ("A", "f"): 20}, within="street")
    weights, _ = calibrate(W, read_margins(TOY, [margin]), method=CalibrationMethod.RAKING)
    assert weights == approx([25, 25, 10, 20, 10, 10])


def test_a_crossing_of_two_variables() -> None:
    cells = {("m", "young"): 7, ("m", "old"): 40, ("f", "young"): 30, ("f", "old"): 9}
    weights, _ = calibrate(
        W, read_margins(TOY, [Margin.crossed(["sex", "age"], cells)]), method=CalibrationMethod.POSTSTRATIFY
    )
    assert weights == approx([7, 20, 20, 15, 15, 9])


def test_the_variance_takes_the_regression_out_by_hand() -> None:
    #  Four persons, each a PSU, weight 10; post-strata a (answers 1, 0) and b (answers 1, 1) of 30 and 10.
    #  Weights after: a 15 each, b 5 each; total = 15 + 10 = 25. Residuals: a +-0.5, b 0.
    #  PSU values 15 * 0.5, -15 * 0.5, 0, 0 about mean 0: variance = 4/3 * (7.5^2 + 7.5^2) = 150
    frame = pd.DataFrame({"cell": ["a", "a", "b", "b"], "yes": [1.0, 0, 1, 1], "w": [10.0] * 4})
    design, _ = calibrate_design(
        frame,
        SurveyDesign.from_frame(frame, weight="w"),
        [Margin.of("cell", {"a": 30, "b": 10})],
        method=CalibrationMethod.POSTSTRATIFY,
    )
    one = estimate(frame, design, [Total("yes")]).estimates[0]
    assert one.value == approx(25)
    assert one.standard_error == approx(150**0.5)


def test_outside_a_domain_the_residual_is_not_zero_by_hand() -> None:
    #  The same four; domain = persons 1 and 3 (answers 1, 1). B_a = 10*1/20 = 1/2, B_b = 1/2.
    #  PSU values: 15 (1 - 1/2), 15 (0 - 1/2), 5 (1 - 1/2), 5 (0 - 1/2) = 7.5, -7.5, 2.5, -2.5
    #  variance = 4/3 * (2 * 56.25 + 2 * 6.25) = 500/3; were those outside left out, it would be another number
    frame = pd.DataFrame(
        {"cell": ["a", "a", "b", "b"], "yes": [1.0, 0, 1, 1], "w": [10.0] * 4, "group": ["in", "out", "in", "out"]}
    )
    design, _ = calibrate_design(
        frame,
        SurveyDesign.from_frame(frame, weight="w"),
        [Margin.of("cell", {"a": 30, "b": 10})],
        method=CalibrationMethod.POSTSTRATIFY,
    )
    one = estimate(frame, design, [Total("yes")], by=["group"]).estimates[0]
    assert one.value == approx(20)
    assert one.standard_error == approx((500 / 3) ** 0.5)


def test_what_a_margin_fixes_has_no_sampling_error() -> None:
    design, _ = calibrate_design(TOY, SurveyDesign.from_frame(TOY, weight="w"), [Margin.of("sex", {"m": 40, "f": 60})])
    one = estimate(TOY, design, [Proportion("sex", "f")]).estimates[0]
    assert one.value == approx(0.6)
    assert one.standard_error == 0
    assert one.interval is not None
    #  In a domain it is estimated again
    inside = estimate(TOY, design, [Proportion("sex", "f")], by=["street"]).estimates[0]
    assert (inside.standard_error or 0) > 0
    assert inside.interval is not None
    assert inside.interval.low < 0.5 < inside.interval.high


def test_cells_whose_few_members_agree_do_not_make_a_share_certain() -> None:
    #  Four cells of three who agree: the margins explain every answer of the sample, so the residuals and the standard
    #  error are 0; no sample of 12 knows the share exactly, and the interval is that of 12 plain answers
    frame = pd.DataFrame({"cell": np.repeat(list("abcd"), 3), "yes": np.repeat([1.0, 0, 1, 0], 3), "w": 10.0})
    margin = Margin.of("cell", {"a": 30, "b": 30, "c": 40, "d": 20})
    design, _ = calibrate_design(frame, SurveyDesign.from_frame(frame, weight="w"), [margin])
    for request in (Proportion("yes", "1"), Mean("yes", scale=(0.0, 1.0))):
        one = estimate(frame, design, [request]).estimates[0]
        assert one.standard_error == approx(0, abs=1e-12)
        assert one.effective_sample_size == 12
        assert one.interval is not None
        assert one.interval.high - one.interval.low > 0.5


# ------------------------------------------------------------------ what is refused, by name
def refused(margins: list[Margin], frame: pd.DataFrame = TOY) -> str:
    with pytest.raises(DesignError) as caught:
        read_margins(frame, margins)
    return str(caught.value)


def test_margins_that_disagree_on_their_total_are_named() -> None:
    said = refused([Margin.of("sex", {"m": 60, "f": 30}), Margin.of("age", {"young": 50, "old": 41})])
    assert said.startswith("age: the margin sums to 91 for the population, the margin sex to 90")


def test_areas_that_disagree_with_their_own_margin_are_named() -> None:
    within = Margin.crossed(["sex"], {("A", "m"): 50, ("A", "f"): 20, ("B", "m"): 5, ("B", "f"): 5}, within="street")
    said = refused([Margin.of("street", {"A": 70, "B": 11}), within])
    assert said.startswith("sex within street: the margin sums to 10 for street=B, the margin street to 11")


def test_a_population_cell_without_anyone_is_named() -> None:
    said = refused([Margin.of("sex", {"m": 60, "f": 30, "x": 5})])
    assert "sex=x has 5 in the population and nobody in the sample" in said


def test_a_sample_category_without_a_total_is_named() -> None:
    assert "sex=f occurs in 3 rows and has no total in the margin, first in rows 3, 4, 5" in refused(
        [Margin.of("sex", {"m": 90})]
    )


def test_every_fault_is_told_at_once() -> None:
    frame = TOY.assign(sex=["m", None, "m", "f", "f", "f"])
    said = refused([Margin.of("sex", {"m": 60, "f": -3}), Margin.of("age", {"young": 1, "old": 0})], frame)
    assert "missing in 1 rows, first in rows 1" in said
    assert "the total of sex=f is -3" in said
    assert "age=old has a total of 0 and 3 rows in the sample" in said
    assert refused([Margin.of("colour", {"red": 1})]).startswith("colour: a margin names this column")


def test_margins_that_no_weights_can_meet_are_named_with_the_gap() -> None:
    #  all old are men: men 10 and old 50 cannot both be
    frame = pd.DataFrame({"sex": ["m", "m", "f"], "age": ["old", "old", "young"]})
    known = read_margins(frame, [Margin.of("sex", {"m": 10, "f": 50}), Margin.of("age", {"old": 50, "young": 10})])
    for method in (CalibrationMethod.RAKING, CalibrationMethod.LINEAR):
        with pytest.raises(CalibrationError, match=r"instead of .* \(gap "):
            calibrate(np.ones(3), known, method=method)
    with pytest.raises(CalibrationError, match="the weights do not meet the margins after 500 iterations"):
        rake(np.ones(3), known)


def test_bounds_that_a_cell_cannot_keep_are_named() -> None:
    known = read_margins(TOY, [Margin.of("sex", {"m": 90, "f": 30})])
    with pytest.raises(CalibrationError, match=r"sex=m needs 3 times its weight, the bounds allow 0.5 to 2"):
        calibrate(W, known, method=CalibrationMethod.LOGIT, bounds=(0.5, 2))


def test_a_negative_weight_is_refused() -> None:
    known = read_margins(TOY, [Margin.population(60), Margin.quantity_of("persons", 60)])
    with pytest.raises(CalibrationError, match=r"linear calibration makes .* weights negative"):
        calibrate(W, known, method=CalibrationMethod.LINEAR)
    bounded, _ = calibrate(W, known, method=CalibrationMethod.RAKING)
    assert (bounded > 0).all()


def test_small_categories_are_joined_with_their_neighbour_and_named() -> None:
    frame = pd.DataFrame({"age": ["18-29"] * 5 + ["30-44"] + ["45-59"] * 3 + ["60+"] * 6})
    margin = Margin.of("age", {"18-29": 10, "30-44": 10, "45-59": 10, "60+": 20})
    known = read_margins(frame, [margin], minimum_respondents=3)
    weights, record = calibrate(np.ones(15), known, method=CalibrationMethod.POSTSTRATIFY)
    assert known.names == ("age=18-29", "age=30-44 + age=45-59", "age=60+")
    assert weights == approx([2] * 5 + [5] * 4 + [20 / 6] * 6)
    assert record.collapsed == ("age: age=30-44 (1 respondents) joined with age=45-59 (3)",)


# ------------------------------------------------------------------ what holds whatever the data
@st.composite
def populations(draw: st.DrawFn) -> tuple[pd.DataFrame, np.ndarray, list[Margin]]:
    """A sample and margins that some weights do meet."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(12, 60))
    frame = pd.DataFrame({f"v{k}": rng.integers(0, draw(st.integers(2, 4)), rows).astype(str) for k in range(3)})
    frame["x"] = rng.gamma(3, 2, rows)
    frame["y"] = rng.normal(size=rows)
    weights = rng.gamma(4, 5, rows)
    true = weights * rng.uniform(0.7, 1.4, rows)
    margins = []
    for name in ("v0", "v1", "v2"):
        totals = pd.Series(true).groupby(frame[name]).sum()
        margins.append(Margin.of(name, dict(totals)))
    return frame, weights, margins


@settings(max_examples=40, deadline=None)
@given(populations(), st.sampled_from([CalibrationMethod.RAKING, CalibrationMethod.LINEAR, CalibrationMethod.LOGIT]))
def test_every_margin_is_met(sample: tuple[pd.DataFrame, np.ndarray, list[Margin]], method: CalibrationMethod) -> None:
    frame, weights, margins = sample
    known = read_margins(frame, margins)
    bounds = (0.05, 20.0) if method is not CalibrationMethod.RAKING else None
    after, record = calibrate(weights, known, method=method, bounds=bounds)
    assert known.sums(after) == approx(known.totals, rel=1e-9)
    assert record.worst_gap <= 1e-9
    if bounds:
        assert (after >= 0.05 * weights * (1 - 1e-12)).all()
        assert (after <= 20 * weights * (1 + 1e-12)).all()


@settings(max_examples=30, deadline=None)
@given(populations())
def test_two_roads_to_the_raked_weights(sample: tuple[pd.DataFrame, np.ndarray, list[Margin]]) -> None:
    frame, weights, margins = sample
    known = read_margins(frame, margins)
    fitted, _ = rake(weights, known, tolerance=1e-13, maximum_iterations=20_000)
    solved, _ = calibrate(weights, known, method=CalibrationMethod.RAKING)
    assert fitted == approx(solved, rel=1e-7)


@settings(max_examples=30, deadline=None)
@given(populations(), st.floats(0.01, 100))
def test_raking_forgets_the_scale_of_the_weights_and_the_order_of_rows(
    sample: tuple[pd.DataFrame, np.ndarray, list[Margin]], scale: float
) -> None:
    frame, weights, margins = sample
    after, _ = calibrate(weights, read_margins(frame, margins), method=CalibrationMethod.RAKING)
    scaled, _ = calibrate(weights * scale, read_margins(frame, margins), method=CalibrationMethod.RAKING)
    assert scaled == approx(after, rel=1e-7)
    turned = frame.iloc[::-1].reset_index(drop=True)
    backwards, _ = calibrate(weights[::-1].copy(), read_margins(turned, margins), method=CalibrationMethod.RAKING)
    assert backwards[::-1] == approx(after, rel=1e-7)


@settings(max_examples=30, deadline=None)
@given(populations())
def test_weights_that_meet_the_margins_stay(sample: tuple[pd.DataFrame, np.ndarray, list[Margin]]) -> None:
    frame, weights, margins = sample
    known = read_margins(frame, margins)
    after, _ = calibrate(weights, known, method=CalibrationMethod.RAKING)
    again, record = calibrate(after, known, method=CalibrationMethod.LINEAR, tolerance=1e-9)
    assert record.iterations == 0
    assert (again == after).all()


@settings(max_examples=25, deadline=None)
@given(populations())
def test_a_sum_that_the_margins_know_has_no_error_and_any_other_part_stays(
    sample: tuple[pd.DataFrame, np.ndarray, list[Margin]],
) -> None:
    """y plus a sum over margin cells has the standard error of y alone: the margins know the rest."""
    frame, weights, margins = sample
    assume(frame["v0"].nunique() > 1)
    frame = frame.assign(w=weights, known=frame["v0"].astype(float) * 7 + frame["v1"].astype(float))
    frame["both"] = frame["y"] + frame["known"]
    design, _ = calibrate_design(frame, SurveyDesign.from_frame(frame, weight="w"), margins)
    found = estimate(frame, design, [Total("y"), Total("both"), Total("known"), Mean("y")]).estimates
    assert found[1].standard_error == approx(found[0].standard_error, rel=1e-6)
    assert found[2].standard_error == approx(0, abs=1e-6 * abs(found[2].value or 1))


def test_a_bootstrap_that_repeats_the_calibration_agrees_with_the_linearised_error() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"h": np.repeat(["x", "y"], 200), "psu": np.repeat(np.arange(80), 5), "w": 10.0})
    frame["age"] = rng.choice(["a", "b", "c"], 400)
    frame["yes"] = (rng.random(400) < frame["age"].map({"a": 0.8, "b": 0.5, "c": 0.2})).astype(float)
    plain = SurveyDesign.from_frame(frame, weight="w", strata=["h"], clusters=["psu"])
    margins = [Margin.of("age", {"a": 1500, "b": 1500, "c": 1000})]
    linear, _ = calibrate_design(frame, plain, margins)
    weighted, replicates = recalibrated(frame, plain, margins, Bootstrap(np.random.default_rng(9), 400))
    assert weighted.weight == approx(linear.weight)
    known = read_margins(frame, margins)
    assert known.sums(replicates.weights[:, 7]) == approx(known.totals)  # each replicate meets the margins
    one = estimate(frame, weighted, [Mean("yes")], replication=replicates).estimates[0]
    other = estimate(frame, linear, [Mean("yes")]).estimates[0]
    naive = estimate(frame, weighted, [Mean("yes")]).estimates[0]
    assert one.degrees_of_freedom == other.degrees_of_freedom == 78
    assert one.standard_error == approx(other.standard_error, rel=0.12)
    assert (naive.standard_error or 0) > 1.15 * (other.standard_error or 0)  # what not counting the margins costs
