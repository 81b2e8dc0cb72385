"""Every number of R's survey package that the cases hold, and ours: relative 1e-8, or 1e-10 of the variable range.

The exceptions are named in docs/statistics.md. Regenerate with ``python -m tests.reference``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.design import SurveyDesign
from analysis.estimation import Mean, Proportion, Ratio, Total, estimate
from analysis.results import Domain, Estimate, IntervalMethod, LonelyPsu

HERE = Path(__file__).parent
SHARES = [method for method in IntervalMethod if method is not IntervalMethod.WOODRUFF]
LABELS = ("street", "community", "grid", "household", "age", "opinion", "satisfaction", "housing_type")
DESIGNS: dict[str, dict[str, Any]] = {
    "city_clusters": {"weight": "weight", "strata": ["community"], "clusters": ["grid"]},
    "city_two_stage": {
        "weight": "weight",
        "strata": ["community"],
        "clusters": ["grid", "household"],
        "population_sizes": ["grids", "households"],
    },
    "city_elements": {"weight": "weight", "strata": ["community"], "population_sizes": ["households"]},
    "city_lonely": {"weight": "weight", "strata": ["community"], "clusters": ["grid"]},
    "copenhagen": {"frequency": "count"},
    "city_adults": {
        "weight": "weight",
        "strata": ["community"],
        "clusters": ["household"],
        "population_sizes": ["households"],
        "adults": "adults",
    },
    "city_adults_grids": {
        "weight": "weight",
        "strata": ["community"],
        "clusters": ["grid", "household"],
        "population_sizes": ["grids", "households"],
        "adults": "adults",
    },
}
REQUESTS = {
    "copenhagen": (Proportion("satisfaction"),),
}
CITY = (
    Proportion("aware", "1"),
    Proportion("rare", "1"),
    Proportion("takes_part", "1"),
    Proportion("opinion"),
    Mean("score"),
    Mean("spending"),
    Total("score"),
    Total("spending"),
    Ratio("spending", "persons"),
)


@cache
def expected(case: str) -> list[dict[str, Any]]:
    records = json.loads((HERE / case / "expected.json").read_text())["records"]
    assert isinstance(records, list)
    return records


@cache
def data(case: str) -> tuple[pd.DataFrame, SurveyDesign]:
    frame = pd.read_csv(HERE / case / "data.csv", dtype=dict.fromkeys(LABELS, str))
    return frame, SurveyDesign.from_frame(frame, **DESIGNS[case])


@cache
def ours(
    case: str, by: tuple[str, ...], interval: IntervalMethod, lonely_psu: LonelyPsu
) -> dict[tuple[Any, ...], Estimate]:
    frame, design = data(case)
    found = estimate(frame, design, REQUESTS.get(case, CITY), by=by, interval=interval, lonely_psu=lonely_psu)
    return {(one.statistic, one.variable, one.category, one.domain): one for one in found.estimates}


def domain_of(record: dict[str, Any]) -> Domain:
    return tuple(record["domain"].items())


def compared(case: str, intervals: Sequence[IntervalMethod]) -> Iterator[tuple[str, float, float, float]]:
    """(what, R's number, ours, absolute tolerance) for every figure of a case."""
    for record in expected(case):
        domain = domain_of(record)
        by = tuple(column for column, _ in domain)
        key = (record["statistic"], record["variable"], record["category"], domain)
        policy = LonelyPsu(record.get("lonely_psu", "fail"))
        name = f"{case} {' '.join(str(part) for part in key)} {policy}"
        one = ours(case, by, IntervalMethod.KORN_GRAUBARD, policy)[key]
        near = 1e-10 if record["statistic"] == "proportion" else 0.0
        for figure in ("value", "standard_error", "design_effect", "sample_size", "degrees_of_freedom"):
            theirs = record[figure]
            mine = getattr(one, figure)
            if one.all_alike and figure == "design_effect":
                assert mine is None  # 0 / 0: R gives NaN
                continue
            yield f"{name} {figure}", float(theirs), float(mine), near
        for method, limits in dict(record["ci"] or {}).items():
            if method == "t":
                found = one.interval
            elif method in set(intervals):
                found = ours(case, by, IntervalMethod(method), policy)[key].interval
            else:
                continue
            assert found is not None, name
            if limits[0] is None or (method == "arcsine" and (found.low == 0 or found.high == 1)):
                continue  # R: NA where its profile fails; an arcsine that turns back beyond 0 or 1
            if method == "likelihood" and record["degrees_of_freedom"] < 20:
                continue  # R interpolates few points of a long profile
            tolerance = 1e-4 if method == "likelihood" else near
            yield f"{name} {method} low", limits[0], found.low, tolerance
            yield f"{name} {method} high", limits[1], found.high, tolerance


@pytest.mark.parametrize("case", sorted(DESIGNS))
def test_equals_r(case: str) -> None:
    worst: dict[str, float] = defaultdict(float)
    for what, theirs, mine, near in compared(case, SHARES):
        apart = abs(mine - theirs)
        assert apart <= max(1e-8 * abs(theirs), near), f"{what}: R {theirs!r}, ours {mine!r}"
        worst[case] = max(worst[case], apart / max(abs(theirs), 1e-300))
    assert worst


def test_at_least_three_hundred_numbers_are_compared() -> None:
    assert sum(1 for case in DESIGNS for _ in compared(case, SHARES)) >= 300
