"""Groups, tests and regressions of one wave, plain and calibrated: the engine and ``analysis`` against R."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.arrays import FloatArray
from analysis.association import IndependenceTest, TestResult, difference_test, independence, trend_test
from analysis.auxiliaries import Calibration
from analysis.case_columns import CaseColumns
from analysis.design import SurveyDesign
from analysis.engine.figures import Asked, Respondents, frame_and_design, options_of, requests_of
from analysis.engine.groups import GroupTable, group_tables
from analysis.engine.street_groups import StreetGroups, street_groups
from analysis.estimation.equality import Equality, equal_domains, equal_in_sets
from analysis.estimation.estimate import prepare_estimator
from analysis.plan import AnalysisPlan, Group, VarianceRules
from analysis.regression import Family, regress
from tests.reference.test_change_against_r import columns_of, figures_of, rows_of

HERE = Path(__file__).parent
RECORDS: list[dict[str, Any]] = json.loads((HERE / "city_groups" / "expected.json").read_text())["records"]
PLAN = AnalysisPlan(groups=(Group.AGE, Group.SEX), variance=VarianceRules(adult_stage=False))
INDICATORS = (Asked(id="satisfied"), Asked(id="spending", share=False, scale=None))
NEAR = {"rel": 1e-7, "abs": 1e-12}
WAVE = "2026Q3"


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [record for record in RECORDS if record["kind"] in kinds]


def named(record: dict[str, Any]) -> str:
    return "-".join(str(part) for part in record.values() if isinstance(part, str))


@cache
def wave(method: str) -> tuple[pd.DataFrame, SurveyDesign]:
    """Everybody, with the columns that the tests speak of; ``satisfied`` only where the item was answered."""
    found, frame = figures_of(WAVE, method), rows_of(WAVE).copy()
    frame["weight"] = found.weight
    frame["satisfied"] = frame["satisfied"].where(frame["rated"] == 1)
    frame["opinion"] = frame["satisfied"].map({0.0: "no", 1.0: "yes"})
    frame["rank"] = frame["age"].map({"18-39": 1.0, "40-59": 2.0, "60+": 3.0})
    frame["household"] = frame["adults"].map(lambda adults: "one" if adults == 1 else "more")
    frame["seldom"] = [
        "b" if persons > 3 and street != "S2" else "a"
        for persons, street in zip(frame["persons"], frame["street"], strict=True)
    ]
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    return frame, replace(design, calibration=found.calibration)


@cache
def asked(method: str) -> tuple[CaseColumns, FloatArray, Calibration | None]:
    found, columns = figures_of(WAVE, method), columns_of(rows_of(WAVE))
    # A mean of persons: everybody counts as one.
    columns = replace(columns, indicators=("satisfied", "spending"), denominators=columns.denominators * 0 + 1)
    return columns, found.weight, found.calibration


@cache
def plain(method: str, by: tuple[str, ...]) -> dict[tuple[str, ...], Equality]:
    """Whether all groups are alike, within everything before the last of ``by``: as R, without what fitting took."""
    frame, design = frame_and_design(*asked(method), INDICATORS, PLAN)
    estimator = prepare_estimator(frame, design, requests_of(INDICATORS), by=by, options=options_of(PLAN))
    places: dict[tuple[str, ...], list[int]] = {}
    for number, key in enumerate(estimator.domains.keys):
        places.setdefault(tuple(label for _, label in key[:-1]), []).append(number)
    if len(places) == 1:
        return {whole: equal_domains(estimator, np.array(inside)) for whole, inside in places.items()}
    return dict(zip(places, equal_in_sets(estimator, [np.array(inside) for inside in places.values()]), strict=True))


@cache
def tables(method: str) -> dict[str, GroupTable]:
    return group_tables(Respondents.of(*asked(method), INDICATORS, PLAN))


@pytest.mark.parametrize("record", of_kind("rest"), ids=named)
def test_a_group_against_the_rest(record: dict[str, Any]) -> None:
    table = tables(record["design"])[record["by"]]
    at = table.indicators.index(record["variable"]), table.labels.index(record["group"])
    assert table.difference[at] == pytest.approx(record["value"], **NEAR)
    assert table.linearised_error[at] == pytest.approx(record["standard_error"], **NEAR)
    assert table.standard_error[at] >= table.linearised_error[at]  # and what means and margins took out of it
    assert table.degrees_of_freedom[at] <= record["degrees_of_freedom"]
    assert table.low[at] < table.difference[at] < table.high[at]


@cache
def tables_of_streets(method: str) -> dict[tuple[str, str], StreetGroups]:
    made = street_groups(asked(method)[0], Respondents.of(*asked(method), INDICATORS, PLAN))
    return {(street, one.by): one for street, tables in made.items() for one in tables}


@pytest.mark.parametrize("record", of_kind("street_rest"), ids=named)
def test_a_group_of_a_street_against_the_rest_of_it(record: dict[str, Any]) -> None:
    table = tables_of_streets(record["design"])[record["street"], record["by"]]
    at = table.indicators.index(record["variable"]), table.labels.index(record["group"])
    assert table.difference[at] == pytest.approx(record["value"], **NEAR)
    assert table.linearised_error[at] == pytest.approx(record["standard_error"], **NEAR)
    assert table.standard_error[at] >= table.linearised_error[at]  # and what means and margins took out of it
    assert table.degrees_of_freedom[at] <= record["degrees_of_freedom"]
    assert table.low[at] < table.difference[at] < table.high[at]
    assert table.domain(at[1]) == (("street", record["street"]), (record["by"], record["group"]))


@pytest.mark.parametrize("record", of_kind("street_overall"), ids=named)
def test_all_groups_of_a_street_at_once(record: dict[str, Any]) -> None:
    found = plain(record["design"], ("street", record["by"]))[record["street"],]
    row = [one.id for one in INDICATORS].index(record["variable"])
    assert found.p_value[row] == pytest.approx(record["p_value"], **NEAR)


@pytest.mark.parametrize("record", of_kind("overall"), ids=named)
def test_all_groups_at_once(record: dict[str, Any]) -> None:
    found = plain(record["design"], (record["by"],))[()]
    row = [one.id for one in INDICATORS].index(record["variable"])
    assert found.statistic[row] == pytest.approx(record["statistic"], **NEAR)
    assert (found.numerator[row], found.denominator[row]) == tuple(record["parameter"])
    assert found.p_value[row] == pytest.approx(record["p_value"], **NEAR)


@pytest.mark.parametrize("record", of_kind("independence"), ids=named)
def test_independence(record: dict[str, Any]) -> None:
    frame, design = wave(record["design"])
    kind = IndependenceTest.RAO_SCOTT if record["test"] == "F" else IndependenceTest.RAO_SCOTT_FIRST_ORDER
    one = "opinion" if record["one"] == "satisfied" else record["one"]
    found = independence(frame, design, one, record["other"], test=kind)
    assert found.p_value == pytest.approx(record["p_value"], **NEAR)
    if record["test"] == "F":  # of the first order R prints Pearson's statistic before its correction
        assert found.statistic == pytest.approx(record["statistic"], **NEAR)
        degrees = (found.numerator_degrees_of_freedom, found.denominator_degrees_of_freedom)
        assert degrees == pytest.approx(tuple(record["parameter"]), **NEAR)


@pytest.mark.parametrize("record", of_kind("difference"), ids=named)
def test_two_groups(record: dict[str, Any]) -> None:
    frame, design = wave(record["design"])
    found: TestResult = difference_test(frame, design, record["variable"], "household")
    assert found.estimate == pytest.approx(record["estimate"], **NEAR)
    assert found.statistic == pytest.approx(record["statistic"], **NEAR)


@pytest.mark.parametrize("record", of_kind("trend"), ids=named)
def test_trend(record: dict[str, Any]) -> None:
    frame, design = wave(record["design"])
    found = trend_test(frame, design, record["variable"], "rank")
    assert found.estimate == pytest.approx(record["estimate"], **NEAR)
    assert found.standard_error == pytest.approx(record["standard_error"], **NEAR)


@pytest.mark.parametrize("record", of_kind("linear", "logistic"), ids=named)
def test_regression(record: dict[str, Any]) -> None:
    frame, design = wave(record["design"])
    found = regress(frame, design, record["outcome"], ["persons", "sex", "age"], family=Family(record["kind"]))
    assert [one.value for one in found.coefficients] == pytest.approx(record["value"], **NEAR)
    assert [one.standard_error for one in found.coefficients] == pytest.approx(record["standard_error"], **NEAR)
    assert found.degrees_of_freedom == record["degrees_of_freedom"]
