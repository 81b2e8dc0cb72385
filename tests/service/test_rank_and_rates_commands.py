"""Ranks with their sets, and outcome rates, as a statistician types them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from survey_service.commands import app


def survey_service(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def estimates(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """City and communities: 70 of 100, 95 of 100, 90 of 100, and one of 8."""
    folder = tmp_path_factory.mktemp("estimates")
    rows = []
    for community, yes, size in (("A", 70, 100), ("B", 95, 100), ("C", 90, 100), ("D", 6, 8)):
        rows += [{"community": community, "satisfied": int(k < yes), "weight": 1} for k in range(size)]
    pd.DataFrame(rows).to_csv(folder / "answers.csv", index=False)
    found = []
    for name, by in (("city", ()), ("communities", ("--by", "community"))):
        out = folder / f"{name}.json"
        run = survey_service(
            "estimate",
            folder / "answers.csv",
            "--weight",
            "weight",
            "--proportion",
            "satisfied=1",
            *by,
            "--format",
            "json",
            "--out",
            out,
        )
        assert run.exit_code == 0, run.output
        found.append(out)
    return found


def test_a_ranked_table_hides_what_may_not_be_shown(estimates: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "ranks.json"
    call = ("rank", *estimates, "--variable", "satisfied=1", "--by", "community")
    assert survey_service(*call, "--format", "json", "--out", out).exit_code == 0
    document = json.loads(out.read_text(encoding="utf-8"))
    rows = {row["area"]: row for row in document["areas"]}
    # D has 8 respondents; A, B and C have 100, so one of them goes with it, or the city would give it away.
    hidden = {name: row["hidden"] for name, row in rows.items() if row["hidden"]}
    assert list(hidden.values()) == ["not published alone"] * 2
    assert "D" in hidden
    assert all(rows[name]["value"] is None and rows[name]["rank"] is None for name in hidden)
    shown = [row for row in document["areas"] if not row["hidden"]]
    assert all(row["rank_low"] <= row["rank"] <= row["rank_high"] for row in shown)
    again = survey_service(*call, "--format", "json").output
    assert json.loads(again) == document  # the same seed
    table = survey_service(*call).output
    assert "not published alone" in table
    assert "Mogstad" in table
    lines = survey_service(*call, "--format", "csv").output.splitlines()
    assert len(list(csv.DictReader(lines))) == 4


def test_each_alone_is_no_wider(estimates: list[Path]) -> None:
    call = ("rank", *estimates, "--variable", "satisfied=1", "--by", "community", "--format", "json")
    together, alone = (json.loads(survey_service(*call, *more).output) for more in ((), ("--each-alone",)))

    def width(document: dict[str, list[dict[str, int]]]) -> int:
        return int(np.sum([row["rank_high"] - row["rank_low"] for row in document["areas"] if row["rank"]]))

    assert width(alone) <= width(together)
    first = json.loads(survey_service(*call, "--lowest-first").output)["areas"][0]["value"]
    assert first == min(row["value"] for row in together["areas"] if row["value"] is not None)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--variable", "satisfied", "--by", "community"), "the estimates are satisfied=1"),
        (("--variable", "satisfied=1", "--by", "grid"), "no estimates by 'grid'; they are by community"),
    ],
)
def test_a_wrong_name_is_answered_with_those_there_are(
    estimates: list[Path], more: tuple[str, ...], message: str
) -> None:
    run = survey_service("rank", *estimates, *more)
    assert run.exit_code == 1
    assert message in run.output


def test_points_that_are_all_alike_are_coded_from_the_file_as_from_the_analysis(tmp_path: Path) -> None:
    """20 of 20 with 100 points is an end for a score as for a share; the file must carry it, and no rank tells it."""
    rows = [{"community": "A", "score": 100, "w": 1}] * 20
    rows += [{"community": area, "score": 100 if k % 3 else 60, "w": 1} for area in "BC" for k in range(60)]
    pd.DataFrame(rows).to_csv(tmp_path / "answers.csv", index=False)
    files = [tmp_path / "city.json", tmp_path / "communities.json"]
    for out, by in zip(files, ((), ("--by", "community")), strict=True):
        call = ("estimate", tmp_path / "answers.csv", "--weight", "w", "--mean", "score[0,100]", *by)
        assert survey_service(*call, "--format", "json", "--out", out).exit_code == 0
    entry = json.loads(files[1].read_text(encoding="utf-8"))["estimates"][0]
    assert (entry["scale"], entry["all_alike"], entry["complete_enumeration"]) == ([0.0, 100.0], True, False)
    ranked = survey_service("rank", *files, "--variable", "score", "--by", "community", "--format", "json")
    hidden = {row["area"]: row["hidden"] for row in json.loads(ranked.output)["areas"]}
    assert hidden["A"] == "too imprecise to be ranked"


def test_a_file_that_is_no_estimate(tmp_path: Path) -> None:
    wrong = tmp_path / "x.json"
    wrong.write_text("{}", encoding="utf-8")
    run = survey_service("rank", wrong, "--variable", "y", "--by", "c")
    assert run.exit_code == 1
    assert "not the JSON of survey-service estimate" in run.output


CASES = """case,community,first_mode,result,w,substitute_for
1,A,face_to_face,1.1,10,
2,A,face_to_face,2.112,10,
3,A,paper,2.113,10,
4,A,paper,3.19,20,
5,B,face_to_face,1.10,10,
6,B,face_to_face,4.60,10,
7,B,face_to_face,1.1,10,6
"""


def test_rates_by_area_and_mode(tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text(CASES, encoding="gb18030")
    call = ("rates", cases, "--code", "result", "--mode-column", "first_mode", "--substitute-for", "substitute_for")
    document = json.loads(survey_service(*call, "--by", "community,first_mode", "--format", "json").output)
    rows = {(row["community"], row["first_mode"]): row for row in document["rates"]}
    assert rows[("A", "face_to_face")]["rr1"] == 0.5
    assert rows[("A", "paper")]["ref1"] == 0.5  # a blank form is a refusal; silence is unknown
    whole = rows[("", "")]
    # I 2, R 2, unknown 1; not eligible 1: e = 4/5. The substitute counts for nobody.
    assert (whole["sampled"], whole["completed"], whole["substitutes"]) == (6, 2, 1)
    assert whole["rr1"] == pytest.approx(2 / 5)
    assert whole["rr3"] == pytest.approx(2 / 4.8)
    weighted = json.loads(survey_service(*call, "--weight", "w", "--format", "json").output)["rates"][0]
    assert weighted["rr1"] == pytest.approx(20 / 60)
    assert weighted["weighted"]
    table = survey_service(*call, "--by", "community").output
    assert "1 substitute counted apart" in table
    assert survey_service(*call, "--format", "csv").output.startswith("sampled,")


def test_codes_that_are_none_are_named_by_row(tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text("case,result\n1,1.1\n2,2.113\n3,\n", encoding="utf-8")
    run = survey_service("rates", cases, "--code", "result")
    assert run.exit_code == 1
    assert "row 3" in run.output
    assert "near it are 2.11" in run.output
    assert "row 4" in run.output
    assert "no outcome code" in run.output
