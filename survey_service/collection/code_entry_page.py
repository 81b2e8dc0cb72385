"""The first page, and the door for typed codes: one field, for whoever reads the code from a letter because no camera
takes it."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from survey_service.accounts.permissions import whoever_is_signed_in
from survey_service.accounts.queries import any_account
from survey_service.accounts.staff_pages import first_page, go
from survey_service.collection import replies, resident_pages, short_entry
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
        stopped = _stopped(session, now)
    return resident_pages.door(running.settings, replies.look_of(_display(request)), stopped=stopped, staff=True)


@router.post("/a", include_in_schema=False)
async def open_door(request: Request, running: Running, now: Now) -> Response:
    """To the page of the code that was typed, or the field again with what is wrong beside it."""
    body = await request.body()
    display, typed = Display(), ""
    try:
        fields = read_fields(body, request.headers.get("content-type", ""))
        display, typed = fields.display, dict(fields.pairs).get("code", "")
        found = await _code(running, typed, now)
    except DomainError as error:
        return replies.wrong_code(running, error, display, typed)
    return _lead(found, display)


@router.get("/s/{code}", include_in_schema=False)
async def short_link(code: str, request: Request, running: Running, now: Now) -> Response:
    """As if it had been typed: the link of a text message, which has to be short."""
    display = _display(request)
    try:
        found = await short_entry.long_code(running, code, now)
    except DomainError as error:
        return replies.wrong_code(running, error, display, code)
    return _lead(found, display)


async def _code(running: Running, typed: str, now: Now) -> str:
    """Of a whole address only what stands last; a long code as it is, a short one exchanged for it."""
    last = typed.strip().rstrip("/").rpartition("/")[2]
    long = codes.as_printed(last)
    if len(long) != codes.LENGTH:
        return await short_entry.long_code(running, last, now)
    await aside(lambda: _look(running, long))
    return long


def _look(running: Running, code: str) -> None:
    with running.database.reading.begin() as session:
        codes.find(session, code)


def _lead(code: str, display: Display) -> Response:
    return RedirectResponse(f"/a/{code}{display.query}", 303, {"Cache-Control": NEVER_KEPT})


def _display(request: Request) -> Display:
    asked = request.query_params
    return Display(language=resident_pages.language_asked(asked.get("lang")), large=asked.get("text") == "large")


def _stopped(session: Session, now: Now) -> DomainError | None:
    try:
        short_entry.refuse_if_stopped(session, now)
    except DomainError as error:
        return error
    return None
