"""``survey-service estimate``: quantiles, differences, replicates, tests, joint intervals."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from survey_service.commands import app

REFERENCE = Path(__file__).parents[1] / "reference"
CITY = REFERENCE / "city_clusters" / "data.csv"
DESIGN = ("--weight", "weight", "--strata", "community", "--clusters", "grid")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["estimate", *map(str, arguments)])


def document(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def expected(case: str, **wanted: object) -> dict[str, Any]:
    records = json.loads((REFERENCE / case / "expected.json").read_text())["records"]
    (record,) = [one for one in records if all(one.get(key) == value for key, value in wanted.items())]
    assert isinstance(record, dict)
    return record


def test_quantiles() -> None:
    theirs = expected(
        "city_methods",
        kind="quantile",
        design="city_clusters",
        variable="spending",
        probability=0.9,
        rule="math",
        domain={},
    )
    (mine,) = document(CITY, *DESIGN, "--quantile", "spending@0.9")["estimates"]
    assert (mine["statistic"], mine["variable"], mine["category"]) == ("quantile", "spending", "0.9")
    assert mine["interval"] == "woodruff"
    for name, figure in (("value", "value"), ("ci_low", "low"), ("ci_high", "high")):
        assert mine[name] == pytest.approx(theirs[figure], rel=1e-8)


def test_differences() -> None:
    theirs = expected(
        "city_methods", kind="contrast", design="city_clusters", variable="score", by="age", one="18-39", other="60+"
    )
    found = document(CITY, *DESIGN, "--mean", "score", "--by", "age", "--difference", "18-39,60+")["estimates"]
    mine = found[-1]
    assert mine["statistic"] == "difference"
    assert mine["domain"] == {"contrast": "18-39 − 60+"}
    assert mine["value"] == pytest.approx(theirs["value"], rel=1e-8)
    assert mine["standard_error"] == pytest.approx(theirs["standard_error"], rel=1e-8)


def test_the_jackknife() -> None:
    theirs = expected(
        "city_methods",
        kind="replicates",
        design="city_clusters",
        method="jackknife",
        statistic="mean",
        variable="score",
        domain={},
    )
    (mine,) = document(CITY, *DESIGN, "--mean", "score", "--variance-method", "jackknife")["estimates"]
    assert mine["standard_error"] == pytest.approx(theirs["standard_error"], rel=1e-8)


def test_the_bootstrap_follows_its_seed() -> None:
    call = (CITY, *DESIGN, "--mean", "score", "--variance-method", "bootstrap", "--replicates", 200)
    one, same, other = (document(*call, "--seed", seed)["estimates"][0]["standard_error"] for seed in (7, 7, 8))
    assert one == same != other
    linear = document(CITY, *DESIGN, "--mean", "score")["estimates"][0]["standard_error"]
    assert one == pytest.approx(linear, rel=0.25)


@pytest.mark.parametrize("method", ["jk1", "bootstrap", "brr", "fay"])
def test_replicate_weights_in_the_file(tmp_path: Path, method: str) -> None:
    with CITY.open() as data, (REFERENCE / "city_methods" / "weights.csv").open() as weights:
        rows, extra = list(csv.reader(data)), list(csv.reader(weights))
    path = tmp_path / "data.csv"
    with path.open("w", newline="") as file:
        heads = [f"rw{number + 1}" for number in range(len(extra[0]))]
        csv.writer(file).writerows(a + b for a, b in zip(rows, [heads, *extra[1:]], strict=True))
    theirs = expected(
        "city_methods", kind="replicates", method=f"given_{method}", statistic="mean", variable="score", domain={}
    )
    (mine,) = document(
        path,
        "--weight",
        "weight",
        "--mean",
        "score",
        "--replicate-weights",
        "rw",
        "--replicate-method",
        method,
        "--fay",
        0.3,
    )["estimates"]
    assert mine["standard_error"] == pytest.approx(theirs["standard_error"], rel=1e-8)


def test_independence() -> None:
    theirs = expected("city_tests", kind="independence", design="city_clusters", one="opinion", other="age", test="F")
    found = document(CITY, *DESIGN, "--proportion", "opinion", "--test-independence", "opinion,age")
    (mine,) = found["tests"]
    assert mine["variables"] == "opinion, age"
    assert mine["p_value"] == pytest.approx(theirs["p_value"], rel=1e-8)
    assert mine["numerator_degrees_of_freedom"] == pytest.approx(theirs["parameter"][0], rel=1e-8)
    table = run(CITY, *DESIGN, "--proportion", "opinion", "--test-independence", "opinion,age")
    assert "opinion, age: Pearson's chi-square with the second-order Rao-Scott correction: F(" in table.stdout
    alone = document(CITY, *DESIGN, "--test-independence", "opinion,age")
    assert (alone["tests"], alone["estimates"], alone["design"]) == (found["tests"], [], found["design"])


def test_joint_intervals_are_wider() -> None:
    call = (CITY, *DESIGN, "--proportion", "aware=1", "--by", "community")
    alone, jointly = document(*call), document(*call, "--simultaneous", "sidak")
    for one, other in zip(alone["estimates"], jointly["estimates"], strict=True):
        assert other["ci_low"] < one["ci_low"] < one["ci_high"] < other["ci_high"]
    assert "intervals hold jointly over 9 domains (sidak)" in jointly["notes"]


def test_a_label_with_a_slash_or_a_comma_goes_between_quotes(tmp_path: Path) -> None:
    rows = [("甲/乙", "男,女", 1), ("甲/乙", "男,女", 2), ("丙", "男,女", 5), ("丙", "男,女", 7)] * 3
    data = tmp_path / "labels.csv"
    data.write_text("area,who,v\n" + "".join(f'"{a}","{w}",{v}\n' for a, w, v in rows), encoding="utf-8")
    for by, labels in (("area", "甲/乙,丙"), ("area,who", '"甲/乙"/"男,女",丙/"男,女"')):
        call = ("--mean", "v", "--by", by, "--difference", labels, "--format", "json")
        (*_, difference) = json.loads(run(data, *call).stdout)["estimates"]
        assert difference["value"] == pytest.approx(1.5 - 6)
    refused = run(data, "--mean", "v", "--by", "area,who", "--difference", "甲/乙/x,丙/x")
    assert refused.exit_code == 2
    assert "between double quotes" in " ".join(refused.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--quantile", "score"), 2, "COL@SHARE"),
        (("--quantile", "score@1.5"), 2, "between 0 and 1"),
        (("--mean", "score", "--difference", "18-39,60+"), 2, "--by"),
        (("--mean", "score", "--by", "age", "--difference", "18-39"), 2, "comma"),
        (("--mean", "score", "--by", "age", "--difference", "18-39,old"), 1, "there is no domain 'old'"),
        (("--mean", "score", "--interval", "woodruff"), 2, "'korn_graubard', 'beta', 'wilson', 'logit'"),
        (("--mean", "score", "--variance-method", "brr"), 1, "do not have two PSUs"),
        (("--mean", "score", "--replicate-weights", "rw"), 1, "0 columns are named rw and a number"),
        (("--mean", "score", "--test-independence", "age,age", "--format", "csv"), 2, "no place in the CSV"),
        (("--mean", "score", "--test-independence", "age,nothing"), 1, "no such column"),
    ],
)
def test_a_wrong_call_says_what_is_right(arguments: tuple[str, ...], status: int, said: str) -> None:
    result = run(CITY, *DESIGN, *arguments)
    assert result.exit_code == status
    # The frame that the usage message is printed in breaks lines.
    assert said in " ".join(result.stderr.replace("│", " ").split())
