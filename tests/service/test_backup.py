"""A backup is whole or is none, is made while answers come in, and what is restored from it is proved."""

from __future__ import annotations

import errno
import fcntl
import json
import resource
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest
import structlog
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from survey_service.app import create_app
from survey_service.audit.chain import SERVICE, chains, verify
from survey_service.backups import copies
from survey_service.backups.manifest import MANIFEST, PART, read_manifest
from survey_service.captures.erasure import Erasure, erase_response
from survey_service.collection import tombstone_file
from survey_service.database import open_database
from survey_service.files import FileStore
from survey_service.ids import new_id
from survey_service.installation import Refused
from survey_service.models import (
    AccessToken,
    Capture,
    Ground,
    Release,
    ReleaseDocument,
    Response,
    ResponseState,
    SignIn,
    Tombstone,
)
from survey_service.settings import Settings
from tests.service.backing_up import Running, quiet, responses, restore, running, settings, target
from tests.service.conftest import TestClock
from tests.service.programs import token_of
from tests.service.signed_in import sign_in
from tests.service.world import NOW

pytestmark = pytest.mark.both_databases

__all__ = ["running", "settings", "target"]


def test_a_backup_made_under_load_is_a_moment_and_restores(
    running: Running, tmp_path: Path, target: Callable[[], str]
) -> None:
    """Answers go on coming while it is copied; what is restored is a whole moment, and serves."""
    blob = FileStore(running.settings.files_dir).put(b"%PDF a report")
    before = [running.answer(number) for number in range(5)]
    stop = threading.Event()
    more: list[str] = []

    def go_on() -> None:
        while not stop.is_set():
            more.append(running.answer(1000 + len(more)))

    worker = threading.Thread(target=go_on)
    worker.start()
    try:
        folder = running.back_up(tmp_path / "backups", watch=lambda *_: None)
    finally:
        stop.set()
        worker.join()
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    made = restore(running, folder, tmp_path / "new", url := target())
    held = responses(made.database_url)["complete"]
    assert len(before) <= held <= len(before) + len(more)
    assert made.manifest.rows["response"] == held
    assert made.files == 1
    assert FileStore(tmp_path / "new" / "files").get(blob) == b"%PDF a report"
    # The restored place serves, with the old key; every receipt of before leads to its answer.
    moved = running.settings.model_copy(update={"data_dir": tmp_path / "new", "database_url": made.database_url})
    with TestClient(create_app(moved, clock=TestClock(NOW))) as client:
        asked = [client.post("/receipt", data={"_receipt": receipt, "action": "look"}) for receipt in before]
        assert [one.status_code for one in asked] == [200] * 5
    another = Settings(secret_key="another key, as long as is asked for").secret_key
    other = moved.model_copy(update={"secret_key": another})
    with pytest.raises(Refused, match="secret key is not the one"), TestClient(create_app(other)):
        pass
    assert url in made.database_url


def test_an_aborted_backup_leaves_nothing_that_looks_like_one(running: Running, tmp_path: Path) -> None:
    FileStore(running.settings.files_dir).put(b"one")
    out = tmp_path / "backups"

    def interrupted(step: str, _done: int, _total: int) -> None:
        if step == "files":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.back_up(out, watch=interrupted)
    assert list(out.iterdir()) == []
    # Killed, it cannot tidy up: what it left is no backup, and the next one removes it.
    left = out / f"{PART}survey-20260901T000000Z.999999999"
    left.mkdir()
    (left / "survey.db").write_bytes(b"half")
    with pytest.raises(Refused, match="never finished"):
        restore(running, left, tmp_path / "new", "")
    running.back_up(out)
    assert [path.name for path in out.iterdir()] == ["survey-20260918T020000Z"]
    with pytest.raises(Refused, match="exists already"):
        running.back_up(out)


def test_erased_answers_do_not_come_back(running: Running, tmp_path: Path, target: Callable[[], str]) -> None:
    running.answer(1)
    running.answer(2)
    old = running.back_up(tmp_path / "backups")
    with running.database.writing.begin() as session:
        erased = session.scalars(select(Response.id).order_by(Response.id)).first()
        assert erased is not None
        erase_response(session, running.world.survey_id, erased, ground=Ground.RECEIPT, at=NOW, by=SERVICE)
    kept = running.settings.tombstones
    assert json.loads(kept.read_text())["response_id"] == str(erased)  # at once, outside the database
    made = restore(running, old, tmp_path / "new", target(), (kept,))
    assert made.erased == 1
    assert responses(made.database_url) == {"complete": 1, "deleted": 1}
    opened = open_database(made.database_url)
    with opened.reading.begin() as session:
        blank = session.scalars(select(Capture.answers).where(Capture.response_id == erased)).one()
        state = session.scalars(select(Response.state).where(Response.id == erased)).one()
    opened.dispose()
    assert "overall" not in blank
    assert state is ResponseState.DELETED
    assert (tmp_path / "new" / "tombstones.jsonl").read_text() == kept.read_text()


