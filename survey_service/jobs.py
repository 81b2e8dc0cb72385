"""Background work. The table ``job`` is the truth and the line: worker processes look there for what waits.

A job is leased: whoever claims it holds it for ``LEASE``, and a thread renews that while it is done, however long a
step takes. When a worker is known to be dead its job is given back at once; where nobody can know (another machine lost
its power) the lease runs out. The next worker does it again; so handlers are idempotent. ``attempt`` and ``worker`` are
the fence: a worker whose job was taken over can write nothing more.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Update, and_, or_, select, update
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.audit.chain import Actor
from survey_service.errors import DomainError
from survey_service.models import Job, JobState
from survey_service.services import Services

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
BEAT_SECONDS = LEASE.total_seconds() / 4  # between two renewals: three may fail, as where the database is away
HANGS_AFTER = 1800.0  # seconds without a report: no step takes that long, and the job is no longer held for it
LONGEST_LEASE = 2 * LEASE  # none is set farther ahead, whatever two machines' clocks differ by
MAXIMUM_ATTEMPTS = 3
MAXIMUM_DEATHS = 5  # a job in whose midst the worker dies again and again is given up: it may be what kills it
REPORTED_AFTER = timedelta(seconds=1)  # every report is a durable commit, and takes the lock that answers wait for
DIED = "WorkerDied"


class LeaseLost(Exception):
    """Another worker has taken the job over; this one stops and leaves no trace."""


class GivesWay(Exception):
    """Somebody waits for a short job; what this worker was at goes on after it."""


class Stopped(Exception):
    """This worker is to end; what it was at is given back, for another to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A job as its handler sees it."""

    survey_id: UUID
    id: UUID
    kind: str
    arguments: Mapping[str, Any]
    by_account_id: UUID | None
    attempt: int
    worker: str | None = None


Watch = Callable[[int, int], None]


class Progress:
    """How far a job has come; a report is written once a second at most, and renews the lease too. Raises LeaseLost
    when the job is no longer ours, Stopped when this worker is to end, GivesWay where others wait for a shorter one."""

    def __init__(
        self,
        services: Services,
        claimed: Claimed,
        watch: Watch | None,
        to_end: Callable[[], bool] | None,
        *,
        gives_way: bool,
    ) -> None:
        self._services = services
        self._claimed = claimed
        self._watch = watch
        self._to_end = to_end
        self._gives_way = gives_way
        self._reported: datetime | None = None
        self._heard = time.monotonic()

    @property
    def hangs(self) -> bool:
        """Whether the handler has not been heard of for longer than any step takes."""
        return time.monotonic() - self._heard > HANGS_AFTER

    def report(self, done: int, total: int) -> None:
        self._heard = time.monotonic()
        if self._watch is not None:
            self._watch(done, total)
        if self._to_end is not None and self._to_end():
            raise Stopped
        now = self._services.clock()
        last = self._reported
        if last is not None and last <= now < last + REPORTED_AFTER and done < total:
            return
        self._reported = now
        with self._services.database.writing.begin() as session:
            _update_held(session, self._claimed, {"done": done, "total": total, "lease_until": now + LEASE})
        # Not at the first report: whoever begins does a second of work at least.
        if self._gives_way and last is not None and done < total and _short_waits(self._services):
            raise GivesWay


Handler = Callable[[Services, Claimed, Progress], None]
_HANDLERS: dict[str, Handler] = {}
_LONG: set[str] = set()
"""Kinds of jobs that take minutes, in steps: they are begun after all others, and give way between two steps."""
Round = Callable[[Services], None]
_ROUNDS: list[tuple[int, Round]] = []


def regularly(*, minutes: int) -> Callable[[Round], Round]:
    """Register work that a worker of every serving machine does again and again; two may do it at once."""

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


def handles(kind: str, *, long: bool = False) -> Callable[[Handler], Handler]:
    """Register the handler of one kind of job; it must be idempotent, for it may run again after a crash. ``long``: it
    takes minutes and goes on where it was."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[kind] = handler
        (_LONG.add if long else _LONG.discard)(kind)
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
    """Write a job into the caller's transaction; a worker finds it when that has committed. ``arguments``: ids only."""
    if kind not in _HANDLERS:
        raise ValueError(f"no handler for jobs of kind {kind!r}")
    job = Job(survey_id=survey_id, kind=kind, arguments=dict(arguments), by_account_id=by.account_id, created_at=at)
    session.add(job)
    session.flush()
    return job


