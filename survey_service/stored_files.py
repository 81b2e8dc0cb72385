"""Where the files of an installation lie: in the folder with SQLite, in the database with PostgreSQL.

Several machines may serve one PostgreSQL, each with a data folder of its own: a PDF that one of them made has to be
handed out by the others. The name of a file is its SHA-256 in either place.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from survey_service.database import Database
from survey_service.files import BlobDamaged, BlobMissing, FileStore
from survey_service.models import BlobPiece
from survey_service.settings import Settings

log = structlog.get_logger()

# The names of all files that a PostgreSQL holds with every piece, the bytes as they were put; judged by the server.
HELD_WHOLE = """
    SELECT sha256 FROM blob_piece GROUP BY sha256
    HAVING count(*) = max(pieces) AND encode(sha256(string_agg(content, ''::bytea ORDER BY number)), 'hex') = sha256
"""
PIECE = 1 << 20  # bytes of a row: what a server and a driver move without pains


class Files(Protocol):
    def put(self, content: bytes) -> str: ...

    def get(self, sha256: str) -> bytes: ...


def files_of(settings: Settings, database: Database) -> Files:
    folder = FileStore(settings.files_dir)
    return folder if database.is_sqlite else SharedFiles(database, folder)


class SharedFiles:
    """Files in pieces of 1 MiB in the table ``blob_piece``."""

    def __init__(self, database: Database, folder: FileStore) -> None:
        self._database = database
        self._folder = folder  # of this machine: what an earlier version put there, until it is taken over

    def put(self, content: bytes) -> str:
        """Store ``content`` durably and return its SHA-256; of two machines that put the same, one does."""
        sha256 = hashlib.sha256(content).hexdigest()
        pieces = [content[start : start + PIECE] for start in range(0, len(content), PIECE)] or [b""]
        with self._database.writing.begin() as session:
            for number, piece in enumerate(pieces):
                row = {"sha256": sha256, "number": number, "pieces": len(pieces), "content": piece}
                session.execute(insert(BlobPiece).values(row).on_conflict_do_nothing())
        return sha256

    def get(self, sha256: str) -> bytes:
        """The content of that name; raises BlobMissing, or BlobDamaged where the bytes do not match it."""
        found = select(BlobPiece.content, BlobPiece.pieces).where(BlobPiece.sha256 == sha256).order_by(BlobPiece.number)
        with self._database.reading.begin() as session:
            rows = session.execute(found).all()
        if not rows:
            return self._folder.get(sha256)
        content = b"".join(row.content for row in rows)
        if len(rows) != rows[0].pieces or hashlib.sha256(content).hexdigest() != sha256:
            raise BlobDamaged(sha256)
        return content


def take_over(settings: Settings, database: Database) -> int:
    """Bring this machine's files into the database, where an earlier version kept them in its folder; how many.

    What is damaged stays where it is, to be found by whoever asks for it. Nothing is removed from the folder.
    """
    if database.is_sqlite or not settings.files_dir.is_dir():
        return 0
    folder, shared = FileStore(settings.files_dir), SharedFiles(database, FileStore(settings.files_dir))
    with database.reading.begin() as session:
        there, taken = set(session.scalars(select(BlobPiece.sha256).where(BlobPiece.number == 0))), 0
    for path in sorted(settings.files_dir.glob("[0-9a-f][0-9a-f]/*")):
        if path.name.startswith(".") or path.name in there:
            continue
        try:
            shared.put(folder.get(path.name))
            taken += 1
        except (BlobDamaged, BlobMissing, ValueError):
            log.error("file_not_taken_over", name=path.name[:12])
    if taken:
        log.info("files_taken_over", count=taken)
    return taken
