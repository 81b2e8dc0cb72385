"""Contrasts, quantiles and replicates on designs of a page."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from analysis.design import SurveyDesign
from analysis.estimation import Index, Mean, Ratio, Total, estimate
from analysis.estimation.contrasts import Contrast, contrasts
from analysis.estimation.quantiles import Quantile, QuantileRule, quantiles
from analysis.estimation.replicates import BalancedHalfSamples, Bootstrap, GivenReplicates, Jackknife, ReplicateKind
from analysis.problems import DesignError
from analysis.results import Domain

#  two strata of two PSUs; women and men in each
TOY = pd.DataFrame(
    {
        "stratum": list("AAAABBBB"),
        "psu": [1, 1, 2, 2, 3, 3, 4, 4],
        "who": list("wmwmwmwm"),
        "y": [4.0, 2, 8, 4, 3, 1, 5, 5],
        "x": [1.0, 1, 2, 1, 1, 1, 2, 1],
        "one": 1.0,
    }
)
DESIGN = SurveyDesign.from_frame(TOY, strata=["stratum"], clusters=["psu"])
WOMEN: Domain = (("who", "w"),)
MEN: Domain = (("who", "m"),)


def test_a_difference_counts_what_the_domains_share() -> None:
    (one,) = contrasts(TOY, DESIGN, [Mean("y")], [Contrast.difference(WOMEN, MEN)], by=["who"]).estimates
    assert one.value == 20 / 4 - 12 / 4
    # Residuals: women -1, 3 | -2, 0 over 4; men -1, 1 | -2, 2 over 4. PSU sums of the difference: 0, 2 | 0, -2 over 4.
    assert one.standard_error == pytest.approx(sqrt(2 * (1**2 + 1**2) + 2 * (1**2 + 1**2)) / 4)
    assert one.degrees_of_freedom == 2
    assert one.interval is not None
    assert one.interval.high - 2 == pytest.approx(stdtrit(2, 0.975) * (one.standard_error or 0))
    assert one.domain == (("contrast", "w − m"),)


def test_a_difference_from_everyone_alike_is_not_certain() -> None:
    frame = pd.DataFrame({"who": ["w"] * 30 + ["m"] * 30, "yes": [1.0] * 30 + [1.0, 0] * 15, "one": 1.0})
    design = SurveyDesign.from_frame(frame)
    share = Ratio("yes", "one", scale=(0.0, 1.0))
    (one,) = contrasts(frame, design, [share], [Contrast.difference(WOMEN, MEN)], by=["who"]).estimates
    assert one.interval is not None
    half = stdtrit(60 - 1, 0.975) * (one.standard_error or 0)
    assert one.interval.high == pytest.approx(0.5 + half)
    # Below, women may be as few as 88.4 %: (1 - L) goes in by quadrature.
    assert one.interval.low == pytest.approx(0.5 - sqrt(half**2 + (1 - 0.025 ** (1 / 30)) ** 2))
    assert one.scale == (-1.0, 1.0)


def test_a_contrast_of_an_unknown_domain_is_refused() -> None:
    with pytest.raises(DesignError, match=r"who: there is no domain 'x'.*The domains are: m; w"):
        contrasts(TOY, DESIGN, [Mean("y")], [Contrast("c", {(("who", "x"),): 1.0})], by=["who"])


# ------------------------------------------------------------------ quantiles
@pytest.mark.parametrize(
    ("rule", "value"),
    [
        # 1 2 3 4 | 4 5 5 8, equal weights: half lies at the fourth
        (QuantileRule.MATH, 4.0),
        (QuantileRule.SCHOOL, 4.0),
        (QuantileRule.HF7, 4.0),
    ],
)
def test_the_median(rule: QuantileRule, value: float) -> None:
    (one,) = quantiles(TOY, DESIGN, [Quantile("y", 0.5, rule)]).estimates
    assert one.value == value


@pytest.mark.parametrize(
    ("rule", "value"), [(QuantileRule.MATH, 2.0), (QuantileRule.SCHOOL, 2.5), (QuantileRule.HF7, 2.75)]
)
def test_the_lower_quartile(rule: QuantileRule, value: float) -> None:
    (one,) = quantiles(TOY, DESIGN, [Quantile("y", 0.25, rule)]).estimates
    assert one.value == value


def test_a_frequency_is_that_many_values() -> None:
    cells = pd.DataFrame({"y": [1.0, 2, 7, 9], "n": [3, 1, 4, 2]})
    long = cells.loc[cells.index.repeat(cells["n"])].reset_index(drop=True)
    wanted = [Quantile("y", p, rule) for p in (0.2, 0.35, 0.5, 0.8) for rule in QuantileRule]
    short = quantiles(cells, SurveyDesign.from_frame(cells, frequency="n"), wanted)
    full = quantiles(long, SurveyDesign.from_frame(long), wanted)
    for one, other in zip(short.estimates, full.estimates, strict=True):
        assert one.value == pytest.approx(other.value)
        assert one.interval == other.interval


# ------------------------------------------------------------------ replicates
def test_the_jackknife_by_hand() -> None:
    (one,) = estimate(TOY, DESIGN, [Ratio("y", "x")], replication=Jackknife()).estimates
    y, x = np.array([6.0, 12, 4, 10]), np.array([2.0, 3, 2, 3])
    without = [
        (2 * y[1] + y[2] + y[3]) / (2 * x[1] + x[2] + x[3]),
        (2 * y[0] + y[2] + y[3]) / (2 * x[0] + x[2] + x[3]),
        (y[0] + y[1] + 2 * y[3]) / (x[0] + x[1] + 2 * x[3]),
        (y[0] + y[1] + 2 * y[2]) / (x[0] + x[1] + 2 * x[2]),
    ]
    assert one.value == pytest.approx(32 / 10)
    assert one.standard_error == pytest.approx(sqrt(sum((r - np.mean(without)) ** 2 for r in without) / 2))


def test_every_method_gives_the_linearised_error_of_a_total() -> None:
    (linear,) = estimate(TOY, DESIGN, [Total("y")]).estimates
    for method in (Jackknife(), BalancedHalfSamples(), BalancedHalfSamples(fay=0.5)):
        (one,) = estimate(TOY, DESIGN, [Total("y")], replication=method).estimates
        assert one.standard_error == pytest.approx(linear.standard_error)
        assert one.interval is not None
        assert linear.interval is not None
        assert one.interval.low == pytest.approx(linear.interval.low)


def city(seed: int = 3) -> tuple[pd.DataFrame, SurveyDesign]:
    rng = np.random.default_rng(seed)
    stratum = np.repeat(np.arange(40), 25)
    psu = stratum * 5 + np.tile(np.repeat(np.arange(5), 5), 40)
    shift = rng.normal(0, 0.4, 200)[psu]
    frame = pd.DataFrame(
        {
            "stratum": stratum,
            "psu": psu,
            "psus": 9,
            "weight": rng.uniform(1, 3, 1000),
            "one": 1.0,
            "y": rng.normal(5, 1, 1000) + shift,
            "yes": (rng.random(1000) < 0.6 + shift / 5).astype(float),
            "who": rng.choice(["w", "m"], 1000),
        }
    )
    design = SurveyDesign.from_frame(
        frame, weight="weight", strata=["stratum"], clusters=["psu"], population_sizes=["psus"]
    )
    return frame, design


def test_jackknife_and_bootstrap_agree_with_linearisation_on_smooth_statistics() -> None:
    frame, design = city()
    share, mean = Ratio("yes", "one", scale=(0.0, 1.0)), Mean("y")
    wanted = [share, mean, Total("y"), Index("index", parts=((share, 50.0), (mean, 10.0)))]
    for by in ([], ["who"]):
        linear = estimate(frame, design, wanted, by=by).estimates
        left_out = estimate(frame, design, wanted, by=by, replication=Jackknife()).estimates
        drawn = estimate(
            frame, design, wanted, by=by, replication=Bootstrap(np.random.default_rng(1), replicates=2000)
        ).estimates
        for one, two, three in zip(linear, left_out, drawn, strict=True):
            assert two.standard_error == pytest.approx(one.standard_error, rel=0.01)
            assert three.standard_error == pytest.approx(one.standard_error, rel=0.08)


def test_the_bootstrap_repeats_itself_from_its_seed() -> None:
    frame, design = city()
    found = [
        estimate(frame, design, [Mean("y")], replication=Bootstrap(np.random.default_rng(7), 100)).estimates
        for _ in range(2)
    ]
    assert found[0] == found[1]


def test_bootstrap_weights_keep_every_stratum_total_without_fpc() -> None:
    _, design = city()
    plain = SurveyDesign.from_frame(city()[0], strata=["stratum"], clusters=["psu"])
    for block in Bootstrap(np.random.default_rng(2), 100).multipliers(plain):
        assert np.add.reduceat(block, np.arange(0, 200, 5), axis=1) == pytest.approx(5)
        assert block.min() >= 0
    (first, *_) = Bootstrap(np.random.default_rng(2), 100).multipliers(design)
    assert first.min() == pytest.approx(1 - sqrt(1 - 5 / 9))


def test_balanced_half_samples_refuse_what_they_cannot_do() -> None:
    frame, design = city()
    with pytest.raises(DesignError, match="do not have two PSUs"):
        estimate(frame, design, [Mean("y")], replication=BalancedHalfSamples())
    sized = SurveyDesign.from_frame(TOY.assign(psus=5), strata=["stratum"], clusters=["psu"], population_sizes=["psus"])
    with pytest.raises(DesignError, match="finite population"):
        estimate(TOY, sized, [Mean("y")], replication=BalancedHalfSamples())
    (one,) = estimate(TOY, sized, [Total("y")], replication=BalancedHalfSamples(ignore_fpc=True)).estimates
    (linear,) = estimate(TOY, DESIGN, [Total("y")]).estimates
    assert one.standard_error == pytest.approx(linear.standard_error)


def test_given_replicate_weights() -> None:
    frame = pd.DataFrame({"y": [1.0, 3, 5]})
    weights = np.array([[0.0, 1.5, 1.5], [1.5, 0.0, 1.5], [1.5, 1.5, 0.0]])
    (one,) = estimate(
        frame, SurveyDesign.from_frame(frame), [Mean("y")], replication=GivenReplicates(weights, ReplicateKind.JK1)
    ).estimates
    # Means without each: 4, 3, 2 about 3
    assert one.standard_error == pytest.approx(sqrt(2 / 3 * 2))
    assert one.degrees_of_freedom == 2


def test_jkn_weights_need_their_factors() -> None:
    with pytest.raises(ValueError, match="factor of each"):
        GivenReplicates(np.ones((3, 3)), ReplicateKind.JKN)
