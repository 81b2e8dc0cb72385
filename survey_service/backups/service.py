"""Making a backup while the service runs. It is whole when its manifest stands, and until then bears another name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from survey_service import private
from survey_service.backups import copies
from survey_service.backups.copies import Copied
from survey_service.backups.manifest import CHUNK, PART, Manifest, file_sha256
from survey_service.database import Database
from survey_service.files import FileStore, sync_folder
from survey_service.installation import Refused, installation_id, sqlite_path
from survey_service.secrets import KeyRing
from survey_service.settings import Settings

FILES = "files"
TOMBSTONES = "tombstones.jsonl"
SURVEY = "survey"

Watch = Callable[[str, int, int], None]  # step, done, total


def make_backup(
    settings: Settings, database: Database, keys: KeyRing, out: Path, *, at: datetime, watch: Watch
) -> tuple[Path, Manifest]:
    """A new folder below ``out`` with database, files and tombstones; no contact data and no key.

    The database is copied in one snapshot, the files after it: they are never changed or removed, so every file that
    a row of the snapshot names was there before it. Interrupted, it leaves nothing that looks like a backup.
    """
    name = f"{SURVEY}-{at:%Y%m%dT%H%M%SZ}"
    target = out / name
    if target.exists():
        raise Refused(f"{target} exists already. Wait a second, or name another folder with --out.")
    folder = begin(out, name)
    try:
        copied = _copy_database(settings, database, folder, watch)
        files = {copied.file: file_sha256(folder / copied.file)}
        absent = _copy_files(settings.files_dir, folder / FILES, copied.blobs - copied.held, files, watch)
        if settings.tombstones.exists():
            _copy_durably(settings.tombstones, folder / TOMBSTONES)
            files[TOMBSTONES] = file_sha256(folder / TOMBSTONES)
        made = Manifest(
            made_at=at,
            software_version=version("survey-service"),
            installation=installation_id(database) or "",
            key_check=keys.keyed_hash("installation", "key"),
            kind=SURVEY,
            backend=database.writing_engine.dialect.name,
            database=copied.file,
            revision=copied.revision,
            server=copied.server,
            files=files,
            rows=copied.rows,
            heads=copied.heads,
            absent=tuple(absent),
        )
        made.write(folder)
        finish(folder, target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return target, made


def begin(out: Path, name: str) -> Path:
    """The folder of an unfinished backup. What an interrupted one left behind is removed."""
    if out.exists() and not out.is_dir():
        raise Refused(f"{out} is a file. Name the folder of all backups with --out.")
    private.folder(out)
    for left in out.glob(f"{PART}*"):
        owner = left.name.rpartition(".")[2]
        if owner.isdecimal() and not _runs(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    folder = out / f"{PART}{name}.{os.getpid()}"
    folder.mkdir(mode=0o700)
    return folder


def finish(folder: Path, target: Path) -> None:
    folder.rename(target)
    sync_folder(target.parent)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _copy_database(settings: Settings, database: Database, folder: Path, watch: Watch) -> Copied:
    def step(done: int, total: int) -> None:
        watch("database", done, total)

    path = sqlite_path(database.url)
    if path is None:
        return copies.dump_postgresql(settings, database, folder / "survey.dump", step)
    copies.copy_sqlite(path, folder / "survey.db", step)
    return copies.read_copy(folder / "survey.db")


def _copy_files(source: Path, target: Path, named: frozenset[str], files: dict[str, str], watch: Watch) -> list[str]:
    """Copy every blob, judged by its name; returns those that rows name and that are missing or damaged."""
    store, copied = FileStore(source), set()
    found = sorted(path for path in source.glob("[0-9a-f][0-9a-f]/*") if not path.name.startswith("."))
    for done, path in enumerate(found, start=1):
        watch("files", done, len(found))
        place = target / path.parent.name / path.name
        private.folder(place.parent)
        _copy_durably(path, place)
        if file_sha256(place) != store.path(path.name).name:
            place.unlink()  # damaged on the disk: a copy of it would only hide that
            continue
        files[f"{FILES}/{path.parent.name}/{path.name}"] = path.name
        copied.add(path.name)
    return sorted(named - copied)


def _copy_durably(source: Path, target: Path) -> None:
    with source.open("rb") as reading, private.begin_file(target).open("wb") as writing:
        shutil.copyfileobj(reading, writing, CHUNK)
        writing.flush()
        os.fsync(writing.fileno())
