"""Who may: a permission is a type in a route's signature, and the routes without one are a short public list.

``keyer: Keyer`` gives the route the person and refuses everybody else: 401 (a browser is led to the sign-in page) to
strangers, 403 to colleagues without the role. The same dependency checks the CSRF token of every request that is not
a GET, so that no form can forget it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import BackgroundTasks, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select
from sqlalchemy.orm import Session
from starlette.routing import BaseRoute

from survey_service.accounts import failed_sign_ins, queries, rights, second_factor, service, tokens
from survey_service.accounts.errors import (
    ContactsNotAgreed,
    PasswordChangeNeeded,
    PasswordTooWeak,
    SecondFactorNeeded,
    TokenReadsOnly,
    TokenRefused,
)
from survey_service.accounts.tokens import Token
from survey_service.audit import Actor
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import FormExpired, NotAllowed, SignInNeeded
from survey_service.models import Account, Role
from survey_service.secrets import code_hash
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.web.addresses import known_address
from survey_service.writer import Busy

CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SEEN_EVERY = timedelta(minutes=1)

# Everything that answers strangers. A new route that is not here and asks for no person stops the service at start.
PUBLIC = frozenset(
    {
        "/a",  # a typed code
        "/",
        "/verify",  # whether a sheet is of the edition in force
        "/verify/{code}",
        "/sign-in",
        "/sign-in/code",
        "/first-administrator",
        "/health",
        "/static/{digest}/{name}",
        "/favicon.ico",
        "/robots.txt",
        "/sign-in/oidc",
        "/sign-in/oidc/back",  # where the city's provider is set up; elsewhere there is no such page
        "/metrics",  # for who has the token of the monitoring; to everybody else there is no such page
        "/api/v1/openapi.json",  # what the API can do, and nothing of what is in it
        "/recordings/{sha256}",  # a question read aloud, which stands in words on every questionnaire
        "/letter",  # what people ask about a letter, and whether it was issued
        "/letter/{survey_key}/{wave_key}",  # the same of one wave that is open
        "/receipt",  # the receipt code, 80 bits behind a throttle, opens its answers: to see, correct and delete
    }
)
# What is open to whoever still has a start password, and to whoever still has to set up the second factor.
_WITH_START_PASSWORD = frozenset({"/account", "/account/password", "/sign-out"})
_WITHOUT_SECOND_FACTOR = _WITH_START_PASSWORD | {"/account/second-factor", "/account/second-factor/confirm"}
# The residents' pages, and sheets by a link: the code in the address is the authority.
PUBLIC_FOLDERS = ("/a/", "/s/", "/shared/")


class FormModel(BaseModel):
    """The fields of a form and no others, beside the token that every form of ours carries."""

    model_config = ConfigDict(extra="forbid")

    csrf: Annotated[str, Field(max_length=200, exclude=True)] = ""  # judged by ``signed_in``, see CSRF_FIELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever is signed in."""

    account_id: UUID
    name: str
    user: str
    roles: frozenset[tuple[Role, UUID]]  # role and the area it holds on, with everything below
    csrf_token: str
    demonstration: bool = False  # an invented person of the demonstration city
    token: Token | None = None  # where a program of this person asks
    by_provider: service.ByProvider | None = None  # signed in through the city's provider, this time
    address: str = ""  # of the network, from which this request comes
    second_factor: bool = False  # asked for at this sign-in, by us or by the provider
    contacts_agreed: bool = False  # a second person agreed that this very account reads contacts

    @property
    def actor(self) -> Actor:
        return Actor(self.account_id, self.name, self.address)

    def has(self, *roles: Role) -> bool:
        return any(role in roles for role, _ in self.roles)

    def may(self, right: str) -> bool:
        """``has``, by the name of a right: for templates."""
        return self.has(*getattr(rights, right))

    def areas(self, *roles: Role) -> frozenset[UUID]:
        """Areas granted with one of ``roles``; with none named, with any role."""
        return frozenset(area for role, area in self.roles if not roles or role in roles)

    def visible(self, *roles: Role) -> Select[tuple[UUID]]:
        """Ids of every area this person may see in one of ``roles``, for ``in_``."""
        return queries.below(self.areas(*roles))


def session_cookie(settings: Settings) -> str:
    """``__Host-`` binds the cookie to this very host and to https; a browser refuses it on plain http."""
    return "__Host-session" if settings.secure else "session"


