"""What goes with a rate, calibrated: coefficients and shares of R squared with their covariance, against R."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.auxiliaries import Calibration
from analysis.case_columns import DISPOSITIONS, CaseColumns, Labels
from analysis.design import SurveyDesign
from analysis.dispositions import Disposition
from analysis.engine.drivers import Driven, driver_table
from analysis.engine.figures import Asked
from analysis.plan import AnalysisPlan, VarianceRules
from analysis.regression import regress
from analysis.weighting import CalibrationMethod, Margin, calibrate_design

HERE = Path(__file__).parent / "city_drivers"
ITEMS = ("lanes", "waste", "parking", "windows")
PLAN = AnalysisPlan(variance=VarianceRules(adult_stage=False))
METHODS = ("plain", "linear", "raking")


@cache
def records(method: str, statistic: str) -> list[Mapping[str, Any]]:
    found = json.loads((HERE / "expected.json").read_text())["records"]
    return [one for one in found if (one["design"], one["statistic"]) == (method, statistic)]


@cache
def rows() -> pd.DataFrame:
    return pd.read_csv(HERE / "data.csv", dtype=dict.fromkeys(("community", "grid", "age", "sex"), str))


@cache
def design_of(method: str) -> SurveyDesign:
    plain = SurveyDesign.from_frame(rows(), weight="weight", strata=["community"], clusters=["grid"])
    if method == "plain":
        return plain
    known = pd.read_csv(HERE / "register.csv")
    adults = {
        name: dict(zip(part["category"], part["adults"], strict=True)) for name, part in known.groupby("variable")
    }
    crossed: dict[tuple[str, ...], float] = {tuple(key.split("*")): total for key, total in adults["age*sex"].items()}
    margins = [Margin.of("community", adults["community"]), Margin.crossed(["age", "sex"], crossed)]
    found, _ = calibrate_design(rows(), plain, margins, method=CalibrationMethod(method), tolerance=1e-12)
    return found


def columns() -> CaseColumns:
    """All of them answered; grids are drawn with replacement from so many that none is asked twice."""
    data = rows()
    communities, count = Labels.of(list(data["community"])), len(data)
    values = data[["satisfied", *ITEMS]].to_numpy(dtype=np.float64).T
    return CaseColumns(
        community=communities,
        street_of_community=np.zeros(len(communities.names), dtype=np.int64),
        streets=("S",),
        stratum=communities,
        units=(Labels.of(list(data["grid"])),),
        populations=(np.full(count, 1e9),),
        adults=np.ones(count),
        weighting_class=communities,
        probability=1 / data["weight"].to_numpy(),
        disposition=np.full(count, DISPOSITIONS.index(Disposition.COMPLETE)),
        first_mode=Labels.of(["paper"] * count),
        mode=Labels.of(["paper"] * count),
        responded=np.ones(count, dtype=bool),
        indicators=("satisfied", *ITEMS),
        numerators=values,
        denominators=np.where(np.isnan(values), np.nan, 1.0),
        groups={},
    )


@pytest.mark.parametrize("method", METHODS)
def test_coefficients_after_calibration_equal_svyglm(method: str) -> None:
    fit = regress(rows(), design_of(method), "satisfied", ITEMS)
    expected = records(method, "coefficient")
    for one in expected:
        mine = fit.coefficient(one["variable"].lower())
        assert mine.value == pytest.approx(one["value"], rel=1e-9, abs=1e-12), one
        assert mine.standard_error == pytest.approx(one["standard_error"], rel=1e-7), one
    assert len(expected) == len(ITEMS) + 1


@pytest.mark.parametrize("method", METHODS)
def test_shares_of_what_is_explained_and_their_covariance_equal_r(method: str) -> None:
    design = design_of(method)
    calibration: Calibration | None = design.calibration
    asked = [Asked(id=one) for one in ("satisfied", *ITEMS)]
    found = driver_table(columns(), design.weight, calibration, asked, Driven(outcome="satisfied", aspects=ITEMS), PLAN)
    assert found is not None
    [expected] = records(method, "share")
    covariance = np.array(expected["covariance"])
    errors = np.sqrt(np.diag(covariance))
    assert found.aspects == ITEMS
    assert found.share == pytest.approx(expected["value"][:-1], rel=1e-9)
    assert found.explained[0] == pytest.approx(expected["value"][-1], rel=1e-9)
    assert found.standard_error == pytest.approx(errors[:-1], rel=1e-7)
    assert found.degrees_of_freedom == expected["degrees_of_freedom"]
    half = (found.explained[2] - found.explained[1]) / 2
    t = half / errors[-1]
    assert found.high - found.share == pytest.approx(t * errors[:-1], rel=1e-7)
    # An item against the mean of all: its variance is that of the same difference.
    less = np.eye(4) - 1 / 4
    apart = np.sqrt(np.diag(less @ covariance[:-1, :-1] @ less))
    assert (found.beyond_high - found.beyond_low) / 2 == pytest.approx(t * apart, rel=1e-7)
