"""Alembic migrations, run from code so that no configuration file is needed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from survey_service.database import Database


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return made


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the tables to this version of the software; does nothing where they are already there."""
    if revision == "head":
        with database.writing_engine.connect() as connection:
            if MigrationContext.configure(connection).get_current_revision() == _head():
                return
    configuration = config()
    with database.writing_engine.connect() as connection:
        configuration.attributes["connection"] = connection
        with _foreign_keys_aside(connection):
            command.upgrade(configuration, revision)
            connection.commit()


@cache
def _head() -> str | None:
    """The newest version; to know it, every migration is imported."""
    return ScriptDirectory.from_config(config()).get_current_head()


@contextmanager
def _foreign_keys_aside(connection: Connection) -> Iterator[None]:
    """A table is rebuilt on SQLite by dropping the old one, which would take along what points to it; afterwards every
    key is looked at. The switch has no effect inside a transaction, so it is turned on the driver's connection."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")
    if broken := driver.execute("PRAGMA foreign_key_check").fetchone():
        raise RuntimeError(f"after the migration a row of {broken[0]} points to nothing")


def is_current(database: Database) -> bool:
    """Whether the tables are those of this version."""
    with database.reading_engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == _head()
