"""``/verify``: whether a sheet that somebody holds is of the edition in force. For everybody, without signing in.

It says which survey, wave, area and edition a code stands for, and no figure. Of a code that is none, and of one that
was never given, it says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts.staff_pages import staff_page
from survey_service.collection.reception import Reception
from survey_service.collection.resident_threads import aside
from survey_service.dependencies import Now, Running
from survey_service.models import Area, Release, Survey, Wave
from survey_service.releases import queries, sheet_codes
from survey_service.releases.errors import TooManyCodes
from survey_service.releases.sheets import name_of, sectors_asked
from survey_service.services import Services
from survey_service.surveys import short_code
from survey_service.web.addresses import client_address, place_of

router = APIRouter()

LONGEST_TYPED = 80  # characters of a code that are shown again


@dataclass(frozen=True, slots=True)
class EditionShown:
    number: str
    edition: int
    at: datetime
    reason: str  # why it corrects the one before; "" of a first


@dataclass(frozen=True, slots=True)
class SheetShown:
    """What is told of one sheet: nothing that it does not print itself, but for the editions after it."""

    survey: Text
    wave: Text
    area: Text
    sector: Text | None  # of which it is in that area
    release: EditionShown
    later: tuple[EditionShown, ...]  # editions after it, the first of them first
    files: tuple[tuple[str, str], ...]  # of this sheet: language, SHA-256


@router.get("/verify", include_in_schema=False)
async def ask(request: Request, running: Running, now: Now, code: str = "") -> Response:
    """The field for a code; with one, what it stands for."""
    if not code.strip():
        return await aside(lambda: _page(request, running, "", None))
    return await _answered(request, running, now, code)


@router.get("/verify/{code}", include_in_schema=False)
async def verify(request: Request, running: Running, now: Now, code: str) -> Response:
    """Where the code on a sheet leads."""
    return await _answered(request, running, now, code)


async def _answered(request: Request, running: Services, now: Now, typed: str) -> Response:
    code = short_code.as_read(typed[:LONGEST_TYPED])
    found = await aside(lambda: _found(running, code))
    fault = None
    if not found:
        wrong = running.of(Reception).wrong_sheets
        place = place_of(client_address(request.scope, running.settings))
        if wait := wrong.wait(place, now.timestamp()):
            fault = TooManyCodes(seconds=wait)
        else:
            wrong.count(place, now.timestamp())
    return await aside(lambda: _page(request, running, typed[:LONGEST_TYPED], found, fault))


def _found(running: Services, code: str) -> list[SheetShown]:
    with running.database.reading.begin() as session:
        return [_shown(session, *sheet) for sheet in sheet_codes.sheets_of(session, code)]


def _shown(session: Session, release: Release, survey: Survey, wave: Wave, area: Area, sector: str) -> SheetShown:
    every = queries.editions(session, survey.id, wave.id)
    return SheetShown(
        survey=Text(survey.title_zh, survey.title_en),
        wave=Text(wave.name_zh, wave.name_en),
        area=Text(area.name_zh, area.name_en or area.name_zh),
        sector=name_of(area, sector, sectors_asked(session, wave)) if sector else None,
        release=_edition(release),
        later=tuple(_edition(one) for one in every if one.edition > release.edition),
        files=tuple((one.language, one.blob_sha256) for one in queries.documents_of(session, release, area.id, sector)),
    )


def _edition(release: Release) -> EditionShown:
    return EditionShown(release.number, release.edition, release.released_at, release.correction_reason or "")


def _page(
    request: Request,
    running: Services,
    typed: str,
    found: list[SheetShown] | None,
    fault: TooManyCodes | None = None,
) -> Response:
    """``found``: None where no code was asked for."""
    context = {"typed": typed, "found": found, "fault": fault}
    status = fault.status if fault else 404 if found == [] else 200
    return staff_page(request, running, None, "staff/verify.html", context, status=status)
