"""The page that takes the one-time secret of the console; it exists only while there is no account."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import Field
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import failed_sign_ins, first_administrator, second_factor, service, throttle
from survey_service.accounts.permissions import FormModel
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError, FormExpired, TooManyAttempts
from survey_service.models import Role
from survey_service.services import Services
from survey_service.web.addresses import client_address, place_of

router = APIRouter()
Line = Annotated[str, Field(max_length=200)]


class FirstForm(FormModel):
    secret: Line = ""
    user: Line = ""
    name: Line = ""
    password: Line = ""
    city_name: Annotated[str, Field(max_length=60)] = ""
    city_name_en: Annotated[str, Field(max_length=120)] = ""
    city_code: Annotated[str, Field(max_length=12)] = ""


@router.get("/first-administrator")
def first_page(request: Request, running: Running, reading: Reading) -> Response:
    with reading.begin() as session:
        first_administrator.refuse_unless_first(session)
        needs_city = first_administrator.city(session) is None
    return _page(
        request,
        running,
        needs_city,
        typed={"city_name": running.settings.city_name, "city_name_en": running.settings.city_name_en},
        fault=None,
    )


@router.post("/first-administrator")
def make_first(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    now: Now,
    sent: Annotated[FirstForm, Form()],
) -> Response:
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise FormExpired
    with reading.begin() as session:
        first_administrator.refuse_unless_first(session)
        needs_city = first_administrator.city(session) is None
    place = place_of(client_address(request.scope, running.settings))
    try:
        throttle.take_turn(writing, throttle.key_of(running.keys, "first", place), now)
        first_administrator.check_secret(sent.secret, running)
        password_hash = service.new_password_hash(sent.password, _rules(running, sent.user, sent.name))
        with writing.begin() as session:
            first_administrator.make(
                session,
                user=sent.user,
                name=sent.name,
                password_hash=password_hash,
                city_code=sent.city_code.strip(),
                city_name=sent.city_name.strip(),
                city_name_en=sent.city_name_en.strip(),
                at=now,
            )
    except IntegrityError:
        raise Conflict from None
    except (BadInput, TooManyAttempts) as fault:
        failed_sign_ins.note(request, running, "", fault, now, by="first administrator")
        typed = sent.model_dump(exclude={"secret", "password"})
        return _page(request, running, needs_city, typed=typed, fault=fault)
    return go("/sign-in")


def _rules(running: Services, *names: str) -> service.PasswordRules:
    asked = second_factor.is_needed("", [Role.ADMINISTRATOR], running.settings)
    return service.PasswordRules(second_factor=asked, names=(*names, *service.own_names(running.settings)))


def _page(
    request: Request, running: Services, needs_city: bool, *, typed: dict[str, str], fault: DomainError | None
) -> Response:
    shortest = _rules(running).shortest
    context: dict[str, Any] = {"typed": typed, "needs_city": needs_city, "fault": fault, "shortest": shortest}
    status = fault.status if fault else 200
    return staff_page(request, running, None, "staff/first-administrator.html", context, status=status)
