"""The first page of administrators and interviewers: what is there for them, and what comes next."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import rights, start
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import staff_page
from survey_service.dependencies import Now, Reading, Running
from survey_service.field import own_rounds
from survey_service.surveys.opened_doors import OpensDoors

router = APIRouter()
Beginner = Annotated[Person, Depends(require(*rights.BEGIN))]


@router.get("/start")
def start_page(
    request: Request, running: Running, reading: Reading, person: Beginner, now: Now, opens: OpensDoors
) -> Response:
    local = now.astimezone(running.settings.zone)
    with reading.begin() as session:
        context = {
            "begun": start.begun(session, person) if person.has(*rights.MANAGE_ACCOUNTS) else None,
            "rounds": own_rounds.of(session, opens, local) if person.has(*rights.VISIT) else None,
            "today": local.date(),
        }
        return staff_page(request, running, person, "staff/start.html", context, section="start")
