"""``small-areas``, ``change``, ``index`` and ``drivers``, as a statistician types them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from survey_service.commands import app

MILK = Path(__file__).parents[1] / "reference" / "fay_herriot"
approx = pytest.approx


def survey_service(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def found(*arguments: object) -> Any:
    run = survey_service(*arguments, "--format", "json")
    assert run.exit_code == 0, run.output + run.stderr
    return json.loads(run.output)


def refused(*arguments: object, status: int = 1) -> str:
    run = survey_service(*arguments)
    assert run.exit_code == status, run.output
    return " ".join(run.stderr.replace("│", " ").split())


def file(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# ------------------------------------------------------------------ small areas
@pytest.fixture
def milk(tmp_path: Path) -> tuple[Path, Path]:
    """The reference data as the JSON of ``estimate`` and a file of areas."""
    data = pd.read_csv(MILK / "data.csv")
    entries = [
        {
            "statistic": "mean",
            "variable": "y",
            "category": None,
            "domain": {"area": row.community},
            "value": row.direct,
            "standard_error": float(np.sqrt(row.variance)),
            "ci_low": None,
            "ci_high": None,
            "level": None,
            "interval": None,
            "degrees_of_freedom": 19,
            "design_effect": 1.0,
            "sample_size": row.respondents,
            "effective_sample_size": float(row.respondents),
            "notes": [],
        }
        for row in data.itertuples()
    ]
    design = {"strata": 1, "psus": 100, "degrees_of_freedom": 99, "sample_size": 100}
    estimates = tmp_path / "milk.json"
    estimates.write_text(json.dumps({"design": design, "estimates": entries, "notes": []}), encoding="utf-8")
    lines = [f"{row.community},{row.income}" for row in data.itertuples()]
    return estimates, file(tmp_path, "areas.csv", "area,income", *lines, "new,0.5")


def test_small_areas_are_those_of_r_and_a_new_area_is_synthetic(milk: tuple[Path, Path]) -> None:
    estimates, areas = milk
    call = ("small-areas", estimates, "--variable", "y", "--by", "area", "--areas", areas, "--covariates", "income")
    document = found(*call, "--variances", "direct")
    expected = json.loads((MILK / "expected.json").read_text(encoding="utf-8"))["reml"]
    *asked, new = document["areas"]
    assert [row["model"] for row in asked] == approx(expected["eblup"], rel=1e-4)
    assert [row["root_mean_squared_error"] ** 2 for row in asked] == approx(expected["mean_squared_error"], rel=1e-4)
    assert document["model_variance"] == approx(expected["model_variance"], rel=1e-4)
    assert (new["synthetic"], new["direct"], new["weight_of_direct"]) == (True, None, 0.0)
    table = survey_service(*call).output
    assert "synthetic: nobody was asked" in table
    assert "no verdict and no rank is made of them" in table
    lines = survey_service(*call, "--format", "csv", "--method", "ml").output.splitlines()
    assert len(list(csv.DictReader(lines))) == len(asked) + 1


def test_smoothed_variances_of_means_pool_the_spread_of_one_answer(milk: tuple[Path, Path]) -> None:
    estimates, areas = milk
    document = found(
        "small-areas", estimates, "--variable", "y", "--by", "area", "--areas", areas, "--covariates", "income"
    )
    data = pd.read_csv(MILK / "data.csv")
    # Design effects are 1: one answer's variance is v n in each community, pooled by respondents.
    n = data["respondents"]
    pooled = (n * data["variance"] * n).sum() / n.sum()
    assert [row["smoothed_variance"] for row in document["areas"][:-1]] == approx(list(pooled / n))


def test_who_is_too_few_to_be_published_is_said(tmp_path: Path) -> None:
    asked = {"A": (70, 90), "B": (80, 90), "C": (12, 12), "D": (5, 8), "E": (60, 80), "F": (66, 80)}
    rows = [f"{area},{int(k < yes)}" for area, (yes, n) in asked.items() for k in range(n)]
    answers, out = file(tmp_path, "answers.csv", "area,yes", *rows), tmp_path / "out.json"
    assert (
        survey_service(
            "estimate", answers, "--proportion", "yes=1", "--by", "area", "--format", "json", "--out", out
        ).exit_code
        == 0
    )
    areas = file(tmp_path, "areas.csv", "area", *"ABCDEF")
    document = found("small-areas", out, "--variable", "yes=1", "--by", "area", "--areas", areas)
    caution = {row["area"]: row["caution"] for row in document["areas"]}
    assert caution["A"] == ""
    assert caution["C"] == "fewer than 30 and all alike: not for publication"
    assert caution["D"] == "fewer than 10 respondents: not for publication"
    # 12 of 12 is no certainty: the model moves it towards the others.
    assert 0.8 < {row["area"]: row["model"] for row in document["areas"]}["C"] < 1


def test_small_areas_refuse_by_row_and_column(milk: tuple[Path, Path], tmp_path: Path) -> None:
    estimates, areas = milk
    call = ("small-areas", estimates, "--variable", "y", "--by", "area", "--covariates", "income")
    lines = areas.read_text(encoding="utf-8").splitlines()
    faulty = file(tmp_path, "faulty.csv", *lines[:2], "C01,", *lines[3:], "C00,1")
    said = refused(*call, "--areas", faulty)
    assert 'row 3, column "income": it is missing for C01' in said
    assert "C00 is in row 2 already" in said
    short = file(tmp_path, "short.csv", *lines[:-3])
    assert "areas have no row" in refused(*call, "--areas", short)
    assert "no such column" in refused(*call[:-1], "rent", "--areas", areas)
    assert "the estimates are y" in refused(*call[:3], "z", *call[4:], "--areas", areas)


# ------------------------------------------------------------------ change
def wave(folder: Path, name: str, level: dict[str, list[int]], more: str = "") -> Path:
    """PSU -> answers, all in stratum A."""
    rows = [f"A,{psu},1,{answer},web{more}" for psu, answers in level.items() for answer in answers]
    return file(folder, name, "stratum,psu,w,y,mode" + (",area" if more else ""), *rows)


ONE = {"1": [1, 0], "2": [0, 0], "3": [1, 1], "4": [0, 0]}
TWO = {"1": [1, 1], "2": [1, 0], "3": [1, 1], "4": [1, 0]}
DESIGN = ("--weight", "w", "--strata", "stratum", "--clusters", "psu")


def test_a_change_counts_the_psus_asked_twice(tmp_path: Path) -> None:
    before, after = wave(tmp_path, "q1.csv", ONE), wave(tmp_path, "q2.csv", TWO)
    document = found("change", before, after, *DESIGN, "--mean", "y[0,1]", "--mode", "mode")
    (one,) = document["changes"]
    # By hand in tests/spec/analysis/test_change_index_drivers.py.
    assert (one["before"], one["after"], one["change"]) == approx((3 / 8, 6 / 8, 3 / 8))
    assert one["standard_error"] == approx(np.sqrt(4 / 3 * (3 * 0.25**2 + 0.75**2) / 64))
    assert (document["waves"], document["psus_in_both"], document["not_comparable"]) == (["q1", "q2"], 4, [])
    table = survey_service("change", before, after, *DESIGN, "--proportion", "y=1").output
    assert "4 PSUs were asked in both waves." in table
    assert "+37.5%" in table
    assert (
        next(
            csv.DictReader(
                survey_service("change", before, after, *DESIGN, "--mean", "y", "--format", "csv").output.splitlines()
            )
        )["verdict"]
        == one["verdict"]
    )


def test_waves_that_asked_otherwise_are_not_compared(tmp_path: Path) -> None:
    before, after = wave(tmp_path, "q1.csv", ONE), wave(tmp_path, "q2.csv", TWO)
    after.write_text(after.read_text(encoding="utf-8").replace("web", "paper", 2), encoding="utf-8")
    conditions = file(tmp_path, "alike.csv", "what,before,after", "selection,every grid,some grids", "frame,a,a")
    call = ("change", before, after, *DESIGN, "--proportion", "y=1", "--mode", "mode", "--conditions", conditions)
    document = found(*call)
    assert document["changes"][0]["verdict"] == "not_comparable"
    assert document["not_comparable"] == [
        "the selection differs",
        "the share of paper, web differs by more than 10%",
    ]
    wrong = file(tmp_path, "wrong.csv", "what,before,after", "wording,a,b")
    assert "“wording” is nothing that waves are compared by" in refused(*call[:-1], wrong)


def test_what_only_one_wave_has_is_named(tmp_path: Path) -> None:
    before, after = wave(tmp_path, "q1.csv", ONE, ",X"), wave(tmp_path, "q2.csv", TWO, ",X")
    with before.open("a", encoding="utf-8") as more:
        more.write("B,9,1,1,web,Y\nB,8,1,0,web,Y\n")
    document = found("change", before, after, *DESIGN, "--mean", "y", "--by", "area")
    assert [one["domain"] for one in document["changes"]] == [{"area": "X"}]
    assert document["notes"] == ["only in q1: Y"]
    other = wave(tmp_path, "q3.csv", TWO, ",Z")
    assert "no domain was asked in both waves" in refused(
        "change", before, other, *DESIGN, "--mean", "y", "--by", "area"
    )


def test_a_fault_is_found_in_the_file_it_is_in(tmp_path: Path) -> None:
    before, after = wave(tmp_path, "q1.csv", ONE), wave(tmp_path, "q2.csv", TWO)
    after.write_text(after.read_text(encoding="utf-8").replace("A,2,1,1", "A,2,-1,1"), encoding="utf-8")
    said = refused("change", before, after, *DESIGN, "--mean", "y")
    assert "q2.csv: row 4" in said
    assert "take one column each" in refused("change", before, after, "--strata", "a,b", "--mean", "y", status=2)
    assert "two different names" in refused("change", before, after, "--labels", "a,a", "--mean", "y", status=2)


# ------------------------------------------------------------------ index
@pytest.fixture
def answers(tmp_path: Path) -> Path:
    rng = np.random.default_rng(20260930)
    size = 240
    tidy, polite = rng.integers(1, 6, size), rng.integers(0, 101, size)
    frame = pd.DataFrame(
        {
            "tidy": tidy,
            "polite": polite,
            "safe": np.where(rng.random(size) < 0.8, "yes", "no"),
            "w": rng.uniform(1, 3, size),
            "stratum": "A",
            "psu": np.arange(size) % 40,
            "quarter": np.arange(size) // 40 % 2 + 1,
            "same": 7,
        }
    )
    frame["overall"] = 12 * frame["tidy"] + 0.3 * frame["polite"] + rng.normal(0, 8, size)
    path = tmp_path / "answers.csv"
    frame.to_csv(path, index=False)
    return path


PARTS = ("part,column,value,weight,lowest,highest", "tidy,tidy,,0.5,1,5", "polite,polite,,0.3,,", "safe,safe,yes,0.2,,")


def test_an_index_is_the_mean_of_everyones_own(answers: Path, tmp_path: Path) -> None:
    parts = file(tmp_path, "parts.csv", *PARTS)
    whole, tidy, *_ = found("index", answers, "--parts", parts, "--name", "civility", *DESIGN)["estimates"]
    frame = pd.read_csv(answers)
    frame["own"] = 0.5 * (frame["tidy"] - 1) * 25 + 0.3 * frame["polite"] + 20 * (frame["safe"] == "yes")
    frame.to_csv(answers, index=False)
    (own,) = found("estimate", answers, *DESIGN, "--mean", "own")["estimates"]
    assert (whole["variable"], whole["scale"]) == ("civility", [0.0, 100.0])
    assert (whole["value"], whole["standard_error"]) == approx((own["value"], own["standard_error"]))
    assert tidy["value"] == approx(float(np.average((frame["tidy"] - 1) * 25, weights=frame["w"])))
    assert "Index civility" in survey_service("index", answers, "--parts", parts, "--name", "civility", *DESIGN).output


def test_rounds_are_put_together_with_their_covariance(answers: Path, tmp_path: Path) -> None:
    call = ("index", answers, "--parts", file(tmp_path, "parts.csv", *PARTS), *DESIGN, "--over", "quarter")
    rows = [one for one in found(*call, "--shares", "1=0.4,2=0.6")["estimates"] if one["variable"] == "index"]
    one, two, both = rows
    assert both["domain"] == {"quarter": "0.4 1 + 0.6 2"}
    assert both["value"] == approx(0.4 * one["value"] + 0.6 * two["value"])
    assert both["standard_error"] != approx(np.hypot(0.4 * one["standard_error"], 0.6 * two["standard_error"]))
    assert "add up to 1.1" in refused(*call, "--shares", "1=0.5,2=0.6", status=2)
    assert "there is no domain" in refused(*call, "--shares", "1=0.5,3=0.5")
    assert "belong together" in refused(*call, status=2)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("safe,safe,yes,0.3,,", "the weights add up to 1.1, not to 1"),
        ("safe,safe,yes,0,,", 'row 4, column "weight": a weight is above 0'),
        ("safe,safe,maybe,0.2,,", "nobody chose “maybe” The answers are: no, yes."),
        ("safe,safe,yes,0.2,0,5", "a share has no other scale"),
        ("safe,sure,yes,0.2,,", 'row 4, column "column": answers.csv has no “sure”'),
        ("tidy,safe,yes,0.2,,", "tidy is given twice"),
        ("safe,tidy,,0.2,1,4", "leaves the scale 1 to 4 of safe"),
    ],
)
def test_parts_that_are_none_are_named_by_row(answers: Path, tmp_path: Path, line: str, said: str) -> None:
    parts = file(tmp_path, "parts.csv", *PARTS[:-1], line)
    assert said in refused("index", answers, "--parts", parts, *DESIGN)


# ------------------------------------------------------------------ drivers
def test_what_to_mend_first(answers: Path) -> None:
    call = ("drivers", answers, "--outcome", "overall", "--aspect", "tidy[1,5]", "--aspect", "polite[0,100]", *DESIGN)
    document = found(*call)
    assert document["sample_size"] == 240
    assert document["degrees_of_freedom"] == 40 - 1 + 1 - 3
    assert document["drivers"][0]["aspect"] == "tidy"
    assert document["explained"] > 0.7
    table = survey_service(*call).output
    assert "An association, not a cause." in table
    assert "tidy" in table
    assert survey_service(*call, "--format", "csv").output.startswith("aspect,importance")


def test_drivers_refuse_with_the_way_out(answers: Path) -> None:
    call = ("drivers", answers, "--outcome", "overall", *DESIGN)
    assert "each named once" in refused(*call, "--aspect", "overall", status=2)
    assert "scale of every --aspect" in refused(*call, "--aspect", "tidy[1,5]", "--aspect", "polite", status=2)
    assert "leaves its scale 1 to 4" in refused(*call, "--aspect", "tidy[1,4]")
    assert "is not a number" in refused(*call, "--aspect", "safe")
    assert "all answers to same are alike" in refused(*call, "--aspect", "same")
