"""The administrator's pages of accounts: find, make, rename, give and take roles, disable, reset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts import service as accounts
from survey_service.accounts.administration import queries, service
from survey_service.accounts.administration.service import ActingAdministrator
from survey_service.accounts.errors import LastAdministrator, NotOneself, UserTaken
from survey_service.accounts.oidc import identities
from survey_service.accounts.permissions import Administrator, Person
from survey_service.accounts.staff_pages import Asking, go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError, NotFound
from survey_service.models import Account, Role
from survey_service.services import Services

router = APIRouter()
OFFERED_AREAS = 300
Line = Annotated[str, Form(max_length=120)]
Name = Annotated[str, Form(max_length=60)]
MENDED_ON_PAGE = (BadInput, UserTaken, Conflict, LastAdministrator, NotOneself)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is confirmed on a page of its own before it is done."""

    take: Callable[[Session, ActingAdministrator, UUID], None]


STEPS = {
    "disable": Step(service.disable),
    "enable": Step(service.enable),
    "second-factor": Step(service.reset_second_factor),
    "identity": Step(service.unlink_identity),
}
PASSWORD = "password"  # noqa: S105 -- the name of a step; it also shows the new start password


def acting_administrator(person: Person, running: Services, now: Now) -> ActingAdministrator:
    scope = person.areas(*rights.MANAGE_ACCOUNTS)
    return ActingAdministrator(by=person.actor, scope=scope, at=now, demonstration=running.settings.demonstration)


