"""All files of an export as one, written while it is read: nothing of it lies in memory or on a disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from zipfile import ZIP_STORED, ZipFile, ZipInfo


class _Sink:
    """Takes what a zip file is written to, until it is taken away; it can neither seek nor tell, as a line."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def taken(self) -> bytes:
        held, self._held = b"".join(self._held), []
        return held


def zipped(files: Mapping[str, Iterator[bytes]], made_at: datetime) -> Iterator[bytes]:
    """The files under their names, stored as they are: whoever unpacks them compares the hashes of the page.

    ``made_at``: of the export, as the city's clock showed it.
    """
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_STORED) as archive:
        for name, pieces in files.items():
            about = ZipInfo(name, made_at.timetuple()[:6])
            about.external_attr = 0o600 << 16
            with archive.open(about, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield sink.taken()
    yield sink.taken()
