"""Ratios of totals, a share over two bases and mean ranks against R, from the answers on: definition, judge, evaluator,
estimator, plain and calibrated."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.design import SurveyDesign
from analysis.estimation import Ratio, estimate
from analysis.results import Estimate
from analysis.weighting import CalibrationMethod, Margin, calibrate_design
from questionnaires.answers import Policy, check_answers
from questionnaires.evaluation import evaluator
from questionnaires.loader import load
from survey_service.analyses.service import asked
from tests.reference.generate_shops import TOTALS

HERE = Path(__file__).parent / "city_shops"
QUESTIONS = ("staff", "trained", "visits", "complaints", "satisfied", "first")


@cache
def shops() -> pd.DataFrame:
    """The rows with the pairs of every indicator as columns."""
    questionnaire = load(HERE / "questionnaire.yaml")
    frame = pd.read_csv(HERE / "data.csv", dtype=str)
    pairs = evaluator(questionnaire)
    found = []
    for row in frame[list(QUESTIONS)].to_dict("records"):
        answers = {name: value for name, value in row.items() if isinstance(value, str)}
        found.append(pairs(check_answers(questionnaire, answers, Policy.IMPORT).values))
    for one in questionnaire.estimated():
        for place, letter in enumerate("yx"):
            frame[f"{one.id}.{letter}"] = [np.nan if row[one.id] is None else row[one.id][place] for row in found]
    return frame.astype({"weight": float, "blocks": float})


@cache
def ours(method: str) -> dict[tuple[str, str], Estimate]:
    frame, questionnaire = shops(), load(HERE / "questionnaire.yaml")
    design = SurveyDesign.from_frame(
        frame, weight="weight", strata=["community"], clusters=["block", "shop"], population_sizes=["blocks"]
    )
    if method != "plain":
        margins = [Margin.of("kind", TOTALS)]
        design, _ = calibrate_design(frame, design, margins, method=CalibrationMethod(method), tolerance=1e-12)
    requests = [
        Ratio(f"{one.id}.y", f"{one.id}.x", variable=one.id, scale=one.scale)
        for one in asked(questionnaire.estimated(), questionnaire)
    ]
    found: dict[tuple[str, str], Estimate] = {}
    for by in ((), ("community",)):
        for one in estimate(frame, design, requests, by=by).estimates:
            found[one.variable, dict(one.domain).get("community", "")] = one
    return found


@pytest.mark.parametrize("method", ["plain", "linear", "raking"])
def test_totals_bases_and_ranks_equal_r(method: str) -> None:
    records = json.loads((HERE / "expected.json").read_text())["records"]
    compared = 0
    for record in records:
        if record["design"] != method:
            continue
        one = ours(method)[record["variable"], record["community"]]
        assert one.value == pytest.approx(record["value"], rel=1e-10), record
        assert one.standard_error == pytest.approx(record["standard_error"], rel=1e-7), record
        assert one.sample_size == record["sample_size"], record
        compared += 1
    assert compared == 6 * 7
