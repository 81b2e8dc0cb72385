"""Connections that are slow on purpose, or hold on to nothing, give their place to people who answer.

The server by itself waits for ever for the first byte, for the rest of a head, for a body, and for a reader that does
not read; two thousand such connections, opened from one laptop, took every descriptor of the process. So each has a
deadline for what it is doing, all of them are looked through once a second, and where places are short, of the process
or of one peer, the connection that has waited longest without being worked for gives its own up. A peer that is a
trusted proxy is many people and has no limit of its own; a neighbourhood behind one address only loses what idles.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address, ip_network
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from survey_service.settings import IPNetwork, Settings
from survey_service.web.addresses import place_of

WANTED_FILES = 65_536
SPARE_FILES = 256  # descriptors for the database, files and pipes, which connections leave alone
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
TIMED_OUT = b"408 Request Timeout"
HEAD_TOO_LARGE = b"431 Request Header Fields Too Large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and counts; a weak phone on a weak network stays far inside."""

    head: float = 20.0  # from the opening, or the first byte after a reply, to the end of a head
    head_bytes: int = 65_536
    body_pause: float = 20.0  # without a further byte of a body
    body_least: int = 256  # bytes a second that a body has to come with, after body_grace
    body_grace: float = 60.0
    reader_pause: float = 60.0  # a reply of which nobody takes a byte
    of_a_peer: int = 256  # connections of one address; 0: any number
    of_all: int = 0  # 0: as many as there are descriptors, less the spare ones


class Stage(Enum):
    HEAD = "head"  # nothing of a request yet, or a part of its head
    BODY = "body"
    WORK = "work"  # somebody works for it
    IDLE = "idle"  # answered; the server itself ends it after five seconds


