"""``/health``: whether an answer that comes now would be stored. It never says yes out of politeness."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from survey_service import database
from survey_service.dependencies import Running

SECONDS = 2.0

router = APIRouter()
# Its own thread: when every other thread waits for a stuck database, this one still finds out and says so.
_asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")


async def _database_answers(opened: database.Database) -> bool:
    asked = asyncio.get_running_loop().run_in_executor(_asking, database.answers, opened)
    try:
        return await asyncio.wait_for(asked, SECONDS)
    except Exception:  # unreachable, locked, slow or gone: all of them mean no
        return False


@router.get("/health", include_in_schema=False)
async def health(running: Running) -> JSONResponse:
    reachable = await _database_answers(running.database)
    alive = running.writer.alive
    room = running.writer.waiting < running.settings.queue_size
    well = reachable and alive and room
    body = {
        "status": "ok" if well else "failing",
        "database": reachable,
        "writer": alive,
        "waiting": running.writer.waiting,
    }
    return JSONResponse(
        body,
        status_code=HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Cache-Control": "no-store"},
    )
