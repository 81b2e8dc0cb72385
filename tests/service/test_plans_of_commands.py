"""``--write-plan``: what a command was asked, kept, and run again by ``analyse`` to the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from survey_service.commands import app
from survey_service.commands.plan_commands import PLAN_COMMANDS


def survey_service(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two waves, answers from the open web, and the small files that the commands read beside them."""
    folder = tmp_path_factory.mktemp("calls")
    rng = np.random.default_rng(12)
    n = 240
    frame = pd.DataFrame(
        {
            "street": np.repeat([f"S{k}" for k in range(3)], n // 3),
            "community": np.repeat([f"C{k:02d}" for k in range(12)], n // 12),
            "weight": rng.uniform(1, 3, n).round(3),
            "sex": rng.choice(["f", "m"], n),
            "satisfied": rng.choice(["1", "0"], n, p=[0.7, 0.3]),
            "whole": rng.integers(1, 6, n),
            "clean": rng.integers(1, 6, n),
            "safe": rng.integers(1, 6, n),
            "status": rng.choice(["respondent", "nonrespondent", "unknown"], n, p=[0.7, 0.2, 0.1]),
        }
    )
    frame.to_csv(folder / "before.csv", index=False)
    frame.assign(satisfied=rng.choice(["1", "0"], n, p=[0.5, 0.5])).to_csv(folder / "after.csv", index=False)
    frame[["sex", "satisfied"]].to_csv(folder / "open.csv", index=False)
    (folder / "margins.csv").write_text("variable,category,total\nsex,f,260\nsex,m,240\n", encoding="utf-8")
    (folder / "parts.csv").write_text(
        "part,column,weight,lowest,highest\ncleanliness,clean,0.4,1,5\nsafety,safe,0.6,1,5\n", encoding="utf-8"
    )
    areas = "\n".join(f"C{k:02d},{k % 5}" for k in range(12))
    (folder / "areas.csv").write_text(f"community,floors\n{areas}\n", encoding="utf-8")
    asked = [
        "estimate",
        folder / "before.csv",
        *["--weight", "weight", "--proportion", "satisfied=1", "--by", "community"],
    ]
    made = survey_service(*asked, "--format", "json", "--out", folder / "estimates.json")
    assert made.exit_code == 0, made.stderr
    return folder


DESIGN = "--weight weight --strata street --clusters community"
CALLS = {
    "estimate": (
        ("before.csv",),
        f"{DESIGN} --proportion satisfied=1 --mean whole[1,5] --by street --nest --margins margins.csv "
        "--calibration linear --format json",
    ),
    "weight": (
        ("before.csv",),
        "--design-weight weight --status status --classes street --minimum 10 --margins margins.csv --trim 3",
    ),
    "rank": (
        ("estimates.json",),
        "--variable satisfied=1 --by community --lowest-first --publication flag --format json",
    ),
    "small-areas": (
        ("estimates.json",),
        "--variable satisfied=1 --by community --areas areas.csv --covariates floors --format json",
    ),
    "change": (
        ("before.csv", "after.csv"),
        f"{DESIGN} --proportion satisfied=1 --by street --labels one,two --format json",
    ),
    "index": (("before.csv",), f"{DESIGN} --parts parts.csv --by street --format json"),
    "drivers": (("before.csv",), f"{DESIGN} --outcome whole --aspect clean --aspect safe --format json"),
    "blend": (
        ("before.csv", "open.csv"),
        f"{DESIGN} --on sex --method calibration --proportion satisfied=1 --seed 3 --replicates 20 --format json",
    ),
}
"""Of every command: the files of data, and the options, typed in the folder of the files."""


def test_every_command_that_computes_from_tables_writes_plans() -> None:
    assert set(CALLS) == set(PLAN_COMMANDS)


@pytest.mark.parametrize("command", PLAN_COMMANDS)
def test_the_plan_gives_the_bytes_of_the_call(
    command: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, options = CALLS[command]
    files, plan = [folder / name for name in data], folder / f"{command}.yaml"
    called, again = tmp_path / "called", tmp_path / "again"
    monkeypatch.chdir(folder)
    asked = survey_service(command, *files, *options.split(), "--out", called, "--write-plan", plan)
    assert asked.exit_code == 0, asked.stderr
    document = YAML(typ="safe").load(plan.read_text(encoding="utf-8"))
    assert set(document) == {"format", command}
    monkeypatch.chdir(tmp_path)  # paths in a plan hold from where the plan lies
    form = ("--format", "json") if "--format" in options else ()
    run = survey_service("analyse", plan, *files, *form, "--out", again)
    assert run.exit_code == 0, run.stderr
    assert again.read_bytes() == called.read_bytes()


def test_defaults_are_in_the_plan(folder: Path, tmp_path: Path) -> None:
    """So that a default that changes later moves no figure."""
    plan = tmp_path / "plan.yaml"
    survey_service("estimate", folder / "before.csv", "--proportion", "satisfied=1", "--write-plan", plan)
    options = YAML(typ="safe").load(plan.read_text(encoding="utf-8"))["estimate"]
    assert (options["interval"], options["level"], options["lonely-psu"]) == ("korn_graubard", 0.95, "fail")
    assert "weight" not in options


def test_a_number_that_is_nought_is_in_the_plan(folder: Path, tmp_path: Path) -> None:
    """Left out, the default would stand for it: another seed, other figures."""
    plan = tmp_path / "plan.yaml"
    asked = ("--proportion", "satisfied=1", "--variance-method", "bootstrap", "--replicates", "20", "--seed", "0")
    called = survey_service("estimate", folder / "before.csv", *asked, "--format", "json", "--write-plan", plan)
    assert YAML(typ="safe").load(plan.read_text(encoding="utf-8"))["estimate"]["seed"] == 0
    again = survey_service("analyse", plan, folder / "before.csv", "--format", "json")
    assert again.stdout == called.stdout


def test_a_call_that_fails_leaves_no_plan(folder: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    run = survey_service("estimate", folder / "before.csv", "--proportion", "nothing=1", "--write-plan", plan)
    assert run.exit_code == 1
    assert not plan.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format: 2\nestimate: {wieght: w}\n", "estimate.wieght: there is no such option"),
        ("format: 2\nestimate: {proportion: [satisfied=1], level: high}\n", "level"),
        ("format: 2\nestimate: {by: {street: 1}}\n", "estimate.by: a text or a number is needed"),
        ("format: 2\nestimate: [satisfied=1]\n", "estimate: a mapping of its options is needed"),
        ("format: 7\nestimate: {proportion: [satisfied=1]}\n", "this software reads format 2, not 7"),
        ("format: 2\nestimate: {proportion: [satisfied=1]}\nplan: {}\n", "plan: a plan of estimate has no such part"),
    ],
)
def test_a_plan_that_cannot_be_run_says_where(folder: Path, tmp_path: Path, text: str, said: str) -> None:
    plan = tmp_path / "wrong.yaml"
    plan.write_text(text, encoding="utf-8")
    run = survey_service("analyse", plan, folder / "before.csv")
    assert run.exit_code == 1
    assert "wrong.yaml" in run.stderr
    assert said in run.stderr


def test_the_number_of_files_is_that_of_the_command(folder: Path, tmp_path: Path) -> None:
    plan = tmp_path / "change.yaml"
    plan.write_text("format: 2\nchange: {proportion: [satisfied=1]}\n", encoding="utf-8")
    run = survey_service("analyse", plan, folder / "before.csv")
    assert run.exit_code == 1
    assert "for 2 files of data, not 1" in run.stderr
