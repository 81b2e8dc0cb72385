"""The group writer: one thread per process through which every answer goes.

It commits many answers in one durable transaction, so that a refused one fails alone: those that nothing speaks
against are written together in one savepoint, every other one in its own. Only after the commit does anybody hear that
an answer was stored. The queue is bounded: when it is full the caller learns at once and can tell the person to try
again.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from survey_service.audit import chain as audit_chain
from survey_service.database import WritingSessions

# While answers keep coming, the next group gathers this long: a durable commit for ten costs little more than for one.
# Whoever comes alone does not wait.
GATHER_SECONDS = 0.02
COUNTED_AFTER = 300  # answers; how many rows there are matters to the database's plans, see ``count_rows``
FAILING_SECONDS = 60.0  # phones come back within 3 to 12 seconds: so long a fault is remembered that nobody retries

log = structlog.get_logger()
T = TypeVar("T")


class Companions(Protocol):
    """Work that can be done together with others of its type, in fewer statements."""

    def __call__(self, session: Session) -> Any: ...

    @staticmethod
    def together(session: Session, works: Sequence[Any]) -> Sequence[Any]:
        """The outcome of each, None for each that must go alone. Where it raises, all go alone."""


class Busy(Exception):
    """More answers wait than the queue holds; the caller says so and is asked to come back."""


@dataclass(frozen=True, slots=True)
class _Task:
    work: Callable[[Session], Any]
    future: Future[Any]


class GroupWriter:
    """``submit`` a piece of work that writes; its future is resolved after the durable commit, or fails."""

    def __init__(self, writing: WritingSessions, *, queue_size: int, group_size: int) -> None:
        self._writing = writing
        self._group_size = group_size
        self._queue: queue.Queue[_Task | None] = queue.Queue(maxsize=queue_size)
        self._closing = False
        self._stored = 0
        self._crowded = False  # whether the last group was of more than one
        self._failed_at: float | None = None  # when a group could not be committed, unless one was since
        self._thread = threading.Thread(target=self._run, name="group-writer", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def failing(self) -> bool:
        """Whether the database took nothing the last time it was tried, a moment ago."""
        failed_at = self._failed_at
        return failed_at is not None and time.monotonic() - failed_at < FAILING_SECONDS

    @property
    def waiting(self) -> int:
        return self._queue.qsize()

    @property
    def full(self) -> bool:
        return self._closing or self._queue.full()

    def submit(self, work: Callable[[Session], T]) -> Future[T]:
        """Put ``work`` in line without waiting; raises Busy when the line is full or the writer has stopped."""
        if self._closing or not self.alive:
            raise Busy
        future: Future[T] = Future()
        try:
            self._queue.put_nowait(_Task(work, future))
        except queue.Full:
            raise Busy from None
        return future

    def close(self) -> None:
        """Write what waits, then stop. Whatever comes later is told that nothing was stored."""
        self._closing = True
        self._queue.put(None)
        self._thread.join()
        while not self._queue.empty():
            task = self._queue.get_nowait()
            if task is not None:
                task.future.set_exception(Busy())

    def _run(self) -> None:
        while (group := self._next_group()) is not None:
            self._write(group)

    def _next_group(self) -> list[_Task] | None:
        first = self._queue.get()
        if first is None:
            return None
        if self._crowded:
            time.sleep(GATHER_SECONDS)
        group = [first]
        while len(group) < self._group_size:
            try:
                task = self._queue.get_nowait()
            except queue.Empty:
                break
            if task is None:
                # Asked to stop: put the mark back, so that the next turn ends after this group.
                self._queue.put(None)
                break
            group.append(task)
        self._crowded = len(group) > 1
        return group

    def _write(self, group: list[_Task]) -> None:
        results: list[tuple[Future[Any], Any]] = []
        try:
            with self._writing.begin_group() as session:
                begun = [task for task in group if task.future.set_running_or_notify_cancel()]
                for task in _together(session, begun, results):
                    place = audit_chain.mark(session)
                    try:
                        with session.begin_nested():
                            outcome = task.work(session)
                    except Exception as refused:  # one answer's fault is told to that answer alone
                        if _is_over(session, refused):
                            raise
                        audit_chain.return_to(session, place)
                        task.future.set_exception(refused)
                    else:
                        results.append((task.future, outcome))
        except Exception as failed:  # the commit failed: nobody may hear that anything was stored
            log.error("group_commit_failed", answers=len(group), error=type(failed).__name__)
            self._failed_at = time.monotonic()
            for task in group:
                if not task.future.done():
                    task.future.set_exception(failed)
            return
        if results:
            self._failed_at = None
        for future, outcome in results:
            future.set_result(outcome)
        before, self._stored = self._stored, self._stored + len(results)
        if before < COUNTED_AFTER <= self._stored:
            self._count_rows()

    def _count_rows(self) -> None:
        try:
            self._writing.count_rows()
        except Exception as failed:  # it makes nothing wrong, only slow
            log.warning("rows_not_counted", error=type(failed).__name__)


def _is_over(session: Session, failed: Exception) -> bool:
    """Whether a fault has ended the whole transaction, and not one answer alone.

    SQLite does so by itself where the disk is full or cannot be read: what stood before in the group is gone then, and
    what came after would be committed statement by statement, without its audit row.
    """
    if isinstance(failed, DBAPIError) and not isinstance(failed, IntegrityError | DataError):
        return True
    driver = session.connection().connection.driver_connection
    return isinstance(driver, sqlite3.Connection) and not driver.in_transaction


def _together(session: Session, tasks: Sequence[_Task], results: list[tuple[Future[Any], Any]]) -> list[_Task]:
    """Do together what can be; the tasks that are left, each to be done alone."""
    kinds: dict[type[Any], list[_Task]] = {}
    for task in tasks:
        kinds.setdefault(type(task.work), []).append(task)
    left: list[_Task] = []
    for kind, companions in kinds.items():
        together = getattr(kind, "together", None)
        if together is None or len(companions) == 1:
            left += companions
            continue
        place = audit_chain.mark(session)
        try:
            with session.begin_nested():
                outcomes = together(session, [task.work for task in companions])
        except Exception as failed:  # whose fault it is shows when each goes alone
            if _is_over(session, failed):
                raise
            audit_chain.return_to(session, place)
            log.warning("group_goes_alone", answers=len(companions), kind=type(failed).__name__)
            left += companions
            continue
        for task, outcome in zip(companions, outcomes, strict=True):
            if outcome is None:
                left.append(task)
            else:
                results.append((task.future, outcome))
    return left