def test_no_sign_in_and_no_token_comes_back(running: Running, tmp_path: Path, target: Callable[[], str]) -> None:
    """A token of a lost device, ended after the backup, must not open the service that is restored from it."""
    token = token_of(running.database, "interviewer")
    sign_in(running.client, "manager")
    backup = running.back_up(tmp_path / "backups")
    restored = restore(running, backup, tmp_path / "srv", target())
    database = open_database(restored.database_url)
    with database.reading.begin() as session:
        for kind in (SignIn, AccessToken):
            assert None not in session.scalars(select(kind.ended_at)).all()
        for chain in chains(session):
            verify(session, chain)
    database.dispose()
    answer = running.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200  # where nothing was restored it goes on


def test_what_the_disk_did_to_a_backup_is_found_and_nothing_stays(
    running: Running, tmp_path: Path, target: Callable[[], str], backend: str
) -> None:
    FileStore(running.settings.files_dir).put(b"one")
    running.answer(1)
    whole = running.back_up(tmp_path / "backups")
    file = "survey.db" if backend == "sqlite" else "survey.dump"

    def spoiled(change: Callable[[Path], Any]) -> Path:
        copy = tmp_path / f"copy-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(whole, copy)
        change(copy)
        return copy

    def claims(rows: int) -> Callable[[Path], Any]:
        def change(folder: Path) -> None:
            plain = json.loads((folder / MANIFEST).read_text())
            plain["rows"]["response"] = rows
            (folder / MANIFEST).write_text(json.dumps(plain))

        return change

    url = target()
    for change, words in [
        (lambda folder: (folder / file).write_bytes((folder / file).read_bytes()[:-100]), "damaged"),
        (lambda folder: next((folder / "files").rglob("*/*")).unlink(), "missing"),
        (lambda folder: (folder / MANIFEST).unlink(), "not a backup"),
        (claims(7), "instead of 7"),
    ]:
        with pytest.raises(Refused, match=words):
            restore(running, spoiled(change), tmp_path / "new", url)
        assert not (tmp_path / "new").exists()
    # The place that was refused is still empty, and takes the sound one.
    assert restore(running, whole, tmp_path / "new", url).rows > 0
    with pytest.raises(Refused, match="not empty"):
        restore(running, whole, tmp_path / "new", url)
    if url:
        with pytest.raises(Refused, match="already holds tables"):
            restore(running, whole, tmp_path / "other", url)


def test_a_changed_audit_log_is_not_restored_in_silence(
    running: Running, tmp_path: Path, target: Callable[[], str], backend: str
) -> None:
    with running.database.writing.begin() as session:
        if backend == "sqlite":
            session.execute(text("DROP TRIGGER refuse_update_audit_entry"))
        else:
            session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER refuse_update_audit_entry"))
        session.execute(text("UPDATE audit_entry SET action = 'nothing' WHERE chain = 'system' AND sequence = 1"))
    folder = running.back_up(tmp_path / "backups")
    with pytest.raises(Refused, match="does not verify"):
        restore(running, folder, tmp_path / "new", url := target())
    assert not (tmp_path / "new").exists()
    if url:
        opened = open_database(url)
        with opened.reading_engine.connect() as connection:
            assert connection.execute(text("SELECT to_regclass('public.response')")).scalar() is None
        opened.dispose()


def test_a_damaged_file_is_told_and_the_rest_is_saved(running: Running, tmp_path: Path) -> None:
    store = FileStore(running.settings.files_dir)
    named, loose = store.put(b"one"), store.put(b"two")
    with running.database.writing.begin() as session:
        release = Release(
            survey_id=running.world.survey_id,
            wave_id=running.world.wave_id,
            edition=1,
            number="SF-2026Q3-01",
            snapshot_sha256="",
            questionnaire_sha256="",
            specification={},
            estimates="{}",
            estimates_sha256="",
            software_version="",
            prepared_by="",
            reviewed_by="",
            signed_by="",
            released_at=NOW,
        )
        session.add(release)
        session.flush()
        session.add(
            ReleaseDocument(
                survey_id=running.world.survey_id,
                release_id=release.id,
                area_id=running.world.city_id,
                language="zh",
                file_name="示范市.pdf",
                blob_sha256=named,
                pages=2,
            )
        )
    for blob in (named, loose):
        store.path(blob).write_bytes(b"damaged")
    manifest = read_manifest(running.back_up(tmp_path / "backups"))
    assert manifest.absent == (named,)  # no row names the other
    assert not [name for name in manifest.files if name.startswith("files/")]


