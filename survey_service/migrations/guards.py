"""Triggers that refuse to change what is never changed. Every migration calls ``install_guards`` last.

Frozen, for migrations of long ago call it: what it does may not change (``tests/architecture/test_migrations.py`` holds
it). A further table is guarded by a module of its own, which the migrations from then on call besides.

A batch rebuild on SQLite drops a table's triggers; making them anew at the end of each migration keeps them. Captures
may be changed in one way: a response that has a tombstone has its captures blanked (``collection/erasure.py``). The
trigger itself judges that, so no session, setting or role can pass it with anything else.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

APPEND_ONLY = ("audit_entry", "capture", "release", "release_document", "tombstone")

ERASED = "erased:"  # and the capture's id: what stands in place of the hash of answers that were erased
NO_ANSWERS = '{"answers":{},"format":1}'
# Column -> what an erased capture holds there, as a condition of the trigger. Everything else must stay as it was.
_BLANK = {
    "answers": f"NEW.answers = '{NO_ANSWERS}'",
    "content_sha256": f"NEW.content_sha256 LIKE '{ERASED}%'",
    "findings": "CAST(NEW.findings AS TEXT) = '[]'",
    "paradata": "CAST(NEW.paradata AS TEXT) = '{}'",
    "reason": "NEW.reason IS NULL",
}
# Also what was refused as a conflict: other answers that came under the same id as one of the response's captures.
_HAS_TOMBSTONE = (
    "EXISTS (SELECT 1 FROM tombstone WHERE tombstone.survey_id = OLD.survey_id AND (tombstone.response_id = "
    "OLD.response_id OR tombstone.response_id IN (SELECT same.response_id FROM capture AS same WHERE same.survey_id = "
    "OLD.survey_id AND same.client_id = OLD.client_id AND NOT same.conflict)))"
)


def install_guards(connection: Connection) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE where it exists) on every append-only table that is there by now."""
    there = set(inspect(connection).get_table_names())
    tables = [table for table in APPEND_ONLY if table in there]
    erasable = _is_erasure(connection) if {"capture", "tombstone"} <= there else None
    if connection.dialect.name == "sqlite":
        _sqlite(connection, tables, erasable)
    else:
        _postgresql(connection, tables, erasable)


def _is_erasure(connection: Connection) -> str:
    """The condition under which a changed capture is one that was blanked because of a tombstone."""
    columns = [column["name"] for column in inspect(connection).get_columns("capture")]
    same = "IS" if connection.dialect.name == "sqlite" else "IS NOT DISTINCT FROM"
    kept = [f"NEW.{name} {same} OLD.{name}" for name in columns if name not in _BLANK]
    return " AND ".join([*_BLANK.values(), *kept, _HAS_TOMBSTONE])


def _sqlite(connection: Connection, tables: list[str], erasable: str | None) -> None:
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            name = f"refuse_{verb.lower()}_{table}"
            unless = f"WHEN NOT ({erasable}) " if erasable and (table, verb) == ("capture", "UPDATE") else ""
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {unless}"
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _postgresql(connection: Connection, tables: list[str], erasable: str | None) -> None:
    refuse = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;"
    _function(connection, "refuse_change", refuse)
    if erasable:
        _function(connection, "refuse_unless_erased", f"IF {erasable} THEN RETURN NEW; END IF; {refuse}")
    for table in tables:
        for verb, scope in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            name = f"refuse_{verb.lower()}_{table}"
            function = (
                "refuse_unless_erased" if erasable and (table, verb) == ("capture", "UPDATE") else "refuse_change"
            )
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {scope} EXECUTE FUNCTION {function}()"
            )


def _function(connection: Connection, name: str, body: str) -> None:
    body = body.replace("%", "%%")  # the driver's sign for a parameter
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    )
