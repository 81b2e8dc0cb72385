"""Leaving for the city's provider, and coming back from it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Query
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import failed_sign_ins, service, throttle, tries
from survey_service.accounts.errors import (
    NoAccountForIdentity,
    ProviderNotBelieved,
    ProviderSignInLost,
    ProviderUnreachable,
)
from survey_service.accounts.oidc import attempts, identities
from survey_service.accounts.oidc.model import Attempt, Identity
from survey_service.accounts.oidc.setup import SignInProvider
from survey_service.accounts.permissions import session_cookie
from survey_service.accounts.routes import (
    SIGNED_OUT,
    keep_signed_in,
    local_path,
    sign_in_page_with,
    signed_out_here,
)
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import DomainError
from survey_service.services import Services
from survey_service.web.addresses import known_address
from survey_service.web.languages import language_of

router = APIRouter()
log = structlog.get_logger()
Sent = Annotated[str, Query(max_length=4000)]  # what the provider writes into the address of the way back


@router.get("/sign-in/oidc")
def leave(
    request: Request,
    running: Running,
    reading: Reading,
    provider: SignInProvider,
    now: Now,
    next: str = "",
    again: bool = False,
) -> Response:
    """``again``: the provider asks who it is also where somebody is signed in there, as on a shared machine."""
    attempt = attempts.new_attempt(local_path(next), now)
    again = again or signed_out_here(request)
    try:
        response = go(provider.address_to_leave_to(attempt, again=again, at=now))
    except ProviderUnreachable as fault:
        return _refused(request, running, reading, fault, attempt.wanted)
    attempts.keep(response, attempt, running.settings, running.keys)
    return response


@router.get("/sign-in/oidc/back")
def come_back(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    provider: SignInProvider,
    now: Now,
    state: Sent = "",
    code: Sent = "",
    error: Sent = "",
    iss: Sent = "",
) -> Response:
    """The one GET that writes: the provider can lead a browser here in no other way. ``state``, sealed in this very
    browser's cookie and good for one return, stands in for the token of a form."""
    attempt = attempts.kept(request, state, running.settings, running.keys, now)
    if attempt is None:
        return _refused(request, running, reading, ProviderSignInLost(), "")
    try:
        if not throttle.first_time(writing, throttle.key_of(running.keys, "oidc", state), now):
            raise ProviderSignInLost
        if iss and not provider.is_issuer(iss):
            raise ProviderNotBelieved("the reply names another issuer")
        if error or not code:
            raise ProviderSignInLost
        identity = provider.identity(attempt, code, at=now)
    except (ProviderSignInLost, ProviderUnreachable, ProviderNotBelieved) as fault:
        failed_sign_ins.note(request, running, "", fault, now, by="provider")
        response = _refused(request, running, reading, fault, attempt.wanted)
    else:
        response = _let_in(request, running, writing, identity, attempt, now)
    attempts.forget(response, running.settings)
    return response


def _let_in(
    request: Request, running: Services, writing: Writing, identity: Identity, attempt: Attempt, now: Now
) -> Response:
    """As after a password: to our own code where the account has one and the provider asked for none."""
    wanted = local_path(attempt.wanted)
    try:
        with writing.begin() as session:
            account = identities.account_for(session, identity, settings=running.settings, keys=running.keys, at=now)
            asks_code = account.second_factor_since is not None and not identity.second_factor
            way = service.ByProvider(second_factor=identity.second_factor)
            previous = request.cookies.get(session_cookie(running.settings))
            opened = service.sign_in(
                session,
                account,
                previous_token=previous,
                at=now,
                waits_for_code=asks_code,
                by_provider=way,
                address=known_address(request.scope, running.settings),
            )
            user = account.user
    except (NoAccountForIdentity, IntegrityError):  # the latter: bound to another account in the same moment
        failed_sign_ins.note(request, running, identity.name, NoAccountForIdentity(), now, by="provider")
        return _unknown_page(request, running, identity, wanted)
    if asks_code:
        response = go("/sign-in/code" + (f"?next={quote(wanted, safe='')}" if wanted else ""))
        keep_signed_in(response, running, opened.token)
        return response
    response = go(wanted or "/")
    keep_signed_in(response, running, opened.token)
    tries.know_browser(request, response, running, user)
    response.delete_cookie(SIGNED_OUT, path="/sign-in")
    return response


def _refused(request: Request, running: Services, reading: Reading, fault: DomainError, wanted: str) -> Response:
    """The sign-in page: it says what happened, and the password still opens."""
    log.warning("oidc", code=fault.code, reason=getattr(fault, "reason", ""))
    return sign_in_page_with(request, running, reading, wanted=wanted, fault=fault, frame=_elsewhere(request))


def _elsewhere(request: Request) -> dict[str, str]:
    """The link to the other language: this address is good once, so it leads to the sign-in page."""
    return {"other_language": f"/sign-in?lang={'zh' if language_of(request) == 'en' else 'en'}"}


def _unknown_page(request: Request, running: Services, identity: Identity, wanted: str) -> Response:
    fault = NoAccountForIdentity()
    log.warning("oidc", code=fault.code, reason="" if identity.name else "the ID token lacks the claim of the name")
    context = {"fault": fault, "name": identity.name, "wanted": wanted, **_elsewhere(request)}
    return staff_page(request, running, None, "staff/sign-in-unknown.html", context, status=fault.status)