def test_a_line_cut_short_by_a_crash_is_written_anew(running: Running) -> None:
    running.answer(1)
    with running.database.writing.begin() as session:
        erased = session.scalars(select(Response.id)).one()
        erase_response(session, running.world.survey_id, erased, ground=Ground.RECEIPT, at=NOW, by=SERVICE)
    path = running.settings.tombstones
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    assert tombstone_file.read(path) == []
    assert tombstone_file.keep(running.database, path, running.settings.tombstones_lock) == 1
    assert path.read_bytes() == whole
    path.write_bytes(b"nonsense\n" + whole)  # not a crash: somebody has to look at it
    with pytest.raises(ValueError, match="Expecting value"):
        tombstone_file.read(path)


def laid() -> Erasure:
    return Erasure(survey_id=new_id(), response_id=new_id(), at=NOW, by_account_id=None, ground=Ground.RECEIPT)


def test_two_processes_add_to_the_file_one_after_the_other(tmp_path: Path) -> None:
    """The server after an erasure, a worker in its round: a line that is being written was none that a crash cut."""
    path, lock = tmp_path / "tombstones.jsonl", tmp_path / "tombstones.lock"
    first, second = laid(), laid()
    line = json.dumps(first.to_json()) + "\n"
    other = threading.Thread(target=tombstone_file.add, args=(path, [second]), kwargs={"lock": lock})
    with path.open("a", encoding="utf-8") as file, lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        file.write(line[:20])
        file.flush()
        other.start()
        other.join(0.3)
        file.write(line[20:])
        file.flush()
        fcntl.flock(held, fcntl.LOCK_UN)
    other.join()
    assert tombstone_file.read(path) == [first, second]


@pytest.mark.parametrize("knows_locks", [True, False])
def test_the_file_is_written_on_a_network_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knows_locks: bool
) -> None:
    """NFS locks only what is open for writing, SMB keeps others out of what is locked, and some lock nothing."""
    path, lock = tmp_path / "far" / "tombstones.jsonl", tmp_path / "data" / "tombstones.lock"

    def flock(file: IO[bytes], _operation: int) -> None:
        if not knows_locks:
            raise OSError(errno.ENOLCK, "no locks")
        if not file.writable() or Path(file.name) == path:
            raise OSError(errno.EBADF, "as NFS")

    monkeypatch.setattr(fcntl, "flock", flock)
    one = laid()
    assert tombstone_file.add(path, [one], lock=lock) == 1
    assert tombstone_file.read(path) == [one]


def test_a_file_of_tombstones_that_cannot_be_read_keeps_nobody_from_starting(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_path: Path) -> list[Erasure]:
        raise PermissionError

    with running.database.writing.begin() as session:
        session.add(Tombstone(survey_id=running.world.survey_id, response_id=new_id(), at=NOW, ground=Ground.RECEIPT))
    monkeypatch.setattr(tombstone_file, "read", away)
    services = running.client.app.state.services  # type: ignore[attr-defined]
    with structlog.testing.capture_logs() as told:
        tombstone_file.start(services, forget=list)
    assert [line["event"] for line in told] == ["tombstone_not_kept"]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_programs_that_are_missing_or_old_are_refused_with_the_remedy(running: Running, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    running.settings = running.settings.model_copy(update={"postgresql_bin": folder})
    with pytest.raises(Refused, match=r"was not found(?s:.*)SURVEY_POSTGRESQL_BIN"):
        running.back_up(tmp_path / "backups")
    old = folder / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    with pytest.raises(Refused, match=r"older than the server's(?s:.*)apt-get install"):
        running.back_up(tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_copy_is_one_file(running: Running, tmp_path: Path, backend: str) -> None:
    folder = running.back_up(tmp_path / "backups")
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [MANIFEST, "tombstones.jsonl", "survey.db" if backend == "sqlite" else "survey.dump"]
    )
    if backend == "sqlite":
        connection = sqlite3.connect(folder / "survey.db")
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
        connection.close()


def test_a_disk_that_fills_during_a_backup_is_told(tmp_path: Path) -> None:
    source, target = tmp_path / "source.db", tmp_path / "target.db"
    connection = sqlite3.connect(source)
    connection.execute("CREATE TABLE filled (word TEXT)")
    connection.execute("INSERT INTO filled VALUES (hex(zeroblob(200000)))")
    connection.commit()
    connection.close()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # as a disk that has no more room than that
    try:
        with pytest.raises(Refused, match="has room"):
            copies.copy_sqlite(source, target, quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
