"""A network between the service and its PostgreSQL that can swallow what is sent, as a dead switch does."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Network:
    """Passes bytes between a TCP port of this machine and a Unix socket, until it is told to swallow them.

    Connections stay open meanwhile, and neither side hears anything: no end, no reset.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._listener.setblocking(False)
        self._ways = selectors.DefaultSelector()
        self._ways.register(self._listener, selectors.EVENT_READ, None)
        self._ends: dict[socket.socket, socket.socket] = {}
        self._swallowed: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._dead = self._stopped = False
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()

    def die(self) -> None:
        """From now on nothing passes; what is open now will never pass anything again, also when others do."""
        with self._lock:
            self._dead = True
            self._swallowed |= set(self._ends)

    def come_back(self) -> None:
        """New connections pass."""
        with self._lock:
            self._dead = False

    def stop(self) -> None:
        self._stopped = True
        self._thread.join(120)
        for one in (*self._ends, self._listener):
            one.close()
        self._ways.close()

    def _run(self) -> None:
        while not self._stopped:
            for key, _ in self._ways.select(0.02):
                with self._lock:
                    if key.data is None:
                        self._connect()
                    else:
                        self._pass(key.data)

    def _connect(self) -> None:
        with contextlib.suppress(OSError):
            near, _ = self._listener.accept()
            if self._dead:  # taken by the kernel, as by a switch in between, and never answered
                self._ends[near] = near
                self._swallowed.add(near)
                return
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self._target)
            except OSError:  # nobody listens there: a server that is down refuses at once
                near.close()
                far.close()
                return
            self._ends |= {near: far, far: near}
            for one in (near, far):
                self._ways.register(one, selectors.EVENT_READ, one)

    def _pass(self, one: socket.socket) -> None:
        if one not in self._ends:  # its other side ended in this very turn
            return
        try:
            read = one.recv(1 << 16)
        except OSError:
            read = b""
        if one in self._swallowed:
            if not read:  # this side has given up; the other never hears of it
                self._ways.unregister(one)
            return
        other = self._ends[one]
        try:
            other.sendall(read)
        except OSError:
            read = b""
        if not read:
            for end in (one, other):
                self._ways.unregister(end)
                self._ends.pop(end)
                end.close()


@contextmanager
def network(target: str) -> Iterator[Network]:
    made = Network(target)
    try:
        yield made
    finally:
        made.stop()