def latest(session: Session, *, survey_id: UUID, kind: str, arguments: Mapping[str, Any] | None = None) -> Job | None:
    """The newest job of a kind, of those with exactly these arguments where they are given."""
    jobs = session.scalars(
        select(Job).where(Job.survey_id == survey_id, Job.kind == kind).order_by(Job.created_at.desc(), Job.id.desc())
    )
    return next((job for job in jobs if arguments is None or job.arguments == dict(arguments)), None)


# ------------------------------------------------------------------ doing the work


def do_next(
    services: Services,
    *,
    worker: str = "",
    to_end: Callable[[], bool] | None = None,
    when_it_hangs: Callable[[], None] | None = None,
) -> bool:
    """Do the job that has waited longest, long ones after the others; False where none waits, which is found out by
    reading alone."""
    for survey_id, job_id in waiting(services, limit=1):
        work(services, survey_id, job_id, worker=worker, to_end=to_end, when_it_hangs=when_it_hangs, gives_way=True)
        return True
    return False


def work(
    services: Services,
    survey_id: UUID,
    job_id: UUID,
    watch: Watch | None = None,
    *,
    worker: str = "",
    to_end: Callable[[], bool] | None = None,
    when_it_hangs: Callable[[], None] | None = None,
    gives_way: bool = False,
) -> JobState | None:
    """Claim one job and do it; None when somebody else holds it or it is done.

    ``watch`` hears every (done, total) beside the table, for a command that does a job before the eyes of a person.
    ``worker`` names the process, so that others may give its job back when it is dead; ``to_end`` tells it to stop.
    ``when_it_hangs`` is called, by another thread, when the handler has not been heard of for ``HANGS_AFTER``.
    ``gives_way``: a long job waits again where others have one that is not.
    """
    claimed = _claim(services, survey_id, job_id, worker)
    if claimed is None:
        return None
    progress = Progress(services, claimed, watch, to_end, gives_way=gives_way and claimed.kind in _LONG)
    try:
        with _renewed(services, claimed, progress, when_it_hangs):
            _HANDLERS[claimed.kind](services, claimed, progress)
    except LeaseLost:
        log.warning("job_lease_lost", job=str(job_id), kind=claimed.kind)
        return None
    except Stopped:
        give_back(services, [worker], told=True)
        return JobState.WAITING
    except GivesWay:
        return _wait_again(services, claimed)
    except Exception as failed:  # the job's fault is written on the job; the worker lives on
        log.error("job_failed", job=str(job_id), kind=claimed.kind, attempt=claimed.attempt, exc_info=failed)
        return _end(services, claimed, failed)
    return _end(services, claimed, None)


@contextmanager
def _renewed(
    services: Services, claimed: Claimed, progress: Progress, when_it_hangs: Callable[[], None] | None
) -> Iterator[None]:
    """Within it the job is ours, also through a step that takes longer than the lease."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            if not renew(services, claimed, progress, when_it_hangs):
                return

    beating = threading.Thread(target=beat, name="lease", daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()  # it may hold the lock of the database for a moment, and nothing of ours comes after the end


def renew(
    services: Services, claimed: Claimed, progress: Progress, when_it_hangs: Callable[[], None] | None = None
) -> bool:
    """Hold the job for another ``LEASE``; False where there is nothing to hold any more: it is another's, or hangs."""
    if progress.hangs:
        log.error("job_hangs", job=str(claimed.id), kind=claimed.kind, attempt=claimed.attempt)
        if when_it_hangs is not None:
            when_it_hangs()
        return False
    try:
        with services.database.writing.begin() as session:
            _update_held(session, claimed, {"lease_until": services.clock() + LEASE})
    except LeaseLost:
        return False  # the handler hears of it at its next report
    except Exception as failed:  # the database is away, say: the next beat tries again
        log.warning("lease_not_renewed", job=str(claimed.id), kind=type(failed).__name__)
    return True


def waiting(services: Services, *, limit: int | None = None) -> list[tuple[UUID, UUID]]:
    """The jobs that may be begun now, in their order; also those whose worker's lease has run out."""
    with services.database.reading.begin() as session:
        found = session.execute(
            select(Job.survey_id, Job.id)
            .where(_may_begin(services.clock()))
            .order_by(Job.kind.in_(_LONG), Job.created_at, Job.id)
            .limit(limit)
        )
        return [(row.survey_id, row.id) for row in found]


def _may_begin(now: datetime) -> ColumnElement[bool]:
    begin = or_(Job.lease_until.is_(None), _run_out(now))
    return and_(Job.state.in_((JobState.WAITING, JobState.RUNNING)), begin)


