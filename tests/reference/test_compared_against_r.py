"""Items of the same people, a part against its whole, areas against each other: the engine's tables against R."""

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

from analysis.auxiliaries import Calibration
from analysis.case_columns import DISPOSITIONS, CaseColumns, Labels
from analysis.design import SurveyDesign
from analysis.dispositions import Disposition
from analysis.engine.areas import AreaTables, area_tables
from analysis.engine.figures import Asked, Respondents, area_hierarchy, tables
from analysis.engine.items import ItemTable, item_tables
from analysis.engine.prepared import AreaFigures
from analysis.plan import AnalysisPlan, VarianceRules
from analysis.results import Domain
from analysis.weighting import CalibrationMethod, Margin, calibrate_design

HERE = Path(__file__).parent / "city_compared"
PLAN = AnalysisPlan(variance=VarianceRules(adult_stage=False))
INDICATORS = tuple(Asked(id=name, group="g") for name in ("streets", "greens", "order", "parking"))


@cache
def rows() -> pd.DataFrame:
    labels = dict.fromkeys(("street", "community", "grid", "age", "sex"), str)
    return pd.read_csv(HERE / "data.csv", dtype=labels)


def columns() -> CaseColumns:
    """All of them answered; grids are drawn with replacement."""
    data = rows()
    communities = Labels.of(list(data["community"]))
    streets = tuple(sorted(data["street"].unique()))
    street_of = data.drop_duplicates("community").set_index("community")["street"]
    count = len(data)
    rated = np.stack([data[f"{one.id}_rated"].to_numpy() == 1 for one in INDICATORS])
    given = np.stack([data[one.id].to_numpy() for one in INDICATORS])
    return CaseColumns(
        community=communities,
        street_of_community=np.array([streets.index(street_of[name]) for name in communities.names], dtype=np.int64),
        streets=streets,
        stratum=communities,
        units=(Labels.of(list(data["grid"])),),
        populations=(np.full(count, 1e9),),
        adults=data["adults"].to_numpy().astype(np.float64),
        weighting_class=communities,
        probability=1 / data["weight"].to_numpy(),
        disposition=np.full(count, DISPOSITIONS.index(Disposition.COMPLETE)),
        first_mode=Labels.of(["paper"] * count),
        mode=Labels.of(["paper"] * count),
        responded=np.ones(count, dtype=bool),
        indicators=tuple(one.id for one in INDICATORS),
        numerators=np.where(rated, given, np.nan),
        denominators=np.where(rated, 1.0, np.nan),
        groups={},
    )


def weighed(method: str) -> tuple[np.ndarray, Calibration | None]:
    data = rows()
    if method == "plain":
        return data["weight"].to_numpy(), None
    known = pd.read_csv(HERE / "register.csv")
    adults = {name: dict(zip(of["category"], of["adults"], strict=True)) for name, of in known.groupby("variable")}
    crossed: dict[tuple[str, ...], float] = {tuple(key.split("*")): total for key, total in adults["age*sex"].items()}
    margins = [Margin.of("community", adults["community"]), Margin.crossed(["age", "sex"], crossed)]
    plain = SurveyDesign.from_frame(data, weight="weight", strata=["community"], clusters=["grid"])
    found, _ = calibrate_design(data, plain, margins, method=CalibrationMethod(method), tolerance=1e-12)
    return found.weight, found.calibration


@cache
def compared(method: str) -> tuple[ItemTable, AreaTables]:
    weight, calibration = weighed(method)
    found, estimators = tables(Respondents.of(columns(), weight, calibration, INDICATORS, PLAN))
    areas = AreaFigures(estimators, {level: found[level.value] for level in estimators})
    [items] = item_tables(areas, INDICATORS)
    return items, area_tables(areas, area_hierarchy(columns()), INDICATORS)


def domain(named: str) -> Domain:
    column, _, code = named.partition(":")
    return ((column, code),) if code else ()


def difference(method: str, record: Mapping[str, Any]) -> tuple[float, float]:
    """Value and standard error."""
    items, areas = compared(method)
    if record["what"] == "items":
        at, first, second = (
            items.domains.index(domain(record["area"])),
            items.items.index(record["first"]),
            items.items.index(record["second"]),
        )
        return items.value[second, at] - items.value[first, at], items.standard_error[first, second, at]
    row = [one.id for one in INDICATORS].index(record["variable"])
    own, against = domain(record["area"]), domain(record["against"])
    pairs = list(zip(areas.to_whole.parts, areas.to_whole.wholes, strict=True))
    if (own, against) in pairs:
        at = pairs.index((own, against))
        return areas.to_whole.difference[row, at], areas.to_whole.standard_error[row, at]
    # Two communities may lie in two streets, which are no siblings: R gives them too.
    [among] = [one for one in areas.siblings if {own, against} <= set(one.domains)] or [None]
    if among is None:
        return np.nan, np.nan
    one, other = among.domains.index(own), among.domains.index(against)
    spread = among.covariance[row]
    error = np.sqrt(spread[one, one] + spread[other, other] - 2 * spread[one, other])
    return among.value[row, one] - among.value[row, other], error


@pytest.mark.parametrize("method", ["plain", "linear", "raking"])
def test_differences_of_items_and_of_areas_equal_r(method: str) -> None:
    found = Counter[str]()
    for record in json.loads((HERE / "expected.json").read_text())["records"]:
        if record["design"] != method:
            continue
        value, error = difference(method, record)
        if np.isnan(value):
            continue
        assert value == pytest.approx(record["value"], rel=1e-9, abs=1e-12), record
        assert error == pytest.approx(record["standard_error"], rel=1e-7), record
        found[record["what"]] += 1
    assert found == {"items": 15 * 6, "areas": 4 * (11 + 11 + 3 + 3 + 2)}
