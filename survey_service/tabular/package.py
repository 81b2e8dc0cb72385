"""The ZIP file that a workbook is: few parts, bounded in what they unpack to while they unpack."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from survey_service.tabular.limits import Limits
from survey_service.tabular.markup import Damaged, Handler, TooMuch, walk
from survey_service.tabular.words import Reader

_DIRECTORY = 2_000_000  # bytes of the list of parts
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # the others ask for memory by their own say
_END, _END_LENGTH, _COMMENT = b"PK\x05\x06", 22, 65_535
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError, OSError, RuntimeError)


class Package:
    """Parts by name. Raises TooMuch and Damaged."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.limits = limits
        self._left = limits.unpacked
        _refuse_long_directory(data)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _FAULTS as fault:
            raise Damaged(type(fault).__name__) from fault
        entries = self._archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > limits.unpacked or unpacked > limits.ratio * max(len(data), 100_000):
            raise TooMuch(Reader.UNPACKS_TO, size=unpacked // 1_000_000)
        if len(entries) > limits.parts:
            raise TooMuch(Reader.TOO_MANY_PARTS, most=limits.parts)
        self._names = {entry.filename.lower(): entry for entry in entries}

    def has(self, part: str) -> bool:
        return part.lower() in self._names

    def walk(self, part: str, handler: Handler) -> None:
        """The XML of a part to ``handler``."""
        with self._open(part) as stream:
            walk(stream, handler, self.limits)

    @contextmanager
    def _open(self, part: str) -> Iterator[IO[bytes]]:
        entry = self._names.get(part.lower())
        if entry is None:
            raise Damaged(f"its part {posixpath.basename(part)[:40]} is missing")
        if entry.compress_type not in _PACKED or entry.flag_bits & 1:
            raise Damaged("it is packed or locked in a way that spreadsheets do not use")
        try:
            with self._archive.open(entry) as stream:
                yield _Counted(stream, self)  # type: ignore[misc] # reads, which is all that is asked of it
        except _FAULTS as fault:
            raise Damaged(type(fault).__name__) from fault

    def unpacked(self, count: int) -> None:
        """Another ``count`` bytes were unpacked; what a part said of its size may be wrong."""
        self._left -= count
        if self._left < 0:
            raise TooMuch(Reader.UNPACKS_TO, size=self.limits.unpacked // 1_000_000)


class _Counted:
    def __init__(self, stream: IO[bytes], package: Package) -> None:
        self._stream, self._package = stream, package

    def read(self, size: int) -> bytes:
        chunk = self._stream.read(size)
        self._package.unpacked(len(chunk))
        return chunk


def _refuse_long_directory(data: bytes) -> None:
    """The list of parts is read whole: its length stands in the last lines of the file."""
    at = data.rfind(_END, max(0, len(data) - _END_LENGTH - _COMMENT))
    if at < 0 or len(data) - at < _END_LENGTH:
        raise Damaged("BadZipFile")
    if int.from_bytes(data[at + 12 : at + 16], "little") > _DIRECTORY:
        raise TooMuch(Reader.TOO_MANY_PARTS, most="")
