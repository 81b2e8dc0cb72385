"""The running copy of all tombstones outside the database: what a restore needs so that no erased answer comes back.

One JSON object a line, appended and made durable right after the commit that erased; what could not be written then
(the disk was full, the process was killed) is made up for at the next start and by the regular round.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session

from survey_service import jobs, private
from survey_service.captures.erasure import LAID, Erasure, tombstones
from survey_service.database import Database
from survey_service.services import Services

log = structlog.get_logger()
_FILES: dict[str, tuple[Database, Path, Path]] = {}
_FORGETTING: dict[str, Callable[[], object]] = {}  # what else holds something of answers, to be removed with them
_writing = threading.Lock()


def read(path: Path) -> list[Erasure]:
    """Every tombstone of a file; a last line that was cut short by a crash is passed over."""
    if not path.is_file():
        return []
    found = []
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            found.append(Erasure.from_json(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            if number < len(lines):
                raise
    return found


def add(path: Path, laid: Iterable[Erasure], *, lock: Path | None = None) -> int:
    """Append those that the file does not hold yet, durably; how many. ``lock``: held meanwhile, where other processes
    write to the file too."""
    by_id = {(one.survey_id, one.response_id): one for one in laid}
    if not by_id:
        return 0
    private.folder(path.parent)
    with nullcontext() if lock is None else _alone(lock):
        known = {(one.survey_id, one.response_id) for one in read(path)}
        fresh = [one for key, one in by_id.items() if key not in known]
        if fresh:
            _append(path, fresh)
    return len(fresh)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """The server appends after an erasure and a worker in its round: neither may take the other's line, half written,
    for one that a crash cut short. A file of its own, opened for writing: on a network disk a lock needs that, and may
    keep out whoever reads what it locks by another handle."""
    private.folder(lock.parent)
    with private.begin_file(lock).open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as failed:  # a disk that knows no locks: a line that comes twice is better than none
            log.warning("tombstones_without_lock", kind=type(failed).__name__)
        yield


def _append(path: Path, fresh: Iterable[Erasure]) -> None:
    with private.begin_file(path).open("a+", encoding="utf-8") as file:
        _end_the_last_line(file.fileno(), path)
        file.writelines(json.dumps(one.to_json()) + "\n" for one in fresh)
        file.flush()
        os.fsync(file.fileno())


def _end_the_last_line(handle: int, path: Path) -> None:
    """Cut off what a crash left of a line: its tombstone is written anew."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(handle, whole)


def keep(database: Database, path: Path, lock: Path) -> int:
    """Bring the file up to the table; how many were added."""
    with _writing, database.reading.begin() as session:
        return add(path, tombstones(session), lock=lock)


def start(services: Services, forget: Callable[[], object]) -> None:
    """From now on every erasure of this process is written to the file right after its commit, and ``forget`` is
    called: it removes what was made of the answers and lies elsewhere."""
    path, lock = services.settings.tombstones, services.settings.tombstones_lock
    _FORGETTING[_address(services.database)] = forget
    _FILES[_address(services.database)] = (services.database, path, lock)
    try:
        # It stands from the first start on: where it is missing, it is lost, and not merely empty.
        private.folder(path.parent)
        private.begin_file(path)
        keep(services.database, path, lock)
    except OSError as failed:  # a disk that is not mounted: told, and made up for by the regular round
        log.error("tombstone_not_kept", kind=type(failed).__name__)


def stop(services: Services) -> None:
    _FILES.pop(_address(services.database), None)
    _FORGETTING.pop(_address(services.database), None)


@jobs.regularly(minutes=1)
def make_up_for(services: Services) -> None:
    keep(services.database, services.settings.tombstones, services.settings.tombstones_lock)


def _address(database: Database) -> str:
    return database.writing_engine.url.render_as_string(hide_password=False)


@event.listens_for(Session, "after_commit")
def _remember(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.pop(LAID, False):
        return
    address = session.get_bind().engine.url.render_as_string(hide_password=False)
    kept = _FILES.get(address)
    if kept is None:
        return  # no service in this process; the one that runs makes up for it within a minute
    try:
        _FORGETTING[address]()
        keep(*kept)
    except Exception as failed:  # the answers are erased; the regular round writes the line
        log.error("tombstone_not_kept", kind=type(failed).__name__)
