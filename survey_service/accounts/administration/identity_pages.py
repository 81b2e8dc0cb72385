"""The administrator's page of one account's identity at the city's sign-in provider."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts.administration import service
from survey_service.accounts.administration.pages import acting_administrator
from survey_service.accounts.errors import IdentityTaken, NoProvider
from survey_service.accounts.oidc import identities
from survey_service.accounts.permissions import Administrator, Person
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, DomainError
from survey_service.services import Services

router = APIRouter()


@router.get("/accounts/{account_id}/identity")
def show_identity(
    request: Request, running: Running, reading: Reading, person: Administrator, now: Now, account_id: UUID
) -> Response:
    return _page(request, running, reading, person, now, account_id, fault=None)


@router.post("/accounts/{account_id}/identity")
def link_identity(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Administrator,
    now: Now,
    account_id: UUID,
    name: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    try:
        with writing.begin() as session:
            acting = acting_administrator(person, running, now)
            service.find_whole(session, acting, account_id)
            if not running.settings.oidc:
                raise NoProvider
            service.link_identity(
                session, acting_administrator(person, running, now), account_id, name, keys=running.keys
            )
    except IntegrityError:  # given to two accounts in the same moment
        return _page(request, running, reading, person, now, account_id, fault=IdentityTaken(), typed=name)
    except (BadInput, IdentityTaken, NoProvider) as fault:
        return _page(request, running, reading, person, now, account_id, fault=fault, typed=name)
    return go(f"/accounts/{account_id}?done=identity-linked")


def _page(
    request: Request,
    running: Services,
    reading: Reading,
    person: Person,
    now: Now,
    account_id: UUID,
    *,
    fault: DomainError | None,
    typed: str = "",
) -> Response:
    with reading.begin() as session:
        account = service.find_whole(session, acting_administrator(person, running, now), account_id)
        identity = identities.of_account(session, account_id)
        context = {
            "account": account,
            "identity": identity,
            "fault": fault,
            "typed": typed,
            "provider": running.settings.oidc,
            "claim": running.settings.oidc_claim,
            "waits": identity is not None and identities.waits(identity, now),
            "until": identity.linked_at + identities.WAITS_FOR if identity else None,
        }
        status = fault.status if fault else 200
        return staff_page(
            request, running, person, "staff/account-identity.html", context, section="accounts", status=status
        )
