"""The tables are those of the models, on both databases, and keep the rules of the house."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import DBAPIError

from survey_service.database import Database
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


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading.begin() as session:
        session.connection().exec_driver_sql("DELETE FROM job")
