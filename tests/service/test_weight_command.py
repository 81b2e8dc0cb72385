"""``survey-service weight`` and ``estimate --margins``: what they write, and what they refuse, with row and remedy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from survey_service.commands import app

CITY = Path(__file__).parents[1] / "reference" / "city_margins"
approx = pytest.approx


def run(command: str, *arguments: object) -> Result:
    return CliRunner().invoke(app, [command, *map(str, arguments)])


def file(tmp_path: Path, name: str, *lines: str) -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def margins(tmp_path: Path) -> Path:
    """Age and street of the reference city."""
    lines = (CITY / "margins.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.startswith(("variable", "age,", "street,"))]
    return file(tmp_path, "margins.csv", *kept)


def test_every_step_has_its_column_and_its_record(tmp_path: Path) -> None:
    #  Class A: 20 + 20 answered by the first alone; class B: 10 of unknown eligibility beside one that answered.
    data = file(
        tmp_path,
        "cases.csv",
        "id,w,status,class,sex",
        "1,20,respondent,A,男",
        "2,20,nonrespondent,A,女",
        "3,10,1.1,B,女",
        "4,10,unknown,B,女",
        "5,10,4.5,B,男",
    )
    margins = file(tmp_path, "m.csv", "variable,category,total", "sex,男,60", "sex,女,30")
    out, record = tmp_path / "out.csv", tmp_path / "record.json"
    result = run(
        "weight",
        data,
        "--design-weight",
        "w",
        "--status",
        "status",
        "--classes",
        "class",
        "--minimum",
        1,
        "--margins",
        margins,
        "--out",
        out,
        "--record",
        record,
    )
    assert result.exit_code == 0, result.output
    found = pd.read_csv(out, dtype={"id": str})
    assert list(found.columns[:5]) == ["id", "w", "status", "class", "sex"]
    assert found["eligibility_weight"].tolist() == approx([20, 20, 15, 0, 0])
    assert found["nonresponse_weight"].tolist() == approx([40, 0, 15, 0, 0])
    assert found["final_weight"].tolist() == approx([60, 0, 30, 0, 0])
    told = json.loads(record.read_text(encoding="utf-8"))
    steps = ["design_weight", "eligibility_weight", "nonresponse_weight", "calibrated_weight"]
    assert [step["step"] for step in told["steps"]] == steps
    assert told["steps"][1]["record"]["eligible_share"] == approx(50 / 60)
    assert told["steps"][3]["record"]["converged"] is True
    assert told["steps"][3]["record"]["margins"][0]["population"] == 60
    assert "Weights, step by step" in result.stdout


def test_weights_equal_those_of_r(tmp_path: Path, margins: Path) -> None:
    out = tmp_path / "out.csv"
    result = run("weight", CITY / "data.csv", "--design-weight", "weight", "--margins", margins, "--out", out)
    assert result.exit_code == 0, result.output
    theirs = json.loads((CITY / "expected.json").read_text())["weights"]["raking"]
    assert pd.read_csv(out)["final_weight"].tolist() == approx(theirs, rel=1e-8)


def test_estimates_with_margins_equal_those_of_r(margins: Path) -> None:
    result = run(
        "estimate",
        CITY / "data.csv",
        "--weight",
        "weight",
        "--strata",
        "community",
        "--clusters",
        "grid",
        "--mean",
        "spending",
        "--by",
        "street",
        "--margins",
        margins,
        "--calibration",
        "logit",
        "--bounds",
        "0.5,2",
        "--format",
        "json",
    )
    assert result.exit_code == 0, result.output
    ours: dict[str, Any] = {one["domain"]["street"]: one for one in json.loads(result.stdout)["estimates"]}
    compared = 0
    for record in json.loads((CITY / "expected.json").read_text())["records"]:
        same = (record["design"], record["method"], record["statistic"]) == ("clusters", "logit", "mean")
        if same and record["variable"] == "spending" and "street" in record["domain"]:
            one = ours[record["domain"]["street"]]
            assert one["value"] == approx(record["value"], rel=1e-8)
            assert one["standard_error"] == approx(record["standard_error"], rel=1e-8)
            compared += 1
    assert compared == 3
    assert any("weights calibrated (logit) to age, street" in note for note in json.loads(result.stdout)["notes"])


def test_the_weight_before_calibration_and_the_margins_give_back_the_final_weight(
    tmp_path: Path, margins: Path
) -> None:
    out = tmp_path / "out.csv"
    run("weight", CITY / "data.csv", "--design-weight", "weight", "--margins", margins, "--out", out)
    common = ("--strata", "community", "--clusters", "grid", "--mean", "spending", "--format", "json")
    calibrated = json.loads(run("estimate", out, "--weight", "design_weight", "--margins", margins, *common).stdout)
    plain = json.loads(run("estimate", out, "--weight", "final_weight", *common).stdout)
    assert calibrated["estimates"][0]["value"] == approx(plain["estimates"][0]["value"], rel=1e-9)
    assert calibrated["estimates"][0]["standard_error"] != approx(plain["estimates"][0]["standard_error"], rel=1e-3)


def test_margins_of_one_community_leave_the_others_alone(tmp_path: Path) -> None:
    lines = (
        "variable,category,total,within,area",
        "age,18-39,700,community,C00",
        "age,40-59,600,community,C00",
        "age,60+,600,community,C00",
    )
    out = tmp_path / "out.csv"
    result = run(
        "weight",
        CITY / "data.csv",
        "--design-weight",
        "weight",
        "--margins",
        file(tmp_path, "m.csv", *lines),
        "--out",
        out,
    )
    assert result.exit_code == 0, result.output
    found = pd.read_csv(out)
    inside = found["community"] == "C00"
    assert found.loc[inside, "final_weight"].sum() == approx(1900)
    assert (found.loc[~inside, "final_weight"] == found.loc[~inside, "weight"]).all()


def test_response_propensity_and_trimming(tmp_path: Path, margins: Path) -> None:
    frame = pd.read_csv(CITY / "data.csv", dtype=str)
    frame["status"] = ["respondent" if place % 3 else "nonrespondent" for place in range(len(frame))]
    frame.to_csv(tmp_path / "cases.csv", index=False)
    out, record = tmp_path / "out.csv", tmp_path / "record.json"
    result = run(
        "weight",
        tmp_path / "cases.csv",
        "--design-weight",
        "weight",
        "--status",
        "status",
        "--propensity",
        "age,persons",
        "--margins",
        margins,
        "--trim",
        3,
        "--out",
        out,
        "--record",
        record,
    )
    assert result.exit_code == 0, result.output
    told = {step["step"]: step for step in json.loads(record.read_text())["steps"]}
    names = [name for name, _ in told["nonresponse_weight"]["record"]["odds_ratios"]]
    assert names == ["age=40-59", "age=60+", "persons"]
    trimmed = told["trimmed_weight"]["record"]
    assert pd.read_csv(out)["final_weight"].max() <= trimmed["cap"] * (1 + 2e-6)
    assert trimmed["calibration"]["worst_gap"] < 1e-9


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["variable,category", "sex,m"], 'row 1, column "total": the column is missing'),
        (["variable,category,total"], "there is no total"),
        (["variable,category,total", "sex,m,1"], "has no column “sex”"),
        (["variable,category,total", "age,18-39,"], 'row 2, column "total": the total is missing'),
        (["variable,category,total", "age,18-39,many"], "“many” is not a number"),
        (["variable,category,total", "age,18-39,5", "age,18-39,6"], 'row 3, column "category": 18-39 is given twice'),
        (["variable,category,total", "age*street,18-39,5"], "“18-39” is not a category of age*street"),
        (["variable,category,total,within,area", "age,18-39,5,street,"], "within and area belong together"),
        (
            ["variable,category,total", "age,18-39,5", "age,40-59,5", "age,60+,5", "street,S0,15"],
            "street=S1 occurs in 124 rows and has no total",
        ),
        (
            [
                "variable,category,total",
                "age,18-39,5",
                "age,40-59,5",
                "age,60+,5",
                "street,S0,7",
                "street,S1,7",
                "street,S2,2",
            ],
            "the margin sums to 16 for the population, the margin age to 15",
        ),
    ],
)
def test_faulty_margins_are_refused_by_row(tmp_path: Path, lines: list[str], said: str) -> None:
    margins = file(tmp_path, "m.csv", *lines)
    for command in (
        ["weight", CITY / "data.csv", "--design-weight", "weight"],
        ["estimate", CITY / "data.csv", "--weight", "weight", "--mean", "spending"],
    ):
        result = run(*command, "--margins", margins)
        assert result.exit_code == 1
        assert said in result.stderr
        assert not result.stdout


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        (["w,status", "1,respondent", "0,respondent"], 'row 3, column "w": it is 0'),
        (["w,status", "1,respondent", ",respondent"], 'row 3, column "w": it is missing'),
        (["w,status", "1,respondent", "1,moved"], 'row 3, column "status": “moved” is no status of a case'),
        (["w,status,final_weight", "1,respondent,3"], 'row 1, column "final_weight": the name is ours'),
        (["w,status", "1,nonrespondent"], "nobody answered"),
    ],
)
def test_faulty_cases_are_refused_by_row(tmp_path: Path, cases: list[str], said: str) -> None:
    result = run("weight", file(tmp_path, "c.csv", *cases), "--design-weight", "w", "--status", "status")
    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--design-weight", "w", "--inclusion-probability", "p"],
        ["--design-weight", "w", "--classes", "c"],
        ["--design-weight", "w", "--bounds", "0.5,2"],
        ["--design-weight", "w", "--calibration", "logit"],
        ["--design-weight", "w", "--margins", "m.csv", "--calibration", "logit"],
        ["--design-weight", "w", "--margins", "m.csv", "--bounds", "2,3"],
    ],
)
def test_wrong_calls_exit_with_2(arguments: list[str]) -> None:
    assert run("weight", CITY / "data.csv", *arguments).exit_code == 2


@pytest.mark.parametrize("method", ["jackknife", "bootstrap"])
def test_replicates_of_a_calibrated_estimate_repeat_the_calibration(margins: Path, method: str) -> None:
    common = (
        "estimate",
        CITY / "data.csv",
        "--weight",
        "weight",
        "--strata",
        "community",
        "--clusters",
        "grid",
        "--population-size",
        "grids",
        "--mean",
        "spending",
        "--margins",
        margins,
        "--format",
        "json",
    )
    result = run(*common, "--variance-method", method, "--replicates", 200)
    assert result.exit_code == 0, result.output
    one = json.loads(result.stdout)["estimates"][0]
    linear = json.loads(run(*common).stdout)["estimates"][0]
    assert one["value"] == approx(linear["value"], rel=1e-9)
    assert one["standard_error"] == approx(linear["standard_error"], rel=0.15)
    assert one["degrees_of_freedom"] == linear["degrees_of_freedom"]
    if method == "jackknife":
        wanted = ("clusters_fpc", "raking", "mean", {})
        theirs = [
            record["standard_error"]
            for record in json.loads((CITY / "expected.json").read_text())["replicates"]
            if (record["design"], record["method"], record["statistic"], record["domain"]) == wanted
        ]
        assert [one["standard_error"]] == approx(theirs, rel=1e-8)
