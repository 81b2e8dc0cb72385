"""Files that appear whole or not at all: written beside their place, made durable, then renamed.

A killed export leaves at most a file whose name begins with a point and ends in ``.part``; the next one into the same
folder removes it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from survey_service import private
from survey_service.files import sync_file, sync_folder

_PART = ".part"
_PIECE = 1 << 20


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place to write to; what stands there in the end becomes ``path``. Nothing remains where writing fails."""
    part = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
    private.begin_file(part)
    try:
        yield part
        part.chmod(private.FILE)  # a library may have made it anew
        sync_file(part)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove what killed exports left; those of processes that still run stay."""
    for part in folder.glob(f".*{_PART}"):
        number = part.name.removesuffix(_PART).rpartition(".")[2]
        if number.isdigit() and not _runs(int(number)):
            part.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    if process == os.getpid():
        return True
    with suppress(ProcessLookupError):
        try:
            os.kill(process, 0)
        except PermissionError:
            return True
        return True
    return False


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
