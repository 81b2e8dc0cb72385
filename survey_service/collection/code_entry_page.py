"""The first page, and the door for typed codes: one field, for whoever reads the code from a letter because no camera
takes it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from survey_service.accounts.permissions import whoever_is_signed_in
from survey_service.accounts.queries import any_account
from survey_service.accounts.staff_pages import first_page, go
from survey_service.collection import replies, resident_pages
from survey_service.collection.posted_answers import Display, read_fields
from survey_service.collection.resident_pages import NEVER_KEPT
from survey_service.collection.resident_threads import aside
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import DomainError
from survey_service.surveys import codes

router = APIRouter()


@router.get("/")
def home(request: Request, running: Running, reading: Reading, now: Now) -> Response:
    """Whoever is signed in goes to their work; everybody else stands at the door, where a code is typed."""
    person = whoever_is_signed_in(request, running, reading, now)
    if person:
        return go(first_page(person))
    with reading.begin() as session:
        if not any_account(session):
            return go("/sign-in")  # nobody has a code yet either: it leads to the first administrator
    asked = request.query_params
    display = Display(language=resident_pages.language_asked(asked.get("lang")), large=asked.get("text") == "large")
    return resident_pages.door(running.settings, replies.look_of(display), staff=True)


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
