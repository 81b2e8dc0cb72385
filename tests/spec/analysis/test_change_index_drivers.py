"""Change between waves, composite indices and drivers, on designs of a page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.change import TwoWaves, WaveConditions, changes, differences_of, join_waves
from analysis.city_results import Priority
from analysis.design import SurveyDesign
from analysis.drivers import drivers
from analysis.estimation import Mean, Proportion, estimate
from analysis.estimation.contrasts import contrasts
from analysis.index import Part, composite, over_waves
from analysis.results import ChangeVerdict

W1, W2 = "2026Q1", "2026Q2"
WAVES = TwoWaves(column="wave", before=W1, after=W2)


def wave(values: dict[str, list[float]], stratum: str = "A") -> pd.DataFrame:
    """``values``: PSU -> answers."""
    return pd.DataFrame(
        [
            {"stratum": stratum, "psu": psu, "y": answer, "weight": 1.0}
            for psu, answers in values.items()
            for answer in answers
        ]
    )


def design(frame: pd.DataFrame) -> SurveyDesign:
    return SurveyDesign.from_frame(frame, weight="weight", strata=["stratum"], clusters=["psu"])


def joined(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    return join_waves(before, after, waves=WAVES, stratum="stratum", psu="psu")


def test_the_same_grids_asked_twice_by_hand() -> None:
    #  grid: before, after    1: (1 0), (1 1)   2: (0 0), (1 0)   3: (1 1), (1 1)   4: (0 0), (1 0)
    before = wave({"1": [1, 0], "2": [0, 0], "3": [1, 1], "4": [0, 0]})
    after = wave({"1": [1, 1], "2": [1, 0], "3": [1, 1], "4": [1, 0]})
    frame = joined(before, after)
    assert frame["stratum"].unique().tolist() == ["A"]  # one stratum: the same PSUs in both
    (found,) = changes(frame, design(frame), [Mean("y")], WAVES)
    # Sums per grid rise by 1, 1, 0, 1: mean change 3/8. Influence of grid g: ((a - 6/8 * 2) - (b - 3/8 * 2)) / 8
    # = (rise - 0.75) / 8: .25, .25, -.75, .25 over 8; variance 4/3 * 0.75 / 64.
    assert (found.before, found.after, found.difference) == pytest.approx((3 / 8, 6 / 8, 3 / 8))
    assert found.standard_error == pytest.approx(np.sqrt(4 / 3 * (3 * 0.25**2 + 0.75**2) / 64))
    assert found.degrees_of_freedom == 3
    # Without the covariance the error would be larger: grids differ more than they change.
    apart = [estimate(one, design(one), [Mean("y")]).estimates[0].standard_error or 0.0 for one in (before, after)]
    assert found.standard_error < np.hypot(*apart)


def test_waves_drawn_anew_are_independent() -> None:
    before = wave({"1": [1, 0], "2": [0, 0], "3": [1, 1]})
    after = wave({"7": [1, 1], "8": [1, 0], "9": [1, 1]})
    frame = joined(before, after)
    assert frame["stratum"].unique().tolist() == [f"A@{W1}", f"A@{W2}"]
    (found,) = changes(frame, design(frame), [Mean("y")], WAVES)
    apart = [estimate(one, design(one), [Mean("y")]).estimates[0].standard_error or 0.0 for one in (before, after)]
    assert found.standard_error == pytest.approx(np.hypot(*apart))
    assert found.verdict is ChangeVerdict.NO_DETECTABLE_CHANGE


def test_a_change_is_risen_fallen_or_none_per_domain() -> None:
    def households(level: dict[str, float], prefix: str) -> pd.DataFrame:
        return pd.DataFrame(
            [
                {"stratum": area, "psu": f"{prefix}{area}{k}", "y": float(k % 10 < 10 * share - 1e-9), "weight": 5.0}
                for area, share in level.items()
                for k in range(300)
            ]
        )

    frame = joined(
        households({"up": 0.6, "down": 0.9, "same": 0.7}, "a"), households({"up": 0.8, "down": 0.7, "same": 0.7}, "b")
    )
    frame["area"] = frame["stratum"].str.split("@").str[0]
    found = changes(frame, design(frame), [Proportion("y", "1")], WAVES, by=["area"])
    assert {dict(one.domain)["area"]: one.verdict for one in found} == {
        "up": ChangeVerdict.RISEN,
        "down": ChangeVerdict.FALLEN,
        "same": ChangeVerdict.NO_DETECTABLE_CHANGE,
    }


SAME = WaveConditions(
    definition="d1", selection="every grid", frame="2026 list", mode_shares={"web": 0.6, "paper": 0.4}
)


def test_what_was_asked_otherwise_is_not_compared() -> None:
    other = WaveConditions(
        definition="d1", selection="some grids", frame="2026 list", mode_shares={"web": 0.75, "paper": 0.25}
    )
    assert differences_of(SAME, SAME) == ()
    assert differences_of(SAME, other) == (
        "the selection differs",
        "the share of paper, web differs by more than 10%",
    )
    near = WaveConditions(
        definition="d1", selection="every grid", frame="2026 list", mode_shares={"web": 0.7, "paper": 0.3}
    )
    assert differences_of(SAME, near) == ()  # ten points are not more than ten
    before, after = wave({"1": [1, 0], "2": [0, 0]}), wave({"1": [1, 1], "2": [1, 1]})
    frame = joined(before, after)
    (found,) = changes(frame, design(frame), [Mean("y")], WAVES, conditions=(SAME, other))
    assert found.verdict is ChangeVerdict.NOT_COMPARABLE
    assert found.reasons
    with pytest.raises(ValueError, match="no domain was asked in both waves"):
        changes(frame, design(frame), [Mean("y")], TwoWaves(column="wave", before="2020", after=W2))


# ------------------------------------------------------------------ indices
def people() -> pd.DataFrame:
    rng = np.random.default_rng(20260930)
    tidy, polite = rng.choice([0, 55, 75, 100], 400), rng.choice([0, 50, 100], 400)
    quarter = np.array([W1, W2])[rng.integers(0, 2, 400)]
    return pd.DataFrame(
        {
            "tidy": tidy.astype(float),
            "polite": polite.astype(float),
            "safe": (rng.random(400) < 0.8).astype(float),
            "weight": rng.uniform(1, 3, 400),
            "quarter": quarter,
            "stratum": "A",
            "psu": np.arange(400).astype(str),
        }
    )


def test_an_index_is_the_weighted_sum_with_its_covariance() -> None:
    frame = people()
    index = composite(
        "civility",
        {
            "tidy": Part(request=Mean("tidy"), weight=0.5, scale=(0.0, 100.0)),
            "polite": Part(request=Mean("polite"), weight=0.3, scale=(0.0, 100.0)),
            "safe": Part(request=Mean("safe"), weight=0.2),
        },
    )
    found = estimate(frame, design(frame), [index]).estimates[0]
    # The same as the mean of each person's own index.
    frame["own"] = 0.5 * frame["tidy"] + 0.3 * frame["polite"] + 20 * frame["safe"]
    own = estimate(frame, design(frame), [Mean("own")]).estimates[0]
    assert (found.value, found.standard_error) == pytest.approx((own.value, own.standard_error))
    assert found.scale == (0.0, 100.0)


def test_a_years_index_over_waves() -> None:
    frame = people()
    year = over_waves("2026", {(("quarter", W1),): 0.4, (("quarter", W2),): 0.6})
    found = contrasts(frame, design(frame), [Mean("tidy")], [year], by=["quarter"]).estimates[0]
    one, two = estimate(frame, design(frame), [Mean("tidy")], by=["quarter"]).estimates
    assert one.value is not None
    assert two.value is not None
    assert found.value == pytest.approx(0.4 * one.value + 0.6 * two.value)


@pytest.mark.parametrize(
    ("weights", "message"),
    [((0.5, 0.6), "add up to 1.1, not to 1"), ((1.0, 0.0), "not above 0: polite")],
)
def test_weights_that_are_no_weights(weights: tuple[float, float], message: str) -> None:
    parts = {
        name: Part(request=Mean(name), weight=weight, scale=(0.0, 100.0))
        for name, weight in zip(("tidy", "polite"), weights, strict=True)
    }
    with pytest.raises(ValueError, match=message):
        composite("civility", parts)


# ------------------------------------------------------------------ drivers
def test_what_to_mend_first() -> None:
    rng = np.random.default_rng(20260930)
    size = 600
    frame = pd.DataFrame(
        {
            "tidy": rng.normal(60, 15, size),
            "polite": rng.normal(85, 10, size),
            "fast": rng.normal(55, 20, size),
            "signs": rng.normal(90, 5, size),
            "weight": rng.uniform(1, 2, size),
            "stratum": "A",
            "psu": np.arange(size).astype(str),
        }
    )
    frame["overall"] = 10 + 0.6 * frame["tidy"] + 0.8 * frame["polite"] + rng.normal(0, 6, size)
    found = drivers(frame, design(frame), "overall", ["tidy", "polite", "fast", "signs"])
    by_name = {one.variable: one for one in found.drivers}
    assert {name: one.priority for name, one in by_name.items()} == {
        "tidy": Priority.MEND_FIRST,
        "polite": Priority.KEEP,
        "fast": Priority.WATCH,
        "signs": Priority.ENOUGH,
    }
    assert found.drivers[0].variable == "tidy"
    # 0.6 * 15 and 0.8 * 10 over sqrt(81 + 64 + 36) = 13.45.
    assert by_name["tidy"].importance == pytest.approx(9 / 13.45, abs=0.06)
    assert by_name["polite"].importance == pytest.approx(8 / 13.45, abs=0.06)
    assert by_name["tidy"].told_from_zero
    assert not by_name["fast"].told_from_zero
    assert found.explained == pytest.approx(145 / 181, abs=0.04)
    # On a scale of its own an aspect may stand otherwise: 90 of 200 is little.
    scales = dict.fromkeys(("tidy", "polite", "fast"), (0.0, 100.0)) | {"signs": (0.0, 200.0)}
    rescaled = drivers(frame, design(frame), "overall", ["tidy", "polite", "fast", "signs"], scales=scales)
    assert {one.variable: one.priority for one in rescaled.drivers}["signs"] is Priority.WATCH


def test_standardised_coefficients_do_not_hang_on_units() -> None:
    frame = people()
    frame["overall"] = frame["tidy"] + frame["polite"] * 0.2
    once = drivers(frame, design(frame), "overall", ["tidy", "polite"])
    frame["tidy"] = frame["tidy"] * 10 + 3
    again = drivers(frame, design(frame), "overall", ["tidy", "polite"])
    assert {one.variable: one.importance for one in once.drivers} == pytest.approx(
        {one.variable: one.importance for one in again.drivers}
    )


def test_what_does_not_vary_drives_nothing() -> None:
    frame = people()
    frame["overall"] = 5.0
    with pytest.raises(ValueError, match="all answers to overall are alike"):
        drivers(frame, design(frame), "overall", ["tidy"])
