"""A served process that may be killed: started in a tenth of a second, because its parent has imported everything.

``python -m tests.faults.killed`` is that parent. It reads one JSON line per command on its standard input, forks a
child that serves, signals it, and says on its standard output what became of it. It holds no thread and no connection
of its own, so a fork of it is as clean as a start.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from survey_service.settings import Settings

HOUSE = Path(__file__).resolve().parents[2]


class Killable:
    """The service as a process of its own, at a fixed time; a new port at every start, bound before it is told."""

    def __init__(self, parent: subprocess.Popen[str], settings: Settings) -> None:
        self._parent = parent
        self._plain = settings.model_dump(mode="json", exclude={"public_url"}) | {
            "secret_key": settings.secret_key.get_secret_value(),
            "answers_per_minute": 0,  # these phones are all at one address
        }
        self.port = self.pid = 0

    def _say(self, **command: Any) -> list[int]:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(command) + "\n")
        self._parent.stdin.flush()
        answer = self._parent.stdout.readline()
        assert answer, "the parent of the served process has died"
        return [int(number) for number in answer.split()]

    def start(self, *, file_size: int = 0, port: int = 0) -> None:
        """Fork; whoever connects now is answered when it serves. ``file_size``: no file of it may grow beyond.

        ``port``: the same again, for a browser that keeps things by address.
        """
        assert not self.pid
        self.pid, self.port = self._say(do="start", settings=self._plain, file_size=file_size, port=port)

    def end(self, how: signal.Signals) -> int:
        """Signal it and wait until it is gone; its wait status."""
        [status] = self._say(do="end", pid=self.pid, signal=int(how))
        self.pid = 0
        return status


@contextmanager
def killable() -> Iterator[subprocess.Popen[str]]:
    """The parent; one serves a whole file of tests."""
    with tempfile.TemporaryFile("w+") as said:
        parent = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.killed"],
            cwd=HOUSE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        try:
            assert parent.stdout is not None
            if parent.stdout.readline() != "ready\n":
                said.seek(0)
                raise RuntimeError(said.read())
            yield parent
        finally:
            assert parent.stdin is not None
            parent.stdin.close()  # it ends its child and itself
            parent.wait(120)
            assert parent.stdout is not None
            parent.stdout.close()
        said.seek(0)
        _tells_nothing(said.read())


# What a log may never hold: anything that was answered (the phones of these tests write Chinese), an id of an answer,
# a code, a receipt.
SECRET = re.compile(r"[\u4e00-\u9fff]|\d{8}-[0-9a-f]{24}|[A-Z2-7]{26}|\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-")


def _tells_nothing(log: str) -> None:
    """The log of every process that was killed, cut off or filled up: whole lines of JSON, but for the one at a kill,
    and nothing of what anybody wrote."""
    assert '"event": "request"' in log, f"the log holds no request: {log[:1_000]!r}"
    found = SECRET.search(log)
    assert found is None, f"the log tells {log[max(0, found.start() - 300) : found.end() + 100]}"
    at = log.find("Traceback")
    assert at < 0, f"an error reached the log: {log[max(0, at - 300) : at + 6_000]}"


# ------------------------------------------------------------------ in the parent and its children


def _serve(listener: socket.socket, plain: dict[str, Any], file_size: int) -> None:
    import resource

    import uvicorn

    from survey_service.app import create_app
    from survey_service.settings import Settings
    from survey_service.web.logs import set_up_logs
    from tests.service.conftest import TestClock
    from tests.service.world import NOW

    set_up_logs(for_people=False)
    if file_size:
        # The soft limit: the test takes it away from outside, as somebody who makes room on the disk.
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, resource.RLIM_INFINITY))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = create_app(Settings(**plain, public_url=address), clock=TestClock(NOW))
    uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, log_level="warning", timeout_graceful_shutdown=15)
    ).run(sockets=[listener])


def _main() -> None:
    import uvicorn  # noqa: F401 -- imported once, here

    import survey_service.app  # noqa: F401
    import tests.service.conftest
    import tests.service.world  # noqa: F401

    child = 0
    print("ready", flush=True)
    # Read byte by byte: a buffered reader would hand the child what is meant for the parent.
    with os.fdopen(0, "rb", buffering=0) as commands:
        while line := commands.readline():
            command = json.loads(line)
            if command["do"] == "start":
                listener = socket.socket()
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(("127.0.0.1", command["port"]))
                listener.listen(2048)
                child = os.fork()
                if not child:
                    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                    try:
                        _serve(listener, command["settings"], command["file_size"])
                    finally:
                        os._exit(0)
                print(child, listener.getsockname()[1], flush=True)
                listener.close()
            else:
                os.kill(command["pid"], command["signal"])
                print(os.waitpid(command["pid"], 0)[1], flush=True)
                child = 0
    if child:
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    _main()
