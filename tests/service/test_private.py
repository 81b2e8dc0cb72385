"""Files 0600, folders 0700: made so whatever the umask, closed at the start where they are looser."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from fastapi.testclient import TestClient

from survey_service import private
from survey_service.app import create_app
from survey_service.contacts.store import ContactStore
from survey_service.database import open_database
from survey_service.doctor import modes
from survey_service.files import FileStore
from survey_service.installation import Marker, Refused, write_marker
from survey_service.migrations import migrate
from survey_service.secrets import load_or_make_key
from survey_service.settings import Settings

NOW = datetime(2026, 9, 30, tzinfo=UTC)


@pytest.fixture
def open_handed() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def loose(top: Path) -> dict[str, str]:
    return {
        path.relative_to(top).as_posix(): oct(stat.S_IMODE(path.stat().st_mode))
        for path in (top, *top.rglob("*"))
        if private.is_loose(path)
    }


def test_what_is_made_below_the_service_is_private(open_handed: None, tmp_path: Path) -> None:
    """Without the service's own umask: a program of one's own may migrate, put a file, leave a number."""
    top = tmp_path / "new"
    settings = Settings(data_dir=top / "deep" / "data")
    keys = load_or_make_key(settings.data_dir, "")
    database = open_database(settings.resolved_database_url)
    migrate(database)
    with database.writing.begin() as session:
        session.connection().exec_driver_sql("SELECT 1")
    FileStore(settings.files_dir).put(b"a release")
    ContactStore(settings).keep(uuid4(), uuid4(), uuid4(), keys.receipt(uuid4(), uuid4()), name="王", number="130")
    write_marker(settings.data_dir, Marker({}, "x"))
    made = {path.name for path in top.rglob("*")}
    assert {"survey.db", "survey.db-wal", "survey.db-shm", "survey.contacts.db", "contacts.key", "files"} <= made
    assert loose(top) == {}
    database.dispose()


def test_a_server_by_whatever_program_makes_nothing_for_others(
    open_handed: None, settings: Settings, tmp_path: Path
) -> None:
    with TestClient(create_app(settings)):
        made = {path.name for path in settings.data_dir.rglob("*")}
        assert {"installation.json", "tombstones.jsonl"} <= made
        (settings.data_dir / "by a library").touch()  # as a library would, that knows nothing of us
        assert loose(settings.data_dir) == {}
    assert os.umask(0) == 0, "whoever embeds the service has their own umask back"


def test_what_an_earlier_version_left_open_is_closed_and_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with TestClient(create_app(settings)):
        FileStore(settings.files_dir).put(b"a release")
    everything = [settings.data_dir, *settings.data_dir.rglob("*")]
    for path in everything:
        path.chmod(0o755 if path.is_dir() else 0o644)
    with structlog.testing.capture_logs() as told:
        modes.mend(settings)
    assert loose(settings.data_dir) == {}
    assert [line["count"] for line in told if line["event"] == "modes_closed"] == [len(everything)]
    with structlog.testing.capture_logs() as told:
        modes.mend(settings)
    assert told == []


def test_a_folder_of_other_things_is_somebodys_and_stays_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "letter.txt").write_text("to a friend")
    (home / "city.db").write_text("x")
    for path in (home, *home.iterdir()):
        path.chmod(0o755)
    modes.mend(Settings(data_dir=home, database_url=f"sqlite:///{home / 'city.db'}"))
    assert set(loose(home)) == {".", "letter.txt"}
    (home / "city.db").unlink()
    (home / "elsewhere.db").symlink_to(tmp_path)
    assert set(loose(home)) == {".", "letter.txt"}


@pytest.mark.parametrize("named", ["queue.db", "city.db"])
def test_the_queue_of_an_earlier_version_goes_unless_it_is_the_name_of_the_database(tmp_path: Path, named: str) -> None:
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / named}")
    for name in ("queue.db", "queue.db-wal", "city.db"):
        (tmp_path / name).touch()
    modes.mend(settings)
    assert (tmp_path / "city.db").exists()
    assert {(tmp_path / "queue.db").exists(), (tmp_path / "queue.db-wal").exists()} == {named == "queue.db"}


def test_a_key_that_others_read_and_that_cannot_be_closed_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    load_or_make_key(tmp_path, "")
    (tmp_path / "secret.key").chmod(0o644)

    def somebody_elses(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", somebody_elses)
    with pytest.raises(Refused, match=r"secret\.key can be read by other people(?s:.*)chown"):
        modes.mend(settings)
