"""Slows whoever guesses passwords, and locks nobody out.

Failures are counted per name and place (the browser's address, or a browser that has signed in as that name before),
so a stranger who guesses at a name does not stand in its owner's way. Memory of one process, bounded; it forgets.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_FAILURES = 4  # typing slips
LONGEST_WAIT = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(minutes=30)
REMEMBERED = 10_000  # name and place pairs


@dataclass(slots=True)
class _Failures:
    count: int
    last: datetime


class Throttle:
    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()
        self._lock = threading.Lock()

    def seconds_to_wait(self, user: str, place: str, now: datetime) -> int:
        """0 when a try is allowed now. A refused try is not counted: waiting always ends."""
        with self._lock:
            failures = self._failures.get((user, place))
            if failures is None or failures.count < FREE_FAILURES or now - failures.last > FORGOTTEN_AFTER:
                return 0
            wait = min(timedelta(seconds=2 ** (failures.count - FREE_FAILURES + 1)), LONGEST_WAIT)
            left = failures.last + wait - now
        return max(0, -(-left // timedelta(seconds=1)))

    def failed(self, user: str, place: str, now: datetime) -> None:
        with self._lock:
            failures = self._failures.setdefault((user, place), _Failures(0, now))
            if now - failures.last > FORGOTTEN_AFTER:
                failures.count = 0
            failures.count = min(failures.count + 1, 30)
            failures.last = now
            self._failures.move_to_end((user, place))
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, user: str, place: str) -> None:
        with self._lock:
            self._failures.pop((user, place), None)
