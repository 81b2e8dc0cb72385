"""What must hold for any sample: tried on samples that nobody chose."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.association import independence
from analysis.design import SurveyDesign
from analysis.estimation import Mean, Proportion, Ratio, Total, estimate
from analysis.estimation.quantiles import Quantile, QuantileRule, quantiles
from analysis.problems import DesignError
from analysis.results import Estimate, IntervalMethod, LonelyPsu

QUICK = settings(max_examples=40, deadline=None)
REQUESTS = (Mean("score"), Total("score"), Proportion("yes", "1"), Proportion("opinion"), Ratio("score", "persons"))
STRATA, CLUSTERS = ("stratum",), ("psu",)


def _respondent(rng: np.random.Generator, stratum: int, psu: int) -> dict[str, object]:
    return {
        "stratum": stratum,
        "psu": f"{stratum}-{psu}",
        "weight": float(rng.uniform(0.2, 9)),
        "yes": int(rng.random() < 0.7),
        "score": np.nan if rng.random() < 0.1 else rng.normal(50, 20),
        "opinion": str(rng.choice(["a", "b", "c"])),
        "persons": int(rng.integers(1, 5)),
        "part": str(rng.choice(["x", "y"])),
    }


@st.composite
def samples(draw: st.DrawFn) -> pd.DataFrame:
    """Two to four strata of two to five PSUs of one to five respondents, some answers missing."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    rows = []
    for stratum in range(draw(st.integers(2, 4))):
        for psu in range(draw(st.integers(2, 5))):
            rows.extend(_respondent(rng, stratum, psu) for _ in range(int(rng.integers(1, 6))))
    frame = pd.DataFrame(rows)
    frame["opinion"] = pd.Categorical(frame["opinion"], categories=["a", "b", "c", "d"])
    return frame


def all_of(
    frame: pd.DataFrame, *, by: tuple[str, ...] = ("part",), interval: IntervalMethod = IntervalMethod.KORN_GRAUBARD
) -> list[Estimate]:
    design = SurveyDesign.from_frame(frame, weight="weight", strata=STRATA, clusters=CLUSTERS)
    whole = estimate(frame, design, REQUESTS, interval=interval).estimates
    return [*whole, *estimate(frame, design, REQUESTS, by=by, interval=interval).estimates]


def alike(left: list[Estimate], right: list[Estimate], *, totals: float = 1.0) -> None:
    assert len(left) == len(right)
    for one, other in zip(left, right, strict=True):
        factor = totals if one.statistic == "total" else 1.0
        assert (one.variable, one.category, one.domain) == (other.variable, other.category, other.domain)
        assert (one.sample_size, one.degrees_of_freedom) == (other.sample_size, other.degrees_of_freedom)
        for name in ("value", "standard_error"):
            mine, theirs = getattr(one, name), getattr(other, name)
            assert (mine is None) == (theirs is None)
            if mine is not None:
                assert mine * factor == pytest.approx(theirs, rel=1e-9, abs=1e-9)
        assert (one.interval is None) == (other.interval is None)
        if one.interval is not None and other.interval is not None:
            assert one.interval.low * factor == pytest.approx(other.interval.low, rel=1e-8, abs=1e-8)


@QUICK
@given(samples(), st.floats(1e-3, 1e3))
def test_scaling_the_weights_changes_no_mean(frame: pd.DataFrame, factor: float) -> None:
    alike(all_of(frame), all_of(frame.assign(weight=frame["weight"] * factor)), totals=factor)


@QUICK
@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(frame: pd.DataFrame, random: object) -> None:
    order = list(range(len(frame)))
    random.shuffle(order)  # type: ignore[attr-defined]
    alike(all_of(frame), all_of(frame.iloc[order].reset_index(drop=True)))


@QUICK
@given(samples())
def test_a_row_of_weight_zero_changes_no_figure_of_its_psu(frame: pd.DataFrame) -> None:
    extra = frame.iloc[[0]].assign(weight=0.0, score=1e9)
    alike(all_of(frame), all_of(pd.concat([frame, extra], ignore_index=True)))


@QUICK
@given(samples(), st.floats(-1e6, 1e6))
def test_a_constant_has_no_variance(frame: pd.DataFrame, constant: float) -> None:
    frame = frame.assign(constant=constant)
    design = SurveyDesign.from_frame(frame, weight="weight", strata=STRATA, clusters=CLUSTERS)
    (one,) = estimate(frame, design, [Mean("constant")]).estimates
    assert one.value == pytest.approx(constant)
    assert one.standard_error == 0
    assert one.all_alike


@QUICK
@given(samples(), st.sampled_from([method for method in IntervalMethod if method not in ("wald", "woodruff")]))
def test_intervals_of_shares_lie_within_0_and_1_and_hold_the_share(frame: pd.DataFrame, method: IntervalMethod) -> None:
    for one in all_of(frame, interval=method):
        if one.scale != (0.0, 1.0) or one.interval is None:
            continue
        assert one.value is not None
        assert 0 <= one.interval.low <= one.value + 1e-12
        assert one.value - 1e-12 <= one.interval.high <= 1


