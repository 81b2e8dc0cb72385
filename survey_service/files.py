"""Files by their content: the name of a blob is its SHA-256, so that nothing is ever overwritten or silently changed.

A blob appears whole or not at all: it is written beside its place, made durable, then renamed.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from survey_service import private

_NAME = re.compile(r"[0-9a-f]{64}")


class BlobMissing(LookupError):
    """No file holds that content; it was never put here, or a backup was restored without its files."""


class BlobDamaged(Exception):
    """The bytes no longer match their name: a disk fault or a hand in the folder. Restore the file from a backup."""


class FileStore:
    """Blobs under one folder, in 256 sub-folders by the first byte of their hash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Where the blob lies. ValueError for anything but 64 hexadecimal digits: no name leads out of the folder."""
        if not _NAME.fullmatch(sha256):
            raise ValueError("a blob is named by the 64 hexadecimal digits of its SHA-256")
        return self._folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Store ``content`` durably and return its SHA-256; content that is there already is not written again."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        if target.exists():
            return sha256
        private.folder(target.parent)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The content of that name; raises BlobMissing, or BlobDamaged where the bytes do not match it."""
        try:
            content = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise BlobMissing(sha256) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BlobDamaged(sha256)
        return content


def sync_folder(folder: Path) -> None:
    """Make the new name itself durable; without this a power cut may lose a file whose content was synced."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make the content of a file durable that somebody else wrote."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
