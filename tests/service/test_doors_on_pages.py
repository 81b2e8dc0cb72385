"""Doors on pages: for managers in their areas and for interviewers of their own cases; logged once; searched for."""

from __future__ import annotations

import io
import re

import openpyxl
import pypdf
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from typer.testing import CliRunner

from survey_service.commands import app as commands
from survey_service.database import Database
from survey_service.models import AuditEntry, Case, CaseDoor
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.signed_in import get, sign_in
from tests.service.test_drawing_pages import here
from tests.service.test_wave_letters import drawn
from tests.service.world import World

__all__ = ["drawn", "here"]  # fixtures
DOOR = re.compile(r"(?:万寿|文昌)里\d栋\d+室")


def logged(database: Database, action: str = "addresses.opened") -> int:
    with database.reading.begin() as session:
        return len(session.scalars(select(AuditEntry.sequence).where(AuditEntry.action == action)).all())


def test_a_manager_sees_doors_and_finds_by_them_and_one_act_is_one_line(
    client: TestClient, drawn: str, database: Database
) -> None:
    page = get(client, f"{drawn}/field/cases")
    assert "编号或门牌" in page
    assert len(DOOR.findall(page)) == 8
    assert logged(database) == 1
    sought = DOOR.findall(page)[3]
    found = get(client, f"{drawn}/field/cases?q={sought[:4]} {sought[4:]}")
    assert DOOR.findall(found) == [sought]
    assert "没有这样的。" in get(client, f"{drawn}/field/cases?q=别处")
    case_id = re.findall(r"/field/cases/([0-9a-f-]{36})", found)[0]
    assert sought in get(client, f"{drawn}/field/cases/{case_id}")
    assert logged(database) == 1  # within ten minutes it is one reading
    with database.reading.begin() as session:
        assert sought not in " ".join(str(one.detail) for one in session.scalars(select(AuditEntry)))


def test_whoever_judges_the_figures_sees_no_door_and_finds_none(
    client: TestClient, drawn: str, database: Database
) -> None:
    sought = DOOR.findall(get(client, f"{drawn}/field/cases"))[0]
    before = logged(database)
    sign_in(client, "statistician")
    for address in ("field/cases", f"field/cases?q={sought}", "field"):
        page = get(client, f"{drawn}/{address}")
        assert not DOOR.findall(page.replace(f'value="{sought}"', ""))
        assert "门牌" not in page
    assert "没有这样的。" in get(client, f"{drawn}/field/cases?q={sought}")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{drawn}/field/cases.xlsx").content))
    assert "门牌" not in [cell.value for cell in next(book.worksheets[0].iter_rows())]
    listed = pypdf.PdfReader(io.BytesIO(client.get(f"{drawn}/field/cases.pdf").content))
    assert not any(DOOR.search("".join(page.extract_text().split())) for page in listed.pages)
    get(client, f"{drawn}/addresses", 403)
    assert logged(database) == before


def test_the_walking_list_has_a_page_for_every_grid_in_the_order_of_walking(
    client: TestClient, drawn: str, database: Database
) -> None:
    answer = client.get(f"{drawn}/field/cases.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    pages = ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages]
    assert len(pages) == 4
    with database.reading.begin() as session:
        places = dict(session.execute(select(CaseDoor.number, CaseDoor.place)).all())
        strata = dict(session.execute(select(Case.number, Case.stratum)).all())
    for page in pages:
        numbers = [one for one in re.findall(r"\d{6}-\d{4}", page) if one in strata]
        assert len({strata[one] for one in numbers}) == 1
        assert [places[one] for one in numbers] == sorted(places[one] for one in numbers)
        assert len(DOOR.findall(page)) == len(numbers)
        assert "还没去过" in page
    english = pypdf.PdfReader(io.BytesIO(client.get(f"{drawn}/field/cases.pdf?lang=en").content))
    assert "Walking list" in english.pages[0].extract_text()
    one = client.get(f"{drawn}/field/cases.pdf?area=110101000002")
    assert len(pypdf.PdfReader(io.BytesIO(one.content)).pages) == 2


def test_the_workbook_has_doors_in_the_order_of_walking(client: TestClient, drawn: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{drawn}/field/cases.xlsx").content))
    heads, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert heads[-1] == "门牌"
    assert all(DOOR.fullmatch(str(row[-1])) for row in rows)
    assert len(rows) == 8


def test_an_interviewer_sees_the_doors_of_their_own_cases(
    client: TestClient, drawn: str, database: Database, world: World, clock: TestClock
) -> None:
    sign_in(client, "interviewer")
    address = f"/visits/{world.survey_key}/{world.wave_key}"
    page = get(client, address)
    assert len(set(DOOR.findall(page))) == 8
    assert logged(database) == 1
    case_id = re.findall(rf"{address}/([0-9a-f-]{{36}})", page)[0]
    one = get(client, f"{address}/{case_id}")
    assert len(set(DOOR.findall(one))) == 1
    get(client, f"{drawn}/addresses", 403)


def test_the_command_destroys_the_key(
    client: TestClient, drawn: str, settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SURVEY_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("SURVEY_SECRET_KEY", settings.secret_key.get_secret_value())
    arguments = ["erase", world.survey_key, world.wave_key, "--addresses"]
    asked = CliRunner().invoke(commands, arguments)
    assert asked.exit_code == 2, asked.output
    assert CliRunner().invoke(commands, [*arguments, "--yes"]).exit_code == 0
    assert "门牌已经销毁" in get(client, f"{drawn}/addresses")
    page = get(client, f"{drawn}/field/cases")
    assert "门牌已经到期销毁" in page
    assert not DOOR.findall(page)
