"""Connections to PostgreSQL that do not wait for ever for a server that hears nothing.

A server that is stopped or restarted ends its connections, and the client knows at once. A network that swallows what
is sent tells nobody: a statement then waits until the system gives the connection up, which takes minutes, and where
something in between keeps the connection up, for ever. The group writer would stand still all that time. No limit of
time can tell such a connection from one that waits for a lock, so the server itself is asked, over a new connection,
what it thinks of the one that waits: one that it works for is left alone, one from which it has heard nothing is cut.
What a cut connection may have left open on the server (the audit head is locked in mid-group) is ended there too.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
import uuid
import weakref
from collections.abc import Callable
from typing import Any

import psycopg
import structlog

log = structlog.get_logger()

CONNECT_SECONDS = 2
ASKED_AFTER = 1.5  # seconds a reply may take before anybody asks
LOST_AFTER = 10.0  # seconds after which a wait is cut where the server cannot be reached at all: no phone waits longer
ROUND_SECONDS = 0.25
NAME = "survey-service"

# The system's own view of a peer that is gone, on both sides: what the client has left open ends within half a minute.
KEEPALIVES: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
_ON_THE_SERVER = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
_SET = "SELECT " + ", ".join("set_config(%s, %s, false)" for _ in _ON_THE_SERVER)
_STATES = """
    SELECT application_name, coalesce(state NOT LIKE 'idle%%' OR clock_timestamp() - state_change < '1 second', true)
    FROM pg_stat_activity WHERE application_name = ANY(%s)
"""
_END = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = ANY(%s) AND usename = current_user
"""


class Connection(psycopg.Connection[Any]):
    """Knows since when it waits for the server."""

    name = ""
    waiting_since: float | None = None
    lost: Callable[[str], None] | None = None

    def wait(self, *arguments: Any, **options: Any) -> Any:
        """As the driver's own, through which every statement goes."""
        self.waiting_since = time.monotonic()
        try:
            return super().wait(*arguments, **options)
        except psycopg.OperationalError:
            if self.lost is not None and self.broken:
                self.lost(self.name)
            raise
        finally:
            self.waiting_since = None

    def answered(self) -> bool:
        """The reply lies here and is not read yet: this process is short of time, not the network of life."""
        line = select.poll()  # select itself knows no more than 1,024 open files
        try:
            line.register(self.fileno(), select.POLLIN)
        except psycopg.Error:  # closed meanwhile
            return True
        return bool(line.poll(0))

    def cut(self) -> None:
        """Whoever waits on it hears that the connection is lost. From another thread: the socket alone is touched."""
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(self.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)


class Lifelines:
    """All connections of one database in this process, and the thread that looks after those that wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._left: set[str] = set()  # names of connections that broke: the server may not know yet
        self._again: tuple[tuple[Any, ...], dict[str, Any]] | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def connect(self, *arguments: Any, **parameters: Any) -> Connection:
        """A connection under watch; ``parameters`` as the driver takes them, those of the installation's URL win."""
        name = f"{NAME} {os.getpid()} {uuid.uuid4().hex[:16]}"
        chosen = {**KEEPALIVES, **parameters, "application_name": name}
        made = Connection.connect(*arguments, **chosen)
        made.name, made.lost = name, self._leave
        with self._lock:
            self._connections.add(made)
            self._again = (arguments, chosen)
            if self._thread is None and not self._ended.is_set():
                self._thread = threading.Thread(target=self._watch, name="lifelines", daemon=True)
                self._thread.start()
        try:
            with made.cursor() as cursor:
                cursor.execute(_SET, [word for pair in _ON_THE_SERVER.items() for word in pair])
            made.rollback()
        except BaseException:
            made.close()
            raise
        return made

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def end(self) -> None:
        """No wait is looked after any more. Connections that are open stay so."""
        self._ended.set()

    def close(self) -> None:
        """As ``end``, and the thread has ended too."""
        self.end()
        if self._thread is not None:
            self._thread.join(CONNECT_SECONDS + 10)

    def _leave(self, name: str) -> None:
        with self._lock:
            self._left.add(name)

    def _watch(self) -> None:
        while not self._ended.wait(ROUND_SECONDS):
            with self._lock:
                waiting = {one: one.waiting_since for one in self._connections}
                left = list(self._left)
            now = time.monotonic()
            late = {one: since for one, since in waiting.items() if since is not None and now - since > ASKED_AFTER}
            if not late and not left:
                continue
            try:
                lost = self._asked(late, left)
            except psycopg.errors.ConnectionTimeout:
                lost = [one for one, since in late.items() if time.monotonic() - since > LOST_AFTER]
            except psycopg.Error:  # it refuses: it is down, and has ended its connections, or it is full
                continue
            for one in lost:
                if one.waiting_since == late[one] and not one.answered():  # the very wait that was asked about
                    self._leave(one.name)
                    one.cut()
                    log.error("connection_cut", waited_seconds=round(time.monotonic() - late[one], 1))

    def _asked(self, late: dict[Connection, float], left: list[str]) -> list[Connection]:
        """Those of ``late`` for which the server does nothing; what ``left`` have open there is ended."""
        assert self._again is not None
        arguments, parameters = self._again
        chosen = {**parameters, "application_name": f"{NAME} {os.getpid()} asks", "autocommit": True}
        names = [one.name for one in late]
        with Connection.connect(*arguments, **chosen) as asking:
            patience = threading.Timer(CONNECT_SECONDS, asking.cut)  # the network may die in this very moment
            patience.start()
            try:
                if left:
                    asking.execute(_END, [left])
                works = dict(asking.execute(_STATES, [names]).fetchall()) if names else {}
            finally:
                patience.cancel()
                patience.join()
        with self._lock:
            self._left.difference_update(left)
        return [one for one in late if not works.get(one.name, False)]