async def _sent_token(request: Request) -> str:
    """The CSRF token a request carries: in its header, or as a field of its form."""
    if request.method in SAFE_METHODS:
        return ""
    if header := request.headers.get(CSRF_HEADER):
        return header
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return ""
    sent = (await request.form()).get(CSRF_FIELD, "")
    return sent if isinstance(sent, str) else ""


def signed_in(
    request: Request,
    running: Running,
    reading: Reading,
    now: Now,
    after_reply: BackgroundTasks,
    sent_token: Annotated[str, Depends(_sent_token)],
) -> Person:
    """The person behind the session cookie or, on the API, behind an access token.

    SignInNeeded for nobody, FormExpired for a change without the session's CSRF token. A browser never sends an
    access token by itself, so a request that carries one needs no other proof of being meant.
    """
    token = tokens.sent(request)
    try:
        person, seen_at, note = _found(request, running, reading, token, now)
    except TokenRefused as refused:
        failed_sign_ins.note(request, running, "", refused, now, by="token")
        raise
    if request.method not in SAFE_METHODS:
        _refuse_unmeant(person, sent_token)
    if seen_at is None or abs(now - seen_at) >= SEEN_EVERY:
        after_reply.add_task(_note_seen, running, note)
    request.state.person = person
    return person


def _found(request: Request, running: Services, reading: Reading, token: str | None, now: datetime) -> Found:
    with reading.begin() as session:
        found = (
            _by_cookie(session, request, running.settings, now)
            if token is None
            else _by_token(session, request, token, running.settings, now)
        )
        person = found[0]
        account = session.get_one(Account, person.account_id)
        _refuse_unfinished(request.url.path, account, person, running.settings)
    return found


Found = tuple[Person, datetime | None, Callable[[Session], None]]
"""Who asks, when they were last seen, and what notes that they were seen now."""


def _by_cookie(session: Session, request: Request, settings: Settings, now: datetime) -> Found:
    token = request.cookies.get(session_cookie(settings))
    found = service.current(session, token, settings=settings, at=now) if token else None
    if not token or found is None or found[0].waits_for_code:
        raise SignInNeeded
    sign_in, account = found
    way = service.ByProvider(second_factor=sign_in.second_factor_by_provider) if sign_in.by_provider else None
    address = known_address(request.scope, settings)
    person = _person(session, account, address, csrf_token=sign_in.csrf_token, by_provider=way)
    return person, sign_in.last_seen_at, lambda writing: queries.saw(writing, code_hash(token), now)


def _by_token(session: Session, request: Request, token: str, settings: Settings, now: datetime) -> Found:
    found, account = tokens.current(session, token, settings=settings, at=now)
    person = _person(session, account, known_address(request.scope, settings), csrf_token="", token=found)
    return person, found.last_used_at, lambda writing: tokens.used(writing, found.id, now)


def _person(
    session: Session,
    account: Account,
    address: str,
    *,
    csrf_token: str,
    token: Token | None = None,
    by_provider: service.ByProvider | None = None,
) -> Person:
    return Person(
        account_id=account.id,
        name=account.name,
        user=account.user,
        roles=queries.grants(session, account.id),
        csrf_token=csrf_token,
        demonstration=account.demonstration,
        token=token,
        by_provider=by_provider,
        address=address,
        second_factor=account.second_factor_since is not None or bool(by_provider and by_provider.second_factor),
        contacts_agreed=account.contacts_agreed_at is not None,
    )


def _refuse_unmeant(person: Person, sent_token: str) -> None:
    if person.token is None:
        if not hmac.compare_digest(sent_token.encode(), person.csrf_token.encode()):
            raise FormExpired
    elif person.token.read_only:
        raise TokenReadsOnly


def _refuse_unfinished(path: str, account: Account, person: Person, settings: Settings) -> None:
    """A sign-in that is not whole yet opens only what makes it whole."""
    if not person.by_provider and path not in _WITH_START_PASSWORD:
        # Who came through the provider has no use for the start password; it opens nothing after its week.
        if account.start_password_until is not None:
            raise PasswordChangeNeeded
        if account.password_to_change:
            raise PasswordTooWeak
    if not person.second_factor and path not in _WITHOUT_SECOND_FACTOR and must_have_second_factor(person, settings):
        raise SecondFactorNeeded


