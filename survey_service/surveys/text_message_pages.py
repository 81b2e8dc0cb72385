"""Short links as Excel for the city's own gateway of text messages: the message as it would be, and the file."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager
from survey_service.accounts.staff_pages import Asking
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError
from survey_service.models import Mode, Survey, Wave
from survey_service.sampling.unit_words import UNITS
from survey_service.surveys import invitations, planning_queries, text_messages
from survey_service.surveys import queries as surveys
from survey_service.surveys.access import find_wave, refuse_unless
from survey_service.web import posted_forms
from survey_service.web.downloads import WORKBOOK, content_disposition
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/invitations/messages")
EXAMPLE = "7K39QF2TM4"


@router.get("")
def messages_page(
    request: Request, running: Running, reading: Reading, person: Manager, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        text = text_messages.usual_text(session, wave)
        return _page(Asking(request, running, person), session, survey, wave, text)


@router.post("")
def take_out(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    """The file; with ``count`` the page again, with the length of what was written."""
    asking = Asking(request, running, person)
    text = posted_forms.text(posted, "text").strip()
    wanted = posted_forms.text(posted, "area")
    fault: DomainError | None = None
    if posted_forms.text(posted, "action") != "count":
        try:
            with writing.begin() as session:
                survey, wave = find_wave(session, person, survey_key, wave_key)
                refuse_unless(session, person, survey, *rights.PLAN)
                areas = surveys.communities(session, survey, wave, person.visible(*rights.PLAN))
                made = text_messages.messages(
                    session,
                    wave,
                    [area for area in areas if not wanted or area.code == wanted],
                    text,
                    keys=running.keys,
                    public_url=running.settings.public_url,
                )
                text_messages.note(session, wave, made, at=now, by=person.actor)
            name = f"messages-{survey_key}-{wave_key}{f'-{wanted}' if wanted else ''}.xlsx"
            headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
            return Response(text_messages.workbook(made), media_type=WORKBOOK, headers=headers)
        except (BadInput, Conflict) as refused:
            fault = refused
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        return _page(asking, session, survey, wave, text, fault=fault, area=wanted)


def _page(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    text: str,
    *,
    fault: DomainError | None = None,
    area: str = "",
) -> Response:
    areas = surveys.communities(session, survey, wave, asking.person.visible(*rights.PLAN))
    drawn = planning_queries.sample_by_community(session, wave)
    public_url = asking.running.settings.public_url
    link = text_messages.link_of(public_url, EXAMPLE)
    said = text.replace(text_messages.LINK, link)
    characters = text_messages.length(said)
    context = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "unit": UNITS[wave.listed_unit],
        "takes": invitations.takes(wave, Mode.WEB_INVITED),
        "areas": [
            (one.code, Text(one.name_zh, one.name_en), drawn[one.id].letters)
            for one in areas
            if one.id in drawn and drawn[one.id].letters
        ],
        "area": area,
        "text": text,
        "place_of_link": text_messages.LINK,
        "link": link,
        "said": said,
        "characters": characters,
        "parts": text_messages.parts(characters),
        "longest": text_messages.LONGEST,
        "fault": fault,
    }
    return asking.page("staff/planning/messages.html", context, section="surveys", fault=fault)
