"""Connections that are slow on purpose do not keep a resident from answering. Real sockets on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from survey_service.web.connections import Gate, Limits, Stage, descriptors, guarded
from tests.conftest import free_port

PATIENCE = 120.0  # seconds until a test gives up; nothing is measured by it
BEGUN = b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
BIG = 8_000_000


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body, as the service does, and answers; /big is more than a socket holds by itself."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/early":
        await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"too large"})
        return
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    body = b"x" * BIG if scope["path"] == "/big" else b"stored"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def served(limits: Limits, **arguments: Any) -> Iterator[tuple[Gate, int]]:
    gate, port = Gate(limits, **arguments), free_port()
    configuration = uvicorn.Config(
        application, http=guarded(gate), ws="none", host="127.0.0.1", port=port, lifespan="off", log_level="error"
    )
    server = uvicorn.Server(configuration)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until(lambda: server.started)
        yield gate, port
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def until(true: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


OPENED: list[socket.socket] = []


@pytest.fixture(autouse=True)
def closed_at_the_end() -> Iterator[None]:
    yield
    for one in OPENED:
        one.close()
    OPENED.clear()


def opened(port: int, sent: bytes = b"") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    OPENED.append(made)
    if sent:
        made.sendall(sent)
    return made


def heard(one: socket.socket) -> bytes:
    """All that the server says until it ends the connection."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while piece := one.recv(65_536):
            said += piece
    return said


def answered(port: int) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/answer", data=b"know=1", method="POST")
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
        return bytes(reply.read())


