"""Change between two waves that share grids, each calibrated to its own register: the engine's tables against R."""

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

from analysis.case_columns import DISPOSITIONS, CaseColumns, Labels
from analysis.design import SurveyDesign
from analysis.dispositions import Disposition
from analysis.engine.changes import ChangeTable, change_tables
from analysis.engine.figures import Asked
from analysis.engine.joined_waves import WaveFigures
from analysis.plan import AnalysisPlan, Group, VarianceRules
from analysis.weighting import CalibrationMethod, Margin, calibrate_design

HERE = Path(__file__).parent / "city_change"
PLAN = AnalysisPlan(groups=(Group.AGE,), variance=VarianceRules(adult_stage=False))
INDICATORS = (
    Asked(id="satisfied"),
    Asked(id="spending/persons", share=False, scale=None, totals=True),
)
TABLES = {(): "city", ("street",): "street", ("community",): "community", ("age",): "city.age"}


@cache
def expected() -> Mapping[str, Any]:
    found = json.loads((HERE / "expected.json").read_text())
    assert isinstance(found, dict)
    return found


@cache
def rows_of(wave: str, folder: Path = HERE) -> pd.DataFrame:
    labels = dict.fromkeys(("wave", "street", "community", "grid", "age", "sex"), str)
    data = pd.read_csv(folder / "data.csv", dtype=labels)
    return data[data["wave"] == wave].reset_index(drop=True)


def columns_of(rows: pd.DataFrame) -> CaseColumns:
    """All of them answered; grids are drawn with replacement from so many that none is asked twice."""
    communities = Labels.of(list(rows["community"]))
    streets = tuple(sorted(rows["street"].unique()))
    street_of = rows.drop_duplicates("community").set_index("community")["street"]
    count, rated = len(rows), rows["rated"].to_numpy() == 1
    return CaseColumns(
        community=communities,
        street_of_community=np.array([streets.index(street_of[name]) for name in communities.names], dtype=np.int64),
        streets=streets,
        stratum=communities,
        units=(Labels.of(list(rows["grid"])),),
        populations=(np.full(count, 1e9),),
        adults=rows["adults"].to_numpy().astype(np.float64),
        weighting_class=communities,
        probability=1 / rows["weight"].to_numpy(),
        disposition=np.full(count, DISPOSITIONS.index(Disposition.COMPLETE)),
        first_mode=Labels.of(["paper"] * count),
        mode=Labels.of(["paper"] * count),
        responded=np.ones(count, dtype=bool),
        indicators=tuple(one.id for one in INDICATORS),
        numerators=np.stack([np.where(rated, rows["satisfied"], np.nan), rows["spending"]]),
        denominators=np.stack([np.where(rated, 1.0, np.nan), rows["persons"]]),
        groups={name: Labels.of(list(rows[name])) for name in ("age", "sex")},
    )


def margins(wave: str, folder: Path = HERE) -> list[Margin]:
    known = pd.read_csv(folder / "register.csv")
    known = known[known["wave"] == wave]
    adults = {
        name: dict(zip(part["category"], part["adults"], strict=True)) for name, part in known.groupby("variable")
    }
    crossed: dict[tuple[str, ...], float] = {tuple(key.split("*")): total for key, total in adults["age*sex"].items()}
    return [Margin.of("community", adults["community"]), Margin.crossed(["age", "sex"], crossed)]


def figures_of(wave: str, method: str, folder: Path = HERE) -> WaveFigures:
    rows = rows_of(wave, folder)
    columns = columns_of(rows)
    if method == "plain":
        return WaveFigures(columns=columns, weight=rows["weight"].to_numpy(), calibration=None, plan=PLAN)
    plain = SurveyDesign.from_frame(rows, weight="weight", strata=["community"], clusters=["grid"])
    found, _ = calibrate_design(rows, plain, margins(wave, folder), method=CalibrationMethod(method), tolerance=1e-12)
    return WaveFigures(columns=columns, weight=found.weight, calibration=found.calibration, plan=PLAN)


@cache
def tables(method: str) -> Mapping[str, ChangeTable]:
    before, after = (figures_of(wave, method) for wave in ("2026Q2", "2026Q3"))
    return change_tables(before, after, INDICATORS)


@pytest.mark.parametrize("few", [400, 0], ids=["residuals", "quadratic form"])
@pytest.mark.parametrize("method", ["plain", "linear", "raking"])
def test_change_and_its_error_in_every_domain_equal_r(method: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.estimation.calibrated._FEW", few)
    tables.cache_clear()
    compared: Counter[tuple[str, ...]] = Counter()
    for record in expected()["records"]:
        if record["design"] != method:
            continue
        by = tuple(record["domain"])
        table = tables(method)[TABLES[by]]
        at = (
            table.indicators.index(record["variable"]),
            table.domains.index(tuple(record["domain"].items()) if by else ()),
        )
        assert table.difference[at] == pytest.approx(record["value"], rel=1e-9, abs=1e-12), record
        assert table.linearised_error[at] == pytest.approx(record["standard_error"], rel=1e-7), record
        assert table.degrees_of_freedom[at] <= record["degrees_of_freedom"], record
        compared[by] += 1
    assert compared == {(): 2, ("street",): 6, ("community",): 24, ("age",): 6}
