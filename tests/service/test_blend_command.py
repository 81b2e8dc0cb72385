"""``survey-service blend``: both samples apart and together, the assumption in words, and no verdict anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from survey_service.commands import app

SAMPLE = Path(__file__).parents[1] / "reference" / "city_margins" / "data.csv"
DESIGN = ("--weight", "weight", "--strata", "community", "--clusters", "grid", "--seed", "7", "--replicates", "40")
approx = pytest.approx


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["blend", *map(str, arguments)])


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "age": rng.choice(["18-39", "40-59", "60+"], 300, p=[0.6, 0.3, 0.1]),
            "street": rng.choice(["S0", "S1", "S2"], 300),
            "aware": rng.choice([0, 1], 300, p=[0.2, 0.8]),
        }
    )
    path = tmp_path / "open.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("method", ["calibration", "propensity"])
def test_the_document_holds_both_samples_and_the_assumption(answers: Path, method: str) -> None:
    asked = ("--on", "age,street", "--method", method, "--proportion", "aware=1", "--by", "street")
    result = run(SAMPLE, answers, *DESIGN, *asked, "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert "混合估计" in found["label"]["zh-CN"]
    assert "age、street" in found["assumption"]["zh-CN"]
    assert found["seed"] == 7
    assert len(found["estimates"]) == 3
    assert "verdict" not in result.stdout.lower().replace("no verdict", "")
    own = CliRunner().invoke(
        app,
        ["estimate", str(SAMPLE), *DESIGN[:6], "--proportion", "aware=1", "--by", "street", "--format", "json"],
    )
    for one, alone in zip(found["estimates"], json.loads(own.stdout)["estimates"], strict=True):
        assert one["domain"] == alone["domain"]
        assert one["probability_sample"]["value"] == approx(alone["value"])
        assert one["probability_sample"]["ci_low"] == approx(alone["ci_low"])
        low, high = sorted((one["probability_sample"]["value"], one["open_answers"]["adjusted"]))
        assert low <= one["blend"]["value"] <= high
        assert one["blend"]["ci_low"] < one["blend"]["value"] < one["blend"]["ci_high"]
    again = run(SAMPLE, answers, *DESIGN, *asked, "--format", "json")
    assert again.stdout == result.stdout  # the seed is the result


def test_the_table_says_what_it_rests_on(answers: Path) -> None:
    result = run(SAMPLE, answers, *DESIGN, "--on", "age", "--method", "calibration", "--proportion", "aware=1")
    assert result.exit_code == 0, result.output
    assert "Blended estimate (with voluntary online answers)" in result.stdout
    assert "The data cannot test this" in " ".join(result.stdout.split())
    assert "不据此作达标判定" in result.stdout.replace("\n", "")


def test_faults_are_named(answers: Path) -> None:
    result = run(SAMPLE, answers, *DESIGN, "--on", "sex", "--method", "calibration", "--proportion", "aware=1")
    assert (result.exit_code, "there is no such column" in result.stderr) == (1, True)
    result = run(SAMPLE, answers, *DESIGN, "--on", "age", "--method", "calibration", "--proportion", "aware=2")
    assert "nobody in the probability sample chose “2”" in result.stderr
    result = run(SAMPLE, answers, *DESIGN, "--on", "age", "--method", "calibration", "--proportion", "aware")
    assert result.exit_code == 2
    result = run(SAMPLE, answers, *DESIGN, "--on", "age", "--method", "calibration")
    assert result.exit_code == 2
