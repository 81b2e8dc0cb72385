"""An open collection beside a probability sample: what the blend is, what it says, and what it may never become."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.design import SurveyDesign
from analysis.disclosure import protect
from analysis.estimation import Mean, Proportion, estimate
from analysis.problems import DesignError
from analysis.results import PublicationRule
from analysis.weighting import Adjustment, BlendMethod, blend
from analysis.weighting.blending import bootstrap_factors

approx = pytest.approx

#  Probability sample: 16 young (12 yes) and 16 old (4 yes), weight 10: the population is 160 young, 160 old.
#  Open answers: 48 young (40 yes), 16 old (8 yes).
REFERENCE = pd.DataFrame({"age": ["young"] * 4 + ["old"] * 4, "yes": [1.0, 1, 0, 1, 0, 0, 1, 0]})
REFERENCE = pd.concat([REFERENCE] * 4, ignore_index=True).assign(w=10.0)
OPEN = pd.DataFrame({"age": ["young"] * 6 + ["old"] * 2, "yes": [1.0, 1, 1, 1, 1, 0, 1, 0]})
OPEN = pd.concat([OPEN] * 8, ignore_index=True)


def design(frame: pd.DataFrame = REFERENCE) -> SurveyDesign:
    return SurveyDesign.from_frame(frame, weight="w")


def blended(method: BlendMethod, **options: Any) -> Any:
    return blend(
        REFERENCE,
        design(),
        OPEN,
        [Mean("yes", scale=(0.0, 1.0))],
        Adjustment(on=["age"], method=method, rng=np.random.default_rng(1), replicates=200),
        **options,
    )


@pytest.mark.parametrize("method", list(BlendMethod))
def test_the_open_answers_are_brought_to_the_population_by_hand(method: BlendMethod) -> None:
    #  Both ways make the open sample half young, half old: weights in the ratio 1/48 to 1/16, or 1 to 3.
    #  Open: (5/6 + 1/2) / 2 = 2/3 (as they came: 6/8). Probability sample: 4/8.
    #  Kish: (48 * 1 + 16 * 3)^2 / (48 * 1^2 + 16 * 3^2) = 9216 / 192 = 48
    found = blended(method)
    one = found.estimates[0]
    assert one.open_unweighted == approx(6 / 8)
    assert one.open_adjusted == approx(2 / 3, rel=1e-6)
    assert one.probability.value == approx(1 / 2)
    own = one.probability.effective_sample_size
    assert one.probability_share == approx(own / (own + 48), rel=1e-6)
    assert one.value == approx(one.probability_share / 2 + (1 - one.probability_share) * 2 / 3, rel=1e-6)
    assert one.open_sample_size == 64


def test_a_propensity_weight_is_one_over_the_odds_by_hand() -> None:
    #  young: 48 open beside 160 of the population: odds 48/160, weight 160/48; old: 16 beside 160, weight 10
    found = blended(BlendMethod.PROPENSITY)
    assert found.open_weights.minimum == approx(160 / 48, rel=1e-6)
    assert found.open_weights.maximum == approx(10, rel=1e-6)


def test_the_assumption_stands_in_both_languages_and_names_the_columns() -> None:
    found = blended(BlendMethod.CALIBRATION)
    assert "混合估计" in found.label_zh
    assert "age" in found.assumption_zh
    assert "不据此作达标判定" in found.assumption_zh
    assert "alike in age" in found.assumption_en
    assert "No verdict" in found.assumption_en


def test_a_blend_cannot_become_a_publishable_table() -> None:
    found = blended(BlendMethod.CALIBRATION)
    assert not hasattr(found.estimates[0], "verdict")
    with pytest.raises((AttributeError, TypeError)):
        protect(found, rule=PublicationRule())


def test_a_domain_without_open_answers_is_the_probability_sample_alone() -> None:
    reference = REFERENCE.assign(street=["A", "B"] * 16)
    answers = OPEN.assign(street="A")
    found = blend(
        reference,
        design(reference),
        answers,
        [Mean("yes", scale=(0.0, 1.0))],
        Adjustment(on=["age"], method=BlendMethod.CALIBRATION, rng=np.random.default_rng(3), replicates=50),
        by=["street"],
    )
    at = {one.domain[0][1]: one for one in found.estimates}
    assert at["B"].probability_share == 1
    assert at["B"].value == approx(at["B"].probability.value)
    assert at["B"].open_adjusted is None
    assert at["A"].open_sample_size == 64


def test_bootstrap_factors_have_mean_one_and_the_variance_of_linearisation() -> None:
    rng = np.random.default_rng(11)
    frame = pd.DataFrame({"h": np.repeat(["x", "y"], 6), "psu": np.repeat(np.arange(6), 2), "N": 12.0, "w": 4.0})
    frame["y"] = rng.normal(size=12)
    plan = SurveyDesign.from_frame(frame, weight="w", strata=["h"], clusters=["psu"], population_sizes=["N"])
    factors = np.stack([bootstrap_factors(plan, rng) for _ in range(20_000)])
    assert factors.min() >= 0
    assert factors.mean(axis=0) == approx(1, abs=0.03)
    totals = factors @ (4.0 * frame["y"].to_numpy())
    from analysis.estimation import Total

    error = estimate(frame, plan, [Total("y")]).estimates[0].standard_error
    assert totals.std() == approx(error, rel=0.03)


def city(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Residents whose age decides both their answer and whether they answer online."""
    age = rng.choice(["a", "b", "c"], size, p=[0.3, 0.4, 0.3])
    chance = pd.Series(age).map({"a": 0.8, "b": 0.6, "c": 0.3}).to_numpy()
    return pd.DataFrame({"age": age, "yes": (rng.random(size) < chance).astype(float)})


