"""A worker that lives is never called dead, whatever disk its file lies on and whoever clears away beside it."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import IO

import pytest

from survey_service.processes import presence


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'survey.db'}"


def test_who_holds_its_file_lives_until_it_lets_go(address: str, tmp_path: Path) -> None:
    folder = tmp_path / "survey.db.workers"
    with presence.held(address, "w"):
        (folder / "killed").touch()
        presence.clear_away(address)
        assert [path.name for path in folder.iterdir()] == ["w"]
        assert presence.dead(address, ["w", "killed"]) == ["killed"]
    assert presence.dead(address, ["w"]) == ["w"]
    assert list(folder.iterdir()) == []


def test_a_file_that_is_cleared_away_before_it_is_locked_is_made_anew(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, times = fcntl.flock, 0

    def cleared_before(file: IO[str], operation: int) -> None:
        nonlocal times
        times += 1
        if times == 1:
            Path(file.name).unlink()
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", cleared_before)
    with presence.held(address, "w"):
        assert presence.dead(address, ["w"]) == []


def test_who_clears_away_holds_what_it_removes(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a worker that made its file a moment ago and waits for the lock sees that the file is gone."""
    path = tmp_path / "survey.db.workers" / "w"
    path.parent.mkdir()
    path.touch()
    remove, locked = Path.unlink, []

    def unlink(one: Path, *, missing_ok: bool = False) -> None:
        with one.open("r+") as another:
            try:
                fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                locked.append(one)
        remove(one, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    presence.clear_away(address)
    assert locked == [path]
    assert not path.exists()


@pytest.mark.parametrize("knows_locks", [True, False])
def test_on_a_network_disk_nobody_who_lives_is_called_dead(
    address: str, monkeypatch: pytest.MonkeyPatch, knows_locks: bool
) -> None:
    lock = fcntl.flock

    def flock(file: IO[str], operation: int) -> None:
        if not knows_locks:
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
        if operation & fcntl.LOCK_EX and not file.writable():
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    with presence.held(address, "w"):
        presence.clear_away(address)
        assert presence.dead(address, ["w"]) == []
