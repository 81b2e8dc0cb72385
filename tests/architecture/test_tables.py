"""The tables are those of the models, on both databases, and keep the rules of the house."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import TextClause, UniqueConstraint, column, insert, inspect, select, update
from sqlalchemy import table as sql_table
from sqlalchemy.exc import DBAPIError

from survey_service.audit.chain import verify
from survey_service.captures.errors import ContentConflict
from survey_service.captures.first import record, record_or_conflict
from survey_service.database import Database, open_database
from survey_service.migrations import config, migrate
from survey_service.migrations.guards import APPEND_ONLY as FIRST
from survey_service.migrations.guards_of_openings import OPENINGS
from survey_service.migrations.guards_of_plans import PLANS
from survey_service.migrations.guards_of_rectification import ENTRIES
from survey_service.migrations.guards_of_steps import STEPS
from survey_service.models import Base, Capture, Response
from survey_service.models.capture import CONFLICTS, KNOWN
from survey_service.secrets import KeyRing
from tests.service.test_collection_service import incoming
from tests.service.world import build

pytestmark = pytest.mark.both_databases
APPEND_ONLY = (*FIRST, *PLANS, *STEPS, ENTRIES, OPENINGS)


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
    database = empty_database(backend, tmp_path, request)
    steps = [one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()][::-1]
    verbs = ("update", "delete") if database.is_sqlite else ("update", "delete", "truncate")
    for revision in steps:
        migrate(database, revision)
        there = set(inspect(database.reading_engine).get_table_names()) & set(APPEND_ONLY)
        assert "audit_entry" in there
        assert guards(database) >= {f"refuse_{verb}_{table}" for verb in verbs for table in there}, revision
    database.dispose()


def test_a_table_that_is_made_anew_keeps_its_rows_and_what_points_to_them(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    today, database = (empty_database(backend, tmp_path, request, name) for name in ("today", "before"))
    migrate(today)
    keys = KeyRing("k" * 40)
    world = build(today, keys)
    with today.writing.begin() as session:
        kept = [record(session, incoming(world, letter * 32), keys=keys) for letter in "abc"]
        record_or_conflict(session, incoming(world, "a" * 32, answers={"overall": "3"}), keys=keys)
    migrate(database, "0011")  # 0012 makes capture anew on SQLite
    copy_rows(today, database)
    today.dispose()

    def rows() -> list[tuple[object, ...]]:
        with database.reading.begin() as session:
            return [tuple(row) for row in session.execute(select(Capture.__table__).order_by(Capture.id))]

    before = rows()
    assert len(before) == 4
    migrate(database)
    assert rows() == before
    with database.reading.begin() as session:
        assert verify(session, str(world.survey_id)) > 0
    with database.writing.begin() as session:
        again = record(session, incoming(world, "a" * 32), keys=keys)
        assert again.response_id == kept[0].response_id
        other = record_or_conflict(session, incoming(world, "a" * 32, answers={"overall": "3"}), keys=keys)
        assert isinstance(other, ContentConflict)
    assert len(rows()) == 4, "what was kept is kept once more"
    with pytest.raises(DBAPIError), database.writing.begin() as session:
        session.execute(update(Response).values(current_capture_id=uuid4()))
    database.dispose()


def copy_rows(source: Database, target: Database) -> None:
    """Rows as an older version of the tables holds them: a column that came later is left out."""
    older = inspect(target.reading_engine)
    with source.reading.begin() as reading, target.writing.begin() as writing:
        for table in Base.metadata.sorted_tables:
            if not older.has_table(table.name):
                continue
            known = {one["name"] for one in older.get_columns(table.name)}
            plain = sql_table(table.name, *(column(one.name, one.type) for one in table.columns if one.name in known))
            rows = [dict(row._mapping) for row in reading.execute(select(plain))]
            if rows:
                writing.execute(insert(plain), rows)


def empty_database(backend: str, tmp_path: Path, request: pytest.FixtureRequest, name: str = "stepwise") -> Database:
    from tests.conftest import _create_postgresql

    url = f"sqlite:///{tmp_path / f'{name}.db'}"
    if backend == "postgresql":
        url = _create_postgresql(request.getfixturevalue("postgresql_server"), f"t{uuid4().hex}")
    return open_database(url)


@pytest.mark.parametrize("which", [KNOWN, CONFLICTS])
def test_an_answer_is_found_by_its_id_without_reading_the_others(database: Database, which: TextClause) -> None:
    """A condition that is not in the very words of the partial index costs a walk over the whole table."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL plans by how many rows there are")
    wanted = select(Capture.id).where(
        Capture.survey_id == uuid4(), Capture.client_id == "c", Capture.content_sha256 == "s", which
    )
    words = wanted.compile(database.reading_engine, compile_kwargs={"literal_binds": True})
    with database.reading_engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}").all()
    name = "uq_capture_client_id" if which is KNOWN else "uq_capture_conflict"
    assert all(name in row[-1] for row in plan), plan


def test_postgresql_is_made_to_count_rows_that_it_never_counted(database: Database) -> None:
    """Else it keeps the plans of empty tables, and every answer walks over all those before it."""
    keys = KeyRing("k" * 40)
    world = build(database, keys)
    with database.writing.begin() as session:
        for number in range(150):
            record(session, incoming(world, f"{number:032d}"), keys=keys)
    database.writing.count_rows()  # on SQLite nothing is to be done
    if database.is_sqlite:
        return
    with database.reading_engine.connect() as connection:
        counted = connection.exec_driver_sql("SELECT reltuples FROM pg_class WHERE relname = 'capture'").scalar_one()
        key = f"survey_id = '{world.survey_id}' AND id = '{world.survey_id}'"
        plan = connection.exec_driver_sql(f"EXPLAIN SELECT 1 FROM capture WHERE {key} FOR KEY SHARE").scalars().all()
    assert counted == 150
    assert any("pk_capture" in line for line in plan), plan


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading.begin() as session:
        session.connection().exec_driver_sql("DELETE FROM job")
