"""A second processor for work that falls into pieces: half of them are done in a process of its own.

What comes back is the same, to the byte, wherever a piece was done: every piece is a pure function of what it is given,
and answers stand in the order of the pieces. The other process is begun for one call and ended with it. It is begun
anew and not forked, for a worker has threads; it lives as long as its standard input is open, so that it ends when this
one is gone, be it by kill -9; and where it dies, its pieces are done here. What it is given goes through pipes, and
nothing through a file. ``python -m analysis.second_processor MODULE:FUNCTION`` is that process.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
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
    other = None
    with suppress(OSError):
        other = _Other(f"{made.__module__}:{made.__qualname__}", pieces, command) if shared else None

    def found() -> list[Answer]:
        theirs = None if other is None else other.answers()
        return [made(one) for one in pieces] if theirs is None else theirs

    try:
        yield found
    finally:
        if other is not None:
            other.end()


class _Other:
    """The process, and those who write to it and read from it meanwhile: neither pipe holds what a piece is."""

    def __init__(self, place: str, pieces: Sequence[Any], command: Sequence[str]) -> None:
        environment = {**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}
        self._process = subprocess.Popen(  # noqa: S603 -- this interpreter and this module
            [*command, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, process_group=0
        )
        self._said = b""
        self._threads = [
            threading.Thread(target=self._tell, args=(pieces,), daemon=True),
            threading.Thread(target=self._hear, daemon=True),
        ]
        for one in self._threads:
            one.start()

    def answers(self) -> list[Any] | None:
        """None where it died before its end."""
        for one in self._threads:
            one.join()
        return None if not self._said else list(pickle.loads(self._said))  # noqa: S301 -- our own, just now

    def end(self) -> None:
        self._process.kill()
        for one in self._threads:
            one.join()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _tell(self, pieces: Sequence[Any]) -> None:
        assert self._process.stdin is not None
        try:
            _send(self._process.stdin, pickle.dumps(list(pieces), protocol=pickle.HIGHEST_PROTOCOL))
        except Exception:  # it has died, or cannot be told: it would wait for ever
            self._process.kill()

    def _hear(self) -> None:
        assert self._process.stdout is not None
        self._said = _received(self._process.stdout)


def _send(pipe: IO[bytes], what: bytes) -> None:
    pipe.write(len(what).to_bytes(_LENGTH, "little"))
    pipe.write(what)
    pipe.flush()


def _received(pipe: IO[bytes]) -> bytes:
    """Nothing where the other end closed before all of it came."""
    length = int.from_bytes(pipe.read(_LENGTH), "little")
    what = pipe.read(length)
    return what if len(what) == length else b""


def _main(place: str) -> None:
    told, says = os.fdopen(0, "rb", closefd=False), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library may print is no answer
    what = _received(told)
    threading.Thread(target=_ended_with, args=(told,), daemon=True).start()
    module, _, function = place.partition(":")
    try:
        made = getattr(import_module(module), function)
        found = [made(one) for one in pickle.loads(what)]  # noqa: S301 -- of the process that began this one
    except Exception:  # its words may hold answers: it is raised again where the pieces came from
        os._exit(1)
    _send(says, pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL))


def _ended_with(told: IO[bytes]) -> None:
    while told.read(4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    _main(sys.argv[1])
