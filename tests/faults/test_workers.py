"""Background work in real processes: done once, whoever is killed in its midst; a dead server leaves none behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from survey_service import jobs
from survey_service.audit.chain import SERVICE
from survey_service.clock import system_clock
from survey_service.database import Database
from survey_service.environment import environment_of
from survey_service.models import Job, JobState, PaperPrint, Wave
from survey_service.paper import PRINT_JOB, service
from survey_service.processes import presence, supervisor
from survey_service.processes.supervisor import Workers
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.stored_files import files_of
from survey_service.writer import GroupWriter
from tests.conftest import free_port
from tests.faults import slow_worker
from tests.faults.phones import PATIENCE
from tests.service.world import NOW, World, build

pytestmark = pytest.mark.both_databases

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def until(found: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    return build(database, KeyRing(settings.secret_key.get_secret_value()))


@pytest.fixture
def running(settings: Settings, database: Database) -> Iterator[Services]:
    writer = GroupWriter(database.writing, queue_size=10, group_size=10)
    keys = KeyRing(settings.secret_key.get_secret_value())
    yield Services(settings=settings, database=database, writer=writer, keys=keys, clock=system_clock)
    writer.close()


def put(running: Services, world: World, kind: str, **arguments: str) -> None:
    with running.database.writing.begin() as session:
        jobs.enqueue(session, survey_id=world.survey_id, kind=kind, arguments=arguments, by=SERVICE, at=running.clock())


def put_a_print(running: Services, world: World) -> None:
    """Three forms that somebody wants printed."""
    order = service.PrintRun(area_ids=world.community_ids[:1], sampled=False, size=3, languages="zh")
    with running.database.writing.begin() as session:
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        [batch] = service.make_batches(session, wave, order, at=NOW, by=SERVICE)
        batch_id = batch.id
    put(running, world, PRINT_JOB, batch_id=str(batch_id))


def job(running: Services) -> Job:
    """The only one."""
    with running.database.reading.begin() as session:
        found = session.scalars(select(Job)).one()
        session.expunge(found)
        return found


def lives(process_id: int) -> bool:
    """A process that has ended and waits for its parent to ask is no longer alive."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def workers_of(process_id: int) -> list[int]:
    children = Path(f"/proc/{process_id}/task").glob("*/children")
    return [int(one) for path in children for one in path.read_text().split()]


@contextmanager
def command(settings: Settings, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """``survey-service …`` as a person starts it."""
    program = [sys.executable, "-c", "from survey_service.commands import main; main()", *arguments]
    process = subprocess.Popen(program, env=environment_of(settings), stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@on_sqlite
def test_serve_starts_workers_that_draw_a_batch_and_a_killed_server_leaves_none(
    settings: Settings, world: World, running: Services
) -> None:
    port = free_port()
    chosen = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}", "workers": 1})
    settings.data_dir.mkdir()
    left = settings.data_dir / "queue.db"  # by an earlier version
    left.touch()
    with command(chosen, "serve", "--port", str(port)) as server:
        put_a_print(running, world)  # by another process, which has no way to the workers but the table
        until(lambda: job(running).state is JobState.DONE)
        with running.database.reading.begin() as session:
            made = session.scalars(select(PaperPrint)).one()
            assert files_of(settings, running.database).get(made.blob_sha256).startswith(b"%PDF")
        [worker] = workers_of(server.pid)
        assert os.getpriority(os.PRIO_PROCESS, worker) == os.getpriority(os.PRIO_PROCESS, server.pid) + 10
        # systemd's SIGTERM, to all of a unit at once, is the server's: who waits for something is still answered.
        [blocked] = re.findall(r"^SigBlk:\s*(\w+)", Path(f"/proc/{worker}/status").read_text(), re.MULTILINE)
        assert int(blocked, 16) >> (signal.SIGTERM - 1) & 1
        told = Path(f"/proc/{worker}/cmdline").read_bytes()
        assert settings.secret_key.get_secret_value().encode() not in told
        assert not left.exists()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
            assert b'"workers":1' in answer.read()
        os.kill(worker, signal.SIGKILL)
        until(lambda: workers_of(server.pid) not in ([], [worker]))
        [another] = workers_of(server.pid)
        server.kill()
        server.wait()
        until(lambda: not lives(another))


@on_sqlite
def test_work_does_what_waits_and_stops_when_it_is_told(settings: Settings, world: World, running: Services) -> None:
    settings.data_dir.mkdir()
    put_a_print(running, world)
    with command(settings, "work", "--workers", "1") as process:
        until(lambda: job(running).state is JobState.DONE)
        [worker] = workers_of(process.pid)
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert not lives(worker)
    folder = presence.folder_of(settings.database_url)
    assert folder is not None
    assert list(folder.iterdir()) == []


def test_a_job_whose_worker_is_killed_is_done_at_once_by_another_and_once(
    running: Services, world: World, tmp_path: Path
) -> None:
    """Well within its lease: the supervisor knows that its worker is dead, wherever the database is."""
    put(running, world, slow_worker.KIND, folder=str(tmp_path))
    workers = Workers(number=2, rounds=False, command=slow_worker.COMMAND)
    workers.start(running)
    try:
        until((tmp_path / "begun 1").exists)
        held = job(running)
        assert held.worker is not None
        os.kill(workers.process_id(held.worker), signal.SIGKILL)
        until((tmp_path / "begun 2").exists, seconds=jobs.LEASE.total_seconds() / 2)
        (tmp_path / "go on").touch()
        until(lambda: job(running).state is JobState.DONE)
        assert (tmp_path / "done").read_text() == "2\n"
        assert not jobs.do_next(running)
    finally:
        workers.stop()
    assert workers.living == 0


@on_sqlite
def test_after_a_power_cut_the_job_is_taken_up_at_once_by_who_comes_next(
    running: Services, settings: Settings, world: World, tmp_path: Path
) -> None:
    """The server and its workers died together: that the dead one held it no more is seen by its lock."""
    put(running, world, slow_worker.KIND, folder=str(tmp_path))

    def begin(name: str) -> subprocess.Popen[bytes]:
        return supervisor.begin(settings, (*slow_worker.COMMAND, name))

    def end(process: subprocess.Popen[bytes]) -> int:
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            with suppress(OSError):
                stream.close()
        return process.wait(PATIENCE)

    first = begin("first")
    until((tmp_path / "begun 1").exists)
    first.kill()
    end(first)
    second = begin("second")
    until((tmp_path / "begun 2").exists, seconds=jobs.LEASE.total_seconds() / 2)
    # And one that is told to end gives it back by itself.
    assert end(second) == 0
    assert (job(running).state, job(running).worker) == (JobState.WAITING, None)
    assert presence.dead(settings.database_url, ["first", "second"]) == ["first", "second"]


def test_a_worker_that_cannot_live_is_begun_again_more_and_more_slowly(
    running: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    workers = Workers(number=1, rounds=False, command=(sys.executable, "-c", "raise SystemExit(3)"))

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) == 3

    monkeypatch.setattr(workers, "_pause", wait)
    workers.start(running)
    until(lambda: len(pauses) == 3)
    workers.stop()
    assert pauses == [2 * supervisor.FIRST_PAUSE, 4 * supervisor.FIRST_PAUSE, 8 * supervisor.FIRST_PAUSE]
    assert workers.living == 0
