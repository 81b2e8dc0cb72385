"""Tests of association and regressions: R's numbers and ours, relative 1e-8."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.association import IndependenceTest, correlation, difference_test, independence, trend_test
from analysis.design import SurveyDesign
from analysis.regression import Family, regress

HERE = Path(__file__).parent
RECORDS: list[dict[str, Any]] = json.loads((HERE / "city_tests" / "expected.json").read_text())["records"]
NEAR = {"rel": 1e-8, "abs": 1e-12}
TESTS = {
    "F": IndependenceTest.RAO_SCOTT,
    "Chisq": IndependenceTest.RAO_SCOTT_FIRST_ORDER,
    "Wald": IndependenceTest.WALD,
    "adjWald": IndependenceTest.ADJUSTED_WALD,
}


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [record for record in RECORDS if record["kind"] in kinds]


def named(record: dict[str, Any]) -> str:
    return "-".join(str(part) for part in record.values() if isinstance(part, str))


@cache
def city(name: str) -> tuple[pd.DataFrame, SurveyDesign]:
    frame = pd.read_csv(HERE / name / "data.csv", dtype={"opinion": str})
    frame["rank"] = frame["age"].map({"18-39": 1.0, "40-59": 2.0, "60+": 3.0})
    frame["older_or_younger"] = frame["age"].where(frame["age"] != "40-59")
    stages: dict[str, Any] = {"strata": ["community"], "clusters": ["grid"]}
    if name == "city_two_stage":
        stages = {
            "strata": ["community"],
            "clusters": ["grid", "household"],
            "population_sizes": ["grids", "households"],
        }
    return frame, SurveyDesign.from_frame(frame, weight="weight", **stages)


@pytest.mark.parametrize("record", of_kind("independence"), ids=named)
def test_independence(record: dict[str, Any]) -> None:
    frame, design = city(record["design"])
    found = independence(frame, design, record["one"], record["other"], test=TESTS[record["test"]])
    assert found.p_value == pytest.approx(record["p_value"], **NEAR)
    if record["test"] == "Chisq":
        return  # R prints Pearson's statistic before its correction
    assert found.statistic == pytest.approx(record["statistic"], **NEAR)
    degrees = (found.numerator_degrees_of_freedom, found.denominator_degrees_of_freedom)
    assert degrees == pytest.approx(tuple(record["parameter"]), **NEAR)


@pytest.mark.parametrize("record", of_kind("difference"), ids=named)
def test_two_groups(record: dict[str, Any]) -> None:
    frame, design = city(record["design"])
    found = difference_test(frame, design, record["variable"], "older_or_younger")
    assert found.estimate == pytest.approx(record["estimate"], **NEAR)
    assert found.statistic == pytest.approx(record["statistic"], **NEAR)


@pytest.mark.parametrize("record", of_kind("trend"), ids=named)
def test_trend(record: dict[str, Any]) -> None:
    frame, design = city(record["design"])
    found = trend_test(frame, design, record["variable"], "rank")
    assert found.estimate == pytest.approx(record["estimate"], **NEAR)
    assert found.standard_error == pytest.approx(record["standard_error"], **NEAR)


@pytest.mark.parametrize("record", of_kind("linear", "logistic"), ids=named)
def test_regression(record: dict[str, Any]) -> None:
    frame, design = city(record["design"])
    family = Family(record["kind"])
    predictors = ["persons", "age", "street" if family is Family.LINEAR else "score"]
    found = regress(frame, design, record["outcome"], predictors, family=family)
    assert [one.value for one in found.coefficients] == pytest.approx(record["value"], **NEAR)
    assert [one.standard_error for one in found.coefficients] == pytest.approx(record["standard_error"], **NEAR)
    assert found.degrees_of_freedom == record["degrees_of_freedom"]


@pytest.mark.parametrize("record", of_kind("correlation"), ids=named)
def test_correlation(record: dict[str, Any]) -> None:
    frame, design = city(record["design"])
    found = correlation(frame, design, "spending", "persons")
    assert found.estimate == pytest.approx(record["estimate"], **NEAR)


def test_the_error_of_a_correlation_is_near_the_jackknife() -> None:
    """Two roads to one number: linearised, and leaving out each PSU."""
    frame, design = city("city_clusters")
    found = correlation(frame, design, "spending", "persons")
    squares = 0.0
    for _, inside in frame.groupby("community"):
        grids = inside["grid"].unique()
        for grid in grids:
            factor = np.where(frame["grid"].isin(grids), len(grids) / (len(grids) - 1), 1.0)
            weight = frame["weight"] * np.where(frame["grid"] == grid, 0.0, factor)
            moments = np.cov(frame["spending"], frame["persons"], aweights=weight)
            r = moments[0, 1] / np.sqrt(moments[0, 0] * moments[1, 1])
            squares += (len(grids) - 1) / len(grids) * (r - (found.estimate or 0)) ** 2
    assert found.standard_error == pytest.approx(np.sqrt(squares), rel=0.05)
