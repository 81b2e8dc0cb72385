"""One consistent copy of a database while it is served, by the database's own means; and back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from survey_service import private
from survey_service.backups import programs
from survey_service.backups.manifest import blobs_named, chain_heads, count_rows, tables_of
from survey_service.database import Database
from survey_service.exports.shelf import SCHEMA as EXPORTS_SCHEMA
from survey_service.files import sync_file
from survey_service.installation import Refused
from survey_service.settings import Settings
from survey_service.stored_files import HELD_WHOLE

PAGES_AT_A_TIME = 2_000  # of 4 KB: a bar that moves, and Ctrl-C that is heard
CONTACTS_SCHEMA = "contacts"  # left out of every ordinary dump


Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What the copy holds, counted in the very snapshot that was copied."""

    file: str
    server: str
    revision: str
    rows: Mapping[str, int]
    heads: Mapping[str, str]
    blobs: frozenset[str]
    held: frozenset[str] = frozenset()  # files that lie in the database itself, whole


def copy_sqlite(source: Path, target: Path, watch: Watch) -> None:
    """SQLite's online backup into a file of its own, checked whole. Writers go on meanwhile."""
    reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=30)
    writing = sqlite3.connect(private.begin_file(target), isolation_level=None)
    try:
        # One reading transaction from the first page to the last: without it, every commit of the service would
        # make the copy begin again.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reading.backup(
            writing, pages=PAGES_AT_A_TIME, progress=lambda _, left, total: watch(total - left, total), sleep=0
        )
        reading.execute("ROLLBACK")
        # A backup is one file: nothing of it shall wait in a log beside it.
        writing.execute("PRAGMA journal_mode = DELETE")
        state = writing.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.OperationalError as failed:
        raise Refused(
            f"{source} could not be copied to {target.parent} ({failed}): look whether that disk has room.\n"
            "  Nothing was kept. Make room, or name another folder."
        ) from None
    except sqlite3.DatabaseError as damaged:
        state = str(damaged)
    finally:
        writing.close()
        reading.close()
    if state != "ok":
        raise Refused(
            f"{source} is damaged ({state}): a backup of it would be worthless and was not kept.\n"
            "  Restore the newest sound backup; docs/operations.md says how."
        )
    sync_file(target)


def read_copy(target: Path) -> Copied:
    """What a copied SQLite file holds."""
    engine = create_engine(f"sqlite:///{target}", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            tables = tables_of(connection)
            return Copied(
                file=target.name,
                server=sqlite3.sqlite_version,
                revision=str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()),
                rows=count_rows(connection, tables),
                heads=chain_heads(connection, tables),
                blobs=frozenset(blobs_named(connection, tables)),
            )
    finally:
        engine.dispose()


def server_version(database: Database) -> tuple[int, str]:
    """Major version and the whole name of a PostgreSQL server."""
    with database.reading_engine.connect() as connection:
        number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        return number // 10_000, str(connection.execute(text("SHOW server_version")).scalar_one())


def dump_postgresql(
    settings: Settings, database: Database, target: Path, watch: Watch, *, only_schema: str | None = None
) -> Copied:
    """``pg_dump`` in its own compressed format, of the snapshot in which the rows are counted."""
    major, server = server_version(database)
    dump = programs.program(settings, "pg_dump", at_least=major)
    with database.reading_engine.connect() as connection:
        snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        tables = tables_of(connection, only_schema)
        done = 0

        def each_line(line: str) -> None:
            nonlocal done
            if "dumping contents of table" in line:
                done += 1
                watch(done, len(tables))

        private.begin_file(target)
        left_out = [f"--exclude-schema={one}" for one in (CONTACTS_SCHEMA, EXPORTS_SCHEMA)]
        programs.run(
            [
                dump,
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                "--verbose",
                f"--snapshot={snapshot}",
                f"--file={target}",
                *([f"--schema={only_schema}"] if only_schema else left_out),
            ],
            database.url,
            each_line,
        )
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        copied = Copied(
            file=target.name,
            server=server,
            revision=str(revision),
            rows=count_rows(connection, tables),
            heads=chain_heads(connection, tables),
            blobs=frozenset(blobs_named(connection, tables)),
            held=frozenset(connection.execute(text(HELD_WHOLE)).scalars()),
        )
    sync_file(target)
    return copied


def load_postgresql(
    settings: Settings, database: Database, source: Path, watch: Watch, *, tables: int, dumped_by: str
) -> None:
    """``pg_restore`` in one transaction: the whole backup, or nothing."""
    major = max(server_version(database)[0], int(dumped_by.partition(".")[0] or 0))
    restore = programs.program(settings, "pg_restore", at_least=major)
    done = 0

    def each_line(line: str) -> None:
        nonlocal done
        if "processing data for table" in line:
            done += 1
            watch(done, max(done, tables))

    programs.run(
        [
            restore,
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--verbose",
            f"--dbname={database.writing_engine.url.database}",
            source,
        ],
        database.url,
        each_line,
    )
