"""How often something may happen from one place. Counted in the memory of one process, and bounded."""

from __future__ import annotations

import math

REMEMBERED = 100_000  # places in one window; whoever fakes more of them only makes the count begin anew


class RateLimiter:
    """At most ``most`` events of one key in any ``seconds``, to a good approximation.

    Two counts a key: of this window, and of the last one in the share of it that still lies within ``seconds``. The
    memory stores of the library ``limits`` walk through every key they hold at almost every event, which at 300 answers
    a second from thousands of addresses costs more than the answers (docs/decisions/0058).
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._began = -math.inf
        self._now: dict[object, int] = {}
        self._before: dict[object, int] = {}

    def wait(self, key: object, at: float) -> int:
        """Seconds until another event of ``key`` is allowed, 0 when it is now; ``at`` in seconds of any clock."""
        self._turn(at)
        current, before = self._now.get(key, 0), self._before.get(key, 0)
        passed = (at - self._began) / self._seconds
        if current + before * (1 - passed) < self._most:
            return 0
        # When the share of the last window has shrunk enough; if this one alone is full, when it is the last one.
        until = 1 - (self._most - current) / before if current < self._most else 2 - self._most / current
        return math.floor((until - passed) * self._seconds) + 1  # a moment later: at the very limit it is still full

    def count(self, key: object, at: float) -> None:
        self._turn(at)
        self._now[key] = self._now.get(key, 0) + 1
        if len(self._now) > REMEMBERED:
            self._before, self._now = self._now, {}

    def _turn(self, at: float) -> None:
        windows = (at - self._began) / self._seconds
        if 0 <= windows < 1:
            return
        self._before = self._now if 1 <= windows < 2 else {}
        self._now = {}
        self._began = math.floor(at / self._seconds) * self._seconds
