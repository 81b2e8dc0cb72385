"""Background work. The table ``job`` is the truth; the queue (huey) only wakes a worker with the id of a job.

A job is leased: whoever claims it holds it for ``LEASE`` and renews with every step it reports. When a worker dies
(kill -9 in mid-batch) the lease runs out, a periodic sweep puts the job back, and another worker does it again;
so handlers are idempotent. ``attempt`` is the fence: a worker whose lease was taken over can write nothing more.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from huey import PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy import ColumnElement, event, or_, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from survey_service import private
from survey_service.audit.chain import Actor
from survey_service.database import Database
from survey_service.errors import DomainError
from survey_service.models import Job, JobState
from survey_service.services import Services

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
LONGEST_LEASE = 2 * LEASE  # none is set farther ahead, whatever two machines' clocks differ by
MAXIMUM_ATTEMPTS = 3
QUEUE_FILE = "queue.db"
LISTEN_SECONDS = 1.0  # how long a worker listens to PostgreSQL at a time, and a stop waits for it at most
_PENDING = "jobs_to_wake"


class LeaseLost(Exception):
    """Another worker has taken the job over; this one stops and leaves no trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A job as its handler sees it."""

    survey_id: UUID
    id: UUID
    kind: str
    arguments: Mapping[str, Any]
    by_account_id: UUID | None
    attempt: int


Watch = Callable[[int, int], None]


class Progress:
    """How far a job has come; every report renews its lease. Raises LeaseLost when the job is no longer ours."""

    def __init__(self, services: Services, claimed: Claimed, watch: Watch | None = None) -> None:
        self._services = services
        self._claimed = claimed
        self._watch = watch

    def report(self, done: int, total: int) -> None:
        if self._watch is not None:
            self._watch(done, total)
        now = self._services.clock()
        with self._services.database.writing.begin() as session:
            _update_held(session, self._claimed, {"done": done, "total": total, "lease_until": now + LEASE})


Handler = Callable[[Services, Claimed, Progress], None]
_HANDLERS: dict[str, Handler] = {}
Round = Callable[[Services], None]
_ROUNDS: list[tuple[int, Round]] = []


def regularly(*, minutes: int) -> Callable[[Round], Round]:
    """Register work that a serving process does again and again; it must bear being done by two processes at once."""

    def register(work_done: Round) -> Round:
        _ROUNDS.append((minutes, work_done))
        return work_done

    return register


def go_round(services: Services, minute: int) -> None:
    """Do the regular work that is due in this minute."""
    for minutes, regular in _ROUNDS:
        if minute % minutes == 0:
            do_round(regular, services)


def do_round(regular: Round, services: Services) -> None:
    """One piece of it; its fault is noted, and keeps neither the others nor the service from their work."""
    try:
        regular(services)
    except Exception as failed:  # without its message, which may hold what was read
        log.error("regular_work_failed", work=regular.__name__, kind=type(failed).__name__)


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of one kind of job; it must be idempotent, for it may run again after a crash."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[kind] = handler
        return handler

    return register


def imported_when_run(module: str, function: str) -> Handler:
    """A handler whose module is imported by the worker that runs it: the server starts without the statistics."""

    def handler(services: Services, claimed: Claimed, progress: Progress) -> None:
        getattr(import_module(module), function)(services, claimed, progress)

    return handler


def enqueue(
    session: Session, *, survey_id: UUID, kind: str, arguments: Mapping[str, Any], by: Actor, at: datetime
) -> Job:
    """Write a job into the caller's transaction; a worker is woken once that commits. ``arguments`` holds ids only."""
    if kind not in _HANDLERS:
        raise ValueError(f"no handler for jobs of kind {kind!r}")
    job = Job(survey_id=survey_id, kind=kind, arguments=dict(arguments), by_account_id=by.account_id, created_at=at)
    session.add(job)
    session.flush()
    session.info.setdefault(_PENDING, []).append((survey_id, job.id))
    return job


def latest(session: Session, *, survey_id: UUID, kind: str, arguments: Mapping[str, Any] | None = None) -> Job | None:
    """The newest job of a kind, of those with exactly these arguments where they are given."""
    jobs = session.scalars(
        select(Job).where(Job.survey_id == survey_id, Job.kind == kind).order_by(Job.created_at.desc(), Job.id.desc())
    )
    return next((job for job in jobs if arguments is None or job.arguments == dict(arguments)), None)


# ------------------------------------------------------------------ doing the work


