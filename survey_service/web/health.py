"""``/health``: whether an answer that comes now would be stored. It never says yes out of politeness."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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


async def _asked(question: Callable[[], bool]) -> bool:
    asked = asyncio.get_running_loop().run_in_executor(_asking, question)
    try:
        return await asyncio.wait_for(asked, SECONDS)
    except Exception:  # unreachable, locked, slow or gone: all of them mean no
        return False


def _has_room(opened: database.Database) -> bool:
    """Whether the disk of a SQLite database can take answers; a server's disk is not seen from here."""
    if not opened.is_sqlite:
        return True
    folder = Path(make_url(opened.url).database or ".").parent
    return shutil.disk_usage(folder).free >= ROOM


@router.get("/health", include_in_schema=False)
async def health(running: Running) -> JSONResponse:
    reachable = await _asked(partial(database.answers, running.database))
    alive = running.writer.alive
    room = running.writer.waiting < running.settings.queue_size
    storing = not running.writer.failing
    space = await _asked(partial(_has_room, running.database))
    well = reachable and alive and room and storing and space
    body = {
        "status": "ok" if well else "failing",
        "database": reachable,
        "writer": alive,
        "storing": storing,
        "disk": space,
        "waiting": running.writer.waiting,
    }
    return JSONResponse(
        body,
        status_code=HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Cache-Control": "no-store"},
    )