@pytest.mark.parametrize("method", list(BlendMethod))
def test_bias_that_the_columns_explain_is_taken_off_and_the_interval_covers(method: BlendMethod) -> None:
    rng = np.random.default_rng(17)
    truth, inside, naive, narrower, runs = 0.3 * 0.8 + 0.4 * 0.6 + 0.3 * 0.3, 0, [], 0, 30
    for _ in range(runs):
        reference = city(rng, 300).assign(w=100.0)
        everyone = city(rng, 4000)
        joins = pd.Series(everyone["age"]).map({"a": 0.3, "b": 0.15, "c": 0.03}).to_numpy()
        answers = everyone[rng.random(len(everyone)) < joins].reset_index(drop=True)
        found = blend(
            reference,
            SurveyDesign.from_frame(reference, weight="w"),
            answers,
            [Proportion("yes", "1")],
            Adjustment(on=["age"], method=method, rng=rng, replicates=30),
        ).estimates[0]
        assert found.interval is not None
        assert found.standard_error is not None
        assert found.probability.standard_error is not None
        inside += found.interval.low <= truth <= found.interval.high
        narrower += found.standard_error < found.probability.standard_error
        naive.append(found.open_unweighted or 0.0)
    assert np.mean(naive) > truth + 0.08  # as they came, the open answers mislead
    assert inside >= 0.85 * runs
    assert narrower >= 0.8 * runs


def test_the_error_of_the_reference_sample_is_counted() -> None:
    """The same open answers beside a smaller reference sample are less certain."""
    rng = np.random.default_rng(23)
    answers = city(rng, 600)
    errors = []
    for size in (60, 3000):
        reference = city(rng, size).assign(w=6000.0 / size)
        found = blend(
            reference,
            SurveyDesign.from_frame(reference, weight="w"),
            answers,
            [Proportion("yes", "1")],
            Adjustment(on=["age"], method=BlendMethod.CALIBRATION, rng=rng, replicates=200),
        )
        errors.append(found.estimates[0].open_adjusted_standard_error or 0.0)
    assert errors[0] > 1.2 * errors[1]


def test_what_cannot_be_blended_is_named() -> None:
    with pytest.raises(DesignError, match="age=young has 160 in the population and nobody in the sample"):
        blend(
            REFERENCE,
            design(),
            OPEN[OPEN["age"] == "old"].reset_index(drop=True),
            [Mean("yes")],
            Adjustment(on=["age"], method=BlendMethod.CALIBRATION, rng=np.random.default_rng(1)),
        )
    with pytest.raises(DesignError, match="colour: one of the samples lacks this column"):
        blend(
            REFERENCE,
            design(),
            OPEN,
            [Mean("yes")],
            Adjustment(on=["colour"], method=BlendMethod.PROPENSITY, rng=np.random.default_rng(1)),
        )
    single = REFERENCE.assign(h=["x"] * 31 + ["y"])
    with pytest.raises(DesignError, match="1 strata have a single PSU: y"):
        blend(
            single,
            SurveyDesign.from_frame(single, weight="w", strata=["h"]),
            OPEN,
            [Mean("yes")],
            Adjustment(on=["age"], method=BlendMethod.PROPENSITY, rng=np.random.default_rng(1)),
        )
