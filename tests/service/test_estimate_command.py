"""``survey-service estimate``: the contract of its output, and files that are refused with row, column and remedy."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner, Result

from survey_service.commands import app

COPENHAGEN = Path(__file__).parents[1] / "reference" / "copenhagen" / "data.csv"
FIELDS = [
    "statistic",
    "variable",
    "category",
    "domain",
    "value",
    "standard_error",
    "ci_low",
    "ci_high",
    "level",
    "interval",
    "degrees_of_freedom",
    "design_effect",
    "sample_size",
    "effective_sample_size",
    "scale",
    "all_alike",
    "complete_enumeration",
    "notes",
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["estimate", *map(str, arguments)])


def document(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def written(tmp_path: Path, text: str, name: str = "data.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


# ------------------------------------------------------------------ the public data
@pytest.mark.parametrize(
    ("interval", "low", "high"),
    [
        # R: svyciprop(method = "beta") and "logit" on the 1,681 expanded rows, as subset(des, housing_type == "Tower")
        ("korn_graubard", 0.449892705475508, 0.550107294524492),
        ("beta", 0.449892705475508, 0.550107294524492),
        ("logit", 0.450995016178245, 0.549004983821755),
    ],
)
def test_copenhagen_towers(interval: str, low: float, high: float) -> None:
    found = document(
        COPENHAGEN,
        "--frequency",
        "count",
        "--proportion",
        "satisfaction",
        "--by",
        "housing_type",
        "--interval",
        interval,
    )
    assert list(found) == ["design", "estimates", "notes"]
    assert found["design"] == {"strata": 1, "psus": 1681, "degrees_of_freedom": 1680, "sample_size": 1681}
    assert all(list(entry) == FIELDS for entry in found["estimates"])
    high_of = {entry["domain"]["housing_type"]: entry for entry in found["estimates"] if entry["category"] == "High"}
    assert {name: (entry["value"], entry["sample_size"]) for name, entry in high_of.items()} == {
        "Tower": (200 / 400, 400),
        "Apartment": (302 / 765, 765),
        "Atrium": (96 / 239, 239),
        "Terrace": (70 / 277, 277),
    }
    tower = high_of["Tower"]
    assert tower["degrees_of_freedom"] == 399
    assert math.isclose(tower["ci_low"], low, rel_tol=1e-9)
    assert math.isclose(tower["ci_high"], high, rel_tol=1e-9)


def test_a_frequency_is_the_same_as_that_many_rows(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(COPENHAGEN.read_text())))
    lines = ["satisfaction,housing_type,weight"]
    for row in rows:
        lines += [f"{row['satisfaction']},{row['housing_type']},2"] * int(row["count"])
    expanded = written(tmp_path, "\n".join(lines))
    one = document(expanded, "--proportion", "satisfaction", "--by", "housing_type", "--weight", "weight")
    other = document(COPENHAGEN, "--frequency", "count", "--proportion", "satisfaction", "--by", "housing_type")
    assert one["design"] == other["design"]
    for left, right in zip(one["estimates"], other["estimates"], strict=True):
        for name in ("value", "standard_error", "ci_low", "ci_high", "design_effect", "effective_sample_size"):
            assert left[name] == pytest.approx(right[name], rel=1e-12)


# ------------------------------------------------------------------ what is asked for
SMALL = "stratum,unit,weight,yes,score,extra,size\n" + "\n".join(
    f"{stratum},{stratum}{unit},{2 if stratum == 'A' else 3},{answer},{score},{extra},10"
    for stratum, unit, answer, score, extra in [
        ("A", 1, "ja", 10, 1), ("A", 1, "nein", 20, 2), ("A", 2, "ja", 30, 1), ("A", 2, "", "", 1),
        ("B", 3, "ja", 10, 2), ("B", 3, "ja", 40, 1), ("B", 4, "nein", 20, 1), ("B", 4, "weiss nicht", 30, 2),
    ]
)  # fmt: skip


def test_every_statistic_with_the_design(tmp_path: Path) -> None:
    found = document(
        written(tmp_path, SMALL),
        "--weight",
        "weight",
        "--strata",
        "stratum",
        "--clusters",
        "unit",
        "--population-size",
        "size",
        "--mean",
        "score",
        "--total",
        "extra",
        "--proportion",
        "yes",
        "--proportion",
        "yes=ja",
        "--ratio",
        "score/extra",
    )
    assert found["design"] == {"strata": 2, "psus": 4, "degrees_of_freedom": 2, "sample_size": 8}
    by_name = {(entry["statistic"], entry["variable"], entry["category"]): entry for entry in found["estimates"]}
    assert list(by_name) == [
        ("mean", "score", None),
        ("total", "extra", None),
        ("proportion", "yes", "ja"),
        ("proportion", "yes", "nein"),
        ("proportion", "yes", "weiss nicht"),
        ("ratio", "score/extra", None),
    ]
    # weights: A 2, B 3; one answer of stratum A is missing
    assert by_name["mean", "score", None]["value"] == pytest.approx((2 * 60 + 3 * 100) / (3 * 2 + 4 * 3))
    assert by_name["total", "extra", None]["value"] == 2 * 5 + 3 * 6
    assert by_name["proportion", "yes", "ja"]["value"] == pytest.approx((2 * 2 + 3 * 2) / 18)
    # PSU totals: A 2 (1 + 2) and 2 (1 + 1), B 3 (2 + 1) and 3 (1 + 2); v = sum (1 - f) n/(n-1) sum (t - mean)^2
    assert by_name["total", "extra", None]["standard_error"] == pytest.approx(math.sqrt(0.8 * 2 * (1 + 1) + 0))
    assert "yes: 1 missing values are left out of its domain" in found["notes"]


def test_a_category_nobody_chose_is_a_row_of_zero(tmp_path: Path) -> None:
    found = document(
        written(tmp_path, SMALL), "--proportion", "yes", "--by", "stratum", "--strata", "stratum", "--clusters", "unit"
    )
    of_a = {entry["category"]: entry for entry in found["estimates"] if entry["domain"] == {"stratum": "A"}}
    assert of_a["weiss nicht"]["value"] == 0
    assert of_a["weiss nicht"]["ci_low"] == 0
    assert of_a["weiss nicht"]["ci_high"] > 0.1


def test_a_column_without_any_answer_is_null_with_a_note(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b,c\n1,,\n2,,NA\n")
    for entry in document(path, "--mean", "b", "--proportion", "c")["estimates"]:
        assert (entry["value"], entry["standard_error"], entry["ci_low"], entry["interval"]) == (None, None, None, None)
        assert entry["sample_size"] == 0
        assert entry["notes"] == ["not estimable: nobody in this domain answered"]


def test_one_column_may_be_number_and_label(tmp_path: Path) -> None:
    found = document(written(tmp_path, "x\n1\n2\n10\n2\n"), "--mean", "x", "--proportion", "x", "--by", "x")
    assert [entry["domain"] for entry in found["estimates"]][::4] == [{"x": "1"}, {"x": "2"}, {"x": "10"}]


def test_table_and_csv_say_the_same(tmp_path: Path) -> None:
    out = tmp_path / "estimates.csv"
    arguments = (COPENHAGEN, "--frequency", "count", "--proportion", "satisfaction=High", "--by", "housing_type")
    assert run(*arguments, "--format", "csv", "--out", out).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [row["housing_type"] for row in rows] == ["Apartment", "Atrium", "Terrace", "Tower"]
    assert float(rows[3]["ci_low"]) == pytest.approx(0.449892705475508)
    table = run(*arguments)
    assert table.exit_code == 0
    assert "45.0% – 55.0%" in table.stdout


def test_a_label_that_excel_would_run_is_text(tmp_path: Path) -> None:
    result = run(written(tmp_path, "g,x\n=1+1,1\n=1+1,2\n-a,3\n-a,4\n"), "--mean", "x", "--by", "g", "--format", "csv")
    assert [line.split(",")[0] for line in result.stdout.splitlines()] == ["g", "'-a", "'=1+1"]


# ------------------------------------------------------------------ files that are refused
@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("w,x\n1,1\n-2,3\n", ["--weight", "w", "--mean", "x"], ["row 3", '"w"', "negative", "calibrate"]),
        ("w,x\n1,1\n,3\n", ["--weight", "w", "--mean", "x"], ["row 3", '"w"', "missing"]),
        ("w,x\n1,1\nzwei,3\n", ["--weight", "w", "--mean", "x"], ["row 3", '"w"', "zwei", "not a number"]),
        ("w,x\n1,1\n1\n", ["--mean", "x"], ["row 3", "1 cells beside 2 heads"]),
        ("w,x\n1,1\n1,2,3\n", ["--mean", "x"], ["row 3", "3 cells beside 2 heads"]),
        ("x,x\n1,1\n", ["--mean", "x"], ["2 columns have this head"]),
        ("s,u,x\nA,1,1\nB,1,2\n", ["--strata", "s", "--clusters", "u", "--mean", "x"], ["row 3", '"u"', "two strata"]),
        ("n,x\n1,1\n1,2\n", ["--population-size", "n", "--mean", "x"], ["row 2", '"n"', "2 sampled"]),
        ("s,x\nA,1\nA,2\nB,3\n", ["--strata", "s", "--mean", "x"], ["single PSU: B", "certainty, adjust"]),
        ("s,x\nA,1\n,2\n", ["--strata", "s", "--mean", "x"], ["row 3", '"s"', "missing"]),
        ("x\n85%\n", ["--mean", "x"], ["row 2", "85%", "0.85"]),
        ('x\n"1,5"\n', ["--mean", "x"], ["row 2", "decimal point"]),
        ("id,x\n4.40E+17,1\n", ["--clusters", "id", "--mean", "x"], ["row 2", '"id"', "Excel has rounded", "as text"]),
        ("f,x\n1.5,1\n", ["--frequency", "f", "--mean", "x"], ["row 2", '"f"', "whole number"]),
        ("x\n1\n", ["--mean", "y"], ['"y"', "no such column", "The columns are: x"]),
    ],
)
def test_a_bad_file_is_refused_with_place_and_remedy(
    tmp_path: Path, text: str, arguments: list[str], said: list[str]
) -> None:
    result = run(written(tmp_path, text), *arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    for words in said:
        assert words in result.stderr


def test_nothing_asked_for_and_no_such_file(tmp_path: Path) -> None:
    assert run(written(tmp_path, "x\n1\n")).exit_code == 2
    missing = run(tmp_path / "none.csv", "--mean", "x")
    assert missing.exit_code == 1
    assert "none.csv" in missing.stderr


# ------------------------------------------------------------------ encodings and workbooks
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_chinese_files_in_their_usual_forms(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "社区,知晓\r\n万寿桥社区,是\r\n万寿桥社区,否\r\n东门社区,是\r\n东门社区,是\r\n".replace(",", delimiter)
    found = document(written(tmp_path, text, encoding=encoding), "--proportion", "知晓=是", "--by", "社区")
    assert [(entry["domain"]["社区"], entry["value"]) for entry in found["estimates"]] == [
        ("万寿桥社区", 0.5),
        ("东门社区", 1.0),
    ]


def test_a_workbook_is_read_as_a_csv_is(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in csv.reader(io.StringIO(COPENHAGEN.read_text())):
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    path = tmp_path / "data.xlsx"
    book.save(path)
    arguments = ("--frequency", "count", "--proportion", "satisfaction", "--by", "housing_type")
    assert document(path, *arguments) == document(COPENHAGEN, *arguments)


def test_a_damaged_workbook_is_refused_cell_by_cell(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "x"], [440102199001011234, 1], ["b", "=1+1"], ["c", 3], [None, 4]):
        sheet.append(row)
    sheet.merge_cells("A4:A5")
    path = tmp_path / "data.xlsx"
    book.save(path)
    result = run(path, "--mean", "x", "--clusters", "id")
    assert result.exit_code == 1
    for words in (
        'row 2, column "id"',
        "more than 15 digits",
        'row 3, column "x"',
        "never calculated",
        'row 4, column "id"',
        "merged (A4:A5)",
        "3 problems",
    ):
        assert words in result.stderr
