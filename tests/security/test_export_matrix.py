"""Data that are taken away, by role, area, setting and lock: nobody but whom the rule names gets a byte."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from survey_service.app import create_app
from survey_service.audit.chain import verify
from survey_service.database import Database
from survey_service.exports.formats import Format
from survey_service.models import AuditEntry, DataExport, Job, Role
from survey_service.settings import Settings
from tests.security.matrix import RELATIONS
from tests.security.test_matrix import City, Desk, city
from tests.service.conftest import TestClock
from tests.service.made_exports import API, HERE, content_of, lock, make, review
from tests.service.signed_in import HTML

__all__ = ["city"]

Call = tuple[str, str]


@pytest.fixture
def export(city: City, database: Database, settings: Settings) -> DataExport:
    """One with a file of every format, of a wave whose figures are open."""
    review(database, city.world, settings)
    return make(database, city.world, settings)


def files(export: DataExport) -> dict[Call, bytes]:
    """Every way to every file, and what it holds."""
    places = (f"{HERE}/{export.id}", f"{API}/{export.id}/files")
    found = {("GET", f"{place}/wave.{one}"): content_of(one) for one, place in product(Format, places)}
    return found | {("GET", f"{place}/all.zip"): content_of(Format.CSV) for place in places}


def others(export: DataExport) -> list[Call]:
    looks = [("GET", place) for place in (HERE, f"{HERE}/jobs", API, f"{API}/{export.id}")]
    return [*looks, ("POST", HERE), ("POST", API), ("POST", f"{HERE}/{export.id}/delete")]


@contextmanager
def serving(settings: Settings, clock: TestClock, **chosen: object) -> Iterator[TestClient]:
    with TestClient(create_app(settings.model_copy(update=chosen), clock=clock), follow_redirects=False) as client:
        yield client


def ask(client: TestClient, desk: Desk, method: str, path: str) -> Response:
    client.cookies.clear()
    client.cookies.set("session", desk.token, domain="testserver.local", path="/")
    headers = {**HTML, "X-CSRF-Token": desk.csrf}
    if method == "POST" and path == API:
        return client.post(path, headers=headers, json={"formats": ["csv"]})
    data = {"formats": "csv"} if method == "POST" else None
    return client.request(method, path, headers=headers, data=data)


def count(database: Database, action: str = "") -> int:
    with database.reading.begin() as session:
        every = select(func.count()).select_from(AuditEntry).where(AuditEntry.action.startswith(f"export.{action}"))
        return session.scalar(every) or 0


@pytest.mark.parametrize("managers", [False, True])
def test_every_role_on_every_area_with_the_setting_and_without(
    settings: Settings, clock: TestClock, city: City, database: Database, export: DataExport, managers: bool
) -> None:
    may = {Role.STATISTICIAN, Role.MANAGER} if managers else {Role.STATISTICIAN}
    before = count(database)
    with serving(settings, clock, export_by_managers=managers) as client:
        # The setting is about these two; what it leaves alone is tried once.
        for role, relation in product((Role.STATISTICIAN, Role.MANAGER) if managers else Role, RELATIONS):
            desk, calls = city.desk(role.value, relation), files(export)
            if role in may and relation == "city":
                continue
            for method, path in [*calls, *others(export)]:
                answer = ask(client, desk, method, path)
                assert answer.status_code == (404 if role in may else 403), (method, path, role, relation)
                assert not any(content in answer.content for content in calls.values())
        assert count(database) == before, "what was refused left a trace of an export"
        for role in sorted(may):
            desk = city.desk(role.value, "city")
            for (method, path), content in files(export).items():
                answer = ask(client, desk, method, path)
                assert answer.status_code == 200, (path, role)
                assert content in answer.content if path.endswith(".zip") else content == answer.content
                assert answer.headers["content-disposition"].startswith("attachment;")
                assert answer.headers["cache-control"] == "no-store"
            for method, path in others(export)[:4]:
                assert ask(client, desk, method, path).status_code == 200, (path, role)
        assert count(database, "downloaded") == len(may) * 2 * (len(Format) + 1)
    with database.reading.begin() as session:
        verify(session, str(city.world.survey_id))


def test_before_the_figures_are_opened_nobody_gets_anything(
    settings: Settings, clock: TestClock, city: City, database: Database, export: DataExport
) -> None:
    lock(database, opened=False)
    before = count(database)
    with serving(settings, clock, export_by_managers=True) as client, database.reading.begin() as session:
        jobs = session.scalar(select(func.count()).select_from(Job))
        for role in Role:
            desk, status = city.desk(role.value, "city"), 409 if role in (Role.STATISTICIAN, Role.MANAGER) else 403
            for (method, path), content in files(export).items():
                answer = ask(client, desk, method, path)
                assert answer.status_code == status, (path, role)
                assert content not in answer.content
            for path in (HERE, API):
                assert ask(client, desk, "POST", path).status_code == status, (path, role)
    assert count(database) == before
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == jobs


def test_words_are_taken_by_whom_the_installation_names(
    settings: Settings, clock: TestClock, city: City, database: Database, export: DataExport
) -> None:
    """With the role besides: a name alone opens nothing, and whoever has the role but no name gets the rest."""
    words = make(database, city.world, settings, (Format.CSV,), texts=True)
    named, other = city.desk("statistician", "city"), city.desk("manager", "city")
    users = "statistician-city,keyer-city"
    places = (f"{HERE}/{words.id}/wave.csv", f"{API}/{words.id}/files/wave.csv")
    with serving(settings, clock, export_by_managers=True, export_text_readers=users) as client:
        for path in places:
            assert ask(client, named, "GET", path).content == content_of(Format.CSV)
            assert ask(client, other, "GET", path).status_code == 403
            assert ask(client, city.desk("keyer", "city"), "GET", path).status_code == 403
        assert ask(client, other, "GET", f"{HERE}/{export.id}/wave.csv").status_code == 200
        order = {"formats": ["csv"], "texts": True}
        for desk, status in ((other, 403), (named, 202)):
            client.cookies.set("session", desk.token, domain="testserver.local", path="/")
            assert client.post(API, headers={"X-CSRF-Token": desk.csrf}, json=order).status_code == status
            form = {"formats": "csv", "texts": "yes"}
            answer = client.post(HERE, headers={**HTML, "X-CSRF-Token": desk.csrf}, data=form)
            assert answer.status_code == (303 if status == 202 else 403)
    with serving(settings, clock) as client:
        assert ask(client, named, "GET", places[0]).status_code == 403
