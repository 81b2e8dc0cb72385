"""The links to one sheet: making one, which is shown once, and taking one back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import NotFound
from survey_service.models import Wave
from survey_service.receiving import links
from survey_service.receiving.errors import NotALink
from survey_service.releases import queries
from survey_service.releases.routes import find_release
from survey_service.releases.sheets import Sheet, key_of, name_of, sectors_asked
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/releases/{number}/sheets/{area_code}/links")
Sharer = Annotated[Person, Depends(require(*rights.SHARE_SHEETS))]
FIRST_DAYS = 7  # what is chosen at first


@router.get("")
def links_page(
    request: Request, running: Running, reading: Reading, person: Sharer, now: Now, number: str, area_code: str
) -> Response:
    with reading.begin() as session:
        return _page(Asking(request, running, person), session, number, area_code, now)


@router.post("")
def make_link(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Sharer,
    now: Now,
    posted: Posted,
    number: str,
    area_code: str,
) -> Response:
    """The page that follows shows the address, and no other ever does."""
    purpose, days = posted_forms.text(posted, "purpose"), posted_forms.text(posted, "days")
    asking = Asking(request, running, person)
    try:
        with writing.begin() as session:
            found = _sheet(session, person, number, area_code)
            chosen = int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0
            made = links.make(session, found.key, purpose, chosen, at=now, by=person.actor)
    except NotALink as fault:
        with reading.begin() as session:
            return _page(asking, session, number, area_code, now, fault=fault, kept={"purpose": purpose, "days": days})
    with reading.begin() as session:
        return _page(asking, session, number, area_code, now, made=made)


@router.post("/{link_id}/revoke")
def revoke_link(writing: Writing, person: Sharer, now: Now, number: str, area_code: str, link_id: UUID) -> Response:
    with writing.begin() as session:
        found = _sheet(session, person, number, area_code)
        links.revoke(session, found.key, link_id, at=now, by=person.actor)
    return go(f"/releases/{number}/sheets/{area_code}/links")


@dataclass(frozen=True, slots=True)
class Found:
    """A sheet of the person's: of an area, or of a sector in it."""

    key: Sheet
    wave: Wave
    name: Text


def _sheet(session: Session, person: Person, number: str, area_code: str) -> Found:
    """NotFound for an area that is not the person's, and for one that the release has no sheet of."""
    release, _, wave = find_release(session, person, number)
    visible = person.visible(*rights.SHARE_SHEETS)
    shown = queries.visible_documents_of(session, release, area_code, visible)
    if not shown:
        raise NotFound
    document, area = shown[0]
    return Found(key_of(document), wave, name_of(area, document.sector, sectors_asked(session, wave)))


def _page(
    asking: Asking,
    session: Session,
    number: str,
    area_code: str,
    now: Now,
    *,
    made: links.Made | None = None,
    fault: NotALink | None = None,
    kept: dict[str, str] | None = None,
) -> Response:
    found = _sheet(session, asking.person, number, area_code)
    wave = found.wave
    base = asking.running.settings.public_url.rstrip("/")
    newest = queries.newest_number(session, wave.survey_id, wave.id)
    context = {
        "number": number,
        "code": area_code,
        "area_name": found.name,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "later": newest if newest != number else "",
        "links": links.listed(session, found.key, now),
        "made": made,
        "address": f"{base}/shared/{made.token}" if made else "",
        "days": links.DAYS,
        "kept": kept or {"purpose": "", "days": str(FIRST_DAYS)},
        "fault": fault,
    }
    answer = asking.page("staff/receiving/links.html", context, section="surveys", fault=fault)
    answer.headers["Cache-Control"] = "no-store"
    return answer