def must_have_second_factor(person: Person, settings: Settings) -> bool:
    """By the installation's settings. An invented person never: their passwords stand on the sign-in page itself."""
    roles = [role for role, _ in person.roles]
    return not person.demonstration and second_factor.is_needed(person.user, roles, settings)


async def _note_seen(running: Services, note: Callable[[Session], None]) -> None:
    """After the reply, through the writer: a page that is read never waits for a write lock."""
    try:
        running.writer.submit(note)
    except Busy:
        return  # residents' answers come first; the next request notes it


def require(*roles: Role) -> Callable[[Person], Person]:
    def check(person: Annotated[Person, Depends(signed_in)]) -> Person:
        if not person.has(*roles):
            raise NotAllowed
        return person

    return check


SignedIn = Annotated[Person, Depends(signed_in)]
Keyer = Annotated[Person, Depends(require(*rights.KEY))]
Interviewer = Annotated[Person, Depends(require(*rights.VISIT))]
Manager = Annotated[Person, Depends(require(*rights.PLAN))]
Statistician = Annotated[Person, Depends(require(*rights.REVIEW))]
Administrator = Annotated[Person, Depends(require(*rights.MANAGE_ACCOUNTS))]


def is_named_for_contacts(person: Person, running: Services) -> bool:
    """A manager whom the installation names besides: no role gives it, so that no administrator can give it away."""
    return second_factor.is_contact_reader(person.user, [role for role, _ in person.roles], running.settings)


def _may_read_contacts(person: Annotated[Person, Depends(require(*rights.OPEN_CONTACTS))], running: Running) -> Person:
    """A name can be given to somebody else: what reads is an account with a second factor, agreed to by another."""
    if not is_named_for_contacts(person, running):
        raise NotAllowed
    if not person.second_factor:
        raise SecondFactorNeeded
    if not person.contacts_agreed:
        raise ContactsNotAgreed
    return person


AddressReader = Annotated[Person, Depends(require(*rights.OPEN_ADDRESSES))]
ContactReader = Annotated[Person, Depends(_may_read_contacts)]
# Who follows a wave: plans it, or judges it.
WaveStaff = Annotated[Person, Depends(require(*rights.FOLLOW_WAVES))]


def export_roles(settings: Settings) -> rights.Roles:
    """Who takes data away: the signature of a route knows the most that a setting can open, this what is open."""
    return rights.EXPORT_BY_SETTING if settings.export_by_managers else rights.EXPORT


def _may_export(person: Annotated[Person, Depends(require(*rights.EXPORT_BY_SETTING))], running: Running) -> Person:
    if not person.has(*export_roles(running.settings)):
        raise NotAllowed
    return person


Exporter = Annotated[Person, Depends(_may_export)]


def may_export_texts(person: Person, settings: Settings) -> bool:
    """Whoever the installation names besides: no role gives it, so that no administrator can give it away."""
    return person.has(*export_roles(settings)) and person.user.lower() in settings.who_exports_texts


class UnprotectedRoute(RuntimeError):
    """A route neither asks for a person nor stands on the public list."""


def is_public(path: str) -> bool:
    return path in PUBLIC or path.startswith(PUBLIC_FOLDERS)


def asks_for_person(dependant: Dependant) -> bool:
    return dependant.call is signed_in or any(asks_for_person(inner) for inner in dependant.dependencies)


def whoever_is_signed_in(request: Request, running: Services, reading: Reading, now: Now) -> Person | None:
    """For a page that strangers see too; None for them, and for whoever still has to give the code."""
    token = request.cookies.get(session_cookie(running.settings))
    if not token:
        return None
    with reading.begin() as session:
        found = service.current(session, token, settings=running.settings, at=now)
        if found is None:
            return None
        signed_in, account = found
        if signed_in.waits_for_code:
            return None
        return Person(
            account_id=account.id,
            name=account.name,
            user=account.user,
            roles=queries.grants(session, account.id),
            csrf_token=signed_in.csrf_token,
        )


def refuse_unprotected(routes: Sequence[BaseRoute]) -> None:
    """Stop at start when a route would answer strangers without being on the public list."""
    for route in iter_route_contexts(routes):
        path = route.path or ""
        if not is_public(path) and not asks_for_person(route.dependant):
            raise UnprotectedRoute(f"{path!r} asks for no person; add a permission type to its signature")
