"""``survey-service check``: what it prints and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from questionnaires.loader import available
from survey_service.commands.check import check

GOLDEN = Path(__file__).parents[2] / "golden" / "questionnaires"
SOUND = [str(available()[key]) for key in ("civilized_city", "issue_follow_up")]  # that all are: test_loader.py


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(check)
    return CliRunner().invoke(app, arguments)


def test_sound_files_end_with_nothing_wrong() -> None:
    result = run(*SOUND)
    assert result.exit_code == 0
    assert result.output.count("no problems.") == len(SOUND)
    assert "civilized_city 2.0, 12 questions, 17 indicators" in result.output


def test_problems_of_every_file_are_printed_and_end_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    result = run(SOUND[0], "ten_faults.yaml", "absent.yaml")
    assert result.exit_code == 1
    expected = Path("ten_faults.txt").read_text(encoding="utf-8").splitlines()[:-1]
    assert "\n".join(expected) in result.output
    assert "absent.yaml:1:1  Q001" in result.output
    assert result.output.endswith("11 problems; nothing was loaded.\n")


def test_json_is_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    result = run("ten_faults.yaml", "--format", "json")
    assert result.exit_code == 1
    problems = json.loads(result.output)["problems"]
    assert len(problems) == 10
    assert problems[0] == {
        "code": "Q014",
        "title": "unknown scale",
        "file": "ten_faults.yaml",
        "line": 19,
        "column": 16,
        "message": 'question "q1" uses the scale "agreemnt"',
        "hint": 'did you mean "agreement"?',
    }
    assert json.loads(run(*SOUND, "--format", "json").output) == {"problems": []}


def test_without_a_file_it_says_how_it_is_used() -> None:
    assert run().exit_code == 2
