"""The figures of a release as Excel, CSV and JSON: what is printed and nothing finer, for whoever may read it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from fastapi.testclient import TestClient

from reports.wording.figures import written
from survey_service.app import create_app
from survey_service.database import Database
from survey_service.models import Area, Role
from survey_service.settings import Settings
from tests.security.test_api_schema import released
from tests.service.conftest import TestClock
from tests.service.generated_city import QUESTIONNAIRE, SignedCity, signed_city
from tests.service.programs import Program, person_at, token_of
from tests.service.signed_in import get, sign_in
from tests.service.world import NOW, World, once

__all__ = ["released"]
FIRST_COMMUNITY = "110101001001"


@pytest.fixture
def backend() -> str:
    """What is printed is the same on both databases."""
    return "sqlite"


@pytest.fixture
def city(database: Database, settings: Settings) -> SignedCity:
    return once(database, "signed city 3", lambda: signed_city(database, settings, 3))


@pytest.fixture
def client(settings: Settings, city: SignedCity) -> Any:
    with TestClient(create_app(settings, clock=TestClock(NOW)), follow_redirects=False) as opened:
        yield opened


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def cells(client: TestClient, city: SignedCity) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(area, age group, indicator) -> the cell as the API tells it."""
    told = client.get(f"/api/v1/releases/{city.release}").json()
    return {
        (row["area"], (row.get("group") or {}).get("age", ""), cell["variable"]): cell
        for row in told["rows"]
        for cell in row["cells"]
    }


def test_every_figure_is_the_printed_one_and_what_is_hidden_says_so(client: TestClient, city: SignedCity) -> None:
    sign_in(client, "leader")
    lines = table(client.get(f"/releases/{city.release}/figures.csv").content)
    published = cells(client, city)
    assert {(line["area"], line["group"].removeprefix("age="), line["indicator"]) for line in lines} == set(published)
    for line in lines:
        cell = published[line["area"], line["group"].removeprefix("age="), line["indicator"]]
        if cell.get("suppression"):
            assert (line["figure"], line["value"], line["low"], line["high"]) == ("—", "", "", "")
            assert line["mark"] == "hidden"
            assert line["remark_zh"].startswith("不单独公布：为保护受访人，或因把握不够")
            assert line["remark_en"].startswith("Not published")
            continue
        digits = cell["digits"]
        number = written(cell["value"] * 100, digits)
        if cell.get("coded"):
            assert line["figure"] == f"{'≥' if cell['coded'] == 'at_least' else '≤'}{number}"
            assert line["value"] == ""
            assert line["mark"] == "end"
            assert "只公布到" in line["remark_zh"]
        elif not cell["all_alike"]:
            assert line["value"] == number
            assert line["mark"] == {"shown": "shown", "coarse": "coarse"}[cell["tier"]]
        assert line["low"] == written(cell["low"] * 100, digits)
        assert line["high"] == written(cell["high"] * 100, digits)
        assert line["respondents"] == str(cell["sample_size"])
    assert {"shown", "coarse", "end", "hidden"} == {line["mark"] for line in lines}


def test_json_holds_the_same_as_the_table(client: TestClient, city: SignedCity) -> None:
    sign_in(client, "leader")
    lines = table(client.get(f"/releases/{city.release}/figures.csv").content)
    told = json.loads(client.get(f"/releases/{city.release}/figures.json").content)
    assert told["release"] == city.release
    plain = [{name: "" if cell is None else str(cell) for name, cell in one.items()} for one in told["figures"]]
    assert plain == lines


