"""Where a checked answer waits for the group writer without holding a thread, and never waits for long."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy.orm import Session

from survey_service.errors import DomainError, TooBusy
from survey_service.writer import Busy, GroupWriter

T = TypeVar("T")
log = structlog.get_logger()

PATIENCE_SECONDS = 10.0  # a phone that waits longer believes in a dead page
STALL_SECONDS = 5.0  # one group takes milliseconds; when the oldest waits this long, the next would wait too
LOOKS_A_PATIENCE = 40  # how often in that time it is looked who has waited too long: one timer for all of them


class AnswerIntake:
    """Hands work to the writer and awaits the durable commit. Every way but that one ends in TooBusy, so that nobody
    is told 已提交 for what may be lost; the same id may always be handed in again."""

    def __init__(
        self, writer: GroupWriter, *, patience: float = PATIENCE_SECONDS, stall: float = STALL_SECONDS
    ) -> None:
        self._writer = writer
        self._patience = patience
        self._stall = stall
        # In the order of arrival: since when, and what is awaited, True when the writer is done with it.
        self._waiting: dict[Future[Any], tuple[float, asyncio.Future[bool]]] = {}
        self._looking = False
        self._settled: deque[Future[Any]] = deque()  # by the writer's thread, for the loop to take
        self._woken = False

    def refuses(self) -> bool:
        """Whether an answer that comes now would be turned away: it need not even be read."""
        return self._writer.full or self.stalled()

    def stalled(self) -> bool:
        """Whether somebody has been waiting longer than a living writer takes."""
        oldest = next(iter(self._waiting.values()), None)
        return oldest is not None and time.monotonic() - oldest[0] > self._stall

    async def hand_in(self, work: Callable[[Session], T]) -> T:
        """The result of ``work`` after its commit; TooBusy at once when the line is full or stands still."""
        if self.stalled():
            raise TooBusy
        try:
            future = self._writer.submit(work)
        except Busy:
            raise TooBusy from None
        loop = asyncio.get_running_loop()
        settled: asyncio.Future[bool] = loop.create_future()
        # One that was given up stays in the line until the writer is done with it: that is what tells a stalled writer.
        self._waiting[future] = (time.monotonic(), settled)
        future.add_done_callback(partial(self._settle, loop))
        if not self._looking:
            self._looking = True
            loop.call_later(self._patience / LOOKS_A_PATIENCE, self._give_up, loop)
        try:
            in_time = await settled
        except asyncio.CancelledError:
            future.cancel()
            raise
        # What has not been begun is not stored behind the person's back. What just ended is told as it ended.
        if not in_time and (future.cancel() or not future.done()):
            raise TooBusy
        try:
            return future.result()
        except DomainError:
            raise
        except Busy:
            raise TooBusy from None
        except Exception as failed:  # the commit failed, or the work did: in both cases nothing was stored
            log.error("answer_not_stored", kind=type(failed).__name__)
            raise TooBusy from failed

    def _settle(self, loop: asyncio.AbstractEventLoop, future: Future[Any]) -> None:
        """In the writer's thread: the loop is woken once for a group, not once for each of its answers."""
        self._settled.append(future)
        if not self._woken:  # asked after the append: whoever sees it set knows that the loop still has to look
            self._woken = True
            try:
                loop.call_soon_threadsafe(self._tell)
            except RuntimeError:  # the loop has ended: nobody waits any more
                return

    def _tell(self) -> None:
        self._woken = False
        while self._settled:
            _, settled = self._waiting.pop(self._settled.popleft())
            if not settled.done():
                settled.set_result(True)

    def _give_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whoever has waited longer than people do is told so; it goes on for as long as anybody waits."""
        before = time.monotonic() - self._patience
        for since, settled in self._waiting.values():
            if since > before:
                break
            if not settled.done():
                settled.set_result(False)
        self._looking = bool(self._waiting)
        if self._looking:
            loop.call_later(self._patience / LOOKS_A_PATIENCE, self._give_up, loop)
