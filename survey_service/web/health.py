"""``/health``: whether an answer that comes now would be stored. It never says yes out of politeness."""

from __future__ import annotations

import asyncio
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.engine import make_url

from survey_service import database
from survey_service.dependencies import Running

SECONDS = 2.0
ROOM = 32 * 1024 * 1024  # bytes: less on the disk of the database, and the next answers would not fit

router = APIRouter()
# Its own thread: when every other thread waits for a stuck database, this one still finds out and says so.
_asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")


def _answers(opened: database.Database) -> tuple[bool, bool]:
    """Whether the database answers, and whether its disk has room."""
    try:
        return database.answers(opened), _has_room(opened)
    except Exception:  # unreachable, locked or gone: all of them mean no
        return False, False


@dataclass(slots=True)
class Question:
    """One at a time: where one waits for its answer already, nobody waits as long for the same again."""

    asked: asyncio.Future[tuple[bool, bool]] | None = None
    since: float = 0.0

    async def answer(self, opened: database.Database) -> tuple[bool, bool]:
        if self.asked is None or self.asked.done():
            self.asked = asyncio.get_running_loop().run_in_executor(_asking, _answers, opened)
            self.since = time.monotonic()
        try:
            left = max(0.0, self.since + SECONDS - time.monotonic())
            return await asyncio.wait_for(asyncio.shield(self.asked), left)
        except TimeoutError:
            return False, False


def _has_room(opened: database.Database) -> bool:
    """Whether the disk of a SQLite database can take answers; a server's disk is not seen from here."""
    if not opened.is_sqlite:
        return True
    folder = Path(make_url(opened.url).database or ".").parent
    return shutil.disk_usage(folder).free >= ROOM


@router.get("/health", include_in_schema=False)
async def health(running: Running) -> JSONResponse:
    reachable, space = await running.of(Question).answer(running.database)
    alive = running.writer.alive
    room = running.writer.waiting < running.settings.queue_size
    storing = not running.writer.failing
    well = reachable and alive and room and storing and space
    body = {
        "status": "ok" if well else "failing",
        "database": reachable,
        "writer": alive,
        "storing": storing,
        "disk": space,
        "waiting": running.writer.waiting,
    }
    if running.processes is not None:
        body["workers"] = running.processes.living  # answers are stored without any: no reason to say that it fails
    return JSONResponse(
        body,
        status_code=HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Cache-Control": "no-store"},
    )
