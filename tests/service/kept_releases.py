"""Databases with a release of an earlier format, as they were then, brought to the tables of today."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, LargeBinary, Table, Uuid, column, insert, inspect
from sqlalchemy import table as sql_table

from survey_service.database import Database
from survey_service.migrations import migrate
from survey_service.models import Base, UtcDateTime

FOLDER = Path(__file__).parents[1] / "golden" / "releases"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was laid into a database."""

    name: str


def lay(database: Database, name: str = "format_1") -> Kept:
    """Put the rows of ``name`` into an empty database at the version of their tables, and migrate it."""
    kept = json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))
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
