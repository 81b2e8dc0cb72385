"""How what computes for long behaves on the machine of a server: residents go first, and it says when to end."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

# systemd sends it to every process of a unit at once: who ended by it would leave the server without an answer to those
# it still serves, and the server would begin another.
DEAF_TO = frozenset({signal.SIGTERM, signal.SIGINT})
NICE = 10  # 19 would keep it waiting for its turn while it holds the lock of the database
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def behind_the_server() -> None:
    """Of this process, before numpy is imported, and before it has threads, which would take signals for themselves."""
    os.nice(NICE)
    signal.pthread_sigmask(signal.SIG_BLOCK, DEAF_TO)
    keep_to_one_thread(os.environ)


SELDOM = (20_000, 20, 20)
"""How many new objects Python's collector waits for. The figures of a wave are a million objects and all of them stay:
walking through them again and again took an eighth of its time, and under load a quarter of that of an answer."""


@contextmanager
def nothing_is_garbage() -> Iterator[None]:
    """While modules are imported: all of them stay, and the collector would walk through them again and again, which
    takes a sixth of a start. Afterwards it looks seldom."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*SELDOM)
        gc.enable()


def keep_to_one_thread(environment: MutableMapping[str, str]) -> None:
    """Libraries of linear algebra take every processor else; for our sizes that is slower besides."""
    for name in _ONE_THREAD:
        environment.setdefault(name, "1")
