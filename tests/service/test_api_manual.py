"""docs/api.md: its commands and its program are run, and every address in it is one of the API's."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from survey_service.database import Database
from survey_service.exports.formats import Format
from survey_service.models import Wave
from survey_service.settings import Settings
from tests.security.test_api_schema import released
from tests.service import made_exports
from tests.service.conftest import TestClock
from tests.service.made_exports import make
from tests.service.programs import token_of
from tests.service.world import NOW, QUESTIONNAIRE, World

__all__ = ["released"]

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # test_api.py asks both
PAGE = Path(__file__).parents[2] / "docs" / "api.md"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [found[2] for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")) if found[1] == language]


def curl(line: str, body: Any) -> requests.Response:
    """What curl sends; every option that the page uses, and no other."""
    program, *words = shlex.split(os.path.expandvars(line))
    assert program == "curl"
    headers, data, address = {}, None, ""
    while words:
        match words.pop(0):
            case "-f":
                pass
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-o":
                words.pop(0)
            case "--json":
                headers["Content-Type"], data = "application/json", words.pop(0).encode()
            case "--data":
                assert words.pop(0) in ("@interviews.json", "@visits.json")
                data = json.dumps(body).encode()
            case other:
                assert not other.startswith("-"), other
                address = other
    with requests.Session() as session:
        session.trust_env = False
        return session.request("POST" if data else "GET", address, headers=headers, data=data, timeout=120)


@pytest.fixture
def base(
    settings: Settings, released: World, clock: TestClock, serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> str:
    address = serve(settings, clock=clock)
    monkeypatch.setenv("BASE", address)
    monkeypatch.setenv("no_proxy", "*")
    return address


def test_what_the_manual_reads_is_there(base: str, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", token_of(database, "statistician"))
    lines = blocks("sh")[0].strip().splitlines()
    assert len(lines) == 6
    for line in lines:
        answer = curl(line, None)
        assert answer.status_code == 200, (line, answer.text)
    program = blocks("python")[0]
    names: dict[str, Any] = {}
    exec(compile(program, "docs/api.md", "exec"), names)
    assert names["questions"] == [question.text.zh for question in QUESTIONNAIRE.questions()]
    assert len(names["cases"]) == 12
    assert set(names["weights"]) == {20.0}


def test_figures_and_rows_come_to_a_notebook_in_three_lines(
    base: str, database: Database, released: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manual's program as it stands, but for the wave: the one that was released here has no rows."""
    monkeypatch.setenv("TOKEN", token_of(database, "statistician"))
    figures, rows = blocks("python")[1:]
    assert [len(ast.parse(block).body) for block in (figures, rows)] == [3, 3]
    assert len(rows.splitlines()) == 3
    names: dict[str, Any] = {}
    exec(compile(figures, "docs/api.md", "exec"), names)
    assert names["figures"]["mark"].tolist() == ["shown", "shown", "shown", "hidden", "hidden"]
    assert names["figures"]["figure"].tolist()[-1] == "—"
    made_exports.review(database, released, settings)
    made_exports.make_by_job(database, released, settings, Format.CSV)
    exec(compile(rows.replace("2026Q2", "2026Q3"), "docs/api.md", "exec"), names)
    assert len(names["cases"]) == len(released.case_ids)
    assert names["cases"]["answered"].sum() == 12
    assert set(names["cases"]["street"]) == {110101000000}


def test_the_interview_of_the_manual_is_stored(
    base: str, database: Database, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", token_of(database, "interviewer"))
    body = json.loads(blocks("json")[0])
    wave = curl(blocks("sh")[0].splitlines()[2], None).json()
    body["questionnaire_sha256"] = wave["questionnaire"]["sha256"]
    answer = curl(blocks("sh")[1].strip(), body)
    assert [one["outcome"] for one in answer.json()["results"]] == ["stored"], answer.text


def test_the_visit_of_the_manual_is_stored(
    base: str, database: Database, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.at = NOW + timedelta(hours=12)  # the evening that it tells of
    monkeypatch.setenv("TOKEN", token_of(database, "interviewer"))
    answer = curl(blocks("sh")[2].strip(), json.loads(blocks("json")[1]))
    assert [one["outcome"] for one in answer.json()["results"]] == ["stored"], answer.text


def test_the_data_of_the_manual_are_asked_for_looked_at_and_taken(
    base: str, database: Database, settings: Settings, released: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", token_of(database, "statistician"))
    ask, look, take = next(one for one in blocks("sh") if "EXPORT_ID" in one).strip().splitlines()
    assert curl(ask, None).json()["standing"] == "under_way"
    with database.reading.begin() as session:
        wave_id = session.scalars(select(Wave.id).where(Wave.key == "2026Q2")).one()
    export_id = str(make(database, replace(released, wave_id=wave_id), settings, (Format.CSV,)).id)
    seen = curl(look.replace("EXPORT_ID", export_id), None).json()
    name = seen["files"][0]["name"]
    taken = curl(take.replace("EXPORT_ID", export_id).replace("FILE_NAME", name), None)
    assert hashlib.sha256(taken.content).hexdigest() == seen["files"][0]["sha256"]


def test_every_address_and_error_of_the_manual_exists(base: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    described = requests.get(f"{base}/api/v1/openapi.json", timeout=120).json()
    known = [re.compile(re.sub(r"\{\w+\}", r"[^/?\"]+", path) + "$") for path in described["paths"]]
    named = re.findall(r'(?:/api/v1|api\("|get\(f?")(/[\w/{}\[\]\'.-]+)', page)
    assert len(named) >= 10
    for path in set(named) - {"/openapi.json"}:
        assert any(one.match(f"/api/v1{path}") for one in known), path
    result = described["components"]["schemas"]["CaptureResult"]["properties"]["outcome"]["enum"]
    assert all(f"| `{outcome}` |" in page for outcome in result)
    documented = (PAGE.parent / "errors.md").read_text(encoding="utf-8")
    assert all(code in documented for code in set(re.findall(r"\bE\d{3}\b", page)))
