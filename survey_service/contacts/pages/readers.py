"""The page on which a second person agrees to whoever reads contact data."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.errors import CannotAgree
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.contacts import readers
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError
from survey_service.services import Services

router = APIRouter()
MayAgree = Annotated[Person, Depends(require(*rights.AGREE_TO_READERS))]


@router.get("/contact-readers")
def list_readers(request: Request, running: Running, reading: Reading, person: MayAgree, now: Now) -> Response:
    return _page(request, running, reading, person, now, fault=None)


@router.post("/contact-readers/{account_id}")
def agree(
    request: Request, running: Running, reading: Reading, writing: Writing, person: MayAgree, now: Now, account_id: UUID
) -> Response:
    try:
        with writing.begin() as session:
            readers.agree(session, person, account_id, running.settings, at=now)
    except (BadInput, Conflict, CannotAgree) as fault:
        return _page(request, running, reading, person, now, fault=fault)
    return go("/contact-readers?done=agreed")


def _page(
    request: Request, running: Services, reading: Reading, person: Person, now: Now, *, fault: DomainError | None
) -> Response:
    with reading.begin() as session:
        found = readers.readers(session, person, running.settings, at=now)
        context = {"readers": found, "fault": fault, "done": request.query_params.get("done", "")}
        status = fault.status if fault else 200
        return staff_page(request, running, person, "staff/contact-readers.html", context, status=status)
