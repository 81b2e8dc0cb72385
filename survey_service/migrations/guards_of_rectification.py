"""Triggers on what was done about a matter: an entry is never changed. Frozen like ``guards``."""

from __future__ import annotations

from sqlalchemy import Connection

ENTRIES = "rectification_entry"


def install_guards_of_rectification(connection: Connection) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE where it exists) on the entries; ``guards`` made the function."""
    for verb, scope in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"refuse_{verb.lower()}_{ENTRIES}"
        if connection.dialect.name == "sqlite":
            if verb == "TRUNCATE":
                continue
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {ENTRIES} "
                f"BEGIN SELECT RAISE(ABORT, '{ENTRIES} is append-only'); END"
            )
        else:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {ENTRIES}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {ENTRIES} FOR EACH {scope} EXECUTE FUNCTION refuse_change()"
            )
