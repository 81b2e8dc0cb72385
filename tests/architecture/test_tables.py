"""The tables are those of the models, on both databases, and keep the rules of the house."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import UniqueConstraint, inspect
from sqlalchemy.exc import DBAPIError

from survey_service.database import Database, open_database
from survey_service.migrations import config
from survey_service.migrations.guards import APPEND_ONLY
from survey_service.models import Base


def test_migrations_make_the_tables_of_the_models(database: Database) -> None:
    with database.reading_engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert difference == []


def test_survey_id_leads_every_key_below_a_survey() -> None:
    for table in Base.metadata.tables.values():
        if "survey_id" not in table.columns:
            continue
        assert next(iter(table.primary_key.columns)).name == "survey_id", table.name
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                assert next(iter(constraint.columns)).name == "survey_id", (table.name, constraint.name)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_append_only_tables_refuse_change(database: Database, table: str, verb: str) -> None:
    if database.is_sqlite:
        if verb == "TRUNCATE":
            pytest.skip("SQLite has no TRUNCATE")
        with database.reading_engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
            )
            names = set(rows.scalars())
        assert f"refuse_{verb.lower()}_{table}" in names
        return
    statement = {"UPDATE": f"UPDATE {table} SET survey_id = survey_id", "TRUNCATE": f"TRUNCATE {table} CASCADE"}
    with database.reading_engine.connect() as connection:
        names = set(connection.exec_driver_sql("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").scalars())
    assert f"refuse_{verb.lower()}_{table}" in names
    if verb == "TRUNCATE":
        with pytest.raises(DBAPIError, match="append-only"), database.writing_engine.begin() as connection:
            connection.exec_driver_sql(statement[verb])


def guards(database: Database) -> set[str]:
    named = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.reading_engine.connect() as connection:
        return set(connection.exec_driver_sql(named).scalars())


def test_the_guards_stand_after_every_single_migration(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A batch rebuild drops a table's triggers; between two versions of the software there is no gap either."""
    from tests.conftest import _create_postgresql

    url = f"sqlite:///{tmp_path / 'stepwise.db'}"
    if backend == "postgresql":
        url = _create_postgresql(request.getfixturevalue("postgresql_server"), f"t{uuid4().hex}")
    database = open_database(url)
    configuration = config()
    steps = [one.revision for one in ScriptDirectory.from_config(configuration).walk_revisions()][::-1]
    verbs = ("update", "delete") if database.is_sqlite else ("update", "delete", "truncate")
    for revision in steps:
        with database.writing_engine.connect() as connection:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, revision)
            connection.commit()
        there = set(inspect(database.reading_engine).get_table_names()) & set(APPEND_ONLY)
        assert "audit_entry" in there
        assert guards(database) >= {f"refuse_{verb}_{table}" for verb in verbs for table in there}, revision
    database.dispose()


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading.begin() as session:
        session.connection().exec_driver_sql("DELETE FROM job")
