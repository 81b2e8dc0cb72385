"""Pictures of answers, shown to few, one by one or all as one, each look written down."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from survey_service.app import create_app
from survey_service.database import Database
from survey_service.models import AuditEntry
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.sent_files import film, picture
from tests.service.signed_in import HTML, sign_in
from tests.service.test_sent_files import Boards, keys
from tests.service.world import World

__all__ = ["keys"]


@pytest.fixture
def client(settings: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    named = settings.model_copy(update={"export_text_readers": "statistician"})
    with TestClient(create_app(named, clock=clock), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def boards(database: Database, client: TestClient, world: World, keys: KeyRing, tmp_path: Any) -> Boards:
    made = Boards(database, client, world, keys, tmp_path)
    picture_one, sound = made.taken(), made.taken(film(b"soun"), "noise")
    made.taken(picture(colour="blue"))  # nobody submits this one
    assert made.submit(board=picture_one, noise=sound).status_code == 200
    made.client.cookies.clear()
    return made


def get(client: TestClient, path: str) -> Response:
    return client.get(path, headers=HTML)


def noted(database: Database) -> list[tuple[str, Any]]:
    with database.reading.begin() as session:
        found = session.execute(
            select(AuditEntry.action, AuditEntry.detail).where(AuditEntry.action.like("answer_file%"))
        )
        return [(row.action, row.detail) for row in found]


def test_who_is_named_looks_at_each_and_it_is_written_down(boards: Boards, database: Database) -> None:
    sign_in(boards.client, "statistician")
    page = get(boards.client, boards.page)
    assert page.status_code == 200
    assert page.text.count(f"{boards.page}/") == 2, "what no answer refers to is not listed"
    assert not noted(database), "the list shows nothing of what is in them"
    rows = {row.type: row for row in boards.files() if row.response_id}
    shown = get(boards.client, f"{boards.page}/{rows['jpg'].id}")
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.content[:2] == b"\xff\xd8"
    assert get(boards.client, f"{boards.page}/{rows['m4a'].id}").headers["content-disposition"].startswith("attachment")
    assert [action for action, _ in noted(database)] == ["answer_file.read"] * 2
    waiting = next(row for row in boards.files() if row.response_id is None)
    assert get(boards.client, f"{boards.page}/{waiting.id}").status_code == 404


def test_all_of_them_as_one(boards: Boards, database: Database) -> None:
    sign_in(boards.client, "statistician")
    reply = get(boards.client, f"{boards.page}.zip")
    assert reply.status_code == 200
    with ZipFile(io.BytesIO(reply.content)) as archive:
        names = archive.namelist()
        assert sorted(name.partition("/")[0] for name in names) == ["board", "noise"]
        assert all(archive.read(name) for name in names)
    assert [(action, json.loads(json.dumps(detail))["files"]) for action, detail in noted(database)] == [
        ("answer_files.downloaded", 2)
    ]


@pytest.mark.parametrize("user", ["manager", "keyer", "leader"])
def test_nobody_else_sees_one(boards: Boards, database: Database, user: str) -> None:
    sign_in(boards.client, user)
    for row in boards.files():
        assert get(boards.client, f"{boards.page}/{row.id}").status_code == 403
    assert get(boards.client, f"{boards.page}.zip").status_code == 403
    assert not noted(database)
