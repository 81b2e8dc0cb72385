"""The database is locked while people submit: they are told the truth, and it recovers by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from sqlalchemy import func, select, text

from survey_service.audit.chain import verify
from survey_service.collection.answer_intake import AnswerIntake
from survey_service.models import Capture, Response
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.conftest import free_port, serving
from tests.faults.test_answers import received_by
from tests.service.conftest import TestClock
from tests.service.world import NOW, World, build

if TYPE_CHECKING:
    from fastapi import FastAPI

    from survey_service.database import Database

pytestmark = pytest.mark.both_databases

ANSWERS = {"know": "2", "overall": "1"}
SCRIPT = {"accept": "application/json"}
# One for all phones of this file: making one costs more than an answer.
line = httpx.Client(limits=httpx.Limits(max_connections=None, max_keepalive_connections=0), trust_env=False)


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    return build(database, KeyRing(settings.secret_key.get_secret_value()))


@contextmanager
def served(settings: Settings) -> Iterator[tuple[FastAPI, str]]:
    from survey_service.app import create_app

    port = free_port()
    # Every phone of a test has one address, and the clock stands still: no limit by the minute.
    chosen = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}", "answers_per_minute": 0})
    app = create_app(chosen, clock=TestClock(NOW))
    with serving(app, port) as address:
        yield app, address


def post(address: str, client_id: str, answers: dict[str, str] = ANSWERS) -> Any:
    return line.post(address, data={**answers, "client_id": client_id}, headers=SCRIPT, timeout=120)


def until_stored(address: str, client_id: str, seconds: float = 120) -> str:
    """As the page does: again and again, until there is a receipt."""
    deadline = time.monotonic() + seconds
    while (reply := post(address, client_id)).status_code != 200:
        assert reply.status_code == 503
        assert int(reply.headers["retry-after"]) > 0
        assert time.monotonic() < deadline, "it did not recover by itself"
        time.sleep(0.05)
    return str(reply.json()["receipt"])


def stored(database: Database, kind: Any) -> int:
    with database.reading.begin() as session:
        return session.execute(select(func.count()).select_from(kind)).scalar_one()


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another process writes for a long time and holds what every answer needs."""
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with database.writing.begin() as session:
            session.execute(text("UPDATE audit_head SET sequence = sequence"))
            held.set()
            assert let_go.wait(120)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        try:
            assert held.wait(120)
            yield
        finally:
            let_go.set()
            holding.result(120)


@pytest.mark.parametrize("seconds", [1, pytest.param(32, marks=pytest.mark.soak)])  # SQLite itself gives up after 30
def test_a_locked_database_is_said_at_once_and_waited_for(
    settings: Settings, world: World, database: Database, seconds: int
) -> None:
    with served(settings) as (app, address):
        code = f"{address}/a/{world.open_codes[0]}"
        before = post(code, "0" * 32)
        intake = received_by(app, AnswerIntake(app.state.services.writer, patience=1.0, stall=0.3))
        with ThreadPoolExecutor(4) as pool, locked(database):
            until = time.monotonic() + seconds
            waiting = [pool.submit(post, code, f"{number:032d}") for number in range(1, 5)]
            while not intake.stalled():
                time.sleep(0.01)
            assert post(code, "x" * 32).status_code == 503
            assert line.get(f"{address}/health", timeout=120).json()["writer"] is True
            assert line.get(code, timeout=120).status_code == 200  # the page itself needs no lock
            assert {one.result(120).status_code for one in waiting} == {503}
            time.sleep(max(0, until - time.monotonic()))
        receipts = {until_stored(code, f"{number:032d}") for number in range(1, 5)} | {until_stored(code, "x" * 32)}
        assert len(receipts) == 5
        assert post(code, "0" * 32).json() == before.json()
    assert (stored(database, Response), stored(database, Capture)) == (6, 6)
    with database.reading.begin() as session:
        verify(session, str(world.survey_id))


def test_200_parallel_posts_of_one_id_are_one_answer_and_one_receipt(
    settings: Settings, world: World, database: Database
) -> None:
    other = {**ANSWERS, "overall": "3"}
    with served(settings) as (_, address):
        code = f"{address}/a/{world.open_codes[0]}"
        first = until_stored(code, "a" * 32)

        def attempt(number: int) -> tuple[int, str]:
            while (reply := post(code, "a" * 32, other if number % 10 == 0 else ANSWERS)).status_code == 503:
                time.sleep(0.2)
            return reply.status_code, reply.json().get("receipt", "")

        with ThreadPoolExecutor(20) as pool:
            outcomes = list(pool.map(attempt, range(200)))
    assert outcomes.count((200, first)) == 180
    assert {one[0] for one in outcomes if one != (200, first)} == {409}
    # The other answers are kept once, beside those that count.
    assert (stored(database, Response), stored(database, Capture)) == (1, 2)
