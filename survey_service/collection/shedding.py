"""While more answers come than the processor can take, the newest are turned away before anything is done for them.

The queue before the writer is bounded, but where the processor is what is short it never fills: requests pile up before
it, and everybody waits until nobody believes in the page. So the loop's own lateness is measured while answers are
under way. When it is late, and there are many, a script is told 503 with Retry-After in a fraction of what its answer
would cost; it keeps the answers and comes back by itself. The same is said, before anything is read, while the writer
stands still or its line is full. Posts of pages without a script are let through: they are few, and the page that says
未提交 must carry their answers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from types import SimpleNamespace
from typing import Any

from survey_service.collection.reception import Reception
from survey_service.collection.replies import turned_away

LATE_SECONDS = 0.05
MANY = 100  # under way at once: a third of a second's answers of a whole city; below it lateness has another cause
BEAT_SECONDS = 0.02
_ROUTE = SimpleNamespace(path="/a/{code}")  # what log and metrics call it, though no router has seen it

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Shedding:
    """Plain ASGI, inside the layer that adds headers and logs."""

    def __init__(
        self,
        app: App,
        *,
        many: int = MANY,
        late: float = LATE_SECONDS,
        clock: Callable[[], float] = time.monotonic,  # not the loop's: that stands still within a turn
    ) -> None:
        self._app = app
        self._many, self._limit, self._clock = many, late, clock
        self._under_way = 0
        self._late = self._due = 0.0
        self._beating = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _by_script(scope):
            await self._app(scope, receive, send)
            return
        if self._overrun() or _stands_still(scope):
            scope.setdefault("route", _ROUTE)
            await turned_away()(scope, receive, send)
            return
        self._under_way += 1
        if not self._beating:
            self._late = 0.0
            self._next_beat()
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1

    def _overrun(self) -> bool:
        """Whether many are under way and the loop is late, also in the middle of a turn that began in time: eight
        hundred answers that arrive at once are all begun in one."""
        return self._under_way >= self._many and max(self._late, self._clock() - self._due) >= self._limit

    def _next_beat(self) -> None:
        self._beating = True
        self._due = self._clock() + BEAT_SECONDS
        asyncio.get_running_loop().call_later(BEAT_SECONDS, self._beat)

    def _beat(self) -> None:
        """How late the loop is, known anew at every beat; it beats only while answers are under way."""
        self._late = self._clock() - self._due
        self._beating = False
        if self._under_way:
            self._next_beat()


def _stands_still(scope: Scope) -> bool:
    """Whether an answer that comes now would find no room at the intake; an application that has not begun has none."""
    running = getattr(scope["app"].state, "services", None) if "app" in scope else None
    return running is not None and running.of(Reception).intake.refuses()


def _by_script(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/a/"):
        return False
    return any(name == b"accept" and value.startswith(b"application/json") for name, value in scope["headers"])
