"""What a route may ask for in its signature. GET routes take only ``Reading``; a test holds it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Request

from survey_service.database import ReadingSessions, WritingSessions
from survey_service.services import Services

# Asynchronous, though nothing is awaited: a plain function would be run by another thread, once for each of them.


async def services(request: Request) -> Services:
    held: Services = request.app.state.services
    return held


Running = Annotated[Services, Depends(services)]


async def _reading(running: Running) -> ReadingSessions:
    return running.database.reading


async def _writing(running: Running) -> WritingSessions:
    return running.database.writing


async def _now(running: Running) -> datetime:
    return running.clock()


Reading = Annotated[ReadingSessions, Depends(_reading)]
Writing = Annotated[WritingSessions, Depends(_writing)]
Now = Annotated[datetime, Depends(_now)]
BatchNumber = Annotated[int, Path(ge=0, le=2**31 - 1)]  # as the column holds it: no database is asked for more
