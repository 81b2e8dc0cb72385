"""A wave with the default margins against R: two stages, nonresponse classes, calibration to the adults of every
community and age x sex of the city, and standard errors of every domain a report shows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.arrays import FloatArray
from analysis.design import SurveyDesign
from analysis.estimation import Mean, Ratio, Total, estimate
from analysis.results import Estimate
from analysis.weighting import CalibrationMethod, Margin, calibrate_design, nonresponse_weights

HERE = Path(__file__).parent / "city_wave"
TWO_STAGES = {"strata": ["community"], "clusters": ["grid", "household"]}
DESIGNS: dict[str, dict[str, Any]] = {
    "both_stages": {**TWO_STAGES, "population_sizes": ["grids", "households"]},
    "first_stage": {**TWO_STAGES, "population_sizes": ["grids"]},  # one adult a household: no correction there
    "with_replacement": {"strata": ["community"], "clusters": ["grid"]},
}
REQUESTS = (Mean("satisfied"), Mean("score"), Total("spending"), Ratio("spending", "persons"))


@cache
def expected() -> Mapping[str, Any]:
    found = json.loads((HERE / "expected.json").read_text())
    assert isinstance(found, dict)
    return found


@cache
def cases() -> pd.DataFrame:
    labels = dict.fromkeys(("street", "community", "grid", "household", "housing", "age", "sex"), str)
    return pd.read_csv(HERE / "data.csv", dtype=labels)


@cache
def adjusted() -> FloatArray:
    """Weights of all cases after nonresponse, in classes of street and housing."""
    frame = cases()
    classes = list(frame["street"] + " " + frame["housing"])
    answered = frame["answered"].to_numpy() == 1
    return nonresponse_weights(frame["weight"].to_numpy(), answered, classes, minimum_respondents=1)[0]


@cache
def respondents() -> pd.DataFrame:
    frame = cases().assign(adjusted=adjusted())
    return frame[frame["answered"] == 1].reset_index(drop=True)


def margins() -> list[Margin]:
    known = pd.read_csv(HERE / "register.csv")
    adults = {
        name: dict(zip(part["category"], part["adults"], strict=True)) for name, part in known.groupby("variable")
    }
    by_age_and_sex = {(key.split("*")[0], key.split("*")[1]): total for key, total in adults["age*sex"].items()}
    return [Margin.of("community", adults["community"]), Margin.crossed(["age", "sex"], by_age_and_sex)]


@cache
def calibrated(design: str, method: str) -> SurveyDesign:
    plain = SurveyDesign.from_frame(respondents(), weight="adjusted", **DESIGNS[design])
    found, record = calibrate_design(respondents(), plain, margins(), method=CalibrationMethod(method), tolerance=1e-12)
    assert record.worst_gap <= 1e-12
    return found


@cache
def ours(design: str, method: str, by: tuple[str, ...]) -> dict[tuple[Any, ...], Estimate]:
    found = estimate(respondents(), calibrated(design, method), REQUESTS, by=by)
    return {(one.statistic, one.variable, one.domain): one for one in found.estimates}


def test_weights_after_nonresponse_equal_r() -> None:
    np.testing.assert_allclose(respondents()["adjusted"], expected()["adjusted"], rtol=1e-12)


@pytest.mark.parametrize("method", ["linear", "raking"])
def test_weights_after_calibration_equal_r(method: str) -> None:
    mine = calibrated("both_stages", method).weight
    np.testing.assert_allclose(mine, expected()["weights"][method], rtol=1e-8, atol=0)


@pytest.mark.parametrize("few", [400, 0], ids=["residuals", "quadratic form"])
@pytest.mark.parametrize("method", ["linear", "raking"])
@pytest.mark.parametrize("design", sorted(DESIGNS))
def test_standard_errors_of_every_domain_equal_r(
    design: str, method: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.estimation.calibrated._FEW", few)
    ours.cache_clear()
    compared: Counter[tuple[str, ...]] = Counter()
    for record in expected()["records"]:
        if (record["design"], record["method"]) != (design, method):
            continue
        by = tuple(record["domain"])
        one = ours(design, method, by)[record["statistic"], record["variable"], tuple(record["domain"].items())]
        assert one.value == pytest.approx(record["value"], rel=1e-10), record
        assert one.standard_error == pytest.approx(record["standard_error"], rel=1e-8, abs=1e-10), record
        compared[by] += 1
    assert compared == {
        (): 4,
        ("street",): 16,
        ("community",): 64,
        ("age",): 12,
        ("sex",): 8,
        ("age", "sex"): 24,
        ("street", "age"): 48,
    }
