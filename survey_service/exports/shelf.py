"""Where made exports lie: in a folder of the data folder with SQLite, in a schema of its own with PostgreSQL.

Several machines may serve one PostgreSQL and others work for it: whoever makes an export, every one of them hands it
out. No backup holds either place, and what lies there is its owner's alone.

An export that is being made lies in the folder ``<id>.part`` of the machine whose worker makes it, which survives a
killed worker, for the next one to go on. What is whole is put on the shelf at one stroke: no file is ever on offer that
is not.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, String, Table, Uuid, select, text

from survey_service import private
from survey_service.database import Database
from survey_service.files import sync_file, sync_folder
from survey_service.settings import Settings

PART = ".part"
PIECE: Final = 1 << 20  # bytes that are moved at once, and of a row
SCHEMA: Final = "exports"  # left out of every dump
_PIECES = Table(
    "piece",
    MetaData(schema=SCHEMA),
    Column("export_id", Uuid, primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that is on offer, or was."""

    name: str
    bytes: int
    sha256: str


class FolderShelf:
    """``exports/<id>/`` in the data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, export_id: UUID) -> Path:
        """The folder in which an export is made; what an attempt before left of it is there still. Files that were put
        on the shelf by a worker that died before it could say so go: nobody knows their hashes."""
        self._take_down(export_id)
        return private.folder(self._part(export_id))

    def publish(self, export_id: UUID, names: Collection[str]) -> list[int]:
        """Put on the shelf what was made under these names, and drop whatever lies beside it; the bytes of each file,
        in the order of ``names``. Durable when it returns."""
        part = self._part(export_id)
        for path in part.iterdir():
            if path.name not in names:
                _drop(path)  # what a killed attempt left half
                continue
            path.chmod(private.FILE)
            sync_file(path)
        sync_folder(part)
        sizes = [(part / name).stat().st_size for name in names]
        self._put(export_id, part, names)
        return sizes

    def _put(self, export_id: UUID, part: Path, names: Collection[str]) -> None:
        part.rename(self._place(export_id))
        sync_folder(self._folder)

    def open(self, export_id: UUID, name: str) -> Iterator[bytes]:
        """The content of a file, piece by piece; FileNotFoundError, at once, where it is not there. What is removed
        meanwhile is read to its end: it was on offer when it was asked for."""
        return _pieces((self._place(export_id) / name).open("rb"))

    def held(self) -> set[UUID]:
        """Ids of the exports that are whole."""
        return {one for one, whole in self._lying() if whole}

    def lying(self) -> set[UUID]:
        """Ids of the exports of which something lies here, whole or in the making."""
        return {one for one, _ in self._lying()}

    def remove(self, export_id: UUID) -> None:
        """What there is of an export, whole or in the making."""
        self._take_down(export_id)
        shutil.rmtree(self._part(export_id), ignore_errors=True)

    def _take_down(self, export_id: UUID) -> None:
        shutil.rmtree(self._place(export_id), ignore_errors=True)

    def _lying(self) -> Iterator[tuple[UUID, bool]]:
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            try:
                yield UUID(path.name.removesuffix(PART)), not path.name.endswith(PART)
            except ValueError:
                continue  # not ours

    def _place(self, export_id: UUID) -> Path:
        return self._folder / str(export_id)

    def _part(self, export_id: UUID) -> Path:
        return self._folder / f"{export_id}{PART}"


class DatabaseShelf(FolderShelf):
    """What is whole lies in pieces of 1 MiB in the table ``exports.piece``, made when it is first needed."""

    def __init__(self, folder: Path, database: Database) -> None:
        super().__init__(folder)
        self._database = database

    def _put(self, export_id: UUID, part: Path, names: Collection[str]) -> None:
        with self._database.writing_engine.begin() as connection:
            # Of two that are first at one moment, the second waits here and then finds it made.
            connection.execute(text("SELECT pg_advisory_xact_lock(7201122)"))
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            _PIECES.metadata.create_all(connection)
        with self._database.writing_engine.begin() as connection:
            for name in names:
                for number, content in enumerate(_at_least_one(part / name)):
                    row = {"export_id": export_id, "name": name, "number": number, "content": content}
                    connection.execute(_PIECES.insert(), row)
        shutil.rmtree(part)

    def open(self, export_id: UUID, name: str) -> Iterator[bytes]:
        first = self._piece(export_id, name, 0)
        if first is None:
            raise FileNotFoundError(name)
        return self._from(first, export_id, name)

    def _from(self, first: bytes, export_id: UUID, name: str) -> Iterator[bytes]:
        piece: bytes | None = first
        number = 0
        while piece:
            yield piece
            number += 1
            piece = self._piece(export_id, name, number)

    def _piece(self, export_id: UUID, name: str, number: int) -> bytes | None:
        columns = _PIECES.c
        this = (columns.export_id == export_id) & (columns.name == name) & (columns.number == number)
        with self._database.reading_engine.connect() as connection:
            return connection.scalar(select(columns.content).where(this)) if _stands(connection) else None

    def _take_down(self, export_id: UUID) -> None:
        with self._database.writing_engine.begin() as connection:
            if _stands(connection):
                connection.execute(_PIECES.delete().where(_PIECES.c.export_id == export_id))

    def _lying(self) -> Iterator[tuple[UUID, bool]]:
        yield from ((one, False) for one, _ in super()._lying())
        with self._database.reading_engine.connect() as connection:
            found = select(_PIECES.c.export_id).distinct()
            ids = connection.scalars(found).all() if _stands(connection) else ()
        yield from ((one, True) for one in ids)


Shelf = FolderShelf


def shelf_of(settings: Settings, database: Database) -> Shelf:
    if database.is_sqlite:
        return FolderShelf(settings.exports)
    return DatabaseShelf(settings.exports, database)


def _stands(connection: Connection) -> bool:
    return connection.scalar(text("SELECT to_regclass(:name)"), {"name": f"{SCHEMA}.{_PIECES.name}"}) is not None


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _at_least_one(path: Path) -> Iterator[bytes]:
    """The pieces of a file; of an empty one, nothing, once: so it is known to be there."""
    yield from _pieces(path.open("rb"))
    if path.stat().st_size == 0:
        yield b""


def _drop(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
