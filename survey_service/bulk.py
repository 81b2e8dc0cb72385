"""Rows of one table in one statement: many for the path that every answer takes, one unless it is there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Table, TextClause, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert

GROUP: Final = 500  # ids in one statement
Item = TypeVar("Item")


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """``rows`` with every column of ``table``; raises as the database does, and then none of them is there.

    PostgreSQL reads them from one JSON value: a row of its own for each costs a message there and back, which is most
    of what storing an answer costs. SQLite has no way to save, and gets them one by one inside the process.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        document = json.dumps(rows, ensure_ascii=False, default=_plain)
        connection.execute(_from_json(table), {"rows": document})
    else:
        connection.execute(_one_by_one(table), list(rows))


def insert_unless_there(session: Session, table: Table, row: Mapping[str, Any]) -> bool:
    """``row``, unless its key is there already, be it since this moment and by another; whether it was put in."""
    insert_one = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    key = list(table.primary_key.columns)
    made = insert_one(table).values(dict(row)).on_conflict_do_nothing().returning(*key)
    return session.execute(made).one_or_none() is not None  # a count of rows is not told by every driver


def in_groups(items: Iterable[Item], size: int = GROUP) -> Iterator[list[Item]]:
    """``items`` in their order, at most ``size`` at a time: ids of one statement."""
    many = list(items)
    for start in range(0, len(many), size):
        yield many[start : start + size]


@lru_cache(maxsize=32)
def _from_json(table: Table) -> TextClause:
    # Names of our own models, none of which comes from outside.
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    return text(
        f'INSERT INTO "{table.name}" ({columns}) '  # noqa: S608
        f'SELECT {columns} FROM json_populate_recordset(NULL::"{table.name}", CAST(:rows AS json))'
    )


@lru_cache(maxsize=32)
def _one_by_one(table: Table) -> Insert:
    return insert(table)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not stored")
