"""Which workers live, on the machine of a SQLite database: each holds the lock of a file for as long as it lives.

The system lets go of a lock when its process ends, however it ended. (The number of a process may be another's by now,
and is another's in each container.) Whose file is missing or not locked is dead. With PostgreSQL workers may be
anywhere, and the lease decides.
"""

from __future__ import annotations

import fcntl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

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
    path = private.begin_file(private.folder(folder) / worker)
    with path.open("r") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # who looks at it holds it for no longer than the look
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


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
        if not _is_held(path):
            path.unlink(missing_ok=True)


def _is_held(path: Path) -> bool:
    try:
        with path.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # held; or locks cannot be asked for, and then nobody is called dead: the lease decides
    return False