def test_whatever_is_slow_on_purpose_ends_and_others_are_answered_meanwhile() -> None:
    now = 0.0

    def all_four_ended() -> bool:
        nonlocal now
        now += 0.1
        return gate.closed == 4

    with served(Limits(head=1.0, body_pause=1.0, reader_pause=1.0), clock=lambda: now) as (gate, port):
        silent = opened(port)
        in_the_head = opened(port, b"GET / HTTP/1.1\r\nX-A: ")
        in_the_body = opened(port, BEGUN + b"\r\nknow=")
        unread = opened(port, b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        dripping = threading.Thread(target=drip, args=(in_the_head,), daemon=True)
        dripping.start()
        assert answered(port) == b"stored"
        until(all_four_ended)
        assert heard(silent) == b""
        assert b"408" in heard(in_the_head)
        assert b"408" in heard(in_the_body)
        assert len(heard(unread)) < BIG, "the reply that nobody took was given up"
        assert answered(port) == b"stored"
        dripping.join(PATIENCE)


def drip(one: socket.socket) -> None:
    """A header byte by byte: each is progress, and the head never ends."""
    with contextlib.suppress(OSError):
        while True:
            one.sendall(b"a")
            time.sleep(0.05)


def test_a_phone_on_a_bad_line_is_not_taken_for_one() -> None:
    """Bytes with pauses below the limit, and a reply that is read slowly, go through whole."""
    now = 0.0
    limits = Limits(head=2.0, body_pause=1.0, reader_pause=1.0)
    with served(limits, clock=lambda: now) as (gate, port):
        slow = opened(port, b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nConnection: close\r\n\r\n")
        until(lambda: [one.stage for one in gate._open] == [Stage.BODY])
        (one,) = gate._open
        for number in range(1, 7):  # together longer than any pause that is borne
            now += 0.9
            assert not one.is_late(now)
            slow.sendall(b"k")
            until(lambda: one.taken >= number or one.stage is not Stage.BODY)  # noqa: B023
        assert b"stored" in heard(slow)
        assert gate.closed == 0
    with served(Limits(reader_pause=PATIENCE)) as (gate, port):
        reading = opened(port, b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        read = 0
        while piece := reading.recv(200_000):
            read += len(piece)
            time.sleep(0.01)
        assert read > BIG
        assert gate.closed == 0


def test_a_request_sent_before_the_last_was_answered_holds_no_place() -> None:
    """Behind work that is done, the second would never be late: nothing of it is read, and the connection ends."""
    with served(Limits(of_a_peer=2, of_all=100)) as (gate, port):
        hurried = [opened(port, b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n" + BEGUN + b"\r\n") for _ in range(2)]
        for one in hurried:
            assert heard(one).count(b"HTTP/1.1 ") == 1
        assert answered(port) == b"stored"
        until(lambda: not gate._open)


def test_a_reply_before_the_body_is_over_stays_the_only_one() -> None:
    """A file that is too large is refused by its announced length; what still comes is no head of a request."""
    with served(Limits(head_bytes=2_000)) as (_, port):
        early = opened(port, b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n")
        said = early.recv(65_536)
        assert said.endswith(b"too large")
        early.sendall(b"x" * 300_000)
        early.sendall(b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")  # the same connection goes on
        then = heard(early)
        assert then.count(b"HTTP/1.1 ") == 1
        assert then.endswith(b"stored")


def test_a_head_without_end_is_cut_by_its_size() -> None:
    with served(Limits(head_bytes=2_000)) as (_, port):
        one = opened(port, b"GET / HTTP/1.1\r\n")
        with contextlib.suppress(OSError):
            for number in range(200):
                one.sendall(b"X-%d: %s\r\n" % (number, b"a" * 50))
                time.sleep(0.002)
        assert b"431" in heard(one)
        assert answered(port) == b"stored"


def test_of_too_many_the_one_that_waits_longest_gives_its_place_up() -> None:
    with served(Limits(of_a_peer=4, of_all=100)) as (gate, port):
        waiting = [opened(port) for _ in range(4)]
        until(lambda: len(gate._open) == 4)
        newest = opened(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"stored" in heard(newest), "whoever asks is served"
        assert heard(waiting[0]) == b"", "and the first that held on to nothing is gone"
        assert gate.closed == 1
    loopback = (ip_network("127.0.0.0/8"),)
    with served(Limits(of_a_peer=4, of_all=100), proxies=loopback) as (gate, port):
        for _ in range(20):
            opened(port)
        until(lambda: len(gate._open) == 20)
        assert gate.closed == 0, "a trusted proxy is many people"
    with served(Limits(of_a_peer=0, of_all=8)) as (gate, port):
        for _ in range(30):
            opened(port)
        assert answered(port) == b"stored"
        until(lambda: gate.closed >= 22)
        assert len(gate._open) <= 8


def test_places_are_raised_as_far_as_the_machine_lets() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        assert descriptors() > 256
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 256
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.soak
def test_two_thousand_slow_connections_do_not_stop_a_resident(tmp_path: Path) -> None:
    """The service itself, with the limits that it has: every page and every check meanwhile is answered."""
    descriptors(8_192)
    port = free_port()
    program = [sys.executable, "-c", "from survey_service.commands import main; main()", "serve", "--create"]
    running = subprocess.Popen(
        [*program, "--database", str(tmp_path / "survey.db"), "--port", str(port)],
        env={name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")},
        stderr=subprocess.DEVNULL,
        preexec_fn=few_places,
    )
    try:
        until(lambda: asked(port) == "ok")
        lasted = asyncio.run(besieged(port, 2_000))
    finally:
        running.terminate()
        running.wait(PATIENCE)
    ordered = sorted(lasted)
    print(
        f"\n{len(lasted)} requests under 2,000 slow connections: median {ordered[len(ordered) // 2] * 1000:.0f} ms, "
        f"longest {ordered[-1] * 1000:.0f} ms, none refused"
    )


def few_places() -> None:
    """As a shell leaves it: 1,024 descriptors, which the service may raise."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def asked(port: int) -> str:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as reply:
        return str(json.load(reply)["status"])
    return ""


async def besieged(port: int, count: int) -> list[float]:
    """Seconds of each request of a resident while ``count`` connections hold on, opened anew as they end."""
    kinds = (
        b"",
        b"GET / HTTP/1.1\r\nX: ",
        b"POST /a/X HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nk",
        b"GET /health HTTP",
    )
    ending = asyncio.Event()

    async def hold(kind: bytes) -> None:
        while not ending.is_set():
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(kind)
                while not ending.is_set() and not reader.at_eof():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(reader.read(100), 2.0)
                    writer.write(b"a" if kind.endswith(b": ") else b"")
                writer.close()

    holding = [asyncio.create_task(hold(kinds[number % len(kinds)])) for number in range(count)]
    await asyncio.sleep(5)
    lasted = []
    for _ in range(150):
        begun = time.monotonic()
        assert await asyncio.to_thread(asked, port) == "ok"
        lasted.append(time.monotonic() - begun)
        await asyncio.sleep(0.2)
    ending.set()
    await asyncio.gather(*holding)
    return lasted
