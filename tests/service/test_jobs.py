"""A job is done once, is taken up again when its worker dies, and is never done by two at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from survey_service import jobs
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.errors import BadInput
from survey_service.models import Area, Job, JobState, Survey
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.writer import GroupWriter

NOW = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)


class MovingClock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def services(settings: Settings, database: Database, clock: MovingClock) -> Iterator[Services]:
    writer = GroupWriter(database.writing, queue_size=10, group_size=10)
    keys = KeyRing(settings.secret_key.get_secret_value())
    yield Services(settings=settings, database=database, writer=writer, keys=keys, clock=clock)
    writer.close()


@pytest.fixture
def survey_id(database: Database) -> UUID:
    with database.writing.begin() as session:
        city = Area(code="110000000000", name_zh="示范市", kind="city")
        session.add(city)
        session.flush()
        survey = Survey(key="s", title_zh="测评", city_id=city.id, created_at=NOW)
        session.add(survey)
        session.flush()
        return survey.id


def put(services: Services, survey_id: UUID, kind: str, **arguments: str) -> UUID:
    with services.database.writing.begin() as session:
        return jobs.enqueue(
            session, survey_id=survey_id, kind=kind, arguments=arguments, by=SERVICE, at=services.clock()
        ).id


def read(services: Services, survey_id: UUID, job_id: UUID) -> Job:
    with services.database.reading.begin() as session:
        job = session.get_one(Job, (survey_id, job_id))
        session.expunge(job)
        return job


def test_a_job_reports_its_steps_and_is_done_once(services: Services, survey_id: UUID) -> None:
    seen: list[str] = []

    @jobs.handles("test_steps")
    def steps(_services: Services, job: jobs.Claimed, progress: jobs.Progress) -> None:
        seen.append(job.arguments["name"])
        progress.report(1, 2)
        assert read(services, survey_id, job.id).done == 1
        progress.report(2, 2)

    job_id = put(services, survey_id, "test_steps", name="a")
    assert jobs.work(services, survey_id, job_id) is JobState.DONE
    assert jobs.work(services, survey_id, job_id) is None
    assert seen == ["a"]
    job = read(services, survey_id, job_id)
    assert (job.state, job.done, job.total, job.attempt) == (JobState.DONE, 2, 2, 1)


def test_a_job_of_a_dead_worker_is_taken_up_and_the_dead_one_can_write_nothing(
    services: Services, survey_id: UUID, clock: MovingClock
) -> None:
    attempts: list[int] = []

    @jobs.handles("test_slow")
    def slow(_services: Services, job: jobs.Claimed, progress: jobs.Progress) -> None:
        attempts.append(job.attempt)
        if job.attempt == 1:
            # The first worker hangs until its lease has run out; meanwhile the sweep gives the job to a second.
            clock.at += jobs.LEASE + timedelta(seconds=1)
            assert jobs.sweep(services) == [(survey_id, job.id)]
            assert jobs.work(services, survey_id, job.id) is JobState.DONE
            progress.report(1, 1)

    job_id = put(services, survey_id, "test_slow")
    assert jobs.work(services, survey_id, job_id) is None
    assert attempts == [1, 2]
    job = read(services, survey_id, job_id)
    assert (job.state, job.done) == (JobState.DONE, 0)


def test_a_failure_is_tried_again_and_then_given_up_without_telling_answers(
    services: Services, survey_id: UUID, clock: MovingClock
) -> None:
    @jobs.handles("test_failing")
    def failing(_services: Services, _job: jobs.Claimed, _progress: jobs.Progress) -> None:
        raise RuntimeError("an answer that must not be shown")

    job_id = put(services, survey_id, "test_failing")
    states = []
    for _ in range(jobs.MAXIMUM_ATTEMPTS):
        states.append(jobs.work(services, survey_id, job_id))
        clock.at += timedelta(minutes=5)
    assert states == [JobState.WAITING, JobState.WAITING, JobState.FAILED]
    assert read(services, survey_id, job_id).error == "RuntimeError"


def test_a_domain_error_is_final_and_says_why(services: Services, survey_id: UUID) -> None:
    @jobs.handles("test_refused")
    def refused(_services: Services, _job: jobs.Claimed, _progress: jobs.Progress) -> None:
        raise BadInput(zh="这一期还没有结束。", en="The wave is still open.")

    job_id = put(services, survey_id, "test_refused")
    assert jobs.work(services, survey_id, job_id) is JobState.FAILED
    assert read(services, survey_id, job_id).error == "这一期还没有结束。"


def test_a_rolled_back_job_does_not_exist_and_an_unknown_kind_is_refused(services: Services, survey_id: UUID) -> None:
    @jobs.handles("test_known")
    def known(_services: Services, _job: jobs.Claimed, _progress: jobs.Progress) -> None:
        raise AssertionError("never runs")

    def enqueue_and_fail() -> None:
        with services.database.writing.begin() as session:
            jobs.enqueue(session, survey_id=survey_id, kind="test_known", arguments={}, by=SERVICE, at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        enqueue_and_fail()
    assert jobs.sweep(services) == []
    with pytest.raises(ValueError, match="no handler"):
        put(services, survey_id, "never_heard_of")


def test_workers_are_woken_and_take_up_what_waited(services: Services, survey_id: UUID) -> None:
    seen: list[str] = []

    @jobs.handles("test_woken")
    def woken(_services: Services, job: jobs.Claimed, _progress: jobs.Progress) -> None:
        seen.append(job.arguments["name"])

    before = put(services, survey_id, "test_woken", name="waited")
    workers = jobs.start(services)
    try:
        after = put(services, survey_id, "test_woken", name="woken")
        deadline = time.monotonic() + 120
        while len(seen) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        workers.stop()
    assert seen == ["waited", "woken"]
    assert {read(services, survey_id, job).state for job in (before, after)} == {JobState.DONE}
    with services.database.reading.begin() as session:
        newest = jobs.latest(session, survey_id=survey_id, kind="test_woken")
        assert newest is not None
        assert newest.id == after
        found = jobs.latest(session, survey_id=survey_id, kind="test_woken", arguments={"name": "waited"})
        assert found is not None
        assert found.id == before


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_damaged_queue_is_put_aside_and_what_waited_is_done(services: Services, survey_id: UUID) -> None:
    done = threading.Event()

    @jobs.handles("test_after_damage")
    def after_damage(_services: Services, _job: jobs.Claimed, _progress: jobs.Progress) -> None:
        done.set()

    put(services, survey_id, "test_after_damage")
    path = services.settings.data_dir / jobs.QUEUE_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(damaged := b"not a database, " * 1000)
    workers = jobs.start(services)
    try:
        assert done.wait(120)
    finally:
        workers.stop()
    assert path.with_name("queue.db.damaged").read_bytes() == damaged


def test_messages_are_json_not_pickle() -> None:
    from huey.registry import Message

    fields = dict.fromkeys(Message._fields) | {"id": "1", "name": "run", "args": ("a", "b"), "kwargs": {}, "retries": 0}
    bytes_sent = jobs.JsonSerializer().serialize(Message(**fields))
    assert bytes_sent == b'["1", "run", ["a", "b"], 0, null]'
    assert jobs.JsonSerializer().deserialize(bytes_sent).args == ("a", "b")
