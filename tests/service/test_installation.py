"""A survey that was begun is never replaced by an empty or foreign database in silence, whoever opens it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from survey_service import installation
from survey_service.app import create_app
from survey_service.database import open_database
from survey_service.installation import MARKER, Refused
from survey_service.settings import Settings

pytestmark = pytest.mark.both_databases


@pytest.fixture
def begun(settings: Settings) -> Settings:
    """An installation that was served once."""
    with TestClient(create_app(settings)) as client:
        assert client.get("/health", headers={"host": "testserver"}).status_code == 200
    return settings


def everyone(settings: Settings) -> list[Callable[[], Any]]:
    """The server's own check, the one of ``serve``, and what commands open the database by."""

    def serve() -> None:
        with TestClient(create_app(settings)):
            pass

    return [
        serve,
        lambda: installation.check_database(settings, create=True),
        lambda: installation.check_database(settings, create=True),
        lambda: installation.open_existing(settings).dispose(),
    ]


def refused_by_everyone(settings: Settings, words: str) -> None:
    for opens in everyone(settings):
        with pytest.raises(Refused, match=words):
            opens()


def test_an_installation_that_stands_is_opened_by_everyone(begun: Settings) -> None:
    for opens in everyone(begun):
        opens()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.unlink(), "No empty one is put in its place"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(path.read_bytes()[:9000]), "is damaged"),
        (lambda path: path.write_text("a letter"), "is not a SQLite database"),
    ],
    ids=["removed", "zero bytes", "truncated", "text"],
)
def test_a_file_that_is_lost_or_damaged_stays_as_it_is(begun: Settings, spoil: Any, words: str) -> None:
    path = installation.sqlite_path(begun.database_url)
    assert path is not None
    spoil(path)
    before = path.read_bytes() if path.exists() else None
    refused_by_everyone(begun, words)
    assert (path.read_bytes() if path.exists() else None) == before


def _exchange(settings: Settings, database_url: str) -> None:
    """Another installation's survey takes the place of this one's."""
    path = installation.sqlite_path(settings.database_url)
    if path is not None:
        other = installation.sqlite_path(database_url)
        assert other is not None
        connection = sqlite3.connect(other)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(other, path)
        return
    name, own = make_url(database_url).database, make_url(settings.database_url).database
    engine = create_engine(make_url(settings.database_url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{own}"'))
        connection.execute(text(f'ALTER DATABASE "{name}" RENAME TO "{own}"'))
    engine.dispose()


def test_another_survey_in_its_place_is_refused(
    begun: Settings,
    tmp_path: Path,
    backend: str,
    empty_databases: Callable[[str, pytest.FixtureRequest], str],
    request: pytest.FixtureRequest,
) -> None:
    other = begun.model_copy(update={"data_dir": tmp_path / "other", "database_url": empty_databases(backend, request)})
    with TestClient(create_app(other)):
        pass
    _exchange(begun, other.database_url)
    refused_by_everyone(begun, "another installation")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_server_without_the_survey_gets_no_empty_one(begun: Settings) -> None:
    engine = create_engine(begun.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    refused_by_everyone(begun, "holds no survey")


def test_tables_of_a_newer_version_are_refused(begun: Settings) -> None:
    database = open_database(begun.database_url)
    with database.writing.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.dispose()
    refused_by_everyone(begun, "newer version")


def test_a_first_start_on_a_server_is_asked_for(settings: Settings, database_url: str) -> None:
    fresh = settings.model_copy(update={"database_url": _empty(database_url)})
    with pytest.raises(Refused, match="--create"):
        installation.check_database(fresh, create=False)
    installation.check_database(fresh, create=True)
    with pytest.raises(Refused):
        installation.open_existing(fresh)


def _empty(database_url: str) -> str:
    path = installation.sqlite_path(database_url)
    if path is not None:
        return f"sqlite:///{path.with_name('not-there.db')}"
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{make_url(database_url).database}x"'))
    engine.dispose()
    made = make_url(database_url)
    return made.set(database=f"{made.database}x").render_as_string(hide_password=False)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_lost_or_another_key_is_told(begun: Settings) -> None:
    another = begun.model_copy(
        update={"secret_key": begun.secret_key.__class__("another key, as long as is asked for")}
    )
    with pytest.raises(Refused, match="not the one"), TestClient(create_app(another)):
        pass
    none = begun.model_copy(update={"secret_key": begun.secret_key.__class__("")})
    refused_by_everyone(none, "secret key of this installation is gone")
    assert not (begun.data_dir / "secret.key").exists()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_moved_folder_keeps_its_protection_and_a_damaged_marker_is_told(begun: Settings, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    begun.data_dir.rename(moved)
    path = installation.sqlite_path(begun.database_url)
    assert path is not None
    elsewhere = begun.model_copy(update={"data_dir": moved, "database_url": f"sqlite:///{moved / path.name}"})
    with pytest.raises(Refused, match="No empty one"):
        installation.check_database(elsewhere, create=True)
    (moved / MARKER).write_text("{")
    with pytest.raises(Refused, match="cannot be read"):
        installation.check_database(elsewhere, create=True)
