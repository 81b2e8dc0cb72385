"""Differences of pairs of domains, all at once, are those that contrasts give one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import SurveyDesign
from analysis.estimation import Mean, Proportion, Ratio, Total
from analysis.estimation.contrasts import Contrast, contrasts
from analysis.estimation.differences import differences
from analysis.estimation.estimate import prepare_estimator
from analysis.estimation.options import Options
from analysis.estimation.requests import Index
from analysis.results import LonelyPsu
from analysis.weighting import Margin, calibrate_design

SHARE = Proportion("yes", "1")
REQUESTS = (SHARE, Mean("score"), Ratio("spent", "persons"), Total("spent"), Index("both", ((Mean("score"), 1.0),)))


def people(seed: int, rows: int) -> pd.DataFrame:
    """Grids lie across the sides of a pair; in some domains everybody says the same, and one answers nothing."""
    rng = np.random.default_rng(seed)
    area, side = rng.integers(0, 4, rows), rng.integers(0, 2, rows)
    alike = (area == 1) & (side == 0)
    return pd.DataFrame(
        {
            "area": [f"a{one}" for one in area],
            "side": [str(one) for one in side],
            "stratum": [f"s{one // 2}" for one in area],
            "grid": [f"s{one // 2}-{grid}" for one, grid in zip(area, rng.integers(0, 4, rows), strict=True)],
            "weight": rng.uniform(1, 9, rows).round(3),
            "age": [f"g{one}" for one in rng.integers(0, 3, rows)],
            "yes": np.where(alike, 1, rng.integers(0, 2, rows)),
            "score": np.where(rng.random(rows) < 0.9, rng.choice([0.0, 40.0, 100.0], rows), np.nan),
            "spent": rng.gamma(2, 100, rows).round(2),
            "persons": rng.integers(1, 5, rows),
        }
    )


@pytest.mark.parametrize("margins", [False, True], ids=["plain", "calibrated"])
@pytest.mark.parametrize("lonely", [LonelyPsu.ADJUST, LonelyPsu.AVERAGE, LonelyPsu.REMOVE])
@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), rows=st.integers(40, 160))
def test_pairs_at_once_equal_contrasts_one_by_one(margins: bool, lonely: LonelyPsu, seed: int, rows: int) -> None:
    frame = people(seed, rows)
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["stratum"], clusters=["grid"])
    if margins:
        ages = frame.groupby("age")["weight"].sum() * np.random.default_rng(seed).uniform(
            0.9, 1.1, frame["age"].nunique()
        )
        design, _ = calibrate_design(
            frame, design, [Margin.of("age", {str(age): float(total) for age, total in ages.items()})]
        )
    estimator = prepare_estimator(frame, design, REQUESTS, by=("area", "side"), options=Options(lonely_psu=lonely))
    keys = estimator.domains.keys
    areas = [area for area in sorted(set(frame["area"])) if all(_key(area, side) in keys for side in "01")]
    first, second = (np.array([keys.index(_key(area, side)) for area in areas], dtype=np.int64) for side in "01")
    _, found = differences(estimator, first, second)
    wanted = [Contrast.difference(_key(area, "1"), _key(area, "0")) for area in areas]
    one_by_one = contrasts(frame, design, REQUESTS, wanted, by=("area", "side"), lonely_psu=lonely).estimates
    for place, one in enumerate(one_by_one):
        at = (place % len(REQUESTS), place // len(REQUESTS))
        assert found.degrees_of_freedom[at] == one.degrees_of_freedom
        limits = (None, None) if one.interval is None else (one.interval.low, one.interval.high)
        told = (one.value, one.standard_error, *limits)
        mine = (found.value[at], found.standard_error[at], found.low[at], found.high[at])
        for value, expected in zip(mine, told, strict=True):
            assert value == pytest.approx(np.nan if expected is None else expected, rel=1e-9, abs=1e-9, nan_ok=True)


def _key(area: str, side: str) -> tuple[tuple[str, str], ...]:
    return (("area", area), ("side", side))


def test_a_domain_stands_in_one_pair_only() -> None:
    frame = people(1, 60)
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["stratum"], clusters=["grid"])
    estimator = prepare_estimator(frame, design, [SHARE], by=("side",), options=Options())
    with pytest.raises(ValueError, match="one pair"):
        differences(estimator, np.array([0, 0]), np.array([1, 1]))
