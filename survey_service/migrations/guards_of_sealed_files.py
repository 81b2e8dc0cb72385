"""Triggers on sealed files: what was put beside an edition is never changed, only followed. Frozen like ``guards``."""

from __future__ import annotations

from sqlalchemy import Connection

TABLE = "sealed_file"


def install_guards_of_sealed_files(connection: Connection) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE where it exists); ``guards`` made the function."""
    for verb, scope in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"refuse_{verb.lower()}_{TABLE}"
        if connection.dialect.name == "sqlite":
            if verb == "TRUNCATE":
                continue
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )
        else:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} FOR EACH {scope} EXECUTE FUNCTION refuse_change()"
            )
