"""A single PSU under the jackknife and in domains, nested labels, factors of replicates: R's numbers and ours."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.design import SurveyDesign
from analysis.estimation import Mean, Ratio, Total, estimate
from analysis.estimation.replicates import GivenReplicates, Jackknife, ReplicateKind, Replication
from analysis.estimation.requests import Request
from analysis.results import LonelyPsu

HERE = Path(__file__).parent
RECORDS: list[dict[str, Any]] = json.loads((HERE / "city_small" / "expected.json").read_text())["records"]
FACTORS = np.arange(2, 22) / 10


def named(record: dict[str, Any]) -> str:
    return "-".join(str(part) for key, part in record.items() if key not in ("value", "standard_error"))


@cache
def city(kind: str, fpc: bool) -> tuple[pd.DataFrame, SurveyDesign]:
    folder = "city_lonely" if kind in ("jackknife", "domain_lonely") else "city_clusters"
    frame = pd.read_csv(HERE / folder / "data.csv", dtype={"opinion": str, "rare": str})
    frame["number"] = frame["grid"].str.split("-").str[-1]
    design = SurveyDesign.from_frame(
        frame,
        weight="weight",
        strata=["community"],
        clusters=["number" if kind == "nest" else "grid"],
        population_sizes=["grids"] if fpc else [],
        nest=kind == "nest",
    )
    return frame, design


def given(record: dict[str, Any]) -> Replication:
    weights = pd.read_csv(HERE / "city_methods" / "weights.csv").to_numpy()
    factors = FACTORS if record["factors"] else None
    return GivenReplicates(weights, ReplicateKind(record["method"]), factors=factors, given_scale=record["scale"])


@pytest.mark.parametrize("record", RECORDS, ids=named)
def test_equals_r(record: dict[str, Any]) -> None:
    kind, variable = record["kind"], record["variable"]
    frame, design = city(kind, record.get("fpc", False))
    requests: dict[str, Request] = {"mean": Mean(variable), "total": Total(variable)}
    request = requests.get(record["statistic"], Ratio("spending", "persons"))
    domain = tuple(record["domain"].items())
    replication = Jackknife() if kind == "jackknife" else given(record) if kind == "given" else None
    found = estimate(
        frame,
        design,
        [request],
        by=[column for column, _ in domain],
        lonely_psu=LonelyPsu(record.get("lonely_psu", "fail")),
        replication=replication,
        adjust_domain_lonely=kind == "domain_lonely",
    )
    (one,) = [estimate for estimate in found.estimates if estimate.domain == domain]
    assert one.value == pytest.approx(record["value"], rel=1e-8, abs=1e-10)
    if one.standard_error is None:  # a domain in one PSU, or every stratum alone: R gives 0 or NaN
        assert one.degrees_of_freedom == 0 or not record["standard_error"]
        return
    assert one.standard_error == pytest.approx(record["standard_error"], rel=1e-8, abs=1e-10)


def test_the_data_have_strata_that_are_lonely_in_a_domain() -> None:
    frame, design = city("domain_lonely", False)
    how: dict[str, Any] = {"by": ["persons"], "lonely_psu": LonelyPsu.ADJUST}
    plain = estimate(frame, design, [Mean("score")], **how).estimates
    alone = estimate(frame, design, [Mean("score")], adjust_domain_lonely=True, **how).estimates
    pairs = [(one.standard_error or 0, other.standard_error or 0) for one, other in zip(plain, alone, strict=True)]
    assert all(other >= one for one, other in pairs)
    assert sum(other > one * 1.001 for one, other in pairs) >= 3
