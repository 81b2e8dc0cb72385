"""What SQLite writes and what it has synced, recorded at its own door to the system; and the disk after a power cut.

SQLite reaches files through a table of functions (its VFS). Here the default one is put behind a copy in which three
functions note what they are asked and pass it on: write, truncate and sync. From these notes the files are made anew
as a disk may hold them when the power goes: what was synced is there; of what was written since, each piece may be
there, be missing, or be there in part, sector by sector, in any order.
"""

from __future__ import annotations

import ctypes
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512  # bytes that a disk writes whole or not at all
_OK = 0
# Places in sqlite3_io_methods, a table of pointers after its version.
_WRITE, _TRUNCATE, _SYNC, _METHODS = 3, 4, 5, 19

_Write = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
# The name as an address: SQLite keeps it, so the very one must be passed on.
_Open = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int)
)


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("rest", ctypes.c_void_p * 18),  # delete, access, full path, …: passed on as they are
    )


@dataclass(frozen=True, slots=True)
class Written:
    path: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    path: str


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told that this is stored."""

    name: str


Note = Written | Truncated | Synced | Told


@dataclass
class Record:
    """Everything that happened to files whose path begins with ``path``, in the order in which it happened."""

    path: str
    notes: list[Note] = field(default_factory=list)
    begun: dict[str, bytes] = field(default_factory=dict)  # what the files held, safely, before

    def after_a_power_cut(self, moment: int, chance: random.Random) -> dict[str, bytes]:
        """The files as the disk may hold them, had the power gone just before ``notes[moment]``."""
        safe = {path: bytearray(held) for path, held in self.begun.items()}
        open_since: dict[str, list[Written | Truncated]] = {}
        for note in self.notes[:moment]:
            if isinstance(note, Told):
                continue
            waiting = open_since.setdefault(note.path, [])
            if isinstance(note, Synced):
                for one in waiting:
                    _apply(safe.setdefault(note.path, bytearray()), one)
                waiting.clear()
            else:
                waiting.append(note)
        for path, waiting in open_since.items():
            held = safe.setdefault(path, bytearray())
            for one in chance.sample(waiting, len(waiting)) if chance.random() < 0.3 else waiting:
                fate = chance.random()
                if fate < 0.4:
                    _apply(held, one)
                elif fate < 0.7 and isinstance(one, Written):
                    for piece in _torn(one, chance):
                        _apply(held, piece)
        return {path: bytes(held) for path, held in safe.items()}


def _apply(held: bytearray, note: Written | Truncated) -> None:
    if isinstance(note, Truncated):
        del held[note.size :]
        return
    if len(held) < note.offset:
        held.extend(bytes(note.offset - len(held)))
    held[note.offset : note.offset + len(note.data)] = note.data


def _torn(note: Written, chance: random.Random) -> Iterator[Written]:
    """Some of its sectors. What lies beside it in a sector is not harmed: SQLite relies on that."""
    start = 0
    while start < len(note.data):
        end = min(len(note.data), start + SECTOR - (note.offset + start) % SECTOR)
        if chance.random() < 0.5:
            yield Written(note.path, note.offset + start, note.data[start:end])
        start = end


def library() -> ctypes.CDLL | None:
    """The SQLite that Python itself uses, where it is a library of its own."""
    assert sqlite3.sqlite_version
    with Path("/proc/self/maps").open(encoding="utf-8") as maps:
        paths = {line.split()[-1] for line in maps if "libsqlite3" in line}
    return ctypes.CDLL(paths.pop()) if len(paths) == 1 else None


_kept: list[Any] = []  # tables that a connection may still point to


@contextmanager
def recorded(sqlite: ctypes.CDLL, path: Path) -> Iterator[Record]:
    """Note what connections that are opened in this block do to ``path`` and the files beside it."""
    record = Record(str(path))
    for one in path.parent.glob(f"{path.name}*"):
        record.begun[str(one)] = one.read_bytes()
    sqlite.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    usual = sqlite.sqlite3_vfs_find(None)
    opened: dict[int, str] = {}
    tables: dict[int, Any] = {}
    usual_open = _Open(usual.contents.open)

    def behind(methods: int) -> Any:
        """A copy of a table of functions, three of which note first."""
        table = (ctypes.c_void_p * _METHODS).from_buffer_copy((ctypes.c_void_p * _METHODS).from_address(methods))
        write, truncate, sync = _Write(table[_WRITE]), _Truncate(table[_TRUNCATE]), _Sync(table[_SYNC])

        def noted_write(file: int, data: int, amount: int, offset: int) -> int:
            record.notes.append(Written(opened[file], offset, ctypes.string_at(data, amount)))
            return int(write(file, data, amount, offset))

        def noted_truncate(file: int, size: int) -> int:
            record.notes.append(Truncated(opened[file], size))
            return int(truncate(file, size))

        def noted_sync(file: int, flags: int) -> int:
            result = int(sync(file, flags))
            if result == _OK:
                record.notes.append(Synced(opened[file]))
            return result

        noted = _Write(noted_write), _Truncate(noted_truncate), _Sync(noted_sync)
        for place, function in zip((_WRITE, _TRUNCATE, _SYNC), noted, strict=True):
            table[place] = ctypes.cast(function, ctypes.c_void_p).value
        _kept.append((table, noted, write, truncate, sync))
        return table

    def noted_open(_: int, name: int | None, file: int, flags: int, told: Any) -> int:
        result = int(usual_open(ctypes.addressof(usual.contents), name, file, flags, told))
        methods = ctypes.c_void_p.from_address(file)
        called = ctypes.string_at(name).decode() if name else ""
        if result == _OK and called.startswith(record.path):
            opened[file] = called
            assert methods.value is not None
            if methods.value not in tables:
                tables[methods.value] = behind(methods.value)
            methods.value = ctypes.addressof(tables[methods.value])
        return result

    noting = _Vfs.from_buffer_copy(usual.contents)
    noting.name = b"noting"
    function = _Open(noted_open)
    noting.open = ctypes.cast(function, ctypes.c_void_p).value
    _kept.append((noting, function, usual_open))
    sqlite.sqlite3_vfs_register(ctypes.byref(noting), 1)
    try:
        yield record
    finally:
        sqlite.sqlite3_vfs_unregister(ctypes.byref(noting))
        sqlite.sqlite3_vfs_register(usual, 1)
