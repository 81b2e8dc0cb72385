"""Pages of the staff: one frame, with the sections of the roles that the person has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request

from survey_service.accounts import rights
from survey_service.accounts.permissions import CSRF_FIELD, Person
from survey_service.errors import DomainError
from survey_service.services import Services
from survey_service.web.languages import COOKIE, language_of
from survey_service.web.pages import Language, page

ONE_YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the bar at the top."""

    key: str
    address: str
    name: str  # Chinese; the template translates it
    roles: rights.Roles


SECTIONS = (
    Section("surveys", "/surveys", "调查期", rights.FOLLOW_WAVES),
    Section("results", "/results", "调查结果", rights.READ_SIGNED),
    Section("catalogue", "/catalogue", "问卷目录", rights.FOLLOW_WAVES),
    Section("keying", "/keying", "录入", rights.SEE_KEYING),
    Section("visits", "/visits", "走访名单", rights.VISIT),
    Section("start", "/start", "开始", rights.BEGIN),
    Section("accounts", "/accounts", "账号", rights.MANAGE_ACCOUNTS),
    Section("areas", "/areas", "地区", rights.SEE_AREAS),
)


def sections(person: Person) -> list[Section]:
    return [section for section in SECTIONS if person.has(*section.roles)]


def first_page(person: Person) -> str:
    """Where the work of this person begins."""
    mine = sections(person)
    return mine[0].address if mine else "/account"


def in_other_language(request: Request) -> str:
    """The same page in the other language."""
    kept = [(key, value) for key, value in parse_qsl(request.url.query) if key != "lang"]
    return "?" + urlencode([*kept, ("lang", "zh" if language_of(request) == "en" else "en")])


def staff_page(
    request: Request,
    running: Services,
    person: Person | None,
    template: str,
    context: Mapping[str, Any],
    *,
    section: str = "",
    status: int = 200,
) -> HTMLResponse:
    """A page in the staff's frame; ``?lang=`` is remembered by a cookie."""
    language: Language = language_of(request)
    if section == "surveys" and person is not None and not person.may("FOLLOW_WAVES"):
        section = "results"  # where a leader comes from, and goes back to
    city = running.settings.city_in(language)
    frame = {
        "person": person,
        "sections": sections(person) if person else [],
        "section": section,
        "city": city,
        "zone": running.settings.zone,
        "other_language": in_other_language(request),
        "csrf_field": CSRF_FIELD,
        "nobody_works": running.nobody_works,
        "demonstration": person is not None and person.demonstration,
    }
    response = page(template, language, {**frame, **context}, status=status)
    if request.query_params.get("lang") in ("zh", "en"):
        response.set_cookie(
            COOKIE, language, max_age=ONE_YEAR, httponly=True, samesite="lax", secure=running.settings.secure
        )
    return response


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a page, by which request, of which service."""

    request: Request
    running: Services
    person: Person

    def page(
        self,
        template: str,
        context: Mapping[str, Any],
        *,
        section: str,
        fault: DomainError | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        """The page in the staff's frame; where there is a ``fault``, with its status."""
        status = fault.status if fault else status
        return staff_page(self.request, self.running, self.person, template, context, section=section, status=status)


def go(address: str) -> RedirectResponse:
    """After a form was done: a GET of the page that shows it, so that reloading does nothing twice."""
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
