"""While more answers come than the processor can take, the newest are turned away before anything is done for them.

The queue before the writer is bounded, but where the processor is what is short it never fills: requests pile up before
it, and everybody waits until nobody believes in the page. So the loop's own lateness is measured while answers are
under way. When it is late, and there are many, a script is told 503 with Retry-After in a fraction of what its answer
would cost; it keeps the answers and comes back by itself. Posts of pages without a script are let through: they are
few, and the page that says 未提交 must carry their answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from survey_service.collection.replies import turned_away

LATE_SECONDS = 0.05
MANY = 100  # under way at once: a third of a second's answers of a whole city; below it lateness has another cause
BEAT_SECONDS = 0.02

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Shedding:
    """Plain ASGI, inside the layer that adds headers and logs."""

    def __init__(self, app: App, *, many: int = MANY, late: float = LATE_SECONDS) -> None:
        self._app = app
        self._many, self._limit = many, late
        self._under_way = 0
        self._late = 0.0
        self._beating = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _by_script(scope):
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._many and self._late >= self._limit:
            await turned_away()(scope, receive, send)
            return
        self._under_way += 1
        if not self._beating:
            self._beat(asyncio.get_running_loop(), None)
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1

    def _beat(self, loop: asyncio.AbstractEventLoop, due: float | None) -> None:
        """How late the loop is, known anew at every beat; it beats only while answers are under way."""
        now = loop.time()
        self._late = now - due if due is not None else 0.0
        self._beating = self._under_way > 0
        if self._beating:
            loop.call_at(now + BEAT_SECONDS, self._beat, loop, now + BEAT_SECONDS)


def _by_script(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/a/"):
        return False
    return any(name == b"accept" and value.startswith(b"application/json") for name, value in scope["headers"])