def _short_waits(services: Services) -> bool:
    with services.database.reading.begin() as session:
        may = select(Job.id).where(_may_begin(services.clock()), Job.kind.not_in(_LONG))
        return session.scalar(may.limit(1)) is not None


def _wait_again(services: Services, claimed: Claimed) -> JobState | None:
    """It was no attempt that failed."""
    back = {"state": JobState.WAITING, "lease_until": None, "worker": None, "attempt": Job.attempt - 1}
    try:
        with services.database.writing.begin() as session:
            _update_held(session, claimed, back)
    except LeaseLost:
        return None
    return JobState.WAITING


def holders(services: Services) -> set[str]:
    """The workers that are at a job now, as the table has it."""
    with services.database.reading.begin() as session:
        return set(session.scalars(select(Job.worker).where(Job.state == JobState.RUNNING, Job.worker.is_not(None))))


def give_back(services: Services, workers: Collection[str], *, dead: bool = False, told: bool = False) -> int:
    """Put the jobs of these workers back in line; how many. ``dead``: nobody will end them, and it may be their doing
    that the worker is dead. ``told``: the worker was to end, which is no attempt that failed."""
    held = update(Job).where(Job.state == JobState.RUNNING, Job.worker.in_(workers))
    values: dict[str, Any] = {"state": JobState.WAITING, "lease_until": None, "worker": None}
    if told:
        values["attempt"] = Job.attempt - 1
    with services.database.writing.begin() as session:
        if dead:
            _give_up(session, held, services.clock())
        given = session.execute(held.values(values).returning(Job.id, Job.kind)).all()
    for job_id, kind in given:
        log.warning("job_given_back", job=str(job_id), kind=kind, dead=dead)
    return len(given)


def _give_up(session: Session, held: Update, now: datetime) -> None:
    """Those of the jobs ``held`` in whose midst the worker was lost time and again."""
    failed = {"state": JobState.FAILED, "error": DIED, "ended_at": now, "lease_until": None}
    over = held.where(Job.attempt >= MAXIMUM_DEATHS).values(failed).returning(Job.id, Job.kind)
    for job_id, kind in session.execute(over):
        log.error("job_given_up", job=str(job_id), kind=kind)


def _run_out(now: datetime) -> ColumnElement[bool]:
    """Of a lease, or the wait before another attempt: it is over, or was set before the clock was put back."""
    return or_(Job.lease_until <= now, Job.lease_until > now + LONGEST_LEASE)


def _claim(services: Services, survey_id: UUID, job_id: UUID, worker: str) -> Claimed | None:
    now = services.clock()
    this = update(Job).where(Job.survey_id == survey_id, Job.id == job_id)
    left = (Job.state == JobState.RUNNING) & _run_out(now)
    with services.database.writing.begin() as session:
        _give_up(session, this.where(left), now)
        taken = session.execute(
            this.where(or_(Job.state == JobState.WAITING, left))
            .values(
                state=JobState.RUNNING,
                attempt=Job.attempt + 1,
                lease_until=now + LEASE,
                error=None,
                worker=worker or None,
            )
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
        worker=worker or None,
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
        values["error"] = _told(failed)
        if not final:
            values |= {"lease_until": now + claimed.attempt * timedelta(seconds=20), "ended_at": None}
    try:
        with services.database.writing.begin() as session:
            _update_held(session, claimed, {"state": state, **values})
    except LeaseLost:
        return None
    return state


def _told(failed: Exception) -> str:
    """A domain error in both languages; of any other only what it is called."""
    if isinstance(failed, DomainError):
        return json.dumps({"zh": failed.zh, "en": failed.en}, ensure_ascii=False)
    return type(failed).__name__


def why(job: Job) -> Text | None:
    """Why a job failed, where that is a fact of its matter. Before both languages were kept, it was the Chinese."""
    if not job.error or job.error.isascii():
        return None
    told = json.loads(job.error) if job.error.startswith("{") else {"zh": job.error}
    return Text(told["zh"], told.get("en", ""))


def _update_held(session: Session, claimed: Claimed, values: Mapping[str, Any]) -> None:
    """Change the job only while this attempt still holds it."""
    held = session.execute(
        update(Job)
        .where(
            Job.survey_id == claimed.survey_id,
            Job.id == claimed.id,
            Job.state == JobState.RUNNING,
            Job.attempt == claimed.attempt,
            Job.worker.is_(None) if claimed.worker is None else Job.worker == claimed.worker,
        )
        .values(**values)
        .returning(Job.id)
    ).one_or_none()
    if held is None:
        raise LeaseLost
