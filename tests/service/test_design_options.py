"""Options of a design that commands share: nested labels, adults, lonely PSUs of a domain, given replicates.

The numbers are R's, from ``tests/reference``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from survey_service.commands import app

REFERENCE = Path(__file__).parents[1] / "reference"
LONELY = REFERENCE / "city_lonely" / "data.csv"
ADULTS = REFERENCE / "city_adults" / "data.csv"
DESIGN = ("--weight", "weight", "--strata", "community", "--clusters")


def records(case: str, **what: Any) -> list[dict[str, Any]]:
    found = json.loads((REFERENCE / case / "expected.json").read_text())["records"]
    return [one for one in found if all(one.get(key) == value for key, value in what.items())]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def document(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def refused(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code != 0
    return " ".join(result.output.replace("│", " ").split())


def compare(found: dict[str, Any], expected: list[dict[str, Any]]) -> int:
    """How many figures were compared: value and error of every record that was asked for."""
    ours = {(one["statistic"], one["variable"], str(one["domain"])): one for one in found["estimates"]}
    count = 0
    for record in expected:
        one = ours.get((record["statistic"], record["variable"], str(record["domain"])))
        if one is None or one["standard_error"] is None:
            continue
        assert one["value"] == pytest.approx(record["value"], rel=1e-8)
        assert one["standard_error"] == pytest.approx(record["standard_error"], rel=1e-8)
        count += 1
    return count


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clustered city with grids numbered anew in every community, and a second wave of it."""
    frame = pd.read_csv(REFERENCE / "city_clusters" / "data.csv")
    frame["number"] = frame["grid"].str.split("-").str[-1]
    folder = tmp_path_factory.mktemp("nested")
    frame.to_csv(folder / "one.csv", index=False)
    frame.assign(aware=1 - frame["aware"].iloc[::-1].to_numpy()).to_csv(folder / "two.csv", index=False)
    (folder / "parts.csv").write_text("part,column,value,weight,lowest,highest\na,score,,0.5,0,100\nb,aware,1,0.5,,\n")
    return folder


# ------------------------------------------------------------------ --nest
def test_nested_labels_equal_r(nested: Path) -> None:
    found = document(
        "estimate",
        nested / "one.csv",
        *DESIGN,
        "number",
        "--nest",
        "--mean",
        "score",
        "--total",
        "spending",
        "--by",
        "age",
    )
    assert compare(found, records("city_small", kind="nest")) == 6
    assert found["design"]["psus"] == pd.read_csv(nested / "one.csv")["grid"].nunique()


def test_without_nest_the_way_out_is_named(nested: Path) -> None:
    assert "say --nest" in refused("estimate", nested / "one.csv", *DESIGN, "number", "--mean", "score")


@pytest.mark.parametrize("command", ["estimate", "index", "drivers", "blend", "change"])
def test_every_command_with_a_design_takes_it(nested: Path, command: str) -> None:
    one, two = nested / "one.csv", nested / "two.csv"
    calls: dict[str, tuple[object, ...]] = {
        "estimate": (one, "--proportion", "aware", "--by", "street"),
        "index": (one, "--parts", nested / "parts.csv"),
        "drivers": (one, "--outcome", "score", "--aspect", "spending", "--aspect", "persons"),
        "blend": (
            one,
            two,
            "--on",
            "age",
            "--method",
            "calibration",
            "--proportion",
            "aware=1",
            "--seed",
            1,
            "--replicates",
            20,
        ),
        "change": (one, two, "--proportion", "aware=1", "--by", "street"),
    }
    plain = document(command, *calls[command], *DESIGN, "grid")
    assert document(command, *calls[command], *DESIGN, "number", "--nest") == plain
    assert "two strata" in refused(command, *calls[command], *DESIGN, "number")


# ------------------------------------------------------------------ --adults
HOUSEHOLDS = (*DESIGN, "household", "--population-size", "households")


def test_one_adult_per_household_equals_r() -> None:
    found = document(
        "estimate",
        ADULTS,
        *HOUSEHOLDS,
        "--adults",
        "adults",
        "--mean",
        "score",
        "--mean",
        "spending",
        "--by",
        "community",
    )
    assert compare(found, records("city_adults")) == 12
    note = "one adult per household: in 4 of 6 strata of households not every adult of the households was asked, so no "
    assert all(one["notes"][-1].startswith(note) for one in found["estimates"])
    without = document("estimate", ADULTS, *HOUSEHOLDS, "--mean", "score", "--by", "community")["estimates"]
    smaller = [
        one["standard_error"] < other["standard_error"]
        for one, other in zip(without, found["estimates"][::2], strict=True)
    ]
    assert smaller == [True, False, True, True, False, True]  # communities 1 and 4: all adults were asked


@pytest.mark.parametrize("command", ["index", "drivers", "blend"])
def test_other_commands_take_adults_too(nested: Path, command: str) -> None:
    calls: dict[str, tuple[object, ...]] = {
        "index": (ADULTS, "--parts", nested / "parts.csv"),
        "drivers": (ADULTS, "--outcome", "score", "--aspect", "spending", "--aspect", "persons"),
        "blend": (ADULTS, nested / "two.csv", "--on", "age", "--method", "calibration", "--mean", "score", "--seed", 1),
    }

    def width(*more: str) -> float:
        found = document(command, *calls[command], *HOUSEHOLDS, *more)
        first = next(iter(found.get("estimates") or found.get("drivers") or ()))
        return float(first.get("standard_error") or first["blend"]["standard_error"])

    assert width("--adults", "adults") > width() * 1.001


