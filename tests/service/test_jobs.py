"""A job is done once, is taken up again when its worker dies, and is never done by two at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import sleep
from uuid import UUID

import pytest

from questionnaires.text import Text
from survey_service import jobs
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.errors import BadInput
from survey_service.models import Area, Job, JobState, Survey
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.worker import doing
from survey_service.writer import GroupWriter

pytestmark = pytest.mark.both_databases

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
            # The first worker hangs until its lease has run out; meanwhile it waits for a second.
            clock.at += jobs.LEASE + timedelta(seconds=1)
            assert jobs.waiting(services) == [(survey_id, job.id)]
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
    assert jobs.why(read(services, survey_id, job_id)) == Text("这一期还没有结束。", "The wave is still open.")


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
    assert jobs.waiting(services) == []
    with pytest.raises(ValueError, match="no handler"):
        put(services, survey_id, "never_heard_of")


def test_what_waits_is_done_in_its_order_and_the_latest_is_found(services: Services, survey_id: UUID) -> None:
    seen: list[str] = []

    @jobs.handles("test_in_order")
    def in_order(_services: Services, job: jobs.Claimed, _progress: jobs.Progress) -> None:
        seen.append(job.arguments["name"])

    first = put(services, survey_id, "test_in_order", name="a")
    second = put(services, survey_id, "test_in_order", name="b")
    while jobs.do_next(services):
        pass
    assert seen == ["a", "b"]
    assert {read(services, survey_id, job).state for job in (first, second)} == {JobState.DONE}
    with services.database.reading.begin() as session:
        newest = jobs.latest(session, survey_id=survey_id, kind="test_in_order")
        assert newest is not None
        assert newest.id == second
        found = jobs.latest(session, survey_id=survey_id, kind="test_in_order", arguments={"name": "a"})
        assert found is not None
        assert found.id == first


def test_where_nothing_waits_nothing_is_written(services: Services, survey_id: UUID) -> None:
    """A worker that asks takes no lock: one that is held, as by a long import, keeps it from nothing."""
    with services.database.writing.begin() as session:
        session.add(Area(code="120000000000", name_zh="另一市", kind="city"))
        session.flush()
        assert not jobs.do_next(services)


def test_the_job_of_a_dead_worker_is_given_back_at_once_and_given_up_after_many_deaths(
    services: Services, survey_id: UUID
) -> None:
    ended: list[int] = []

    class Killed(BaseException):
        """As kill -9: nothing of ours runs after it."""

    @jobs.handles("test_deadly")
    def deadly(_services: Services, job: jobs.Claimed, _progress: jobs.Progress) -> None:
        ended.append(job.attempt)
        raise Killed

    job_id = put(services, survey_id, "test_deadly")
    for turn in range(1, jobs.MAXIMUM_DEATHS + 1):
        with pytest.raises(Killed):
            jobs.do_next(services, worker=f"w{turn}")
        assert not jobs.do_next(services, worker="another"), "its lease holds"
        assert jobs.holders(services) == {f"w{turn}"}
        assert jobs.give_back(services, ["somebody"], dead=True) == 0
        given = jobs.give_back(services, [f"w{turn}"], dead=True)
        assert given == (turn < jobs.MAXIMUM_DEATHS)
    job = read(services, survey_id, job_id)
    assert (job.state, job.error, job.ended_at) == (JobState.FAILED, jobs.DIED, NOW)
    assert ended == list(range(1, jobs.MAXIMUM_DEATHS + 1))
    assert not jobs.do_next(services)


def test_a_worker_that_is_to_end_gives_its_job_back_and_the_next_one_goes_on(
    services: Services, survey_id: UUID
) -> None:
    ending = threading.Event()
    steps: list[tuple[int, int]] = []

    @jobs.handles("test_stopped")
    def stopped(_services: Services, job: jobs.Claimed, progress: jobs.Progress) -> None:
        for step in range(3):
            progress.report(step, 3)
            steps.append((job.attempt, step))
            if step == 1:
                ending.set()

    job_id = put(services, survey_id, "test_stopped")
    assert jobs.do_next(services, worker="first", to_end=ending.is_set)
    job = read(services, survey_id, job_id)
    assert (job.state, job.worker, job.lease_until) == (JobState.WAITING, None, None)
    assert jobs.do_next(services, worker="second")
    assert steps == [(1, 0), (1, 1), (1, 0), (1, 1), (1, 2)], "that it was to end is no attempt that failed"
    assert read(services, survey_id, job_id).state is JobState.DONE


def test_a_job_is_held_through_a_step_that_is_longer_than_its_lease(
    services: Services, survey_id: UUID, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no longer, once it has not been heard of for longer than any step takes."""
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.001)
    hung = threading.Event()

    @jobs.handles("test_long_step")
    def long_step(_services: Services, job: jobs.Claimed, _progress: jobs.Progress) -> None:
        before = read(services, survey_id, job.id).lease_until  # first: a beat may fall between any two lines
        clock.at += jobs.LEASE - timedelta(seconds=1)
        tries = 0
        while read(services, survey_id, job.id).lease_until == before:
            assert (tries := tries + 1) < 6_000, "no beat in a minute"
            sleep(0.01)
        clock.at += timedelta(seconds=2)
        assert jobs.waiting(services) == []
        monkeypatch.setattr(jobs, "HANGS_AFTER", -1.0)
        assert hung.wait(60)
        clock.at += jobs.LEASE
        assert jobs.waiting(services) == [(survey_id, job.id)]

    put(services, survey_id, "test_long_step")
    assert jobs.do_next(services, worker="w", when_it_hangs=hung.set)


