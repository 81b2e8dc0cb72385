"""Signing in and out, and one's own account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import failed_sign_ins, queries, rights, service, tries
from survey_service.accounts.oidc import identities
from survey_service.accounts.permissions import Person, SignedIn, session_cookie
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.accounts.tries import Tries
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, DomainError, FormExpired, TooManyAttempts, WrongPassword
from survey_service.models import Account
from survey_service.services import Services
from survey_service.web.addresses import known_address
from survey_service.web.languages import language_of

router = APIRouter()

LONGEST = 200  # characters of a name or a password; Argon2 is paid by length
SIGNED_OUT = "signed-out"


def local_path(wanted: str) -> str:
    """``wanted`` where it is a path of this service, else nothing: a sign-in leads to no other host.

    Browsers read a backslash as a slash and skip control characters, so ``/\\\\evil.example`` is no path.
    """
    parts = urlsplit(wanted)
    plain = wanted.isprintable() and "\\" not in wanted
    if plain and wanted.startswith("/") and not wanted.startswith("//") and not parts.scheme and not parts.netloc:
        return wanted
    return ""


@router.get("/sign-in")
def sign_in_page(request: Request, running: Running, reading: Reading, next: str = "") -> Response:
    return sign_in_page_with(request, running, reading, wanted=local_path(next))


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
    counted = tries.of_password(request, running, user, now)
    try:
        counted.refuse_early(reading, now)
        account = _checked(running, reading, writing, counted, user, password, now)
        renewed = service.renewed_hash(account, password)
    except (WrongPassword, TooManyAttempts) as refused:
        failed_sign_ins.note(request, running, user, refused, now)
        return sign_in_page_with(request, running, reading, wanted=local_path(next), user=user, fault=refused)
    proved = _Proved(account=account, password=password, renewed=renewed)
    return _let_in(request, running, writing, proved, counted, now, local_path(next))


def _checked(
    running: Services, reading: Reading, writing: Writing, counted: Tries, user: str, password: str, now: Now
) -> Account:
    with reading.begin() as session:
        account = queries.account_by_user(session, user)
        session.expunge_all()
    return service.check_password(
        account,
        password,
        settings=running.settings,
        at=now,
        first=lambda: counted.take_turn(writing, now),
        known=counted.known,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proved:
    """An account whose password was given."""

    account: Account
    password: str
    renewed: str  # its hash by today's measure, where the stored one is weaker


def _let_in(
    request: Request, running: Services, writing: Writing, proved: _Proved, counted: Tries, now: Now, wanted: str
) -> Response:
    """After the password: to the code of the second factor where the account has one, else in."""
    account = proved.account
    asks_code = account.second_factor_since is not None
    with writing.begin() as session:
        if proved.renewed:
            service.renew_hash(session, account, proved.renewed, at=now)
        service.look_at_password(session, account.id, proved.password, running.settings, at=now)
        opened = service.sign_in(
            session,
            account,
            previous_token=request.cookies.get(session_cookie(running.settings)),
            at=now,
            address=known_address(request.scope, running.settings),
            waits_for_code=asks_code,
        )
        counted.succeeded(session)
    if asks_code:
        response = go("/sign-in/code" + (f"?next={quote(wanted, safe='')}" if wanted else ""))
        keep_signed_in(response, running, opened.token)
        return response
    response = go(wanted or "/")
    keep_signed_in(response, running, opened.token)
    tries.know_browser(request, response, running, account.user)
    return response


def keep_signed_in(response: Response, running: Services, token: str) -> None:
    settings = running.settings
    response.set_cookie(
        session_cookie(settings),
        token,
        max_age=settings.session_hours * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure,
    )


@router.post("/sign-out")
def sign_out(running: Running, writing: Writing, person: SignedIn, now: Now) -> Response:
    name = session_cookie(running.settings)
    with writing.begin() as session:
        service.sign_out(session, at=now, by=person.actor)
    response = go("/sign-in")
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=running.settings.secure)
    if running.settings.oidc:
        # The provider's own sign-in goes on: whoever uses this machine next is asked there who they are.
        response.set_cookie(
            SIGNED_OUT, "1", path="/sign-in", httponly=True, samesite="lax", secure=running.settings.secure
        )
    return response


def signed_out_here(request: Request) -> bool:
    """Whether somebody signed out in this browser and nobody came back in since."""
    return SIGNED_OUT in request.cookies


@router.get("/account")
def own_account(request: Request, running: Running, reading: Reading, person: SignedIn) -> Response:
    return _account_page(request, running, reading, person, fault=None)


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
    counted = tries.of_password(request, running, person.user, now)
    try:
        counted.refuse_early(reading, now)
        checked = _checked(running, reading, writing, counted, person.user, old, now)
        if new == old:
            raise BadInput(
                zh="新密码和现在的一样，请换一个。", en="The new password is the present one; choose another."
            )
        with reading.begin() as session:
            rules = service.password_rules(session, session.get_one(Account, checked.id), running.settings)
        password_hash = service.new_password_hash(new, rules)
    except service.PASSWORD_FAULTS as fault:
        if not isinstance(fault, BadInput):
            failed_sign_ins.note(request, running, person.user, fault, now, by="password of a change")
        return _account_page(request, running, reading, person, fault=fault)
    with writing.begin() as session:
        service.change_password(session, checked.id, password_hash, at=now, by=person.actor)
        counted.succeeded(session)
    response = go("/sign-in?changed=1")
    response.delete_cookie(session_cookie(running.settings), path="/")
    return response


def _account_page(
    request: Request, running: Services, reading: Reading, person: Person, *, fault: DomainError | None
) -> Response:
    with reading.begin() as session:
        account = session.get_one(Account, person.account_id)
        context = {
            "fault": fault,
            "grants": queries.grants_with_areas(session, person.account_id),
            "start": account.start_password_until is not None and not person.by_provider,
            "weak": account.password_to_change and not person.by_provider,
            "shortest": service.password_rules(session, account, running.settings).shortest,
            "identity": identities.of_account(session, person.account_id) if running.settings.oidc else None,
            "second_factor_since": account.second_factor_since,
            "contact_readers": bool(running.settings.who_reads_contacts) and person.has(*rights.AGREE_TO_READERS),
        }
        status = fault.status if fault else 200
        return staff_page(request, running, person, "staff/account.html", context, section="account", status=status)


def sign_in_page_with(
    request: Request,
    running: Services,
    reading: Reading,
    *,
    wanted: str,
    user: str = "",
    fault: DomainError | None = None,
    frame: Mapping[str, str] | None = None,
) -> Response:
    """The page with the password's form, and with the button of the city's provider where there is one."""
    shown: list[tuple[str, str, list[str]]] = []
    with reading.begin() as session:
        empty = not queries.any_account(session)
        if running.settings.demonstration:
            shown = queries.demonstration_accounts(session)
    context = {
        "wanted": wanted,
        "user": user,
        "fault": fault,
        "accounts": shown,
        "passwords": service.demonstration_passwords(running.settings),
        "changed": "changed" in request.query_params,
        "first": empty,
        "provider_button": running.settings.oidc_button_in(language_of(request)) if running.settings.oidc else "",
        **(frame or {}),
    }
    response = staff_page(request, running, None, "staff/sign-in.html", context, status=fault.status if fault else 200)
    if isinstance(fault, TooManyAttempts):
        response.headers["Retry-After"] = str(fault.seconds)
    return response
