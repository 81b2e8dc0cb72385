"""The contact data of a wave, for the few who are named for it. Opening them is a post, has a reason and is audited."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service import audit
from survey_service.accounts import rights
from survey_service.accounts.permissions import ContactReader, Person
from survey_service.accounts.staff_pages import staff_page
from survey_service.contacts.asked import contact_asked
from survey_service.contacts.store import Contact, ContactStore
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import NotFound
from survey_service.models import Area, Survey, Wave
from survey_service.services import Services
from survey_service.surveys.access import find_wave
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter()
LONGEST_REASON = 200


@router.get("/surveys/{survey_key}/waves/{wave_key}/contacts")
def contacts_page(
    request: Request, running: Running, reading: Reading, person: ContactReader, survey_key: str, wave_key: str
) -> Response:
    """How many there are and until when; nobody's name."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        return _page(request, running, session, person, survey, wave, None, {})


@router.post("/surveys/{survey_key}/waves/{wave_key}/contacts")
def open_contacts(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: ContactReader,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    read = posted_forms.FormReading(posted)
    reason = read.words("reason", most=LONGEST_REASON, needed=Text("写一句为什么要看。", "Say in a sentence what for."))
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        if read.faults:
            return _page(request, running, session, person, survey, wave, None, read.faults)
        visible = set(session.scalars(person.visible(*rights.OPEN_CONTACTS)))
        survey_id, wave_id = survey.id, wave.id
    found = [one for one in ContactStore(running.settings).of_wave(survey_id, wave_id) if one.area_id in visible]
    with writing.begin() as session:  # before anybody sees them
        audit.record(
            session,
            survey_id=survey_id,
            at=now,
            by=person.actor,
            action="contacts.opened",
            record=f"wave {wave_id}",
            detail={"people": len(found)},
            reason=reason,
        )
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        return _page(request, running, session, person, survey, wave, found, {})


def _page(
    request: Request,
    running: Services,
    session: Session,
    person: Person,
    survey: Survey,
    wave: Wave,
    found: list[Contact] | None,
    faults: dict[str, Text],
) -> Response:
    asked = contact_asked(wave)
    if asked is None:
        raise NotFound
    ids = {one.area_id for one in found or ()}
    names = {
        area.id: Text(area.name_zh, area.name_en) for area in session.scalars(select(Area).where(Area.id.in_(ids)))
    }
    context = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "asked": asked,
        "until": asked.erased_at(wave, running.settings.zone),
        "number": ContactStore(running.settings).counts().get((survey.id, wave.id), 0),
        "found": [(names[one.area_id], one) for one in found] if found is not None else None,
        "faults": faults,
    }
    page = staff_page(
        request, running, person, "staff/contacts.html", context, section="surveys", status=422 if faults else 200
    )
    page.headers["Cache-Control"] = "no-store"
    return page
