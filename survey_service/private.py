"""What the service writes is its owner's alone: files 0600, folders 0700, whatever the umask of whoever started it.

A data folder holds answers, keys and telephone numbers; on a machine that several people use, the usual 0644 hands them
to everybody. Nothing here asks whether a mode was meant: what is looser is closed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

FILE = 0o600
FOLDER = 0o700
OTHERS = 0o077
UMASK = 0o077


def only_ours() -> int:
    """From now on nothing this process makes is for others, also what libraries and child processes make; returns the
    umask that was."""
    return os.umask(UMASK)


def folder(path: Path) -> Path:
    """``path``, made with all that is missing above it; folders that stand are left as they are."""
    missing = []
    for one in (path, *path.parents):
        if one.exists():
            break
        missing.append(one)
    for one in reversed(missing):
        one.mkdir(mode=FOLDER, exist_ok=True)
    if not path.is_dir():
        path.mkdir()  # a file in its place: its own error says so
    return path


def begin_file(path: Path) -> Path:
    """An empty file of the owner's where there is none, for a library that would make it as the umask says."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE))
    return path


def is_loose(path: Path) -> bool:
    """Whether others than its owner may do anything with it; what is not there, and links, are not."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return not stat.S_ISLNK(found.st_mode) and bool(stat.S_IMODE(found.st_mode) & OTHERS)


def close(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Take from others what is theirs to do with these; returns what was closed, and what somebody else owns."""
    closed, left = [], []
    for path in paths:
        if not is_loose(path):
            continue
        try:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
            closed.append(path)
        except OSError:
            left.append(path)
    return closed, left
