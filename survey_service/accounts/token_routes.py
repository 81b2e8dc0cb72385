"""One's own access tokens: making one, which is shown once, and ending one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import tokens
from survey_service.accounts.permissions import Person, SignedIn
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError
from survey_service.services import Services

router = APIRouter()
HOME = "/account/tokens"


@router.get("/account/tokens")
def tokens_page(request: Request, running: Running, reading: Reading, person: SignedIn, now: Now) -> Response:
    return _page(request, running, reading, person, now, fault=None)


@router.post("/account/tokens")
def make_token(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: SignedIn,
    now: Now,
    name: Annotated[str, Form(max_length=200)] = "",
    days: Annotated[int, Form()] = tokens.DEFAULT_DAYS,
    read_only: Annotated[bool, Form()] = False,
) -> Response:
    """The page that follows shows the token, and no other ever does."""
    try:
        with writing.begin() as session:
            made = tokens.make(
                session, person.account_id, name, days=days, read_only=read_only, at=now, by=person.actor
            )
    except (BadInput, Conflict) as fault:
        return _page(request, running, reading, person, now, fault=fault, typed=name)
    context = {"made": made, "until": made.expires_at.astimezone(running.settings.zone).date(), "api": _api(running)}
    return staff_page(request, running, person, "staff/token-made.html", context, section="account")


@router.get("/account/tokens/{token_id}/end")
def confirm_end(request: Request, running: Running, reading: Reading, person: SignedIn, token_id: UUID) -> Response:
    with reading.begin() as session:
        context = {"token": tokens.own(session, person.account_id, token_id)}
        return staff_page(request, running, person, "staff/token-end.html", context, section="account")


@router.post("/account/tokens/{token_id}/end")
def end_token(writing: Writing, person: SignedIn, now: Now, token_id: UUID) -> Response:
    with writing.begin() as session:
        tokens.end(session, person.account_id, token_id, at=now, by=person.actor)
    return go(HOME)


def _page(
    request: Request,
    running: Services,
    reading: Reading,
    person: Person,
    now: Now,
    *,
    fault: DomainError | None,
    typed: str = "",
) -> Response:
    with reading.begin() as session:
        listed = tokens.listed(session, person.account_id)
        context = {
            "fault": fault,
            "typed": typed,
            "in_force": [one for one in listed if one.ended_at is None and one.expires_at > now],
            "over": [one for one in listed if one.ended_at is not None or one.expires_at <= now],
            "days": tokens.DAYS,
            "default_days": tokens.DEFAULT_DAYS,
            "longest": tokens.LONGEST_NAME,
            "api": _api(running),
        }
        status = fault.status if fault else 200
        return staff_page(request, running, person, "staff/tokens.html", context, section="account", status=status)


def _api(running: Services) -> str:
    """Where the API begins, as programs reach it."""
    return f"{running.settings.public_url.rstrip('/')}/api/v1"
