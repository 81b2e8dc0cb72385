"""A resident's post while the writer is full, stands still or cannot commit: told the truth, in time, and try again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from survey_service.collection import answer_intake
from survey_service.collection.answer_intake import AnswerIntake
from survey_service.collection.reception import Reception
from survey_service.collection.shedding import Shedding
from survey_service.models import Capture, Response
from tests.faults.test_writer import Gate
from tests.service.conftest import TestClock
from tests.service.resident import filled, read_page
from tests.service.world import NOW, build

if TYPE_CHECKING:
    from fastapi import FastAPI

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.both_databases

ANSWERS = {"know": "2", "overall": "1"}
SCRIPT = {"accept": "application/json"}


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    from survey_service.secrets import KeyRing

    return build(database, KeyRing(settings.secret_key.get_secret_value()))


@pytest.fixture
def served(settings: Settings, world: World) -> Iterator[tuple[FastAPI, str]]:
    """The application with a short line, behind a real server."""
    from survey_service.app import create_app
    from tests.conftest import free_port, serving

    port = free_port()
    chosen = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}", "queue_size": 5, "group_size": 2})
    app = create_app(chosen, clock=TestClock(NOW))
    with serving(app, port) as address:
        yield app, f"{address}/a/{world.open_codes[0]}"


def post(address: str, client_id: str, **arguments: Any) -> Any:
    return httpx.post(address, data={**ANSWERS, "client_id": client_id}, timeout=120, **arguments)


def received_by(app: FastAPI, intake: AnswerIntake) -> AnswerIntake:
    """From now on it takes the answers in."""
    running = app.state.services
    running.hold(replace(running.of(Reception), intake=intake))
    return intake


def responses(database: Database) -> int:
    with database.reading.begin() as session:
        return session.execute(select(func.count()).select_from(Response)).scalar_one()


@pytest.fixture
def held(served: tuple[FastAPI, str]) -> Iterator[Callable[[], Gate]]:
    """Holds the writer until the test opens the gate; opened in any case at the end."""
    gates: list[Gate] = []

    def hold() -> Gate:
        gate = Gate()
        gates.append(gate)
        served[0].state.services.writer.submit(gate)
        assert gate.entered.wait(120)
        return gate

    yield hold
    for gate in gates:
        gate.open()


def test_a_full_line_answers_503_at_once_and_health_goes_on(
    served: tuple[FastAPI, str], held: Callable[[], Gate], database: Database
) -> None:
    app, address = served
    received_by(app, AnswerIntake(app.state.services.writer, patience=120.0))
    gate = held()
    with ThreadPoolExecutor(5) as pool:
        waiting = [pool.submit(post, address, f"waiting-{number:020d}", headers=SCRIPT) for number in range(5)]
        deadline = time.monotonic() + 120
        while app.state.services.writer.waiting < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        refused = post(address, "b" * 32)
        assert not any(one.done() for one in waiting)
        assert refused.status_code == 503
        assert 1 <= int(refused.headers["retry-after"]) <= 15
        assert "未提交，请勿关闭" in refused.text
        health = httpx.get(address.partition("/a/")[0] + "/health", timeout=120)
        assert not any(one.done() for one in waiting)
        assert health.json()["waiting"] == 5
        # The unsent page sends the very same answers and id again, without a script.
        data = filled(read_page(refused.text), {}, "submit")
        assert (data["client_id"], data["overall"]) == ("b" * 32, "1")
        gate.open()
        assert [one.result(120).status_code for one in waiting] == [200] * 5
    assert httpx.post(address, data=data, timeout=120).status_code == 200
    assert responses(database) == 6


def test_a_writer_that_stands_still_lets_nobody_wait_for_ever(
    served: tuple[FastAPI, str], held: Callable[[], Gate], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_intake, "LOOKS_A_PATIENCE", 1_200)
    app, address = served
    intake = received_by(app, AnswerIntake(app.state.services.writer, patience=120.0, stall=0.2))
    gate = held()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(post, address, "a" * 32, headers=SCRIPT)
        deadline = time.monotonic() + 120
        while not intake.stalled() and time.monotonic() < deadline:
            time.sleep(0.01)
        # While the oldest waits too long, the next is not let into the line at all, and health goes on.
        assert post(address, "b" * 32, headers=SCRIPT).status_code == 503
        assert httpx.get(address.partition("/a/")[0] + "/health", timeout=120).status_code == 200
        assert not first.done()
        intake._patience = 0.1
        assert first.result(120).status_code == 503
    intake._patience, intake._stall = 120.0, 120.0
    gate.open()
    # What was given up in the line was not stored behind anybody's back; sent again, it is stored once.
    first_receipt = post(address, "a" * 32, headers=SCRIPT)
    assert first_receipt.status_code == 200
    assert post(address, "a" * 32, headers=SCRIPT).json() == first_receipt.json()
    assert responses(database) == 1


def test_a_commit_that_fails_is_not_acknowledged_and_the_retry_is(
    served: tuple[FastAPI, str], database: Database
) -> None:
    app, address = served
    engine = app.state.services.database.writing_engine

    def fail(_: Any) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(engine, "commit", fail)
    try:
        refused = post(address, "a" * 32)
    finally:
        event.remove(engine, "commit", fail)
    assert refused.status_code == 503
    assert "未提交，请勿关闭" in refused.text
    assert responses(database) == 0
    again = httpx.post(address, data=filled(read_page(refused.text), {}, "submit"), timeout=120)
    assert again.status_code == 200
    assert responses(database) == 1


@pytest.mark.parametrize("posts", [60, pytest.param(200, marks=pytest.mark.soak)])
def test_a_code_under_parallel_posts_has_one_response(
    settings: Settings, world: World, database: Database, serve: Callable[..., str], posts: int
) -> None:
    address = f"{serve(settings, clock=TestClock(NOW))}/a/{world.case_codes[0]}"

    def attempt(number: int) -> tuple[int, str]:
        while True:
            reply = post(address, f"{number % (posts // 2):032d}", headers=SCRIPT)  # each id twice
            if reply.status_code != 503:  # a slow machine asks to come back, as a phone does
                return reply.status_code, reply.json().get("receipt", "")
            time.sleep(0.2)

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(attempt, range(posts)))
    accepted = [one for one in outcomes if one[0] == 200]
    assert {one[0] for one in outcomes} == {200, 409}
    assert len(accepted) == 2  # the one that came first, and its repetition
    assert len({address for _, address in accepted}) == 1
    assert responses(database) == 1
    with database.reading.begin() as session:
        assert session.execute(select(func.count()).select_from(Capture)).scalar_one() == 1


def test_a_loop_that_is_behind_turns_scripts_away_before_their_answers_are_read() -> None:
    # In a thread of its own: where a browser test ran before in this process, this one has a loop already.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(_a_loop_that_is_behind())).result(120)


async def _a_loop_that_is_behind() -> None:
    begun: list[str] = []
    go = asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        begun.append(scope["path"])
        await go.wait()

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    def asked(accept: str, method: str = "POST") -> Any:
        headers = [(b"accept", accept.encode())]
        return {"type": "http", "method": method, "path": "/a/X", "headers": headers, "extensions": {}}

    shedding = Shedding(slow, many=2, late=0.0)  # whatever the clock says, it is late
    first = [asyncio.create_task(shedding(asked("application/json"), receive, send)) for _ in range(2)]
    await asyncio.sleep(0)
    assert (len(begun), sent) == (2, [])
    await shedding(asked("application/json"), receive, send)
    assert (len(begun), sent[0]["status"]) == (2, 503)
    assert int(dict(sent[0]["headers"])[b"retry-after"]) >= 3
    # A page without a script must get its answers back, and a page that is only looked at costs nothing.
    others = [
        asyncio.create_task(shedding(one, receive, send)) for one in (asked("text/html"), asked("text/html", "GET"))
    ]
    await asyncio.sleep(0)
    assert len(begun) == 4
    go.set()
    await asyncio.gather(*first, *others)
    patient = Shedding(slow, many=2, late=3600.0)
    await asyncio.gather(*(patient(asked("application/json"), receive, send) for _ in range(9)))
    assert len(begun) == 13


def test_a_burst_that_arrives_in_one_turn_of_the_loop_is_cut_short_in_it() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(_a_burst())).result(120)


async def _a_burst() -> None:
    """Each answer takes a millisecond; the loop may be late by 20, and looks for itself every 20."""
    now = 0.0
    begun, turned_away = 0, 0
    go = asyncio.Event()

    async def judging(scope: Any, receive: Any, send: Any) -> None:
        nonlocal now, begun
        now += 0.001
        begun += 1
        await go.wait()

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    async def send(message: Any) -> None:
        nonlocal turned_away
        turned_away += message.get("status") == 503

    shedding = Shedding(judging, many=10, late=0.02, clock=lambda: now)
    headers = [(b"accept", b"application/json")]
    burst = [
        asyncio.create_task(
            shedding({"type": "http", "method": "POST", "path": "/a/X", "headers": headers}, receive, send)
        )
        for _ in range(200)
    ]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert begun + turned_away == 200
    assert 38 <= begun <= 42
    go.set()
    await asyncio.gather(*burst)
