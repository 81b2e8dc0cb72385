"""Triggers on who opened which sheet: a line of it is never changed. Frozen like ``guards``."""

from __future__ import annotations

from sqlalchemy import Connection

OPENINGS = "sheet_opening"


def install_guards_of_openings(connection: Connection) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE where it exists) on the openings; ``guards`` made the function."""
    for verb, scope in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"refuse_{verb.lower()}_{OPENINGS}"
        if connection.dialect.name == "sqlite":
            if verb == "TRUNCATE":
                continue
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {OPENINGS} "
                f"BEGIN SELECT RAISE(ABORT, '{OPENINGS} is append-only'); END"
            )
        else:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {OPENINGS}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {OPENINGS} FOR EACH {scope} EXECUTE FUNCTION refuse_change()"
            )
