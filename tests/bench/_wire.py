"""A light client: whole requests as bytes over kept connections, so that the server is measured and not the client."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

RECEIVE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    seconds: float  # from the moment at which the request was due
    retry_after: bool


@dataclass
class Outcome:
    """What happened to many requests."""

    replies: list[Reply] = field(default_factory=list)
    broken: int = 0  # connections that ended without a reply

    def with_status(self, status: int) -> list[Reply]:
        return [one for one in self.replies if one.status == status]


def quantile(seconds: Sequence[float], share: float) -> float:
    """In milliseconds; the smallest value that ``share`` of all do not exceed. NaN of nothing."""
    ordered = sorted(seconds)
    return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)] * 1000, 1) if ordered else math.nan


def request(method: str, path: str, port: int, body: bytes = b"", *, accept: str = "application/json") -> bytes:
    head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Accept: {accept}", "Accept-Encoding: gzip"]
    if body:
        head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


class Connection:
    """One connection that is opened when it is needed and opened again after it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, sent: bytes, due: float | None = None) -> Reply:
        """ConnectionError, EOFError or TimeoutError where no whole reply came."""
        begun = time.perf_counter() if due is None else due
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        try:
            writer.write(sent)
            async with asyncio.timeout(RECEIVE_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                lower = head.lower()
                status = int(head[9:12])
                if b"content-length:" in lower:
                    await reader.readexactly(int(lower.split(b"content-length:")[1].split(b"\r\n")[0]))
        except BaseException:
            self.close()
            raise
        return Reply(status, time.perf_counter() - begun, b"retry-after:" in lower)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def closed_loop(
    port: int,
    requests: Iterator[bytes],
    *,
    connections: int,
    seconds: float,
    then: Callable[[bytes, Reply], None] = lambda _sent, _reply: None,
    pause: float = 0.0,
) -> Outcome:
    """As fast as ``connections`` are answered, for ``seconds``; one that is turned away rests for ``pause``."""
    outcome = Outcome()
    end = time.perf_counter() + seconds

    async def one() -> None:
        connection = Connection(port)
        while time.perf_counter() < end and (sent := next(requests, None)) is not None:
            try:
                reply = await connection.ask(sent)
                outcome.replies.append(reply)
                then(sent, reply)
                if reply.status == 503:
                    await asyncio.sleep(pause)
            except (OSError, EOFError, TimeoutError):
                outcome.broken += 1
        connection.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return outcome


async def open_loop(
    port: int,
    requests: Iterator[bytes],
    *,
    rate: float,
    seconds: float,
    then: Callable[[bytes, Reply], None] = lambda _sent, _reply: None,
) -> Outcome:
    """``rate`` a second whatever the server does, each phone on a connection of its own; the time a request waits
    because the client is late counts as the server's."""
    outcome = Outcome()
    begun = time.perf_counter()
    running: set[asyncio.Task[None]] = set()

    async def one(sent: bytes, due: float) -> None:
        connection = Connection(port)
        try:
            reply = await connection.ask(sent, due)
            outcome.replies.append(reply)
            then(sent, reply)
        except (OSError, EOFError, TimeoutError):
            outcome.broken += 1
        finally:
            connection.close()

    for number in range(round(rate * seconds)):
        due = begun + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(one(next(requests), due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return outcome
