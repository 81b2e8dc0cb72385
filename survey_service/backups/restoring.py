"""Restoring into an empty place, and proving that what stands there is what was saved."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from survey_service import private
from survey_service.audit import chain
from survey_service.backups import copies, replay
from survey_service.backups.manifest import MANIFEST, PART, Manifest, count_rows, file_sha256, read_manifest, tables_of
from survey_service.backups.service import FILES, SURVEY, TOMBSTONES
from survey_service.database import Database, open_database
from survey_service.files import sync_folder
from survey_service.installation import Marker, Refused, check_version, name_of, write_marker
from survey_service.migrations import migrate
from survey_service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

Watch = Callable[[str, int, int], None]
DATABASE = "survey.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    manifest: Manifest
    data_dir: Path
    database_url: str
    rows: int
    chains: int
    entries: int  # of the audit log, each verified
    files: int
    erased: int  # responses that the backup had brought back and that were erased again
    links: int  # to sheets, that the backup had as open and that are taken back


def restore_backup(
    settings: Settings,
    backup: Path,
    into: Path,
    *,
    database_url: str,
    tombstones: list[Path],
    at: datetime,
    watch: Watch,
) -> Restored:
    """Restore ``backup`` into the new folder ``into``; with PostgreSQL the rows go into the empty ``database_url``.

    Everything is checked: the files by their hashes, the database as a whole, every table's rows against the
    manifest, the audit chains from end to end. Answers that were erased after the backup are erased again, and
    links to sheets are taken back. Where anything fails nothing stays.
    """
    manifest = read_manifest(backup)
    if manifest.kind != SURVEY:
        raise Refused(f"{backup} is a backup of contact data; restore it with --contacts.")
    check_version(str(backup), manifest.revision)
    if into.exists() and not into.is_dir():
        raise Refused(f"{into} is a file. Name a new folder with --into.")
    if into.exists() and any(into.iterdir()):
        raise Refused(f"{into} is not empty. A backup is restored into a new folder only; name another with --into.")
    _check_backup_files(backup, manifest, watch)
    part = into.parent / f"{PART}{into.name}.{os.getpid()}"
    private.folder(into.parent)
    part.mkdir(mode=0o700)
    try:
        made = _restore(settings, backup, manifest, part, database_url, tombstones, at, watch)
        final = database_url or f"sqlite:///{(into / DATABASE).resolve()}"
        name = name_of(final)
        write_marker(part, Marker({name: manifest.installation} if manifest.installation else {}, manifest.key_check))
        with suppress(OSError):
            into.rmdir()
        part.rename(into)
        sync_folder(into.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Restored(manifest=manifest, data_dir=into, database_url=final, **made)


def nothing_erased_in(folder: Path) -> bool:
    """Whether a data folder or a backup that holds no list of erased answers says itself that there were none.

    Only what can be read counts: a database that is damaged or elsewhere says nothing.
    """
    if (folder / MANIFEST).is_file():
        return read_manifest(folder).rows.get("tombstone") == 0
    try:
        address = f"{(folder / DATABASE).resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return bool(connection.execute("SELECT count(*) FROM tombstone").fetchone()[0] == 0)
    except sqlite3.Error:
        return False


def _restore(
    settings: Settings,
    backup: Path,
    manifest: Manifest,
    part: Path,
    database_url: str,
    tombstones: list[Path],
    at: datetime,
    watch: Watch,
) -> dict[str, int]:
    for name in manifest.files:
        if name.startswith(f"{FILES}/") or name == TOMBSTONES:
            place = part / name
            private.folder(place.parent)
            shutil.copyfile(backup / name, private.begin_file(place))
            if file_sha256(place) != manifest.files[name]:
                raise Refused(f"{place} was not copied whole: look whether the disk is sound and has room.")
    with _loaded(settings, backup, manifest, part, database_url, watch) as database:
        _check_rows(database, manifest)
        entries, chains = _check_chains(database, manifest, watch)
        migrate(database)
        ended = replay.replay(database, [part / TOMBSTONES, *tombstones], part / TOMBSTONES, at=at)
        if not database.is_sqlite:
            # A dump holds no statistics; without them the first plans read whole tables for every answer.
            with database.writing_engine.begin() as connection:
                connection.execute(text("ANALYZE"))
    return {
        "rows": sum(manifest.rows.values()),
        "chains": chains,
        "entries": entries,
        "files": sum(1 for name in manifest.files if name.startswith(f"{FILES}/")),
        "erased": ended.erased,
        "links": ended.links,
    }


def _check_backup_files(backup: Path, manifest: Manifest, watch: Watch) -> None:
    for done, (name, sha256) in enumerate(manifest.files.items(), start=1):
        watch("check", done, len(manifest.files))
        path = backup / name
        if not path.is_file():
            raise Refused(f"{path} is missing: this backup is not whole. Use another one.")
        if file_sha256(path) != sha256:
            raise Refused(f"{path} is not what was saved: this backup is damaged. Use another one.")


@contextmanager
def _loaded(
    settings: Settings, backup: Path, manifest: Manifest, part: Path, database_url: str, watch: Watch
) -> Iterator[Database]:
    """The database, loaded and whole; taken away again where a later check fails."""

    def step(done: int, total: int) -> None:
        watch("database", done, total)

    if manifest.backend == "sqlite":
        if database_url:
            raise Refused("This is a backup of SQLite: it needs no --database, the file comes to lie in --into.")
        copies.copy_sqlite(backup / manifest.database, part / DATABASE, step)
        database = open_database(f"sqlite:///{(part / DATABASE).resolve()}")
        try:
            yield database
            with database.writing_engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        finally:
            database.dispose()
        for beside in ("-wal", "-shm"):
            (part / f"{DATABASE}{beside}").unlink(missing_ok=True)
        return
    if not database_url:
        raise Refused(
            "This is a backup of PostgreSQL. Make an empty database and name it:\n"
            "  createdb survey_restored\n"
            "  survey-service restore … --database postgresql+psycopg://localhost/survey_restored"
        )
    database = _open_server(database_url)
    try:
        _refuse_unless_empty(database)
        copies.load_postgresql(
            settings,
            database,
            backup / manifest.database,
            step,
            tables=len(manifest.rows),
            dumped_by=manifest.server,
        )
        try:
            yield database
        except BaseException:
            _empty(database)
            raise
    finally:
        database.dispose()


def _open_server(url: str) -> Database:
    """The PostgreSQL that takes the rows; Refused where it is something else or cannot be reached."""
    try:
        made = make_url(url)
        if made.get_backend_name() != "postgresql":
            raise ArgumentError(f"not a PostgreSQL: {made.get_backend_name()}")
        database = open_database(url)
    except (ArgumentError, ImportError) as wrong:
        raise Refused(
            f"--database names no PostgreSQL ({wrong}), and this is a backup of one.\n"
            "  Write it so: postgresql+psycopg://user@host/name"
        ) from None
    try:
        copies.server_version(database)
    except SQLAlchemyError as unreachable:
        database.dispose()
        reason = str(getattr(unreachable, "orig", None) or unreachable).strip().splitlines()[0]
        raise Refused(
            f"The database cannot be reached: {reason}\n"
            f"  It was sought at {made.render_as_string(hide_password=True)}. Make it with createdb; check that the "
            "server runs, and the name, the user and the password."
        ) from None
    return database


def _refuse_unless_empty(database: Database) -> None:
    with database.reading_engine.connect() as connection:
        held = inspect(connection).get_table_names()
    if held:
        raise Refused(
            f"The database already holds tables ({', '.join(sorted(held)[:3])} …). A backup is restored into an empty "
            "one only: make it with createdb and name it with --database."
        )


def _empty(database: Database) -> None:
    """Take away what was restored into a database that was empty before: it did not prove right."""
    engine = create_engine(database.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    database.dispose()
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def _check_rows(database: Database, manifest: Manifest) -> None:
    with database.reading_engine.connect() as connection:
        found = count_rows(connection, tables_of(connection))
        wrong = [
            f"{name}: {found.get(name, 'no table')} instead of {count}"
            for name, count in manifest.rows.items()
            if found.get(name) != count
        ]
        if not wrong and database.is_sqlite:
            wrong = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3)]
    if wrong:
        raise Refused(f"The restored rows are not those that were saved ({'; '.join(wrong[:3])}). Use another backup.")


def _check_chains(database: Database, manifest: Manifest, watch: Watch) -> tuple[int, int]:
    entries = 0
    with database.reading.begin() as session:
        for done, name in enumerate(manifest.heads, start=1):
            watch("audit", done, len(manifest.heads))
            try:
                length = chain.verify(session, name)
            except chain.BrokenChain as broken:
                raise Refused(
                    f"The audit log of this backup does not verify: {broken}.\n"
                    "  Somebody changed the database outside the service before it was saved. Use an older backup and "
                    "keep this one as evidence."
                ) from None
            if str(length) != manifest.heads[name].partition(" ")[0]:
                raise Refused(f"The audit log ends elsewhere than it was saved (chain {name}). Use another backup.")
            entries += length
    return entries, len(manifest.heads)
