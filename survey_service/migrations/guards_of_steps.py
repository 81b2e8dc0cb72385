"""Triggers on the steps of a release: who stood for which figures is never changed. Frozen like ``guards``."""

from __future__ import annotations

from sqlalchemy import Connection

STEPS = ("release_step",)


def install_guards_of_steps(connection: Connection) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE where it exists) on the steps; ``guards`` made the function."""
    for table in STEPS:
        for verb, scope in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            name = f"refuse_{verb.lower()}_{table}"
            if connection.dialect.name == "sqlite":
                if verb == "TRUNCATE":
                    continue
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            else:
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {scope} EXECUTE FUNCTION refuse_change()"
                )
