"""Triggers on tables of a wave that change only while it is a draft. Frozen like ``guards``."""

from __future__ import annotations

from sqlalchemy import Connection

_MOVED_ON = (
    "EXISTS (SELECT 1 FROM wave WHERE wave.survey_id = ROW.survey_id "
    "AND wave.id = ROW.wave_id AND wave.state <> 'draft')"
)
_ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def install_guards_of_drafts(connection: Connection, table: str) -> None:
    """Refuse every row of a wave that is no draft, and TRUNCATE where it exists; ``guards`` made its function."""
    sqlite = connection.dialect.name == "sqlite"
    for verb, rows in _ROWS.items():
        name = f"refuse_{verb.lower()}_{table}"
        moved_on = " OR ".join(_MOVED_ON.replace("ROW", row) for row in rows)
        if sqlite:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {moved_on} "
                f"BEGIN SELECT RAISE(ABORT, '{table} changes with a draft only'); END"
            )
            continue
        written = "OLD" if verb == "DELETE" else "NEW"
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {moved_on} THEN RAISE EXCEPTION '{table} changes with a draft only'; END IF; RETURN {written}; END $$"
        )
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    if not sqlite:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS refuse_truncate_{table} ON {table}")
        connection.exec_driver_sql(
            f"CREATE TRIGGER refuse_truncate_{table} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            "EXECUTE FUNCTION refuse_change()"
        )
