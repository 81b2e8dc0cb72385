"""Figures of drawn blocks: from stored answers to estimates as R's survey package has them, weights made there anew."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.design import SurveyDesign
from analysis.estimation import Ratio, estimate
from questionnaires.answers import judge
from questionnaires.answers_by_column import ColumnJudge
from questionnaires.evaluation import evaluator
from tests.spec.questionnaires.drawn import BODIES, questionnaire

HERE = Path(__file__).parent / "city_blocks"
RECORDS: list[dict[str, Any]] = json.loads((HERE / "expected.json").read_text())["records"]


def named(record: dict[str, Any]) -> str:
    return "-".join([record["indicator"], *record["domain"].values()])


@cache
def frame() -> pd.DataFrame:
    """The rows with the pair of every indicator, as a wave's answers become them: judged again from what is stored."""
    data = pd.read_csv(HERE / "data.csv", dtype=str, keep_default_na=False)
    stored = [
        {"used": row.used.split(";"), "bodies": int(row.ticket)}
        | {f"{name}_all": getattr(row, f"{name}_all") for name in BODIES}
        for row in data.itertuples()
    ]
    found = ColumnJudge(judge(questionnaire())).values(stored)
    pairs_of = evaluator(questionnaire())
    pairs = [
        pairs_of({name: column.values[column.codes[row]] for name, column in found.items()})
        for row in range(len(stored))
    ]
    made = data.assign(**{name: pd.to_numeric(data[name]) for name in ("weight", "grids", "households")})
    for name in pairs[0]:
        for place, letter in enumerate("yx"):
            made[f"{name}.{letter}"] = [float("nan") if one[name] is None else one[name][place] for one in pairs]
    return made


@pytest.mark.parametrize("record", RECORDS, ids=named)
def test_equals_r(record: dict[str, Any]) -> None:
    name, domain = record["indicator"], tuple(record["domain"].items())
    design = SurveyDesign.from_frame(
        frame(),
        weight="weight",
        strata=["community"],
        clusters=["grid", "household"],
        population_sizes=["grids", "households"],
    ).asked_in_part()
    requests = [Ratio(f"{name}.y", f"{name}.x", variable=name, scale=(0.0, 1.0))]
    found = estimate(frame(), design, requests, by=[column for column, _ in domain])
    (one,) = [each for each in found.estimates if each.domain == domain]
    assert one.value == pytest.approx(record["value"], rel=1e-8)
    assert one.standard_error == pytest.approx(record["standard_error"], rel=1e-8)
    assert one.sample_size == record["sample_size"]
    assert one.degrees_of_freedom == record["degrees_of_freedom"]


def test_the_correction_that_is_left_out_is_on_the_safe_side_and_small() -> None:
    """R's estimate over all three stages, the blocks of a person the last: a fifth of the households answered."""
    told = [record for record in RECORDS if record["standard_error_of_all_stages"] is not None]
    shares = [record["standard_error"] / record["standard_error_of_all_stages"] for record in told]
    assert len(shares) == 25
    assert min(shares) >= 1
    assert max(shares) < 1.13


def test_figures_without_the_weights_of_the_draw_would_be_off() -> None:
    """The data are made so: who had to do with more bodies is asked each of them more rarely, and is less satisfied."""
    drawn = frame()
    for name in ("of_bank", "of_tax"):
        known = drawn[f"{name}.x"].notna()
        weight = drawn["weight"][known]
        plain = (weight * (drawn[f"{name}.y"][known] > 0)).sum() / weight.sum()
        (record,) = [one for one in RECORDS if one["indicator"] == name and not one["domain"]]
        assert abs(plain - record["value"]) > 0.005
