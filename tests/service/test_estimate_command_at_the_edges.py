"""``survey-service estimate``: odd calls and odd files get a figure, or a refusal that can be acted on; never a
traceback, never a figure that reads as more than it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from survey_service.commands import app


def run(tmp_path: Path, text: str, *arguments: object) -> Result:
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["estimate", str(path), *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def document(tmp_path: Path, text: str, *arguments: object) -> dict[str, Any]:
    result = run(tmp_path, text, *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


# ------------------------------------------------------------------ no traceback
def test_shares_of_a_column_without_any_answer(tmp_path: Path) -> None:
    (one,) = document(tmp_path, "v,w\n,1\nNA,1\n", "--proportion", "v")["estimates"]
    assert (one["category"], one["value"], one["ci_low"], one["sample_size"]) == (None, None, None, 0)
    assert one["notes"] == ["not estimable: nobody in this domain answered"]


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_a_result_that_cannot_be_written(tmp_path: Path, format: str) -> None:
    for place in (tmp_path / "none" / "out", tmp_path):
        result = run(tmp_path, "v\n1\n2\n", "--mean", "v", "--format", format, "--out", place)
        assert result.exit_code == 1
        assert str(place) in result.stderr


def test_a_column_named_like_our_own_alias(tmp_path: Path) -> None:
    text = "v,v (labels)\n1,x\n2,y\n3,x\n"
    found = document(tmp_path, text, "--mean", "v", "--proportion", "v", "--by", "v (labels)")
    assert {tuple(one["domain"].items()) for one in found["estimates"]} == {
        (("v (labels)", "x"),),
        (("v (labels)", "y"),),
    }
    assert {one["variable"] for one in found["estimates"]} == {"v"}


@pytest.mark.parametrize(
    ("text", "arguments"),
    [("v,w\n1,1e308\n2,1e308\n3,1\n", ("--weight", "w")), ("v\n1e200\n-1e200\n1\n", ())],
)
def test_numbers_too_large_to_compute_with(tmp_path: Path, text: str, arguments: tuple[str, ...]) -> None:
    result = run(tmp_path, text, "--mean", "v", *arguments)
    assert result.exit_code == 1
    assert "row 2" in result.stderr
    assert "too large to compute with" in result.stderr


# ------------------------------------------------------------------ notes that count respondents
def test_missing_values_are_counted_in_respondents_once(tmp_path: Path) -> None:
    text = "v,f,w,g\n1,10,1,a\n,7,1,a\n,5,0,b\n3,2,1,\n"
    found = document(
        tmp_path, text, "--frequency", "f", "--weight", "w", "--mean", "v", "--total", "v", "--quantile", "v@0.5"
    )
    assert found["notes"] == ["v: 7 missing values are left out of its domain"]
    by_group = document(tmp_path, text, "--frequency", "f", "--weight", "w", "--mean", "v", "--by", "g")
    assert "2 respondents have no value in the by columns and belong to no domain" in by_group["notes"]


def test_psus_without_weight_are_in_neither_count(tmp_path: Path) -> None:
    found = document(tmp_path, "p,w,v\n1,1,1\n2,1,3\n3,0,9\n", "--clusters", "p", "--weight", "w", "--mean", "v")
    assert found["design"]["degrees_of_freedom"] == 1
    assert found["estimates"][0]["degrees_of_freedom"] == 1


# ------------------------------------------------------------------ categories
def test_a_category_that_nobody_chose_is_a_row_of_zero_with_a_hint(tmp_path: Path) -> None:
    found = document(tmp_path, "rare\nno\nno\nNo answer\nno\n", "--proportion", "rare=nein")
    (one,) = found["estimates"]
    assert (one["category"], one["value"], one["sample_size"]) == ("nein", 0, 4)
    assert one["ci_high"] > 0.3
    assert found["notes"] == ["rare: nobody chose “nein”; the categories are: No answer, no"]
    near = document(tmp_path, "rare\nyes\nno\n", "--proportion", "rare=yess")
    assert near["notes"] == ["rare: nobody chose “yess”; did you mean “yes”?"]


def test_full_width_digits_in_the_call(tmp_path: Path) -> None:
    (one,) = document(tmp_path, "q\n１\n2\n１\n", "--proportion", "q=１")["estimates"]
    assert (one["category"], one["value"]) == ("1", pytest.approx(2 / 3))


def test_labels_that_are_numbers_stand_by_size(tmp_path: Path) -> None:
    found = document(tmp_path, "v,g\n1,10\n2,-1\n3,2.5\n4,2\n5,-2\n6,x\n", "--mean", "v", "--by", "g")
    assert [one["domain"]["g"] for one in found["estimates"]] == ["-2", "-1", "2", "2.5", "10", "x"]


# ------------------------------------------------------------------ names and scales
def test_names_with_a_comma_or_a_slash_go_between_quotes(tmp_path: Path) -> None:
    text = '"区,县",满意/不满意,a\nx,1,2\ny,2,3\nx,3,3\n'
    found = document(tmp_path, text, "--ratio", '"满意/不满意"/a', "--by", '"区,县"')
    assert [(one["domain"]["区,县"], one["value"]) for one in found["estimates"]] == [
        ("x", pytest.approx(4 / 5)),
        ("y", pytest.approx(2 / 3)),
    ]
    refused = run(tmp_path, text, "--mean", "a", "--by", "区,县")
    assert refused.exit_code == 1
    assert 'The columns are: "区,县", "满意/不满意", a. A name with a comma' in refused.stderr


def test_the_scale_of_a_mean(tmp_path: Path) -> None:
    text = "v\n" + "100\n" * 30
    (plain,) = document(tmp_path, text, "--mean", "v")["estimates"]
    assert (plain["ci_low"], plain["ci_high"]) == (None, None)
    (scaled,) = document(tmp_path, text, "--mean", "v[0,100]")["estimates"]
    # 0.025^(1/30) of the scale: as for 30 of 30
    assert (scaled["ci_low"], scaled["ci_high"]) == (pytest.approx(100 * 0.025 ** (1 / 30)), 100)
    refused = run(tmp_path, text, "--mean", "v[0,10]")
    assert "leaves its scale 0 to 10" in refused.stderr
    assert "row 2" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--by", ","), "a name is empty"),
        (("--level", "95"), "write 0.95"),
        (("--level", "1.5"), "between 0 and 1: not 1.5"),
        (("--proportion", "v="), "say which value"),
        (("--interval", "woodruff"), "is not one of 'korn_graubard', 'beta'"),
        (("--mean", "v[5,1]"), "must rise"),
    ],
)
def test_wrong_calls(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(tmp_path, "v\n1\n2\n", "--mean", "v", *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())


# ------------------------------------------------------------------ refusals that fit
def test_one_respondent(tmp_path: Path) -> None:
    refused = run(tmp_path, "v\n3\n", "--mean", "v")
    assert "there is one respondent" in refused.stderr
    assert "neighbour" not in refused.stderr
    (one,) = document(tmp_path, "v\n3\n", "--mean", "v", "--lonely-psu", "remove")["estimates"]
    assert (one["value"], one["standard_error"]) == (3, None)


def test_a_lonely_psu_is_found_in_the_file(tmp_path: Path) -> None:
    refused = run(tmp_path, "s,v\nA,1\nB,2\nA,3\n", "--mean", "v", "--strata", "s")
    assert 'row 3, column "s": 1 stratum has a single PSU: B' in refused.stderr
    assert "1 problem; nothing was estimated." in refused.stderr


# ------------------------------------------------------------------ the table for the eye
def test_totals_are_written_out_with_even_digits(tmp_path: Path) -> None:
    text = "one,w\n" + "".join(f"1,{150_000 + 2_000 * number}\n" for number in range(10))
    table = run(tmp_path, text, "--total", "one", "--weight", "w").stdout
    assert "1,590,000" in table
    assert "e+06" not in table
    assert "95 % interval" in table


def test_long_labels_are_folded_and_counts_agree_with_their_words(tmp_path: Path) -> None:
    label = "北京市海淀区中关村街道科学城南社区居民委员会第一网格"
    table = run(tmp_path, f"v,g\n1,{label}\n2,{label}\n", "--proportion", "v=1", "--by", "g").stdout
    assert "…" not in table
    assert "第一网格" in "".join(line.split()[0] for line in table.splitlines() if line.split())
    assert "2 PSUs in 1 stratum, 1 degree of freedom" in table
    assert "Korn-Graubard" in table
