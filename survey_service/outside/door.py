"""The door for files from outside: a child process reads each, within limits, and answers in few words.

Two at once; a few more wait a while, the rest are asked to come again: whoever uploads waits in a thread that residents
need as well.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

import structlog

log = structlog.get_logger()

AT_ONCE: Final = 2
WAITING: Final = 6
PATIENCE: Final = 30.0  # seconds for one's turn
_CHUNK: Final = 65_536
_LONGEST_LINE: Final = 16_000_000  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Of one child: seconds of processor and of the clock without a word from it, bytes of memory and of its answer."""

    processor: int
    clock: float
    memory: int
    output: int


TABLES: Final = Bounds(processor=20, clock=60.0, memory=1_000_000_000, output=150_000_000)
DEFINITIONS: Final = Bounds(processor=10, clock=30.0, memory=500_000_000, output=12_000_000)
SOUNDS: Final = Bounds(processor=5, clock=15.0, memory=300_000_000, output=10_000)
FORMS: Final = Bounds(processor=30, clock=60.0, memory=1_000_000_000, output=40_000_000)
ATTACHMENTS: Final = Bounds(processor=15, clock=30.0, memory=1_500_000_000, output=25_000_000)
PAGES: Final = Bounds(processor=20, clock=60.0, memory=2_000_000_000, output=200_000_000_000)  # time by the page


class Stopped(Exception):
    """The child was stopped, or gave up: ``time``, ``memory``, ``output``, ``depth``, ``fault``, ``died``, ``busy``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reply:
    """What a child answers, as it comes."""

    def __init__(self, process: subprocess.Popen[bytes], bounds: Bounds) -> None:
        assert process.stdout is not None
        self._process, self._bounds = process, bounds
        self._stream = process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._stream, select.POLLIN | select.POLLHUP)
        self._held = bytearray()
        self._left = bounds.output

    def lines(self) -> Iterator[Any]:
        """Every line's value until the child says that it is done. Raises Stopped where it is not."""
        while True:
            value = json.loads(self._line())
            if isinstance(value, dict):
                if "end" in value:
                    return
                if "stopped" in value:
                    # Kind and place alone: words of a fault may hold cells of the file.
                    if value["stopped"] == "fault":
                        log.error("file_child_fault", kind=value.get("kind"), place=value.get("place"))
                    raise Stopped(str(value["stopped"]))
            yield value

    def exactly(self, count: int) -> bytes:
        while len(self._held) < count:
            self._fill()
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def _line(self) -> bytes:
        start = 0
        while (end := self._held.find(b"\n", start)) < 0:
            start = len(self._held)
            if start > _LONGEST_LINE:
                raise Stopped("output")
            self._fill()
        return self.exactly(end + 1)

    def _fill(self) -> None:
        deadline = time.monotonic() + self._bounds.clock
        while not self._poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            if time.monotonic() >= deadline:
                raise Stopped("time")
        chunk = os.read(self._stream, _CHUNK)
        self._left -= len(chunk)
        if self._left < 0:
            raise Stopped("output")
        if not chunk:
            code = self._process.wait()
            raise Stopped(_ENDED_BY.get(-code, "died"))
        self._held += chunk


_ENDED_BY: Final[Mapping[int, str]] = {
    signal.SIGXCPU: "time",
    signal.SIGKILL: "time",
    signal.SIGABRT: "memory",  # how the library of workbooks ends where it is given no more
}


@contextmanager
def parsed(kind: str, file: bytes | Path, bounds: Bounds, given: Mapping[str, object]) -> Iterator[Reply]:
    """The reply of a child of ``kind`` (``child.KINDS``). Raises Stopped; OSError where a path cannot be read."""
    arguments = json.dumps({**asdict(bounds), **(given if isinstance(file, Path) else {"head": True})})
    with _queue.turn(), _opened(file, given) as stream:
        process = subprocess.Popen(  # noqa: S603 # this interpreter and a module of ours
            [sys.executable, *_FLAGS, "survey_service.outside.child", kind, arguments],
            stdin=stream,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
        )
        try:
            yield Reply(process, bounds)
        except Stopped as stopped:
            log.warning("file_refused", kind=kind, reason=stopped.reason)
            raise
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


_FLAGS: Final = ("-S", "-s", "-P", "-X", "utf8", "-m")


def _environment() -> dict[str, str]:
    """Where the modules are, and nothing else: no key, no password, no address of the database."""
    return {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry and Path(entry).is_dir())}


@contextmanager
def _opened(file: bytes | Path, given: Mapping[str, object]) -> Iterator[IO[bytes]]:
    """The file to read from its beginning; bytes below a line of what is given, which may be long.

    Bytes stay in memory where the system can hold them as a file.
    """
    if isinstance(file, Path):
        with file.open("rb") as stream:
            yield stream
        return
    if hasattr(os, "memfd_create"):
        made: IO[bytes] = os.fdopen(os.memfd_create("upload"), "w+b")
    else:
        made = tempfile.TemporaryFile()  # noqa: SIM115 # closed below
    with made:
        made.write(json.dumps(given).encode() + b"\n")
        made.write(file)
        made.flush()
        made.seek(0)
        yield made


class _Queue:
    """Turns at the door."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._here = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self._lock:
            if self._here >= AT_ONCE + WAITING:
                raise Stopped("busy")
            self._here += 1
        try:
            if not self._free.acquire(timeout=PATIENCE):
                raise Stopped("busy")
            try:
                yield
            finally:
                self._free.release()
        finally:
            with self._lock:
                self._here -= 1


_queue = _Queue()