@QUICK
@given(samples())
def test_domains_add_up_to_the_whole(frame: pd.DataFrame) -> None:
    found = {(one.statistic, one.variable, one.category, one.domain): one.value for one in all_of(frame)}
    parts = [value for (what, *_, domain), value in found.items() if what == "total" and domain and value is not None]
    assert math.fsum(parts) == pytest.approx(found["total", "score", None, ()])


@QUICK
@given(samples(), st.integers(0, 1000))
def test_linearised_and_jackknife_agree_on_a_total_and_nearly_on_a_mean(frame: pd.DataFrame, seed: int) -> None:
    """The stratified jackknife by hand: leave out each PSU, blow up its stratum."""
    frame = frame.assign(score=np.random.default_rng(seed).normal(60, 5, len(frame)))
    design = SurveyDesign.from_frame(frame, weight="weight", strata=STRATA, clusters=CLUSTERS)
    mean, total = estimate(frame, design, [Mean("score"), Total("score")]).estimates
    squares = {"mean": 0.0, "total": 0.0}
    for _, inside in frame.groupby("stratum"):
        units = inside["psu"].unique()
        for unit in units:
            beside = frame["psu"].isin(units) * (len(units) / (len(units) - 1)) + ~frame["psu"].isin(units)
            factor = np.where(frame["psu"] == unit, 0.0, beside)
            weight = frame["weight"] * factor
            replicate = {"total": (weight * frame["score"]).sum(), "mean": np.average(frame["score"], weights=weight)}
            for name, centre in (("mean", mean.value), ("total", total.value)):
                squares[name] += (len(units) - 1) / len(units) * (replicate[name] - (centre or 0)) ** 2
    assert total.standard_error == pytest.approx(math.sqrt(squares["total"]), rel=1e-9)
    assert mean.standard_error == pytest.approx(math.sqrt(squares["mean"]), rel=0.6)


@QUICK
@given(samples())
def test_lonely_policies_do_not_matter_where_nothing_is_lonely(frame: pd.DataFrame) -> None:
    design = SurveyDesign.from_frame(frame, weight="weight", strata=STRATA, clusters=CLUSTERS)
    found = [estimate(frame, design, REQUESTS, lonely_psu=policy).estimates for policy in LonelyPsu]
    assert all(one == found[0] for one in found)


@QUICK
@given(samples(), st.integers(0, 1000))
def test_splitting_a_stratum_at_random_changes_no_estimate(frame: pd.DataFrame, seed: int) -> None:
    """Only the error may change: what is estimated does not depend on how PSUs are grouped."""
    half = pd.Series(frame["psu"].unique())
    side = dict(zip(half, np.random.default_rng(seed).integers(0, 2, len(half)), strict=True))
    split = frame.assign(stratum=[f"{stratum}-{side[psu]}" for stratum, psu in frame[["stratum", "psu"]].to_numpy()])
    whole = SurveyDesign.from_frame(frame, weight="weight", strata=STRATA, clusters=CLUSTERS)
    halves = SurveyDesign.from_frame(split, weight="weight", strata=STRATA, clusters=CLUSTERS)
    for one, other in zip(
        estimate(frame, whole, REQUESTS, by=["part"]).estimates,
        estimate(split, halves, REQUESTS, by=["part"], lonely_psu=LonelyPsu.CERTAINTY).estimates,
        strict=True,
    ):
        assert one.value == (None if other.value is None else pytest.approx(other.value))
        assert one.sample_size == other.sample_size


@QUICK
@given(samples(), st.sampled_from(list(QuantileRule)), st.floats(0.02, 0.98))
def test_a_quantile_lies_in_its_interval_and_among_the_values(
    frame: pd.DataFrame, rule: QuantileRule, share: float
) -> None:
    design = SurveyDesign.from_frame(frame, weight="weight", strata=STRATA, clusters=CLUSTERS)
    for one in quantiles(frame, design, [Quantile("score", share, rule)], by=["part"]).estimates:
        if one.value is None:
            continue
        inside = frame.loc[frame["part"] == one.domain[0][1], "score"].dropna()
        assert inside.min() <= one.value <= inside.max()
        if one.interval is not None and rule is not QuantileRule.HF7:
            assert one.interval.low <= one.value <= one.interval.high


@QUICK
@given(samples())
def test_a_table_of_independence_does_not_care_which_way_it_is_turned(frame: pd.DataFrame) -> None:
    design = SurveyDesign.from_frame(frame, weight="weight", strata=STRATA, clusters=CLUSTERS)
    if frame["opinion"].nunique() < 2 or frame["part"].nunique() < 2:
        return
    try:
        one = independence(frame, design, "opinion", "part")
    except DesignError as error:
        if "no variation" in str(error):
            return
        raise
    other = independence(frame, design, "part", "opinion")
    assert one.statistic == pytest.approx(other.statistic, rel=1e-6)
    assert one.p_value == pytest.approx(other.p_value, rel=1e-6, abs=1e-12)
