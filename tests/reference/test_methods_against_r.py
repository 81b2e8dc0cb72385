"""Contrasts, quantiles and replicates: R's numbers and ours, relative 1e-8."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.design import SurveyDesign
from analysis.estimation import Mean, Ratio, Total, estimate
from analysis.estimation.contrasts import Contrast, contrasts
from analysis.estimation.quantiles import Quantile, QuantileRule, quantiles
from analysis.estimation.replicates import GivenReplicates, Jackknife, ReplicateKind, Replication
from analysis.estimation.spread import variances

HERE = Path(__file__).parent
RECORDS: list[dict[str, Any]] = json.loads((HERE / "city_methods" / "expected.json").read_text())["records"]
NEAR = {"rel": 1e-8, "abs": 1e-10}


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [record for record in RECORDS if record["kind"] == kind]


def named(record: dict[str, Any]) -> str:
    return "-".join(str(part) for key, part in record.items() if key not in ("value", "standard_error", "low", "high"))


@cache
def city(name: str) -> tuple[pd.DataFrame, SurveyDesign]:
    folder = "city_two_stage" if name.startswith("city_two_stage") else "city_clusters"
    frame = pd.read_csv(HERE / folder / "data.csv", dtype={"opinion": str})
    designs: dict[str, dict[str, Any]] = {
        "city_clusters": {"strata": ["community"], "clusters": ["grid"]},
        "city_plain": {"clusters": ["grid"]},
        "city_two_stage": {
            "strata": ["community"],
            "clusters": ["grid", "household"],
            "population_sizes": ["grids", "households"],
        },
        "city_two_stage_first": {"strata": ["community"], "clusters": ["grid"], "population_sizes": ["grids"]},
    }
    return frame, SurveyDesign.from_frame(frame, weight="weight", **designs[name])


@pytest.mark.parametrize("record", of_kind("contrast"), ids=named)
def test_differences_between_domains(record: dict[str, Any]) -> None:
    frame, design = city(record["design"])
    by = record["by"]
    wanted = Contrast.difference(((by, record["one"]),), ((by, record["other"]),))
    (one,) = contrasts(frame, design, [Mean(record["variable"])], [wanted], by=[by]).estimates
    assert one.value == pytest.approx(record["value"], **NEAR)
    assert one.standard_error == pytest.approx(record["standard_error"], **NEAR)
    assert one.degrees_of_freedom == record["degrees_of_freedom"]


@pytest.mark.parametrize("record", of_kind("quantile"), ids=named)
def test_quantiles(record: dict[str, Any]) -> None:
    frame, design = city(record["design"])
    request = Quantile(record["variable"], record["probability"], QuantileRule(record["rule"]))
    domain = tuple(record["domain"].items())
    found = quantiles(frame, design, [request], by=[column for column, _ in domain])
    (one,) = [estimate for estimate in found.estimates if estimate.domain == domain]
    assert one.value == pytest.approx(record["value"], **NEAR)
    if record["low"] is None or record["high"] is None:
        assert one.interval is None
        return
    assert one.interval is not None
    assert one.interval.low == pytest.approx(record["low"], **NEAR)
    assert one.interval.high == pytest.approx(record["high"], **NEAR)
    assert one.standard_error == pytest.approx(record["standard_error"], **NEAR)


@pytest.mark.parametrize("record", of_kind("variance"), ids=named)
def test_variances(record: dict[str, Any]) -> None:
    frame, design = city(record["design"])
    domain = tuple(record["domain"].items())
    found = variances(frame, design, [record["variable"]], by=[column for column, _ in domain])
    (one,) = [estimate for estimate in found.estimates if estimate.domain == domain]
    assert one.value == pytest.approx(record["value"], **NEAR)
    assert one.standard_error == pytest.approx(record["standard_error"], **NEAR)


@cache
def method(name: str) -> Replication:
    if name == "jackknife":
        return Jackknife()
    weights = pd.read_csv(HERE / "city_methods" / "weights.csv").to_numpy()
    return GivenReplicates(weights, ReplicateKind(name.removeprefix("given_")), fay=0.3)


@pytest.mark.parametrize("record", of_kind("replicates"), ids=named)
def test_replicates(record: dict[str, Any]) -> None:
    frame, design = city(record["design"])
    variable = record["variable"]
    request = {"mean": Mean(variable), "total": Total(variable)}.get(record["statistic"], Ratio("spending", "persons"))
    domain = tuple(record["domain"].items())
    found = estimate(
        frame, design, [request], by=[column for column, _ in domain], replication=method(record["method"])
    )
    (one,) = [estimate for estimate in found.estimates if estimate.domain == domain]
    assert one.value == pytest.approx(record["value"], **NEAR)
    assert one.standard_error == pytest.approx(record["standard_error"], **NEAR)
