"""Where a checked answer waits for the group writer without holding a thread, and never waits for long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import structlog
from sqlalchemy.orm import Session

from survey_service.errors import DomainError, TooBusy
from survey_service.writer import Busy, GroupWriter

T = TypeVar("T")
log = structlog.get_logger()

PATIENCE_SECONDS = 10.0  # a phone that waits longer believes in a dead page
STALL_SECONDS = 5.0  # one group takes milliseconds; when the oldest waits this long, the next would wait too


class AnswerDesk:
    """Hands work to the writer and awaits the durable commit. Every way but that one ends in TooBusy, so that nobody
    is told 已提交 for what may be lost; the same id may always be handed in again."""

    def __init__(
        self, writer: GroupWriter, *, patience: float = PATIENCE_SECONDS, stall: float = STALL_SECONDS
    ) -> None:
        self._writer = writer
        self._patience = patience
        self._stall = stall
        self._waiting: dict[Future[Any], float] = {}  # in the order of arrival

    def refuses(self) -> bool:
        """Whether an answer that comes now would be turned away: it need not even be read."""
        return self._writer.full or self.stalled()

    def stalled(self) -> bool:
        """Whether somebody has been waiting longer than a living writer takes."""
        oldest = next(iter(self._waiting.values()), None)
        return oldest is not None and time.monotonic() - oldest > self._stall

    async def hand_in(self, work: Callable[[Session], T]) -> T:
        """The result of ``work`` after its commit; TooBusy at once when the line is full or stands still."""
        if self.stalled():
            raise TooBusy
        try:
            future = self._writer.submit(work)
        except Busy:
            raise TooBusy from None
        self._waiting[future] = time.monotonic()
        loop = asyncio.get_running_loop()
        # Resolved in the writer's thread; the line of the waiting is kept in the loop's. One that was given up stays
        # in it until the writer is done with it: that is what tells a stalled writer.
        future.add_done_callback(lambda done: _in_loop(loop, self._waiting.pop, done, None))
        try:
            # A timeout cancels what has not been begun: it will not be stored behind the person's back.
            return await asyncio.wait_for(asyncio.wrap_future(future), self._patience)
        except DomainError:
            raise
        except (TimeoutError, Busy):
            raise TooBusy from None
        except Exception as failed:  # the commit failed, or the work did: in both cases nothing was stored
            log.error("answer_not_stored", kind=type(failed).__name__)
            raise TooBusy from failed


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[..., Any], *arguments: Any) -> None:
    try:
        loop.call_soon_threadsafe(call, *arguments)
    except RuntimeError:  # the loop has ended: nobody waits any more
        return
