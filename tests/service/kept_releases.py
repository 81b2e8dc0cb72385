"""Databases with a release of an earlier format, as they were then, brought to the tables of today."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Column, Date, LargeBinary, Table, Uuid, column, insert, inspect
from sqlalchemy import table as sql_table

from survey_service.database import Database, open_database
from survey_service.migrations import migrate
from survey_service.models import Base, UtcDateTime
from tests.service.world import once

FOLDER = Path(__file__).parents[1] / "golden" / "releases"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was laid into a database."""

    name: str


@contextmanager
def laid(name: str, backend: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of its own with the rows of ``name``, on SQLite or PostgreSQL."""
    from tests.conftest import _create_postgresql

    folder: Path = request.getfixturevalue("tmp_path_factory").getbasetemp()
    path = folder / f"old-{uuid4().hex}.db"  # what is kept for the next lies beside it
    url = f"sqlite:///{path}"
    if backend == "postgresql":
        url = _create_postgresql(request.getfixturevalue("postgresql_server"), f"t{uuid4().hex}")
    database = open_database(url)
    once(database, f"a release of {name}", lambda: lay(database, name))
    yield database
    database.dispose()
    path.unlink(missing_ok=True)


def read(name: str) -> dict[str, Any]:
    """What is kept under ``name``."""
    kept: dict[str, Any] = json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))
    return kept


def lay(database: Database, name: str = "format_1") -> Kept:
    """Put the rows of ``name`` into an empty database at the version of their tables, and migrate it."""
    kept = read(name)
    migrate(database, kept["migration"])
    older = inspect(database.reading_engine)
    with database.writing.begin() as session:
        for table in _in_order(kept["tables"]):
            there = {one["name"] for one in older.get_columns(table)}
            model = Base.metadata.tables[table]
            rows = [
                {key: _value(model, key, value) for key, value in row.items() if key in there}
                for row in kept["tables"][table]
            ]
            plain = sql_table(table, *(column(key, _type(model, key)) for key in rows[0]))
            session.execute(insert(plain), rows)
    migrate(database)
    return Kept(name)


def _in_order(tables: Mapping[str, Any]) -> list[str]:
    return [one.name for one in Base.metadata.sorted_tables if one.name in tables]


def _column(model: Table, key: str) -> Column[Any] | None:
    return model.columns.get(key)


def _type(model: Table, key: str) -> Any:
    found = _column(model, key)
    return None if found is None else found.type


def _value(model: Table, key: str, value: Any) -> Any:
    found = _column(model, key)
    if value is None or found is None:
        return value
    match found.type:
        case Uuid():
            return UUID(value)
        case UtcDateTime():
            return datetime.fromisoformat(value)
        case Date():
            return date.fromisoformat(value)
        case LargeBinary():
            return base64.b64decode(value)
        case _:
            return value
