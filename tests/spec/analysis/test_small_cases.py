"""Samples that happen to show no variance: PSUs of equal totals whose answers are not all alike. Worked by hand."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, t

from analysis import Index, Mean, Proportion, SurveyDesign, Total, estimate
from analysis.estimation.contrasts import Contrast, contrasts
from analysis.estimation.quantiles import Quantile, quantiles
from analysis.estimation.replicates import (
    BalancedHalfSamples,
    Bootstrap,
    GivenReplicates,
    Jackknife,
    ReplicateKind,
    Replication,
)
from analysis.results import SHARE_INTERVALS, Estimate, Estimates, IntervalMethod

#  four PSUs, each with the answers 1, 0, 1 and the points 10, 20, 60: 8 of 12 say yes, the mean is 30
EQUAL = pd.DataFrame(
    {
        "psu": np.repeat([1, 2, 3, 4], 3),
        "stratum": np.repeat(["A", "B"], 6),
        "yes": [1, 0, 1] * 4,
        "points": [10.0, 20, 60] * 4,
        "three": 3.0,
        "who": ["a", "a", "b"] * 4,
    }
)
EQUAL_DESIGN = SurveyDesign.from_frame(EQUAL, clusters=["psu"])
PLAIN_SHARE = 8 / 12 * 4 / 12 / 11  # p (1 - p) / (n - 1)
PLAIN_MEAN = 4 * (20**2 + 10**2 + 30**2) / 11 / 12  # s^2 / n


def only(found: Estimates) -> Estimate:
    assert len(found.estimates) == 1
    return found.estimates[0]


def given() -> GivenReplicates:
    left_out = np.stack([np.where(EQUAL["psu"] == psu, 0.0, 4 / 3) for psu in (1, 2, 3, 4)], axis=1)
    return GivenReplicates(left_out, ReplicateKind.JK1)


REPLICATIONS: dict[str, Replication | None] = {
    "linearised": None,
    "jackknife": Jackknife(),
    "bootstrap": Bootstrap(np.random.default_rng(1), 40),
    "given": given(),
    "half samples": BalancedHalfSamples(),
}


@pytest.mark.parametrize("interval", SHARE_INTERVALS)
@pytest.mark.parametrize("replication", REPLICATIONS)
def test_equal_totals_give_no_interval_of_width_0(interval: IntervalMethod, replication: str) -> None:
    paired = replication == "half samples"
    design = SurveyDesign.from_frame(EQUAL, strata=["stratum"], clusters=["psu"]) if paired else EQUAL_DESIGN
    one = only(
        estimate(EQUAL, design, [Proportion("yes", "1")], interval=interval, replication=REPLICATIONS[replication])
    )
    assert one.interval is not None
    assert one.interval.low < 0.5 < 0.8 < one.interval.high
    assert (one.standard_error, one.design_effect, one.effective_sample_size) == (0.0, None, 12)
    assert len(one.notes) == 1
    assert "plain sample" in one.notes[0]


def test_the_interval_is_that_of_a_plain_sample() -> None:
    p, error, quantile = 8 / 12, sqrt(PLAIN_SHARE), t.ppf(0.975, 3)
    wald = only(estimate(EQUAL, EQUAL_DESIGN, [Proportion("yes", "1")], interval=IntervalMethod.WALD)).interval
    assert wald is not None
    assert (wald.low, wald.high) == pytest.approx((p - quantile * error, p + quantile * error))
    logit = only(estimate(EQUAL, EQUAL_DESIGN, [Proportion("yes", "1")], interval=IntervalMethod.LOGIT)).interval
    assert logit is not None
    middle, half = np.log(p / (1 - p)), quantile * error / (p * (1 - p))
    assert logit.low == pytest.approx(1 / (1 + np.exp(half - middle)))
    points = only(estimate(EQUAL, EQUAL_DESIGN, [Mean("points")])).interval
    assert points is not None
    assert points.low == pytest.approx(30 - quantile * sqrt(PLAIN_MEAN))
    total = only(estimate(EQUAL, EQUAL_DESIGN, [Total("points")])).interval
    assert total is not None
    assert total.low == pytest.approx(12 * (30 - quantile * sqrt(PLAIN_MEAN)))


def test_korn_graubard_stays_at_its_cap() -> None:
    interval = only(estimate(EQUAL, EQUAL_DESIGN, [Proportion("yes", "1")])).interval
    assert interval is not None
    assert interval.low == pytest.approx(beta.ppf(0.025, 8, 5))  # Clopper-Pearson of 8 of 12
    assert interval.high == pytest.approx(beta.ppf(0.975, 9, 4))


def test_totals_that_are_equal_but_for_rounding_are_equal() -> None:
    frame = EQUAL.assign(w=[0.1, 0.2, 0.3, 0.3, 0.1, 0.2, 0.2, 0.3, 0.1, 0.1, 0.2, 0.3], y=0.0)
    frame["y"] = [1.0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0]
    design = SurveyDesign.from_frame(frame, weight="w", clusters=["psu"])
    one = only(estimate(frame, design, [Proportion("y", "1")], interval=IntervalMethod.WALD))
    assert one.interval is not None
    assert one.interval.high - one.interval.low > 0.5
    assert one.standard_error == 0


def test_a_total_of_equal_values_has_no_interval() -> None:
    one = only(estimate(EQUAL, EQUAL_DESIGN, [Total("three")]))
    assert (one.value, one.standard_error, one.interval) == (36, 0, None)
    assert "all values are equal" in one.notes[0]


def test_a_complete_enumeration_keeps_its_certainty() -> None:
    frame = EQUAL.assign(there=4, members=3)
    whole = SurveyDesign.from_frame(
        frame.assign(person=range(12)), clusters=["psu", "person"], population_sizes=["there", "members"]
    )
    one = only(estimate(frame, whole, [Proportion("yes", "1")], interval=IntervalMethod.WALD))
    assert one.complete_enumeration
    assert one.interval is not None
    assert (one.interval.low, one.interval.high) == (8 / 12, 8 / 12)


def test_a_difference_that_is_the_same_in_every_psu_has_a_width() -> None:
    #  women minus men is 10 in each of three PSUs, whose levels differ
    frame = pd.DataFrame(
        {
            "psu": np.repeat([1, 2, 3], 4),
            "sex": ["w", "w", "m", "m"] * 3,
            "points": [20.0, 30, 10, 20, 50, 60, 40, 50, 70, 60, 60, 50],
        }
    )
    design = SurveyDesign.from_frame(frame, clusters=["psu"])
    wanted = [Contrast.difference((("sex", "w"),), (("sex", "m"),))]
    one = only(contrasts(frame, design, [Mean("points")], wanted, by=["sex"]))
    parts = estimate(frame, design, [Mean("points")], by=["sex"]).estimates
    halves = [part.interval.high - part.value for part in parts if part.interval and part.value is not None]
    assert one.value == pytest.approx(10)
    assert one.interval is not None
    assert one.interval.high == pytest.approx(10 + sqrt(sum(half**2 for half in halves)))
    assert "stands in for it" in one.notes[0]


def test_a_difference_of_domains_without_variance_has_a_width() -> None:
    wanted = [Contrast.difference((("who", "a"),), (("who", "b"),))]
    one = only(contrasts(EQUAL, EQUAL_DESIGN, [Proportion("yes", "1")], wanted, by=["who"]))
    assert one.interval is not None
    assert one.interval.high - one.interval.low > 0.3


def test_an_index_of_parts_without_variance_has_a_width() -> None:
    parts = ((Proportion("yes", "1"), 50.0), (Mean("points", scale=(0.0, 100.0)), 0.5))
    found = estimate(EQUAL, EQUAL_DESIGN, [Index("index", parts), *(part for part, _ in parts)]).estimates
    index, *alone = (one.interval for one in found)
    assert index is not None
    assert found[0].value is not None
    down = [
        weight * (one.value - own.low)
        for (_, weight), one, own in zip(parts, found[1:], alone, strict=True)
        if own is not None and one.value is not None
    ]
    assert index.low == pytest.approx(found[0].value - sum(down))  # an error is at most the sum of its parts'


def test_a_quantile_whose_share_shows_no_variance_has_a_width() -> None:
    frame = pd.DataFrame({"psu": np.repeat([1, 2, 3, 4], 6), "y": [1.0, 2, 3, 4, 5, 6] * 4})
    one = only(quantiles(frame, SurveyDesign.from_frame(frame, clusters=["psu"]), [Quantile("y")]))
    assert one.value == 3
    assert one.interval is not None
    assert one.interval.low < 3 < one.interval.high