def work(services: Services, survey_id: UUID, job_id: UUID, watch: Watch | None = None) -> JobState | None:
    """Claim one job and do it; None when somebody else holds it or it is done. What the queue's task calls.

    ``watch`` hears every (done, total) beside the table, for a command that does a job before the eyes of a person.
    """
    claimed = _claim(services, survey_id, job_id)
    if claimed is None:
        return None
    try:
        _HANDLERS[claimed.kind](services, claimed, Progress(services, claimed, watch))
    except LeaseLost:
        log.warning("job_lease_lost", job=str(job_id), kind=claimed.kind)
        return None
    except Exception as failed:  # the job's fault is written on the job; the worker lives on
        log.error("job_failed", job=str(job_id), kind=claimed.kind, attempt=claimed.attempt, exc_info=failed)
        return _end(services, claimed, failed)
    return _end(services, claimed, None)


def sweep(services: Services) -> list[tuple[UUID, UUID]]:
    """Put jobs with an expired lease back in line; returns every job that waits, so that a worker can be woken."""
    now = services.clock()
    with services.database.writing.begin() as session:
        session.execute(
            update(Job)
            .where(Job.state == JobState.RUNNING, _run_out(now))
            .values(state=JobState.WAITING, lease_until=None)
        )
        waiting = session.execute(
            select(Job.survey_id, Job.id)
            .where(Job.state == JobState.WAITING, or_(Job.lease_until.is_(None), _run_out(now)))
            .order_by(Job.created_at, Job.id)
        )
        return [(row.survey_id, row.id) for row in waiting]


def _run_out(now: datetime) -> ColumnElement[bool]:
    """Of a lease, or the wait before another attempt: it is over, or was set before the clock was put back."""
    return or_(Job.lease_until <= now, Job.lease_until > now + LONGEST_LEASE)


def _claim(services: Services, survey_id: UUID, job_id: UUID) -> Claimed | None:
    now = services.clock()
    with services.database.writing.begin() as session:
        taken = session.execute(
            update(Job)
            .where(
                Job.survey_id == survey_id,
                Job.id == job_id,
                or_(Job.state == JobState.WAITING, (Job.state == JobState.RUNNING) & _run_out(now)),
            )
            .values(state=JobState.RUNNING, attempt=Job.attempt + 1, lease_until=now + LEASE, error=None)
            .returning(Job.kind, Job.arguments, Job.by_account_id, Job.attempt)
        ).one_or_none()
    if taken is None:
        return None
    return Claimed(
        survey_id=survey_id,
        id=job_id,
        kind=taken.kind,
        arguments=taken.arguments,
        by_account_id=taken.by_account_id,
        attempt=taken.attempt,
    )


def _end(services: Services, claimed: Claimed, failed: Exception | None) -> JobState | None:
    now = services.clock()
    values: dict[str, Any] = {"lease_until": None, "ended_at": now}
    if failed is None:
        state = JobState.DONE
    else:
        # A domain error is a fact that does not change by trying again; its words are safe to show.
        final = isinstance(failed, DomainError) or claimed.attempt >= MAXIMUM_ATTEMPTS
        state = JobState.FAILED if final else JobState.WAITING
        values["error"] = failed.zh if isinstance(failed, DomainError) else type(failed).__name__
        if not final:
            values |= {"lease_until": now + claimed.attempt * timedelta(seconds=20), "ended_at": None}
    try:
        with services.database.writing.begin() as session:
            _update_held(session, claimed, {"state": state, **values})
    except LeaseLost:
        return None
    return state


def _update_held(session: Session, claimed: Claimed, values: Mapping[str, Any]) -> None:
    """Change the job only while this attempt still holds it."""
    held = session.execute(
        update(Job)
        .where(
            Job.survey_id == claimed.survey_id,
            Job.id == claimed.id,
            Job.state == JobState.RUNNING,
            Job.attempt == claimed.attempt,
        )
        .values(**values)
        .returning(Job.id)
    ).one_or_none()
    if held is None:
        raise LeaseLost


# ------------------------------------------------------------------ waking workers