def test_a_column_that_counts_no_adults_is_refused() -> None:
    said = refused("estimate", ADULTS, *HOUSEHOLDS, "--adults", "aware", "--mean", "score")
    assert "whole number from 1 on" in said


# ------------------------------------------------------------------ --adjust-domain-lonely
@pytest.mark.parametrize("policy", ["adjust", "average"])
def test_lonely_psus_of_domains_equal_r(policy: str) -> None:
    found = document(
        "estimate",
        LONELY,
        *DESIGN,
        "grid",
        "--lonely-psu",
        policy,
        "--adjust-domain-lonely",
        "--mean",
        "score",
        "--mean",
        "spending",
        "--by",
        "persons",
    )
    assert compare(found, records("city_small", kind="domain_lonely", lonely_psu=policy, fpc=False)) >= 10
    assert f"strata with a single PSU in a domain count as lonely ones ({policy})" in found["notes"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "needs --lonely-psu adjust or average"),
        (("--lonely-psu", "adjust", "--variance-method", "jackknife"), "linearised variance"),
        (("--lonely-psu", "adjust", "--margins", "margins.csv"), "without --margins"),
    ],
)
def test_a_policy_for_domains_that_cannot_be_is_refused(more: tuple[str, ...], said: str) -> None:
    call = ("estimate", LONELY, *DESIGN, "grid", "--adjust-domain-lonely", "--mean", "score")
    assert said in refused(*call, *more)


# ------------------------------------------------------------------ replicates that came with the data
@pytest.fixture(scope="module")
def replicated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frame = pd.read_csv(REFERENCE / "city_clusters" / "data.csv")
    weights = pd.read_csv(REFERENCE / "city_methods" / "weights.csv")
    folder = tmp_path_factory.mktemp("replicated")
    pd.concat([frame, weights], axis=1).to_csv(folder / "data.csv", index=False)
    (folder / "factors.csv").write_text("factor\n" + "\n".join(f"{number / 10}" for number in range(2, 22)))
    return folder


FACTORS = ",".join(f"{number / 10}" for number in range(2, 22))


@pytest.mark.parametrize(
    ("method", "scale", "factors"),
    [
        ("other", 0.07, True),
        ("other", 0.07, False),
        ("jkn", None, True),
        ("jk1", 0.9, False),
        ("bootstrap", 0.05, True),
    ],
)
@pytest.mark.parametrize("from_file", [False, True])
def test_scale_and_factors_equal_r(
    replicated: Path, method: str, scale: float | None, factors: bool, from_file: bool
) -> None:
    call: list[object] = ["estimate", replicated / "data.csv", "--weight", "weight", "--replicate-weights", "r"]
    call += ["--replicate-method", method, "--mean", "score", "--total", "spending"]
    call += [] if scale is None else ["--replicate-scale", scale]
    given: object = replicated / "factors.csv" if from_file else FACTORS
    call += ["--replicate-factors", given if factors else "1"]
    expected = records("city_small", kind="given", method=method, scale=scale, factors=factors, domain={})
    assert compare(document(*call), expected) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--replicate-scale", "0.5"), "say --replicate-weights"),
        (("--replicate-weights", "r", "--replicate-method", "jkn"), "needs --replicate-factors"),
        (("--replicate-weights", "r", "--replicate-method", "fay", "--replicate-scale", "1"), "method other"),
        (("--replicate-weights", "r", "--replicate-scale", "0"), "above 0"),
        (("--replicate-weights", "r", "--replicate-factors", "1,2"), "2 factors beside 20 replicates"),
        (("--replicate-weights", "r", "--replicate-factors", "-1"), "no number from 0 on"),
        (("--replicate-weights", "r", "--replicate-factors", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_scales_and_factors_that_cannot_be_are_refused(replicated: Path, more: tuple[str, ...], said: str) -> None:
    assert said in refused("estimate", replicated / "data.csv", "--weight", "weight", "--mean", "score", *more)


# ------------------------------------------------------------------ blanks at the ends of labels
@pytest.mark.parametrize("command", ["estimate", "change"])
def test_labels_that_differ_by_blanks_alone_are_one_and_it_is_said(tmp_path: Path, command: str) -> None:
    rows = ["a,x,1,k1", "a ,x,0,k2", "a,x ,1,k3", "b,y,0,k4", "b,y,1,k5", "b,y,1,k6"]
    file, again = tmp_path / "one.csv", tmp_path / "two.csv"
    for path in (file, again):
        path.write_text("stratum,where,yes,psu\n" + "\n".join(rows) + "\n")
    files = (file,) if command == "estimate" else (file, again)
    design = ("--strata", "stratum", "--clusters", "psu")
    found = document(command, *files, *design, "--proportion", "yes=1", "--by", "where")
    said = {
        "where: blanks at the ends of categories were left out (“x ” is read as “x”)",
        "stratum: blanks at the ends of categories were left out (“a ” is read as “a”)",
    }
    assert said <= set(found["notes"])
    key = "estimates" if command == "estimate" else "changes"
    assert [one["domain"] for one in found[key]] == [{"where": "x"}, {"where": "y"}]


def test_blanks_that_part_nothing_are_not_spoken_of(tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("where, yes\nx, 1\nx, 0\ny, 1\ny, 1\n")
    found = document("estimate", file, "--proportion", "yes=1", "--by", "where")
    assert found["notes"] == []