class Gate:
    """All connections of this process. Used by its event loop alone."""

    def __init__(
        self, limits: Limits, *, proxies: tuple[IPNetwork, ...] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits
        self.clock = clock
        self._proxies = proxies
        self._of_all = limits.of_all or max(64, descriptors() - SPARE_FILES)
        self._open: dict[Guarded, None] = {}
        self._by_peer: dict[str, dict[Guarded, None]] = defaultdict(dict)
        self._looking: asyncio.TimerHandle | None = None
        self.closed = 0  # connections that had to go, for whoever watches

    def enter(self, one: Guarded) -> None:
        """Take a connection in; of too many, one that nobody works for goes, and else the newest."""
        one.peer = self._peer(one.client)
        mine = self._by_peer.get(one.peer, {})
        for held, most in ((mine, self.limits.of_a_peer), (self._open, self._of_all)):
            if most and len(held) >= most:
                self._make_room(held, one)
        self._open[one] = None
        if one.peer:
            self._by_peer[one.peer][one] = None
        if self._looking is None:
            self._looking = one.loop.call_later(1.0, self._look, one.loop)

    def leave(self, one: Guarded) -> None:
        self._open.pop(one, None)
        if one.peer and (mine := self._by_peer.get(one.peer)) is not None:
            mine.pop(one, None)
            if not mine:
                del self._by_peer[one.peer]

    def _peer(self, client: tuple[str, int] | None) -> str:
        """What is counted as one peer; empty for a trusted proxy, behind which are many, and for a system's socket."""
        if client is None:
            return ""
        with suppress(ValueError):
            if any(ip_address(client[0]) in network for network in self._proxies):
                return ""
        return place_of(client[0])

    def _make_room(self, held: dict[Guarded, None], newest: Guarded) -> None:
        waiting = [one for one in held if one.stage is not Stage.WORK]
        going = min(waiting, key=lambda one: (one.unsent() > 0, one.stage is not Stage.IDLE, one.since), default=newest)
        self._end(going)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = self.clock()
        for one in [one for one in self._open if one.is_late(now)]:
            self._end(one)
        self._looking = loop.call_later(1.0, self._look, loop) if self._open else None

    def _end(self, one: Guarded) -> None:
        self.closed += 1
        self.leave(one)
        one.end()


class Guarded(HttpToolsProtocol):
    """One connection that knows what it is doing since when."""

    gate: Gate
    peer = ""
    stage = Stage.HEAD
    since = 0.0  # when this stage began
    moved = 0.0  # when the last byte came, or was taken
    taken = 0  # bytes of the head or of the body
    left = 0  # bytes of the reply that were not taken when it was last looked at
    receiving = False  # the body of a message is not over, answered or not
    hurried = False  # a further request came before the reply to the last: this connection ends with that reply

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._turn(Stage.HEAD)
        self.gate.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.gate.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.hurried:
            return
        if self.stage is Stage.IDLE:
            self._turn(Stage.HEAD)
        self.moved = self.gate.clock()
        in_head = self.stage is Stage.HEAD
        super().data_received(data)
        if in_head and self.stage is Stage.HEAD:
            self.taken += len(data)
            if self.taken > self.gate.limits.head_bytes:
                self._say(HEAD_TOO_LARGE)

    def on_headers_complete(self) -> None:
        if self.hurried or self.stage is Stage.WORK:
            # No browser and no proxy sends a request before the last was answered. Whoever does could hold a place for
            # ever behind work that is done: nothing of it is read.
            self.hurried = True
            return
        super().on_headers_complete()
        self.receiving = True
        if self.stage is Stage.HEAD:
            self._turn(Stage.BODY)

    def on_body(self, body: bytes) -> None:
        if self.hurried:
            return
        self.taken += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.hurried:
            return
        super().on_message_complete()
        self.receiving = False
        if self.stage is Stage.BODY:
            self._turn(Stage.IDLE if self.cycle.response_complete else Stage.WORK)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.hurried:
            self.transport.close()
        # A reply that came before the body was over, as to a file that is too large: the rest is read and let fall.
        self._turn(Stage.BODY if self.receiving else Stage.IDLE)

    def unsent(self) -> int:
        """Bytes of a reply that wait for their reader."""
        return self.transport.get_write_buffer_size()

    def is_late(self, now: float) -> bool:
        limits, lasted = self.gate.limits, now - self.since
        if unsent := self.unsent():
            if unsent != self.left:
                self.left, self.moved = unsent, now
            return now - self.moved > limits.reader_pause
        if self.stage is Stage.HEAD:
            return lasted > limits.head
        if self.stage is Stage.BODY and not self.flow.read_paused:  # else it waits for us
            slow = lasted > limits.body_grace and self.taken < lasted * limits.body_least
            return slow or now - self.moved > limits.body_pause
        return False

    def end(self) -> None:
        if self.unsent():
            self.transport.abort()  # a polite end would wait for the reader
        elif (self.stage is Stage.HEAD and self.taken) or (
            self.stage is Stage.BODY and not self.cycle.response_started
        ):
            self._say(TIMED_OUT)
        else:
            self.transport.close()

    def _say(self, status: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.transport.close()

    def _turn(self, stage: Stage) -> None:
        self.stage = stage
        self.since = self.moved = self.gate.clock()
        self.taken = self.left = 0


def gate_for(settings: Settings) -> Gate:
    """This installation's. Who is on this machine is no stranger: a proxy that nobody named, or a benchmark."""
    limits = Limits(of_a_peer=settings.connections_per_address)
    return Gate(limits, proxies=(*settings.proxies, *LOOPBACK))


def guarded(gate: Gate) -> type[Guarded]:
    """The protocol for the server's configuration, bound to this gate."""
    return type("GuardedHere", (Guarded,), {"gate": gate})


def descriptors(wanted: int = WANTED_FILES) -> int:
    """Raise this process's limit of open files as far as it may go; what it then is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    reach: Any = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < reach:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (reach, hard))
            soft = reach
    return wanted if soft == resource.RLIM_INFINITY else soft
