"""``survey-service analyse``: a wave written as a table gives the figures of the wave, digit for digit."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from analysis import engine
from analysis.case_columns import DISPOSITIONS, CaseColumns
from analysis.plan import AnalysisPlan, from_document, to_document
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.commands import app
from survey_service.database import Database
from tests.service.world import World
from tests.simulated.waves import AGES, SEXES, Shape, asked, city, wave

SHAPE = Shape(streets=2, communities=3, grids=2, households=60, issued=24, indicators=2)
PLAN = """
plan:
  groups: [sex]
data:
  community: community
  street: street
  stratum: stratum
  units: [household]
  populations: [households]
  adults: adults
  weighting_class: stratum
  probability: probability
  outcome: outcome
  age: age
  sex: sex
  indicators:
    - {id: q1, column: q1, yes: ["1"], target: 0.5}
    - {id: q2, column: q2, yes: ["1"]}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analyse")
    of = city(SHAPE, 3)
    columns = wave(of, 4)
    _write(folder / "cases.csv", columns)
    with (folder / "register.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["community", "age", "sex", "persons"])
        writer.writerows([*key, persons] for key, persons in of.register().cells.items())
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    return folder


def _write(path: Path, columns: CaseColumns) -> None:
    place = {row: number for number, row in enumerate(columns.respondents)}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        head = ["community", "street", "stratum", "household", "households", "adults", "probability", "outcome"]
        writer.writerow([*head, "age", "sex", "q1", "q2"])
        for row in range(columns.cases):
            respondent = place.get(row)
            said = ["", "", "", ""]
            if respondent is not None:
                age, sex = (columns.groups[name].codes[respondent] for name in ("age", "sex"))
                said = ["" if age < 0 else AGES[age], "" if sex < 0 else SEXES[sex]]
                said += [str(int(columns.numerators[number, respondent])) for number in range(2)]
            writer.writerow(
                [
                    columns.community.names[columns.community.codes[row]],
                    columns.street.names[columns.street.codes[row]],
                    columns.stratum.names[columns.stratum.codes[row]],
                    columns.units[0].names[columns.units[0].codes[row]],
                    int(columns.populations[0][row]),
                    int(columns.adults[row]),
                    repr(float(columns.probability[row])),
                    DISPOSITIONS[columns.disposition[row]].value,
                    *said,
                ]
            )


def run(files: Path, *more: str) -> tuple[int, str, str]:
    given = [str(files / "plan.yaml"), str(files / "cases.csv"), "--register", str(files / "register.csv"), *more]
    found = CliRunner().invoke(app, ["analyse", *given])
    return found.exit_code, found.stdout, found.stderr


def test_a_table_gives_the_figures_of_the_wave_it_was_written_from(files: Path) -> None:
    status, text, told = run(files, "--raw", "--format", "json")
    assert status == 0, told
    document = json.loads(text)
    plan = from_document(document["plan"])
    of = city(SHAPE, 3)
    expected = engine.run(plan, wave(of, 4), asked(SHAPE), of.register())
    for name, table in expected.tables.items():
        own = {(tuple(one["domain"].items()), one["variable"]): one for one in document["figures"][name]["estimates"]}
        for one in table.estimates().estimates:
            found = own[one.domain, one.variable]
            assert found["value"] == pytest.approx(one.value, rel=1e-12)
            assert found["standard_error"] == pytest.approx(one.standard_error, rel=1e-9)
    assert {one["margin"] for one in document["margins"]} == {"community", "age within sex"}
    assert all(one["after"] == pytest.approx(one["population"], abs=1e-6) for one in document["margins"])


def test_without_raw_what_is_written_has_been_through_the_rule(files: Path) -> None:
    status, text, told = run(files, "--format", "json")
    assert status == 0, told
    lines = json.loads(text)["figures"]
    assert {line["domain"] for line in lines} >= {"all", "street=s0000", "community=c00000", "sex=male"}
    assert all("standard_error" not in line for line in lines)
    assert {line["verdict"] for line in lines if line["indicator"] == "q2"} == {""}
    assert "" not in {line["verdict"] for line in lines if line["indicator"] == "q1" and not line["hidden"]}
    status, text, _ = run(files)
    assert status == 0
    assert "community=c00000" in text


def test_a_plan_that_cannot_be_read_names_the_place_and_a_table_its_column(files: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "plan.yaml"
    wrong.write_text(PLAN.replace("groups: [sex]", "level: much"), encoding="utf-8")
    found = CliRunner().invoke(app, ["analyse", str(wrong), str(files / "cases.csv")])
    assert (found.exit_code, "level: float is needed, not 'much'" in found.stderr) == (1, True)
    wrong.write_text(PLAN.replace("adults: adults", "adults: heads"), encoding="utf-8")
    found = CliRunner().invoke(app, ["analyse", str(wrong), str(files / "cases.csv")])
    assert found.exit_code == 1
    assert "heads" in found.stderr
    assert "there is no such column" in found.stderr


def test_a_plan_is_the_same_after_it_was_written_and_read() -> None:
    for plan in (AnalysisPlan(), AnalysisPlan(level=0.9, indicators=("q1",))):
        assert from_document(json.loads(json.dumps(to_document(plan)))) == plan


def test_plan_of_writes_the_plan_of_a_wave_that_analyse_can_read(
    database: Database, database_url: str, world: World, tmp_path: Path
) -> None:
    out = tmp_path / "plan.yaml"
    given = ["--database", database_url, "--data-dir", str(tmp_path), "--out", str(out)]
    found = CliRunner().invoke(app, ["plan-of", world.wave_key, *given])
    assert found.exit_code == 0, found.stderr
    plan = from_document(YAML(typ="safe", pure=True).load(out.read_text(encoding="utf-8")))
    with database.reading.begin() as session:
        assert plan == columns_and_register(session, world.survey_id, world.wave_id).plan
    found = CliRunner().invoke(app, ["plan-of", "2020Q1", *given])
    assert (found.exit_code, "There is no wave 2020Q1" in found.stderr) == (1, True)
