"""What a backup says of itself: written last, so that where it stands the backup is whole."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, inspect, select

from survey_service import private
from survey_service.files import sync_folder
from survey_service.installation import Refused

MANIFEST = "manifest.json"
FORMAT = 1
PART = ".part-"  # a folder of this name is a backup that was not finished
CHUNK = 1 << 20  # bytes read at a time
# Tables that the queue of an earlier version left on PostgreSQL; nothing reads them, and they may be dropped.
NOT_COUNTED = ("kv", "schedule", "task")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup. ``files`` are the paths below its folder with their SHA-256; ``rows`` the rows of every table."""

    made_at: datetime
    software_version: str
    installation: str  # id of the installation
    key_check: str  # tells whether a key is the installation's; opens nothing
    kind: str  # "survey", or "contacts": apart, and it expires
    backend: str  # "sqlite" or "postgresql"
    database: str  # file of the database in the folder
    revision: str  # of the tables
    server: str = ""  # version of the database
    files: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)  # chain of the audit log -> "sequence sha256" of its end
    absent: tuple[str, ...] = ()  # blobs that rows name and the store did not hold, or held damaged
    expires_at: datetime | None = None

    def write(self, folder: Path) -> None:
        plain = {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        plain["expires_at"] = self.expires_at.isoformat() if self.expires_at else None
        path = folder / MANIFEST
        with private.begin_file(path).open("w", encoding="utf-8") as file:
            json.dump(plain, file, ensure_ascii=False, indent=1, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """Refused where ``folder`` holds no finished backup, or one of a later format."""
    path = folder / MANIFEST
    try:
        plain: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if plain.pop("format") != FORMAT:
            raise Refused(f"{path} was written by a newer version of this software. Restore with that version.")
        plain["made_at"] = datetime.fromisoformat(plain["made_at"])
        plain["absent"] = tuple(plain["absent"])
        if plain["expires_at"]:
            plain["expires_at"] = datetime.fromisoformat(plain["expires_at"])
        return Manifest(**plain)
    except FileNotFoundError:
        unfinished = folder.name.startswith(PART)
        raise Refused(
            f"{folder} is {'a backup that was never finished' if unfinished else 'not a backup'}: "
            f"it has no {MANIFEST}.\n"
            "  Name the folder of a finished backup; they lie in the folder given to survey-service backup."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as unreadable:
        raise Refused(f"{path} cannot be read ({type(unreadable).__name__}). Use another backup.") from None


def file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def tables_of(connection: Connection, schema: str | None = None) -> list[Table]:
    """Every table as the database has it, whatever version of the software made it."""
    found = MetaData()
    names = [name for name in inspect(connection).get_table_names(schema=schema) if name not in NOT_COUNTED]
    found.reflect(connection, schema=schema, only=names, resolve_fks=False)
    return sorted(found.tables.values(), key=lambda table: table.name)


def count_rows(connection: Connection, tables: list[Table]) -> dict[str, int]:
    return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def chain_heads(connection: Connection, tables: list[Table]) -> dict[str, str]:
    head = next((table for table in tables if table.name == "audit_head"), None)
    if head is None:
        return {}
    rows = connection.execute(select(head.c.chain, head.c.sequence, head.c.sha256))
    return {row.chain: f"{row.sequence} {row.sha256}" for row in rows}


def blobs_named(connection: Connection, tables: list[Table]) -> Iterator[str]:
    """The SHA-256 of every file that a row names."""
    for table in tables:
        for column in table.columns:
            if column.name == "blob_sha256":
                yield from connection.execute(select(column).where(column.is_not(None)).distinct()).scalars()
