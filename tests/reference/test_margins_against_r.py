"""Weights and standard errors after calibration against R's ``calibrate`` and ``postStratify``; ``rake`` in weights."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.design import SurveyDesign
from analysis.estimation import Mean, Proportion, Ratio, Total, estimate
from analysis.estimation.replicates import Jackknife
from analysis.results import Estimate
from analysis.weighting import CalibrationMethod, Margin, calibrate_design, rake, read_margins, recalibrated

HERE = Path(__file__).parent / "city_margins"
DESIGNS: dict[str, dict[str, Any]] = {
    "clusters": {"strata": ["community"], "clusters": ["grid"]},
    "two_stage": {
        "strata": ["community"],
        "clusters": ["grid", "household"],
        "population_sizes": ["grids", "households"],
    },
    "elements": {"strata": ["street"]},
}
MAIN = ("age", "street")
METHODS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "linear": (MAIN, {"method": CalibrationMethod.LINEAR}),
    "linear_quantity": ((*MAIN, "persons"), {"method": CalibrationMethod.LINEAR}),
    "linear_bounded": ((*MAIN, "persons"), {"method": CalibrationMethod.LINEAR, "bounds": (0.85, 1.35)}),
    "raking": (MAIN, {"method": CalibrationMethod.RAKING}),
    "raking_quantity": ((*MAIN, "persons"), {"method": CalibrationMethod.RAKING}),
    "logit": (MAIN, {"method": CalibrationMethod.LOGIT, "bounds": (0.5, 2.0)}),
    "logit_quantity": ((*MAIN, "persons"), {"method": CalibrationMethod.LOGIT, "bounds": (0.7, 1.6)}),
    "raking_within": (("community*age",), {"method": CalibrationMethod.RAKING}),
    "poststratify": (("street*age",), {"method": CalibrationMethod.POSTSTRATIFY}),
}
REQUESTS = (
    Mean("spending"),
    Mean("score"),
    Total("spending"),
    Proportion("rare", "1"),
    Proportion("takes_part", "1"),
    Ratio("spending", "persons"),
)


@cache
def expected() -> Mapping[str, Any]:
    found = json.loads((HERE / "expected.json").read_text())
    assert isinstance(found, dict)
    return found


@cache
def data() -> pd.DataFrame:
    labels = dict.fromkeys(("street", "community", "grid", "household", "age"), str)
    return pd.read_csv(HERE / "data.csv", dtype=labels)


@cache
def margin(name: str) -> Margin:
    known = pd.read_csv(HERE / "margins.csv", dtype={"category": str})
    lines = known[known["variable"] == name]
    if name == "persons":
        return Margin.quantity_of("persons", float(lines["total"].iloc[0]))
    keys = [tuple(category.split("*")) for category in lines["category"]]
    totals = dict(zip(keys, lines["total"], strict=True))
    if name == "community*age":
        return Margin.crossed(["age"], totals, within="community")
    return Margin.crossed(name.split("*"), totals)


@cache
def calibrated(design: str, method: str) -> SurveyDesign:
    names, options = METHODS[method]
    plain = SurveyDesign.from_frame(data(), weight="weight", **DESIGNS[design])
    found, record = calibrate_design(data(), plain, [margin(name) for name in names], tolerance=1e-12, **options)
    assert record.worst_gap <= 1e-12
    return found


@cache
def ours(design: str, method: str, by: tuple[str, ...]) -> dict[tuple[Any, ...], Estimate]:
    found = estimate(data(), calibrated(design, method), REQUESTS, by=by)
    return {(one.statistic, one.variable, one.domain): one for one in found.estimates}


@pytest.mark.parametrize("method", sorted(METHODS))
def test_weights_equal_r(method: str) -> None:
    mine = calibrated("clusters", method).weight
    np.testing.assert_allclose(mine, expected()["weights"][method], rtol=1e-8, atol=0)


def test_rake_equals_r_in_weights() -> None:
    known = read_margins(data(), [margin("age"), margin("community")])
    mine, record = rake(data()["weight"].to_numpy(), known, tolerance=1e-13)
    np.testing.assert_allclose(mine, expected()["weights"]["rake"], rtol=1e-8, atol=0)
    assert record.converged


@pytest.mark.parametrize("design", sorted(DESIGNS))
def test_estimates_and_standard_errors_equal_r(design: str) -> None:
    compared: dict[str, float] = defaultdict(float)
    for record in expected()["records"]:
        if record["design"] != design:
            continue
        domain = tuple(record["domain"].items())
        found = ours(design, record["method"], tuple(record["domain"]))
        one = found[record["statistic"], record["variable"], domain]
        reach = 1.0 if record["statistic"] == "proportion" else 0.0
        for figure in ("value", "standard_error"):
            theirs, mine = record[figure], getattr(one, figure)
            allowed = max(1e-8 * abs(theirs), 1e-10 * reach)
            assert abs(mine - theirs) <= allowed, f"{record}: {figure} ours {mine!r}"
            compared[record["method"]] += 1
    assert set(compared) == set(METHODS)
    assert sum(compared.values()) >= 1000


REPLICATED: dict[str, dict[str, Any]] = {
    "clusters": DESIGNS["clusters"],
    "clusters_fpc": {**DESIGNS["clusters"], "population_sizes": ["grids"]},
}


@pytest.mark.parametrize("design", sorted(REPLICATED))
@pytest.mark.parametrize("method", ["linear", "raking", "logit"])
def test_replicates_that_repeat_the_calibration_equal_r(design: str, method: str) -> None:
    plain = SurveyDesign.from_frame(data(), weight="weight", **REPLICATED[design])
    known = [margin(name) for name in MAIN]
    bounds = (0.3, 3.0) if method == "logit" else None
    weighted, replicates = recalibrated(
        data(), plain, known, Jackknife(), method=CalibrationMethod(method), bounds=bounds, tolerance=1e-12
    )
    compared = 0
    for record in expected()["replicates"]:
        if (record["design"], record["method"]) != (design, method):
            continue
        by = tuple(record["domain"])
        found = estimate(data(), weighted, REQUESTS, by=by, replication=replicates)
        domain = tuple(record["domain"].items())
        one = next(
            each
            for each in found.estimates
            if (each.statistic, each.variable, each.domain) == (record["statistic"], record["variable"], domain)
        )
        assert one.value == pytest.approx(record["value"], rel=1e-8)
        assert one.standard_error == pytest.approx(record["standard_error"], rel=1e-8, abs=1e-10)
        compared += 1
    assert compared == 16


@pytest.mark.parametrize("design", sorted(DESIGNS))
@pytest.mark.parametrize("method", ["linear_quantity", "raking_within", "poststratify"])
def test_both_ways_of_the_variance_agree(design: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values worked out PSU by PSU, and the quadratic form for many domains, give the same standard errors."""
    for by in (("street",), ("community", "age"), ()):
        laid_out = estimate(data(), calibrated(design, method), REQUESTS, by=by).estimates
        with monkeypatch.context() as patched:
            patched.setattr("analysis.estimation.calibrated._LAID_OUT", 0)
            low_rank = estimate(data(), calibrated(design, method), REQUESTS, by=by).estimates
        for one, other in zip(laid_out, low_rank, strict=True):
            assert one.standard_error == pytest.approx(other.standard_error, rel=1e-9, abs=1e-12)
            effects = one.design_effect or 0.0, other.design_effect or 0.0
            assert effects[0] == pytest.approx(effects[1], rel=1e-8, abs=1e-12)
