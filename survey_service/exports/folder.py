"""The folder of made exports, without what writes them: one folder an export, its owner's alone, in no backup.

An export that is being made lies in ``<id>.part``, which survives a killed worker, for the next one to go on. What is
whole is renamed to ``<id>`` in one step: no file is ever on offer that is not.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from survey_service import private
from survey_service.files import sync_file, sync_folder

PART = ".part"
AT_ONCE = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that is on offer, or was."""

    name: str
    bytes: int
    sha256: str


def place_of(folder: Path, export_id: UUID) -> Path:
    """Where the files of a whole export lie."""
    return folder / str(export_id)


def begin(folder: Path, export_id: UUID) -> Path:
    """The folder in which an export is made; what an attempt before left of it is there still."""
    return private.folder(folder / f"{export_id}{PART}")


def publish(folder: Path, export_id: UUID, names: Collection[str]) -> list[int]:
    """Make durable what was made under these names, drop whatever lies beside it, and rename the folder; the bytes of
    each file, in the order of ``names``."""
    part, place = folder / f"{export_id}{PART}", place_of(folder, export_id)
    for path in part.iterdir():
        if path.name not in names:
            _drop(path)  # what a killed attempt left half
            continue
        path.chmod(private.FILE)
        sync_file(path)
    sync_folder(part)
    part.rename(place)
    sync_folder(folder)
    return [(place / name).stat().st_size for name in names]


def _drop(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def remove(folder: Path, export_id: UUID) -> None:
    """What there is of an export, whole or in the making."""
    for path in (place_of(folder, export_id), folder / f"{export_id}{PART}"):
        shutil.rmtree(path, ignore_errors=True)


def remove_unnoted(folder: Path, export_id: UUID) -> None:
    """Files that were published by a worker that died before it could say so: nobody knows their hashes."""
    shutil.rmtree(place_of(folder, export_id), ignore_errors=True)


def lying(folder: Path) -> Iterator[UUID]:
    """Ids of the exports of which something lies here."""
    found = {path.name.removesuffix(PART) for path in folder.iterdir()} if folder.is_dir() else set()
    for name in sorted(found):
        try:
            yield UUID(name)
        except ValueError:
            continue  # not ours


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """The content of an opened file, which is closed at its end. What is removed meanwhile is read to its end: it was
    on offer when it was asked for."""
    with file:
        while block := file.read(AT_ONCE):
            yield block