class JsonSerializer(Serializer):  # type: ignore[misc]  # huey has no types
    """Messages as JSON: huey's own serializer is pickle, and whoever writes the queue's file could run code."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps([data.id, data.name, data.args, data.retries, data.priority]).encode()

    def _deserialize(self, data: bytes) -> Message:
        identifier, name, arguments, retries, priority = json.loads(bytes(data))
        fields: dict[str, Any] = dict.fromkeys(Message._fields)
        fields |= {"id": identifier, "name": name, "args": tuple(arguments), "kwargs": {}}
        fields |= {"retries": retries, "retry_delay": 0, "priority": priority}
        return Message(**fields)


class _Threads(Consumer):  # type: ignore[misc]  # huey has no types
    """huey's consumer inside our own process, whose signals belong to the server."""

    def _set_signal_handlers(self) -> None:
        """Left to uvicorn: a handler can only be set in the main thread, and Ctrl-C must reach the server."""


class Waking(NamedTuple):
    """The queue of one database in this process, and its task."""

    queue: Any
    run: Callable[[str, str], object]


_WAKING: dict[str, Waking] = {}
_WAKING_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Workers:
    """The running consumer threads; ``stop`` lets the current job end."""

    consumer: _Threads
    address: str

    def stop(self) -> None:
        with _WAKING_LOCK:
            _WAKING.pop(self.address, None)
        self.consumer.stop(graceful=True)
        self.consumer.huey.storage.close()


def start(services: Services, *, threads: int = 1) -> Workers:
    """Start worker threads in this process; jobs that waited or were left by a dead worker are taken up at once."""
    queue = _queue(services.database, services.settings.data_dir)

    @queue.task(name="run")  # type: ignore[untyped-decorator]  # huey has no types
    def run(survey_id: str, job_id: str) -> None:
        work(services, UUID(survey_id), UUID(job_id))

    @queue.periodic_task(crontab(minute="*"), name="sweep")  # type: ignore[untyped-decorator]  # huey has no types
    def sweep_regularly() -> None:
        for survey_id, job_id in sweep(services):
            run(str(survey_id), str(job_id))
        go_round(services, int(services.clock().timestamp()) // 60)

    @queue.on_shutdown(name="close")  # type: ignore[untyped-decorator]  # huey has no types
    def close() -> None:
        queue.storage.close()  # in the worker's own thread: its listening connection is known nowhere else

    address = _address(services.database)
    with _WAKING_LOCK:
        _WAKING[address] = Waking(queue, run)
    consumer = _Threads(queue, workers=threads, periodic=True, max_delay=0.5, shutdown_timeout=30)
    consumer.start()
    for survey_id, job_id in sweep(services):
        run(str(survey_id), str(job_id))
    return Workers(consumer, address)


def _queue(database: Database, data_dir: Path) -> Any:
    shared = {"name": "survey", "results": False, "serializer": JsonSerializer()}
    if database.is_sqlite:
        # A file of its own: the queue's traffic must not take the lock that answers wait for.
        return _sqlite_queue(private.folder(data_dir) / QUEUE_FILE, shared)
    assert database.lifelines is not None
    plain = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    connect = partial(database.lifelines.connect, plain)
    return PostgresHuey(connection=connect, read_timeout=LISTEN_SECONDS, **shared)


def _sqlite_queue(path: Path, shared: Mapping[str, Any]) -> Any:
    """The queue in its file; one that is damaged is put aside and made anew: what waits stands in the table."""
    private.begin_file(path)
    try:
        queue = SqliteHuey(filename=str(path), **shared)
        queue.storage.queue_size()
    except sqlite3.DatabaseError as damaged:
        if isinstance(damaged, sqlite3.OperationalError):
            raise  # a lock, a full disk, a folder that may not be written to
        aside = path.with_name(f"{path.name}.damaged")
        path.replace(aside)
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        log.warning("queue_made_anew", kind=type(damaged).__name__, aside=aside.name)
        queue = SqliteHuey(filename=str(private.begin_file(path)), **shared)
    return queue


def _address(database: Database) -> str:
    return database.writing_engine.url.render_as_string(hide_password=False)


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    if session.in_nested_transaction():
        return
    pending: list[tuple[UUID, UUID]] = session.info.pop(_PENDING, [])
    if not pending:
        return
    waking = _WAKING.get(session.get_bind().engine.url.render_as_string(hide_password=False))
    if waking is None:
        return  # no worker in this process; the sweep of the one that serves finds the job within a minute
    for survey_id, job_id in pending:
        for attempt in (1, 2):  # a connection that the server has ended is noticed by using it, and made anew
            try:
                waking.run(str(survey_id), str(job_id))
            except Exception as failed:  # the job is safely in its table; the sweep wakes it later
                if attempt == 2:
                    log.warning("job_not_woken", job=str(job_id), kind=type(failed).__name__)
            else:
                break


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: Any) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)
