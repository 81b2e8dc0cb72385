"""A second processor for work that falls into pieces: half of them are done in a process of its own.

What comes back is the same, to the byte, wherever a piece was done: every piece is a pure function of what it is given,
and answers stand in the order of the pieces. The other process is begun for one call and ended with it, or, within
``kept``, begun with the first call and ended with the block: its start takes two seconds of a processor. It is begun
anew and not forked, for a worker has threads; it lives as long as its standard input is open, so that it ends when this
one is gone, be it by kill -9; and where it dies, its pieces are done here. What it is given goes through pipes, and
nothing through a file. ``python -m analysis.second_processor`` is that process.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any, Final, TypeVar

COMMAND: Final = (sys.executable, "-P", "-m", "analysis.second_processor")
_ONE_THREAD: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_LENGTH: Final = 8  # bytes that say how long what follows is
Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def answers(
    made: Callable[[Piece], Answer], pieces: Sequence[Piece], *, shared: bool, command: Sequence[str] = COMMAND
) -> list[Answer]:
    """``made`` of every piece, in their order. ``shared``: every second one elsewhere; pieces and answers have then to
    bear being pickled, and ``made`` stands at the top of its module. What it raises is raised here."""
    if not shared or len(pieces) < 2:
        return [made(one) for one in pieces]
    with elsewhere(made, pieces[1::2], shared=shared, command=command) as others:
        own = [made(one) for one in pieces[::2]]
        theirs = others()
    found = [own[0]] * len(pieces)
    found[::2], found[1::2] = own, theirs
    return found


@contextmanager
def elsewhere(
    made: Callable[[Piece], Answer], pieces: Sequence[Piece], *, shared: bool, command: Sequence[str] = COMMAND
) -> Iterator[Callable[[], list[Answer]]]:
    """Begins ``made`` of the pieces in the other process; their answers are had by calling what is given. Where it is
    not ``shared``, cannot be begun or died (of memory, perhaps), they are made here, when they are called for."""
    place = f"{made.__module__}:{made.__qualname__}"
    asked = _asked(place, pieces, command) if shared else None

    def found() -> list[Answer]:
        theirs = None if asked is None else asked.answers()
        return [made(one) for one in pieces] if theirs is None else theirs

    try:
        yield found
    finally:
        if asked is not None and not (asked.answered and _is_kept(asked.of)):
            asked.of.end()


@contextmanager
def kept() -> Iterator[None]:
    """Within, the process that a call has begun is there for the next."""
    holder = _Kept()
    token = _KEPT.set(holder)
    try:
        yield
    finally:
        _KEPT.reset(token)
        if holder.process is not None:
            holder.process.end()


@dataclass(slots=True)
class _Kept:
    process: _Other | None = None


_KEPT: ContextVar[_Kept | None] = ContextVar("kept", default=None)


def _asked(place: str, pieces: Sequence[Any], command: Sequence[str]) -> _Asked | None:
    """None where no process can be begun."""
    holder = _KEPT.get()
    process = None if holder is None else holder.process
    if process is not None and process.idle:
        return process.ask(place, pieces)
    with suppress(OSError):
        other = _Other(command)
        if holder is not None and (process is None or not process.alive):
            if process is not None:
                process.end()
            holder.process = other
        return other.ask(place, pieces)
    return None


def _is_kept(process: _Other) -> bool:
    holder = _KEPT.get()
    return holder is not None and holder.process is process


class _Other:
    """The process."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        environment = {**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}
        self.process = subprocess.Popen(  # noqa: S603 -- this interpreter and this module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, process_group=0
        )
        self._last: _Asked | None = None

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def idle(self) -> bool:
        return self.alive and (self._last is None or self._last.answered)

    def ask(self, place: str, pieces: Sequence[Any]) -> _Asked:
        self._last = _Asked(self, place, pieces)
        return self._last

    def end(self) -> None:
        self.process.kill()
        if self._last is not None:
            self._last.wait()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


class _Asked:
    """What it was asked: those who write to it and read from it meanwhile, for neither pipe holds what a piece is."""

    def __init__(self, of: _Other, place: str, pieces: Sequence[Any]) -> None:
        self.of = of
        self._said = b""
        self._threads = [
            threading.Thread(target=self._tell, args=((place, pieces),), daemon=True),
            threading.Thread(target=self._hear, daemon=True),
        ]
        for one in self._threads:
            one.start()

    @property
    def answered(self) -> bool:
        return bool(self._said) and not any(one.is_alive() for one in self._threads)

    def answers(self) -> list[Any] | None:
        """None where it died before its end."""
        self.wait()
        return None if not self._said else list(pickle.loads(self._said))  # noqa: S301 -- our own, just now

    def wait(self) -> None:
        for one in self._threads:
            one.join()

    def _tell(self, what: tuple[str, Sequence[Any]]) -> None:
        assert self.of.process.stdin is not None
        try:
            place, pieces = what
            _send(self.of.process.stdin, pickle.dumps((place, list(pieces)), protocol=pickle.HIGHEST_PROTOCOL))
        except Exception:  # it has died, or cannot be told: it would wait for ever
            self.of.process.kill()

    def _hear(self) -> None:
        assert self.of.process.stdout is not None
        self._said = _received(self.of.process.stdout)


def _send(pipe: IO[bytes], what: bytes) -> None:
    pipe.write(len(what).to_bytes(_LENGTH, "little"))
    pipe.write(what)
    pipe.flush()


def _received(pipe: IO[bytes]) -> bytes:
    """Nothing where the other end closed before all of it came."""
    length = int.from_bytes(pipe.read(_LENGTH), "little")
    what = pipe.read(length)
    return what if len(what) == length else b""


def _main() -> None:
    told, says = os.fdopen(0, "rb", closefd=False), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library may print is no answer
    asked: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(told, asked), daemon=True).start()
    while True:
        try:
            place, pieces = pickle.loads(asked.get())  # noqa: S301 -- of the process that began this one
            made = _function(place)
            found = [made(one) for one in pieces]
        except Exception:  # its words may hold answers: it is raised again where the pieces came from
            os._exit(1)
        _send(says, pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL))
        del pieces, found  # what comes next may need their memory


def _listen(told: IO[bytes], asked: queue.SimpleQueue[bytes]) -> None:
    """Ends the process with the one that began it, whatever it is doing."""
    while what := _received(told):
        asked.put(what)
    os._exit(1)


def _function(place: str) -> Callable[[Any], Any]:
    module, _, function = place.partition(":")
    gc.disable()  # all modules stay
    found: Callable[[Any], Any] = getattr(import_module(module), function)
    gc.enable()
    return found


if __name__ == "__main__":
    _main()
