"""Alembic migrations, run from code so that no configuration file is needed."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from survey_service.database import Database


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return made


def migrate(database: Database) -> None:
    """Bring the tables to this version of the software; does nothing where they are already there."""
    configuration = config()
    with database.writing_engine.connect() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")
        connection.commit()


def is_current(database: Database) -> bool:
    """Whether the tables are those of this version."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    with database.reading_engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