def test_a_job_that_is_lost_again_and_again_where_nobody_sees_it_is_given_up(
    services: Services, survey_id: UUID, clock: MovingClock
) -> None:
    """As with workers of another machine, which loses its power: nobody gives their job back."""
    begun: list[int] = []

    class Lost(BaseException):
        pass

    @jobs.handles("test_lost")
    def lost(_services: Services, job: jobs.Claimed, _progress: jobs.Progress) -> None:
        begun.append(job.attempt)
        raise Lost

    job_id = put(services, survey_id, "test_lost")
    for turn in range(jobs.MAXIMUM_DEATHS):
        with pytest.raises(Lost):
            jobs.do_next(services, worker=f"w{turn}")
        clock.at += jobs.LEASE
    assert jobs.do_next(services, worker="another")
    job = read(services, survey_id, job_id)
    assert (job.state, job.error, job.ended_at) == (JobState.FAILED, jobs.DIED, clock.at)
    assert begun == list(range(1, jobs.MAXIMUM_DEATHS + 1))


def test_who_was_told_to_end_can_write_nothing_into_the_same_attempt_of_another(
    services: Services, survey_id: UUID
) -> None:
    @jobs.handles("test_given_back")
    def given_back(_services: Services, job: jobs.Claimed, progress: jobs.Progress) -> None:
        if job.worker == "first":
            assert jobs.give_back(services, ["first"], told=True) == 1
            assert jobs.do_next(services, worker="second")
            progress.report(1, 9)

    job_id = put(services, survey_id, "test_given_back")
    assert jobs.work(services, survey_id, job_id, worker="first") is None
    job = read(services, survey_id, job_id)
    assert (job.state, job.attempt, job.worker, job.total) == (JobState.DONE, 1, "second", None)


def test_progress_is_written_once_a_second_and_always_at_the_end(
    services: Services, survey_id: UUID, clock: MovingClock
) -> None:
    """Every report is a durable commit that answers wait for: 1,500 PDFs must not be 1,500 of them."""
    written: list[int] = []

    @jobs.handles("test_hasty")
    def hasty(_services: Services, job: jobs.Claimed, progress: jobs.Progress) -> None:
        for step in range(1, 7):
            progress.report(step, 6)
            written.append(read(services, survey_id, job.id).done)
            clock.at += timedelta(seconds=0.4)

    put(services, survey_id, "test_hasty")
    assert jobs.do_next(services)
    assert written == [1, 1, 1, 4, 4, 6]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_rounds_are_gone_at_full_minutes_by_a_thread_of_their_own(
    services: Services, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = threading.Event()
    gone: list[int] = []

    def go_round(_services: Services, minute: int) -> None:
        gone.append(minute)
        clock.at += timedelta(minutes=1)
        if len(gone) == 2:
            stopping.set()

    monkeypatch.setattr(jobs, "go_round", go_round)
    clock.at = NOW + timedelta(seconds=59.99)
    doing.Worker(services, "w", stopping).go_rounds()
    first = int(NOW.timestamp()) // 60 + 1
    assert gone == [first, first + 1]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_worker_does_not_end_in_the_midst_of_a_round(
    services: Services, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Contact data may be erased by then, and the record of it not yet written."""
    stopping, recorded = threading.Event(), threading.Event()

    def go_round(_services: Services, _minute: int) -> None:
        stopping.set()
        assert not ended.wait(0.1)
        recorded.set()

    monkeypatch.setattr(jobs, "go_round", go_round)
    monkeypatch.setattr(doing, "FOR_A_ROUND", 60.0)
    clock.at = NOW + timedelta(seconds=59.99)
    ended = threading.Event()
    worker = doing.Worker(services, "w", stopping)
    rounds = threading.Thread(target=worker.go_rounds)
    rounds.start()
    worker.work()
    assert recorded.is_set()
    ended.set()
    rounds.join()


def test_a_long_job_gives_way_to_whoever_waits_for_a_short_one_and_goes_on(
    services: Services, survey_id: UUID, clock: MovingClock
) -> None:
    """Two workers' parts of one release were asked for first; somebody's statistics are done within a step of them."""
    told: list[str] = []
    steps: list[int] = []

    def long_one(running: Services, claimed: jobs.Claimed, progress: jobs.Progress) -> None:
        while len(steps) < 9:
            progress.report(len(steps), 9)
            steps.append(len(steps))
            clock.at += 2 * jobs.REPORTED_AFTER
            if len(steps) in (3, 6):
                put(services, survey_id, "short")
        progress.report(9, 9)
        told.append("long")

    jobs.handles("long", long=True)(long_one)
    jobs.handles("short")(lambda running, claimed, progress: told.append(f"short after {len(steps)}"))
    first, second = put(services, survey_id, "long"), put(services, survey_id, "long")
    put(services, survey_id, "short")
    while jobs.do_next(services, worker="one"):
        pass
    assert told == ["short after 0", "short after 3", "short after 6", "long", "long"]
    for one in (first, second):
        job = read(services, survey_id, one)
        assert (job.state, job.attempt, job.error) == (JobState.DONE, 1, None)


def test_a_long_job_that_a_command_does_by_itself_gives_way_to_nobody(
    services: Services, survey_id: UUID, clock: MovingClock
) -> None:
    def long_one(running: Services, claimed: jobs.Claimed, progress: jobs.Progress) -> None:
        for step in range(3):
            progress.report(step, 3)
            clock.at += 2 * jobs.REPORTED_AFTER

    jobs.handles("long", long=True)(long_one)
    jobs.handles("short")(lambda running, claimed, progress: None)
    wanted = put(services, survey_id, "long")
    put(services, survey_id, "short")
    assert jobs.work(services, survey_id, wanted) is JobState.DONE
