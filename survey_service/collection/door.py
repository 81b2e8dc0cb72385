"""The door for typed codes: one field, for whoever reads the code from a letter because no camera takes it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from survey_service.collection import replies
from survey_service.collection.form import Display, read_fields
from survey_service.dependencies import Running
from survey_service.errors import DomainError
from survey_service.surveys import codes
from survey_service.web.resident_pages import NEVER_KEPT
from survey_service.web.resident_threads import aside

router = APIRouter()


@router.post("/a", include_in_schema=False)
async def open_door(request: Request, running: Running) -> Response:
    """To the page of the code that was typed, or the field again with what is wrong beside it."""
    body = await request.body()
    display, typed = Display(), ""
    try:
        fields = read_fields(body, request.headers.get("content-type", ""))
        display, typed = fields.display, dict(fields.pairs).get("code", "")
        found = codes.as_printed(typed)
        await aside(lambda: _look(running, found))
    except DomainError as error:
        return replies.wrong_code(running, error, display, typed)
    return RedirectResponse(f"/a/{found}{display.query}", 303, {"Cache-Control": NEVER_KEPT})


def _look(running: Running, code: str) -> None:
    with running.database.reading.begin() as session:
        codes.find(session, code)
