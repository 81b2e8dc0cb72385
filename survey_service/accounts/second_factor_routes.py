"""The second factor: asked at sign-in, set up and switched off on one's own account."""

from __future__ import annotations

import base64
import hmac
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import failed_sign_ins, queries, second_factor, service, tries
from survey_service.accounts.errors import WrongCode
from survey_service.accounts.permissions import CSRF_FIELD, Person, SignedIn, must_have_second_factor, session_cookie
from survey_service.accounts.routes import keep_signed_in, local_path
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import DomainError, FormExpired, NotAllowed, TooManyAttempts
from survey_service.models import Account, SignIn
from survey_service.secrets import code_hash
from survey_service.services import Services
from survey_service.web.addresses import known_address
from survey_service.web.qr import qr_svg

router = APIRouter()
Code = Annotated[str, Form(max_length=60)]
HOME = "/account/second-factor"


# ------------------------------------------------------------------ at sign-in


@router.get("/sign-in/code")
def code_page(request: Request, running: Running, reading: Reading, now: Now, next: str = "") -> Response:
    waiting = _waiting(request, running, reading, now)
    if waiting is None:
        return go("/sign-in")
    return _code_page(request, running, waiting[0], wanted=local_path(next), fault=None)


@router.post("/sign-in/code")
def sign_in_by_code(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    now: Now,
    code: Code = "",
    csrf: Annotated[str, Form(max_length=100)] = "",
    next: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Counted per account and not per place: who comes here has the password, so no stranger slows the owner down."""
    waiting = _waiting(request, running, reading, now)
    if waiting is None:
        return go("/sign-in")
    sign_in, account = waiting
    if not hmac.compare_digest(csrf.encode(), sign_in.csrf_token.encode()):
        raise FormExpired
    counted = tries.of_code(request, running, account.id.hex, account.user)
    try:
        counted.take_turn(writing, now)
        with writing.begin() as session:
            if not second_factor.accept(session, account.id, code, keys=running.keys, at=now):
                raise WrongCode
            token = request.cookies[session_cookie(running.settings)]
            way = service.ByProvider(second_factor=False) if sign_in.by_provider else None
            address = known_address(request.scope, running.settings)
            opened = service.sign_in(session, account, previous_token=token, at=now, address=address, by_provider=way)
            counted.succeeded(session)
    except (WrongCode, TooManyAttempts) as refused:
        failed_sign_ins.note(request, running, account.user, refused, now, by="code")
        return _code_page(request, running, sign_in, wanted=local_path(next), fault=refused)
    response = go(local_path(next) or "/")
    keep_signed_in(response, running, opened.token)
    tries.know_browser(request, response, running, account.user)
    return response


def _waiting(request: Request, running: Services, reading: Reading, now: Now) -> tuple[SignIn, Account] | None:
    """The sign-in of this browser whose password was right and whose code is still asked."""
    token = request.cookies.get(session_cookie(running.settings))
    if not token:
        return None
    with reading.begin() as session:
        found = service.current(session, token, settings=running.settings, at=now)
        session.expunge_all()
    return found if found and found[0].waits_for_code else None


def _code_page(
    request: Request, running: Services, sign_in: SignIn, *, wanted: str, fault: DomainError | None
) -> Response:
    context = {
        "fault": fault,
        "wanted": wanted,
        "token": sign_in.csrf_token,
        "token_field": CSRF_FIELD,
        "by_provider": sign_in.by_provider,
    }
    status = fault.status if fault else 200
    response = staff_page(request, running, None, "staff/sign-in-code.html", context, status=status)
    if isinstance(fault, TooManyAttempts):
        response.headers["Retry-After"] = str(fault.seconds)
    return response


# ------------------------------------------------------------------ one's own


@router.get("/account/second-factor")
def second_factor_page(request: Request, running: Running, reading: Reading, person: SignedIn) -> Response:
    return _own_page(request, running, reading, person, fault=None)


@router.post("/account/second-factor")
def begin(running: Running, writing: Writing, person: SignedIn) -> Response:
    with writing.begin() as session:
        second_factor.begin(session, person.account_id, keys=running.keys)
    return go(HOME)


@router.post("/account/second-factor/confirm")
def confirm(
    request: Request, running: Running, reading: Reading, writing: Writing, person: SignedIn, now: Now, code: Code = ""
) -> Response:
    """In force from the first right code; other machines sign in anew, this one goes on."""
    counted = tries.of_code(request, running, person.account_id.hex, person.user)
    try:
        counted.take_turn(writing, now)
        with writing.begin() as session:
            codes = second_factor.confirm(session, person.account_id, code, keys=running.keys, at=now, by=person.actor)
            if not codes:
                raise WrongCode
            _end_others(session, request, running, person, now)
            counted.succeeded(session)
    except (WrongCode, TooManyAttempts) as fault:
        return _own_page(request, running, reading, person, fault=fault)
    return _codes_page(request, running, person, codes)


@router.post("/account/second-factor/codes")
def new_codes(
    request: Request, running: Running, reading: Reading, writing: Writing, person: SignedIn, now: Now, code: Code = ""
) -> Response:
    counted = tries.of_code(request, running, person.account_id.hex, person.user)
    try:
        counted.take_turn(writing, now)
        with writing.begin() as session:
            if not second_factor.accept(session, person.account_id, code, keys=running.keys, at=now):
                raise WrongCode
            codes = second_factor.new_recovery_codes(session, person.account_id, at=now, by=person.actor)
            counted.succeeded(session)
    except (WrongCode, TooManyAttempts) as fault:
        return _own_page(request, running, reading, person, fault=fault)
    return _codes_page(request, running, person, codes)


@router.post("/account/second-factor/off")
def switch_off(
    request: Request, running: Running, reading: Reading, writing: Writing, person: SignedIn, now: Now, code: Code = ""
) -> Response:
    if must_have_second_factor(person, running.settings):
        raise NotAllowed
    counted = tries.of_code(request, running, person.account_id.hex, person.user)
    try:
        counted.take_turn(writing, now)
        with writing.begin() as session:
            if not second_factor.accept(session, person.account_id, code, keys=running.keys, at=now):
                raise WrongCode
            second_factor.switch_off(session, person.account_id, at=now, by=person.actor)
            counted.succeeded(session)
    except (WrongCode, TooManyAttempts) as fault:
        return _own_page(request, running, reading, person, fault=fault)
    return go("/sign-in")


def _end_others(session: Session, request: Request, running: Services, person: Person, now: Now) -> None:
    token = request.cookies[session_cookie(running.settings)]
    queries.end_sign_ins(session, person.account_id, now, but=code_hash(token))


def _own_page(
    request: Request, running: Services, reading: Reading, person: Person, *, fault: DomainError | None
) -> Response:
    with reading.begin() as session:
        account = session.get_one(Account, person.account_id)
        secret = second_factor.secret_of(account, running.keys) if account.second_factor_since is None else None
        context = {
            "fault": fault,
            "since": account.second_factor_since,
            "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)) if secret else "",
            "picture": _picture(secret, person, running) if secret else "",
            "left": second_factor.codes_left(session, account.id),
            "forced": must_have_second_factor(person, running.settings),
        }
        status = fault.status if fault else 200
        return staff_page(
            request, running, person, "staff/second-factor.html", context, section="account", status=status
        )


def _picture(secret: str, person: Person, running: Services) -> str:
    """The QR code as the content of an image: it stands in no address and no cache."""
    drawn = qr_svg(second_factor.address(secret, person.user, running.settings.city_name))
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()


def _codes_page(request: Request, running: Services, person: Person, codes: list[str]) -> Response:
    return staff_page(request, running, person, "staff/recovery-codes.html", {"codes": codes}, section="account")