@router.get("/accounts")
def list_accounts(
    request: Request,
    running: Running,
    reading: Reading,
    person: Administrator,
    q: Annotated[str, Query(max_length=60)] = "",
    role: Role | None = None,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    with reading.begin() as session:
        scope = person.areas(*rights.MANAGE_ACCOUNTS)
        shown, total = queries.accounts_within(session, scope, words=q.strip(), role=role, page=page)
        grants = queries.grants_of(session, [account.id for account in shown])
        context = {
            "lines": [(account, grants.get(account.id, [])) for account in shown],
            "q": q,
            "role": role.value if role else "",
            "roles": [one.value for one in Role],
            "total": total,
            "page": page,
            "pages": -(-total // queries.PAGE),
            "contact_readers": bool(running.settings.who_reads_contacts),
        }
        return staff_page(request, running, person, "staff/accounts.html", context, section="accounts")


@router.get("/accounts/new")
def new_account(request: Request, running: Running, reading: Reading, person: Administrator) -> Response:
    return _new_page(request, running, reading, person, typed={}, fault=None)


@router.post("/accounts")
def make_account(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Administrator,
    now: Now,
    user: Name = "",
    name: Name = "",
    role: Name = "",
    area: Line = "",
) -> Response:
    acting = acting_administrator(person, running, now)
    start = accounts.start_password()
    password_hash = accounts.start_password_hash(start)
    try:
        with writing.begin() as session:
            chosen = service.find_area(session, acting.scope, area)
            made = service.create(
                session, acting, user=user, name=name, role=_role(role), area=chosen, password_hash=password_hash
            )
            shown = {"id": made.id, "user": made.user, "name": made.name}
    except IntegrityError:
        return _new_page(request, running, reading, person, typed={"user": user}, fault=UserTaken())
    except MENDED_ON_PAGE as fault:
        typed = {"user": user, "name": name, "role": role, "area": area}
        return _new_page(request, running, reading, person, typed=typed, fault=fault)
    context = {**shown, "start": start, "until": now + service.START_PASSWORD_FOR, "made": True}
    return staff_page(request, running, person, "staff/start-password.html", context, section="accounts")


@router.get("/accounts/{account_id}")
def show_account(
    request: Request, running: Running, reading: Reading, person: Administrator, now: Now, account_id: UUID
) -> Response:
    return _account_page(request, running, reading, person, now, account_id, fault=None)


@router.post("/accounts/{account_id}/name")
def rename_account(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Administrator,
    now: Now,
    account_id: UUID,
    name: Name = "",
) -> Response:
    try:
        with writing.begin() as session:
            service.rename(session, acting_administrator(person, running, now), account_id, name, keys=running.keys)
    except MENDED_ON_PAGE as fault:
        return _account_page(request, running, reading, person, now, account_id, fault=fault)
    return go(f"/accounts/{account_id}?done=name")


@router.post("/accounts/{account_id}/grants")
def grant_role(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Administrator,
    now: Now,
    account_id: UUID,
    role: Name = "",
    area: Line = "",
) -> Response:
    acting = acting_administrator(person, running, now)
    try:
        with writing.begin() as session:
            service.find(session, acting, account_id)
            chosen = service.find_area(session, acting.scope, area)
            service.grant(session, acting, account_id, _role(role), chosen)
    except MENDED_ON_PAGE as fault:
        typed = {"role": role, "area": area}
        return _account_page(request, running, reading, person, now, account_id, fault=fault, typed=typed)
    return go(f"/accounts/{account_id}?done=granted")


@router.get("/accounts/{account_id}/grants/{role}/{area_code}")
def confirm_revoke(
    request: Request,
    running: Running,
    reading: Reading,
    person: Administrator,
    now: Now,
    account_id: UUID,
    role: Role,
    area_code: str,
) -> Response:
    """Before a grant is revoked: what the person can no longer do afterwards."""
    return _revoke_page(Asking(request, running, person), reading, now, account_id, role, area_code, fault=None)


@router.post("/accounts/{account_id}/grants/{role}/{area_code}")
def revoke_role(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Administrator,
    now: Now,
    account_id: UUID,
    role: Role,
    area_code: str,
) -> Response:
    try:
        with writing.begin() as session:
            service.revoke(session, acting_administrator(person, running, now), account_id, role, area_code)
    except MENDED_ON_PAGE as fault:
        return _revoke_page(Asking(request, running, person), reading, now, account_id, role, area_code, fault=fault)
    return go(f"/accounts/{account_id}?done=revoked" if account_id != person.account_id else "/sign-in")


@router.get("/accounts/{account_id}/steps/{step}")
def confirm_account_step(
    request: Request, running: Running, reading: Reading, person: Administrator, now: Now, account_id: UUID, step: str
) -> Response:
    return _step_page(request, running, reading, person, now, account_id, step, fault=None)


@router.post("/accounts/{account_id}/steps/{step}")
def take_account_step(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Administrator,
    now: Now,
    account_id: UUID,
    step: str,
) -> Response:
    acting = acting_administrator(person, running, now)
    try:
        if step == PASSWORD:
            return _reset_password(request, running, writing, person, acting, account_id)
        if step not in STEPS:
            raise NotFound
        with writing.begin() as session:
            STEPS[step].take(session, acting, account_id)
    except MENDED_ON_PAGE as fault:
        return _step_page(request, running, reading, person, now, account_id, step, fault=fault)
    return go(f"/accounts/{account_id}?done={step}")


def _reset_password(
    request: Request, running: Services, writing: Writing, person: Person, acting: ActingAdministrator, account_id: UUID
) -> Response:
    start = accounts.start_password()
    password_hash = accounts.start_password_hash(start)
    with writing.begin() as session:
        account = service.reset_password(session, acting, account_id, password_hash)
        shown = {"id": account.id, "user": account.user, "name": account.name}
    context = {**shown, "start": start, "until": acting.at + service.START_PASSWORD_FOR, "made": False}
    return staff_page(request, running, person, "staff/start-password.html", context, section="accounts")


def _role(typed: str) -> Role:
    try:
        return Role(typed)
    except ValueError:
        raise BadInput(zh="请选一个角色。", en="Choose a role.") from None


# ------------------------------------------------------------------ pages


def _new_page(
    request: Request,
    running: Services,
    reading: Reading,
    person: Person,
    *,
    typed: dict[str, str],
    fault: DomainError | None,
) -> Response:
    with reading.begin() as session:
        context = {"typed": typed, "fault": fault, **_choices(session, person)}
        status = fault.status if fault else 200
        return staff_page(
            request, running, person, "staff/account-new.html", context, section="accounts", status=status
        )


def _choices(session: Session, person: Person) -> dict[str, Any]:
    """What the boxes for role and area offer."""
    areas = queries.area_choices(session, person.areas(*rights.MANAGE_ACCOUNTS), OFFERED_AREAS)
    return {"roles": [one.value for one in Role], "areas": areas}


def _account_page(
    request: Request,
    running: Services,
    reading: Reading,
    person: Person,
    now: Now,
    account_id: UUID,
    *,
    fault: DomainError | None,
    typed: dict[str, str] | None = None,
) -> Response:
    acting = acting_administrator(person, running, now)
    with reading.begin() as session:
        account = service.find(session, acting, account_id)
        grants = [
            (role.value, area, service.area_in_scope(session, acting.scope, area))
            for role, area in queries.grants_of(session, [account_id])[account_id]
        ]
        context = {
            "account": account,
            "grants": grants,
            "whole": all(mine for _, _, mine in grants),
            "oneself": account_id == person.account_id,
            "now": now,
            "provider": running.settings.oidc,
            "identity": identities.of_account(session, account_id),
            "done": request.query_params.get("done", ""),
            "fault": fault,
            "typed": typed or {},
            **_choices(session, person),
        }
        status = fault.status if fault else 200
        return staff_page(request, running, person, "staff/account-of.html", context, section="accounts", status=status)


def _revoke_page(
    asking: Asking,
    reading: Reading,
    now: Now,
    account_id: UUID,
    role: Role,
    area_code: str,
    *,
    fault: DomainError | None,
) -> Response:
    acting = acting_administrator(asking.person, asking.running, now)
    with reading.begin() as session:
        area = service.grant_within(session, acting, account_id, role, area_code)
        account = session.get_one(Account, account_id)
        context = {"account": account, "step": "revoke", "role": role.value, "area": area, "fault": fault}
        return asking.page("staff/account-step.html", context, section="accounts", fault=fault)


def _step_page(
    request: Request,
    running: Services,
    reading: Reading,
    person: Person,
    now: Now,
    account_id: UUID,
    step: str,
    *,
    fault: DomainError | None,
) -> Response:
    if step not in STEPS and step != PASSWORD:
        raise NotFound
    with reading.begin() as session:
        account = service.find_whole(session, acting_administrator(person, running, now), account_id)
        context = {"account": account, "step": step, "role": "", "area": None, "fault": fault}
        status = fault.status if fault else 200
        return staff_page(
            request, running, person, "staff/account-step.html", context, section="accounts", status=status
        )
