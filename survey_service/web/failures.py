"""Errors as people and programs read them: a page for a browser, JSON for everything else, from one table."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from survey_service.errors import (
    BadInput,
    DomainError,
    Fault,
    ForeignHost,
    NoRoom,
    NoSuchMethod,
    NotFound,
    SignInNeeded,
    TooBusy,
    TooLarge,
    TooManyAttempts,
)
from survey_service.web.languages import language_of
from survey_service.web.pages import page
from survey_service.writer import Busy

_BY_STATUS: dict[int, type[DomainError]] = {
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.METHOD_NOT_ALLOWED: NoSuchMethod,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TooLarge,
}
RETRY_SECONDS = 5
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SQLITE_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})
_POSTGRESQL_FULL = "53100"  # disk_full
MOST_PLACES = 20
API = "/api/"  # below it everything is JSON, whatever a browser says it accepts


def error_body(error: DomainError, places: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """What every program is told, in both languages; ``places``: what of its request cannot be taken."""
    told = {"code": error.code, "message": error.en, "message_zh": error.zh}
    return {"error": {**told, "places": list(places)} if places else told}


def wants_page(request: Request) -> bool:
    return not _of_api(request) and "text/html" in request.headers.get("accept", "")


def _of_api(request: Request) -> bool:
    return str(request.scope["path"]).startswith(API)


def failure_response(request: Request, error: DomainError, *, places: Sequence[str] = (), allow: str = "") -> Response:
    """``error`` in the form and the language of whoever asked."""
    headers = {"Cache-Control": "no-store"}
    if allow:
        headers["Allow"] = allow
    if error.status == HTTPStatus.UNAUTHORIZED and _of_api(request):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooBusy):
        headers["Retry-After"] = str(RETRY_SECONDS)
    elif isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(error.seconds)
    if not wants_page(request):
        return JSONResponse(error_body(error, places), status_code=error.status, headers=headers)
    if isinstance(error, SignInNeeded) and request.method == "GET":
        # After signing in the person lands where they wanted to go; only a local path is ever followed.
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        address = "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}"
        return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER, headers=headers)
    if error.leads_to and request.method == "GET":
        return RedirectResponse(error.leads_to, status_code=HTTPStatus.SEE_OTHER, headers=headers)
    language = language_of(request)
    context = {
        "error": error,
        "message": error.en if language == "en" else error.zh,
        # Who only looked at a page has done nothing that could fail.
        "looked": request.method in ("GET", "HEAD") and error.status < HTTPStatus.INTERNAL_SERVER_ERROR,
        # A foreign name of the service leads home only to the same refusal; residents have no home here.
        "way_home": not isinstance(error, ForeignHost) and not request.url.path.startswith("/a/"),
    }
    return page("error.html", language, context, status=error.status, headers=headers)


def install(app: FastAPI) -> None:
    """Handlers for everything that can go wrong below the outermost layer."""

    @app.exception_handler(DomainError)
    async def domain_error(request: Request, error: DomainError) -> Response:
        return failure_response(request, error)

    @app.exception_handler(Busy)
    async def busy(request: Request, _: Busy) -> Response:
        return failure_response(request, TooBusy())

    @app.exception_handler(RequestValidationError)
    async def bad_input(request: Request, found: RequestValidationError) -> Response:
        # The library's own message repeats what was typed; ours does not.
        return failure_response(request, BadInput(), places=_places(found) if _of_api(request) else ())

    @app.exception_handler(DataError)
    async def cannot_be_kept(request: Request, _: DataError) -> Response:
        # A character or a number that the database has no place for: nothing of that name can be there.
        return failure_response(request, NotFound() if request.method in ("GET", "HEAD") else BadInput())

    @app.exception_handler(OperationalError)
    async def cannot_be_stored(request: Request, error: OperationalError) -> Response:
        if not is_full(error):
            raise error
        return failure_response(request, NoRoom())

    @app.exception_handler(OSError)
    async def no_room_for_a_file(request: Request, error: OSError) -> Response:
        if error.errno not in _NO_ROOM:
            raise error
        return failure_response(request, NoRoom())

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        kind = _BY_STATUS.get(error.status_code)
        told = kind() if kind else (BadInput() if error.status_code < 500 else Fault())
        return failure_response(request, told, allow=(error.headers or {}).get("Allow", ""))


def is_full(error: OperationalError) -> bool:
    """Whether the database had no room for what was to be written."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code in _SQLITE_FULL or getattr(error.orig, "sqlstate", None) == _POSTGRESQL_FULL


def _places(found: RequestValidationError) -> list[str]:
    """Where a request is at fault and by which rule, never with which value: ``body.app: string_too_long``."""
    named = [(".".join(str(part)[:40] for part in one["loc"][:8]), one["type"]) for one in found.errors()[:MOST_PLACES]]
    return [f"{place}: {rule}" for place, rule in named]
