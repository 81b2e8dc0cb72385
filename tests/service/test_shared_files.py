"""Several machines serve one PostgreSQL: what one of them made, the others hand out, keep and bring back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select, update

from survey_service.backups import service
from survey_service.backups.manifest import read_manifest
from survey_service.database import Database
from survey_service.files import BlobDamaged, BlobMissing, FileStore
from survey_service.models import BlobPiece
from survey_service.settings import Settings
from survey_service.stored_files import PIECE, SharedFiles, files_of, take_over
from tests.conftest import free_port
from tests.service.backing_up import Running, quiet, restore, running, settings, target
from tests.service.signed_in import HTML, csrf
from tests.service.world import NOW, PASSWORD, World

__all__ = ["running", "settings", "target"]

on_postgresql = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
HERE = "/surveys/satisfaction/waves/2026Q3/paper"


def shared(database: Database, folder: Path) -> SharedFiles:
    return SharedFiles(database, FileStore(folder))


@on_postgresql
def test_what_one_machine_put_another_reads_whole(database: Database, tmp_path: Path) -> None:
    one, other = shared(database, tmp_path / "one"), shared(database, tmp_path / "other")
    for content in (b"", b"a page", os.urandom(PIECE), os.urandom(2 * PIECE + 1)):
        name = one.put(content)
        assert other.put(content) == name, "the same bytes are one file"
        assert other.get(name) == content
    assert not (tmp_path / "one").exists()
    with pytest.raises(BlobMissing):
        other.get("0" * 64)
    with database.writing.begin() as session:
        session.execute(update(BlobPiece).where(BlobPiece.sha256 == name, BlobPiece.number == 1).values(content=b"x"))
    with pytest.raises(BlobDamaged):
        other.get(name)


def test_one_machine_with_sqlite_keeps_its_folder(database: Database, settings: Settings) -> None:
    name = files_of(settings, database).put(b"a page")
    with database.reading.begin() as session:
        rows = session.scalars(select(BlobPiece.sha256)).all()
    assert bool(rows) is not database.is_sqlite
    assert FileStore(settings.files_dir).path(name).exists() is database.is_sqlite


@on_postgresql
def test_files_of_an_earlier_version_are_taken_over_once(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    folder = FileStore(settings.files_dir)
    sound, damaged = folder.put(b"a release"), folder.put(b"another")
    folder.path(damaged).write_bytes(b"torn")
    assert files_of(settings, database).get(sound) == b"a release", "also before"
    assert take_over(settings, database) == 1
    assert take_over(settings, database) == 0
    assert shared(database, tmp_path / "elsewhere").get(sound) == b"a release"
    with pytest.raises(BlobMissing):
        shared(database, tmp_path / "elsewhere").get(damaged)
    with pytest.raises(BlobDamaged):
        files_of(settings, database).get(damaged)


def test_a_backup_made_on_one_machine_holds_the_files_of_all(
    running: Running, tmp_path: Path, target: Callable[[], str]
) -> None:
    """And says which are missing, wherever they would lie."""
    content = os.urandom(PIECE + 5)
    kept = files_of(running.settings, running.database).put(content)
    another = running.settings.model_copy(update={"data_dir": tmp_path / "another machine"})
    place = another if not running.database.is_sqlite else running.settings
    folder = service.make_backup(place, running.database, running.keys, tmp_path / "b", at=NOW, watch=quiet)[0]
    assert read_manifest(folder).absent == ()
    made = restore(running, folder, tmp_path / "new", target())
    from survey_service.database import open_database

    opened = open_database(made.database_url)
    restored = running.settings.model_copy(update={"data_dir": made.data_dir, "database_url": made.database_url})
    try:
        assert files_of(restored, opened).get(kept) == content
    finally:
        opened.dispose()


@on_postgresql
def test_a_pdf_made_by_one_process_is_served_by_the_other(
    database: Database, world: World, settings: Settings, tmp_path: Path
) -> None:
    """Two processes with different folders on one PostgreSQL; which of them makes it is up to them."""
    ports = [free_port(), free_port()]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", "from survey_service.commands import main; main()", "serve", "--port", str(port)],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")},
                "SURVEY_DATABASE_URL": settings.database_url,
                "SURVEY_DATA_DIR": str(tmp_path / f"machine-{port}"),
                "SURVEY_WORKERS": "1",
                "SURVEY_SECRET_KEY": settings.secret_key.get_secret_value(),
            },
            stderr=subprocess.DEVNULL,
        )
        for port in ports
    ]
    try:
        one, other = (httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) for port in ports)
        for port in ports:
            _until(lambda port=port: _well(port))
        assert one.post("/sign-in", data={"user": "manager", "password": PASSWORD}, headers=HTML).status_code == 303
        other.cookies.update(dict(one.cookies))
        token = csrf(one.get("/account", headers=HTML).text)
        order = {"area": "110101000001", "kind": "open", "size": "3", "languages": "zh", "csrf": token}
        made = one.post(HERE, data=order, headers=HTML)
        assert made.status_code in (200, 303), made.text[:2000]
        _until(lambda: one.get(f"{HERE}/1/forms.pdf").status_code == 200 or other.get(f"{HERE}/1/forms.pdf").is_success)
        first, second = (client.get(f"{HERE}/1/forms.pdf") for client in (one, other))
        assert (first.status_code, second.status_code) == (200, 200)
        assert first.content.startswith(b"%PDF")
        assert first.content == second.content
        one.close()
        other.close()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(120)


def _well(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
        return True
    return False


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)
