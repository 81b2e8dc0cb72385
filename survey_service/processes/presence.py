"""Which workers live, on the machine of a SQLite database: each holds the lock of a file for as long as it lives.

The system lets go of a lock when its process ends, however it ended. (The number of a process may be another's by now,
and is another's in each container.) Whose file is missing or not locked is dead. With PostgreSQL workers may be
anywhere, and on a disk without locks nobody knows: there the lease decides.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from survey_service import private
from survey_service.installation import sqlite_path


def folder_of(database_url: str) -> Path | None:
    """Where the files of the workers of a SQLite database lie; None for every other."""
    path = sqlite_path(database_url)
    return None if path is None else path.with_name(f"{path.name}.workers")


@contextmanager
def held(database_url: str, worker: str) -> Iterator[None]:
    """While this lasts, and at the latest until the process ends, ``worker`` is known to live."""
    folder = folder_of(database_url)
    if folder is None:
        yield
        return
    path = folder / worker
    with _locked(path):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _locked(path: Path) -> IO[str]:
    """The file at ``path``, locked; made anew where somebody cleared it away before it was."""
    while True:
        private.folder(path.parent)
        try:
            file = private.begin_file(path).open("r+")  # for writing: NFS gives no such lock else
        except FileNotFoundError:
            continue
        with suppress(OSError):  # no locks here: who looks cannot ask for one either
            fcntl.flock(file, fcntl.LOCK_EX)  # who looks at it holds it for no longer than the look
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()


def dead(database_url: str, workers: Collection[str]) -> list[str]:
    """Those of ``workers`` that surely live no more."""
    folder = folder_of(database_url)
    return [] if folder is None else [one for one in workers if not _is_held(folder / one)]


def clear_away(database_url: str) -> None:
    """The files of workers that were killed."""
    folder = folder_of(database_url)
    if folder is None or not folder.is_dir():
        return
    for path in folder.iterdir():
        with suppress(OSError), path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()  # while it is locked: a worker that has just made it waits, and sees that it is gone


def _is_held(path: Path) -> bool:
    try:
        with path.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # held; or locks cannot be asked for, and then nobody is called dead: the lease decides
    return False
