"""How what computes for long behaves on the machine of a server: residents go first."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

NICE = 10  # 19 would keep it waiting for its turn while it holds the lock of the database
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def behind_the_server() -> None:
    """Of this process, before numpy is imported."""
    os.nice(NICE)
    keep_to_one_thread(os.environ)


def keep_to_one_thread(environment: MutableMapping[str, str]) -> None:
    """Libraries of linear algebra take every processor else; for our sizes that is slower besides."""
    for name in _ONE_THREAD:
        environment.setdefault(name, "1")
