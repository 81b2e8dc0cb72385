"""Signing in and out, and one's own account."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import queries, service
from survey_service.accounts.permissions import Person, SignedIn, session_cookie
from survey_service.accounts.throttle import Throttle
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import FormExpired, TooManyAttempts, WrongPassword
from survey_service.models import Account
from survey_service.secrets import code_hash
from survey_service.services import Services
from survey_service.web.staff import first_page, go, staff_page

router = APIRouter()
throttle = Throttle()

LONGEST = 200  # characters of a name or a password; Argon2 is paid by length
KNOWN_BROWSER_SECONDS = 365 * 86_400


def local_path(wanted: str) -> str:
    """``wanted`` where it is a path of this service, else nothing: a sign-in leads to no other host.

    Browsers read a backslash as a slash and skip control characters, so ``/\\\\evil.example`` is no path.
    """
    parts = urlsplit(wanted)
    plain = wanted.isprintable() and "\\" not in wanted
    if plain and wanted.startswith("/") and not wanted.startswith("//") and not parts.scheme and not parts.netloc:
        return wanted
    return ""


@router.get("/")
def home(request: Request, running: Running, reading: Reading, now: Now) -> Response:
    person = _whoever(request, running, reading, now)
    return go(first_page(person) if person else "/sign-in")


@router.get("/sign-in")
def sign_in_page(request: Request, running: Running, reading: Reading, next: str = "") -> Response:
    return _sign_in_page(request, running, reading, wanted=local_path(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    now: Now,
    user: Annotated[str, Form(max_length=LONGEST)] = "",
    password: Annotated[str, Form(max_length=LONGEST)] = "",
    next: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """The password is checked outside any transaction: hashing takes long and must hold no lock."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise FormExpired  # another site's form: it would sign the person in as somebody else
    user = user.strip().lower()
    place = _place(request, running, user)
    if wait := throttle.seconds_to_wait(user, place, now):
        return _sign_in_page(
            request, running, reading, wanted=local_path(next), user=user, fault=TooManyAttempts(seconds=wait)
        )
    with reading.begin() as session:
        account = queries.account_by_user(session, user)
        session.expunge_all()
    try:
        account = service.check_password(account, password, settings=running.settings)
    except WrongPassword as wrong:
        throttle.failed(user, place, now)
        return _sign_in_page(request, running, reading, wanted=local_path(next), user=user, fault=wrong)
    throttle.succeeded(user, place)
    return _let_in(request, running, writing, account, now, local_path(next))


def _let_in(request: Request, running: Services, writing: Writing, account: Account, now: Now, wanted: str) -> Response:
    settings = running.settings
    name = session_cookie(settings)
    with writing.begin() as session:
        opened = service.sign_in(session, account, previous_token=request.cookies.get(name), at=now)
    response = go(wanted or "/")
    response.set_cookie(
        name,
        opened.token,
        max_age=settings.session_hours * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure,
    )
    response.set_cookie(
        _known_cookie(running),
        _known_value(running, account.user),
        max_age=KNOWN_BROWSER_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure,
    )
    return response


@router.post("/sign-out")
def sign_out(request: Request, running: Running, writing: Writing, person: SignedIn, now: Now) -> Response:
    name = session_cookie(running.settings)
    with writing.begin() as session:
        service.sign_out(session, request.cookies[name], at=now, by=person.actor)
    response = go("/sign-in")
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=running.settings.secure)
    return response


@router.get("/account")
def own_account(request: Request, running: Running, person: SignedIn) -> Response:
    return staff_page(request, running, person, "staff/account.html", {"fault": None}, section="account")


@router.post("/account/password")
def change_password(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: SignedIn,
    now: Now,
    old: Annotated[str, Form(max_length=LONGEST)] = "",
    new: Annotated[str, Form(max_length=LONGEST)] = "",
) -> Response:
    with reading.begin() as session:
        account = queries.account_by_user(session, person.user)
        session.expunge_all()
    place = _place(request, running, person.user)
    try:
        if wait := throttle.seconds_to_wait(person.user, place, now):
            raise TooManyAttempts(seconds=wait)
        checked = service.check_password(account, old, settings=running.settings)
        password_hash = service.new_password_hash(new)
    except service.PASSWORD_FAULTS as fault:
        if isinstance(fault, WrongPassword):
            throttle.failed(person.user, place, now)
        context = {"fault": fault}
        return staff_page(
            request, running, person, "staff/account.html", context, section="account", status=fault.status
        )
    with writing.begin() as session:
        service.change_password(session, checked.id, password_hash, at=now, by=person.actor)
    response = go("/sign-in")
    response.delete_cookie(session_cookie(running.settings), path="/")
    return response


def _sign_in_page(
    request: Request,
    running: Services,
    reading: Reading,
    *,
    wanted: str,
    user: str = "",
    fault: WrongPassword | TooManyAttempts | None = None,
) -> Response:
    shown: list[tuple[str, list[str]]] = []
    if running.settings.demonstration:
        with reading.begin() as session:
            shown = queries.demonstration_accounts(session)
    context = {
        "wanted": wanted,
        "user": user,
        "fault": fault,
        "accounts": shown,
        "passwords": service.demonstration_passwords(running.settings),
    }
    response = staff_page(request, running, None, "staff/sign-in.html", context, status=fault.status if fault else 200)
    if isinstance(fault, TooManyAttempts):
        response.headers["Retry-After"] = str(fault.seconds)
    return response


def _whoever(request: Request, running: Services, reading: Reading, now: Now) -> Person | None:
    token = request.cookies.get(session_cookie(running.settings))
    if not token:
        return None
    with reading.begin() as session:
        found = service.current(session, token, settings=running.settings, at=now)
        if found is None:
            return None
        signed_in, account = found
        return Person(
            account_id=account.id,
            name=account.name,
            user=account.user,
            roles=queries.grants(session, account.id),
            csrf_token=signed_in.csrf_token,
        )


def _place(request: Request, running: Services, user: str) -> str:
    """Whose failures are counted together: this browser's where it has signed in as ``user`` before, else the address.

    So a stranger who guesses behind the same router or proxy does not slow the owner down.
    """
    known = request.cookies.get(_known_cookie(running), "")
    if known and known == _known_value(running, user):
        return "known browser " + code_hash(known)
    return request.client.host if request.client else "unknown"


def _known_cookie(running: Services) -> str:
    return "__Host-known" if running.settings.secure else "known"


def _known_value(running: Services, user: str) -> str:
    return running.keys.keyed_hash("known-browser", user)