def test_the_workbook_has_both_languages_numbers_as_printed_and_no_formula(
    client: TestClient, city: SignedCity
) -> None:
    from openpyxl import load_workbook

    sign_in(client, "leader")
    content = client.get(f"/releases/{city.release}/figures.xlsx").content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 4
    assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet]
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["数字", "说明", "Figures", "About"]
    lines = table(client.get(f"/releases/{city.release}/figures.csv").content)
    for name, language in (("数字", "zh"), ("Figures", "en")):
        _, *rows = book[name].iter_rows(values_only=True)
        assert len(rows) == len(lines)
        for row, line in zip(rows, lines, strict=True):
            assert row[5] == (float(line["value"]) if line["value"] else line["figure"])
            assert (row[13] or "") == line[f"remark_{language}"]
    said = {str(row[0]): str(row[1]) for row in book["说明"].iter_rows(values_only=True)}
    assert city.release in said.values()
    defined = {one.name.zh: one.definition.zh for one in QUESTIONNAIRE.estimated() if one.definition.zh}
    assert defined
    assert {name: said[f"定义：{name}"] for name in defined} == defined


def test_areas_are_cut_as_in_the_reports(client: TestClient, city: SignedCity, database: Database) -> None:
    from sqlalchemy import select

    with database.reading.begin() as session:
        area = session.scalars(select(Area.id).where(Area.code == FIRST_COMMUNITY)).one()
    program = Program(client, database, person_at(database, "zhao", Role.LEADER, area))
    assert program.ask(f"/releases/{city.release}/figures.csv").status_code == 404, "no document of theirs is there yet"
    sign_in(client, "keyer")
    assert client.get(f"/releases/{city.release}/figures.csv").status_code == 403


def test_a_program_reads_the_same_bytes(client: TestClient, city: SignedCity, database: Database) -> None:
    program = Program(client, database, "leader")
    by_token = {kind: program.ask(f"/releases/{city.release}/figures.{kind}") for kind in ("csv", "json", "xlsx")}
    assert [answer.status_code for answer in by_token.values()] == [200, 200, 200]
    assert program.ask(f"/releases/{city.release}/figures.sav").status_code == 422
    sign_in(client, "leader")
    for kind, answer in by_token.items():
        own = client.get(f"/releases/{city.release}/figures.{kind}")
        assert own.content == answer.content
        assert own.headers["content-disposition"] == f'attachment; filename="{city.release}.{kind}"'
    assert token_of(database, "leader") not in own.text
    page = get(client, f"/releases/{city.release}")
    assert [kind for kind in by_token if f"/releases/{city.release}/figures.{kind}" in page] == ["csv", "json", "xlsx"]


def test_groups_of_an_area_stand_behind_it(settings: Settings, database: Database, released: World) -> None:
    with TestClient(create_app(settings, clock=TestClock(NOW)), follow_redirects=False) as client:
        sign_in(client, "leader")
        told = client.get("/api/v1/releases/SATISFACTION-2026Q2-01").json()
        lines = table(client.get("/releases/SATISFACTION-2026Q2-01/figures.csv").content)
    assert [(row["level"], row["area"], row.get("group")) for row in told["rows"]] == [
        ("city", "110000000000", None),
        ("street", "110101000000", None),
        ("community", "110101000001", None),
        ("city", "110000000000", {"age": "18-39"}),
        ("street", "110101000000", {"sex": "女"}),
    ]
    assert [(line["level"], line["group"], line["mark"], line["respondents"]) for line in lines] == [
        ("city", "", "shown", "212"),
        ("city", "age=18-39", "shown", "212"),
        ("street", "", "shown", "212"),
        ("street", "sex=女", "hidden", ""),
        ("community", "", "hidden", ""),
    ]


def test_a_record_that_is_not_the_signed_one_is_not_told(
    client: TestClient, city: SignedCity, database: Database
) -> None:
    from survey_service.exports.figures import release_figures
    from survey_service.models import Release
    from survey_service.releases.signed_records import DamagedRelease

    with database.reading.begin() as session:
        made = session.get_one(Release, (city.survey_id, city.release_id))
        kept = made.estimates
        session.expunge(made)
        made.estimates = kept.replace("0.9", "0.8", 1)
        with pytest.raises(DamagedRelease):
            release_figures(session, (made, None, None), (), None)  # type: ignore[arg-type]  # refused before
