"""Two kinds of session, two types in signatures: ``Reading`` and ``Writing``.

A reading session cannot write (SQLite ``query_only``, PostgreSQL READ ONLY). A writing one takes SQLite's lock at
its first statement (BEGIN IMMEDIATE): a deferred transaction that reads and then writes would fail with
SQLITE_BUSY_SNAPSHOT, whatever the timeout. The transaction is visible where it is used:
``with writing.begin() as session:``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from survey_service import private
from survey_service.lifelines import Lifelines

BUSY_TIMEOUT_MS = 30_000
ANSWER_TABLES = ("capture", "response", "audit_entry")
FEW_ROWS = 100
_commits = 0  # of this process, but for those of the group writer, which changes nothing that is remembered


def commits() -> int:
    """How often this process has changed what is not an answer: what was read before may be stale after."""
    return _commits


class ReadingSessions:
    """Opens sessions that can only read."""

    def __init__(self, engine: Engine) -> None:
        self._sessions = sessionmaker(engine, autoflush=False)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One snapshot of the database; nothing is ever written by it."""
        with self._sessions() as session:
            yield session
            session.rollback()


class WritingSessions:
    """Opens sessions that can write. Leaving the block commits; an exception in it rolls back."""

    def __init__(self, engine: Engine) -> None:
        self._sessions = sessionmaker(engine)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        global _commits
        try:
            with self._sessions.begin() as session:
                yield session
        finally:
            _commits += 1

    @contextmanager
    def begin_group(self) -> Iterator[Session]:
        """For the group writer alone: answers, their corrections and deletions, which nobody remembers."""
        with self._sessions.begin() as session:
            yield session

    def count_rows(self) -> None:
        """Let PostgreSQL count the tables of answers, where it never has. Until it does, plans that were made on empty
        tables, foreign keys' among them, read the whole survey for every answer; its own worker takes minutes to come.
        """
        with self._sessions() as session:
            connection = session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            if connection.dialect.name != "postgresql":
                return
            known = "SELECT reltuples FROM pg_class WHERE oid = to_regclass(:name)"
            for name in ANSWER_TABLES:
                if connection.execute(text(known), {"name": name}).scalar_one() < FEW_ROWS:
                    connection.execute(text(f"ANALYZE {name}"))


@dataclass(frozen=True, slots=True)
class Database:
    """Both engines of one database."""

    url: str
    reading_engine: Engine
    writing_engine: Engine
    lifelines: Lifelines | None = None  # of PostgreSQL
    # Made once: a session maker builds a class, which costs more than a look-up.
    reading: ReadingSessions = field(init=False)
    writing: WritingSessions = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reading", ReadingSessions(self.reading_engine))
        object.__setattr__(self, "writing", WritingSessions(self.writing_engine))

    @property
    def is_sqlite(self) -> bool:
        return self.writing_engine.dialect.name == "sqlite"

    def dispose(self) -> None:
        """Closes every connection; one that a thread still has is closed when it comes back."""
        if self.lifelines is not None:
            self.lifelines.end()
        self.reading_engine.dispose()
        self.writing_engine.dispose()
        if self.lifelines is not None:
            self.lifelines.close()


def open_database(url: str) -> Database:
    """Engines for ``url``; makes the folder of a SQLite file, never the tables (see ``migrations``)."""
    if make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url)
    reading = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=30,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        hide_parameters=True,  # an error must not carry answers into a log
    )
    # READ COMMITTED: uniqueness is judged by constraints, and the audit head is a locked row.
    writing = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=30, hide_parameters=True)
    lifelines = Lifelines()
    for engine in (reading, writing):
        _watch(engine, lifelines)
    return Database(url=url, reading_engine=reading, writing_engine=writing, lifelines=lifelines)


def _watch(engine: Engine, lifelines: Lifelines) -> None:
    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, parameters: Any) -> Any:
        return lifelines.connect(*arguments, **parameters)

    @event.listens_for(engine, "checkin")
    def close_the_last(_connection: Any, record: Any) -> None:
        if lifelines.ended:  # the pool it goes back to is gone: nobody would ever close it
            record.close()


def _open_sqlite(url: str) -> Database:
    path = make_url(url).database
    if not path or path == ":memory:":
        raise ValueError("the database needs a file: two engines share it, and an answer must survive the process")
    private.folder(Path(path).parent)
    reading = create_engine(url, pool_size=20, max_overflow=40, hide_parameters=True)
    writing = create_engine(url, pool_size=5, max_overflow=20, hide_parameters=True)
    for engine, only_reads in ((reading, True), (writing, False)):
        _prepare_sqlite(engine, Path(path), only_reads=only_reads)
    return Database(url=url, reading_engine=reading, writing_engine=writing)


def _prepare_sqlite(engine: Engine, path: Path, *, only_reads: bool) -> None:
    @event.listens_for(engine, "do_connect")
    def begin_file(*_: Any) -> None:
        with suppress(OSError):  # SQLite meets the same, and says so
            private.begin_file(path)  # the files beside it get its mode from SQLite

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver must not open transactions by itself: BEGIN is said below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys = ON")
        if only_reads:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            # FULL: an acknowledged answer survives a power cut.
            cursor.execute("PRAGMA synchronous = FULL")
            # INSERT OR REPLACE removes the row in its way; only so do the triggers of append-only tables see it.
            cursor.execute("PRAGMA recursive_triggers = ON")
            # What is erased is overwritten, not merely released; rows that are only added cost nothing more.
            cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def answers(database: Database) -> bool:
    """Whether the database can be reached and read now."""
    with database.reading_engine.connect() as connection:
        return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)
