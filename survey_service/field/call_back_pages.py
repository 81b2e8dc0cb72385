"""Call-backs on pages, for a desk and for a phone: drawn, asked about, and what was found."""

from __future__ import annotations

import secrets
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import WaveStaff
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError, NotFound
from survey_service.field import noting, pages
from survey_service.field import supervision_queries as queries
from survey_service.field.errors import NotAsked
from survey_service.field.note_pages import Noter
from survey_service.fieldwork import call_backs
from survey_service.fieldwork.words import FOUND
from survey_service.models import Survey, Visited, Wave
from survey_service.surveys.access import find_wave
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/field/call-backs")
MOST_MINUTES: Final = 600
RIGHT: Final = {"yes": True, "no": False, "unsure": None}


@router.get("")
def call_backs_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: WaveStaff,
    survey_key: str,
    wave_key: str,
    drawn: int | None = None,
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
        context = {
            **pages.frame(person, survey, wave),
            "lines": queries.call_backs(session, wave, person.visible(*rights.FOLLOW_WAVES)),
            "to_draw": call_backs.to_draw(session, survey.id, wave.id),
            "share": call_backs.SHARE,
            "found": FOUND,
            "drawn": drawn,
        }
        return Asking(request, running, person).page("staff/field/call-backs.html", context, section="surveys")


@router.post("")
def draw(writing: Writing, person: Noter, now: Now, survey_key: str, wave_key: str) -> Response:
    """Of every interviewer a tenth by now; the seed is chosen here and kept with what was drawn."""
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.NOTE_VISITS)
        noting.refuse_unless_noted(wave)
        seed = secrets.randbelow(1_000_000_000)
        drawn = call_backs.draw(session, survey.id, wave.id, seed=seed, at=now, by=person.actor)
    return go(f"{_here(survey_key, wave_key)}?drawn={drawn}")


@router.get("/{case_id}")
def call_back_page(
    request: Request, running: Running, reading: Reading, person: Noter, survey_key: str, wave_key: str, case_id: UUID
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.NOTE_VISITS)
        return _page(Asking(request, running, person), session, survey, wave, case_id, {})


@router.post("/{case_id}")
def note(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Noter,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
) -> Response:
    """What the household said."""
    try:
        answered = _answered(posted)
        with writing.begin() as session:
            survey, wave = _found(session, person, survey_key, wave_key, case_id)
            noting.refuse_unless_noted(wave)
            call_backs.note(session, survey.id, case_id, answered, at=now, by=person.actor)
    except (BadInput, Conflict) as fault:
        kept = {name: posted_forms.text(posted, name) for name in ("visited", "right", "minutes")}
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.NOTE_VISITS)
            asking = Asking(request, running, person)
            return _page(asking, session, survey, wave, case_id, kept, fault=fault)
    return go(_here(survey_key, wave_key))


@router.post("/{case_id}/take-back")
def take_back(writing: Writing, person: Noter, now: Now, survey_key: str, wave_key: str, case_id: UUID) -> Response:
    with writing.begin() as session:
        survey, wave = _found(session, person, survey_key, wave_key, case_id)
        noting.refuse_unless_noted(wave)
        call_backs.take_back(session, survey.id, case_id, at=now, by=person.actor)
    return go(f"{_here(survey_key, wave_key)}/{case_id}")


def _found(session: Session, person: Noter, survey_key: str, wave_key: str, case_id: UUID) -> tuple[Survey, Wave]:
    """The wave; NotFound where the case is none of these areas'."""
    survey, wave = find_wave(session, person, survey_key, wave_key, rights.NOTE_VISITS)
    if not queries.call_backs(session, wave, person.visible(*rights.NOTE_VISITS), case_id):
        raise NotFound
    return survey, wave


def _page(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    case_id: UUID,
    kept: dict[str, str],
    *,
    fault: DomainError | None = None,
) -> Response:
    found = queries.call_backs(session, wave, asking.person.visible(*rights.NOTE_VISITS), case_id)
    if not found:
        raise NotFound
    call_back, case, area, interviewer, asked_at, paradata = found[0]
    seconds = (paradata or {}).get("seconds")
    context: dict[str, Any] = {
        **pages.frame(asking.person, survey, wave),
        "call_back": call_back,
        "case": case,
        "area": Text(area.name_zh, area.name_en),
        "interviewer": interviewer,
        "asked_at": asked_at,
        "minutes": max(round(seconds / 60), 1) if isinstance(seconds, int) else None,
        "found": FOUND,
        "kept": {"visited": "", "right": "", "minutes": "", **kept},
        "fault": fault,
    }
    return asking.page("staff/field/call-back.html", context, section="surveys", fault=fault)


def _answered(posted: Posted) -> call_backs.Answered:
    """NotAsked where it was not said whether anybody came, or where the minutes cannot be read."""
    visited = posted_forms.text(posted, "visited")
    if visited not in set(Visited):
        raise NotAsked
    came = visited == Visited.CAME
    typed = posted_forms.text(posted, "minutes") if came else ""
    if typed and not (typed.isascii() and typed.isdigit() and int(typed) <= MOST_MINUTES):
        raise NotAsked
    right = RIGHT.get(posted_forms.text(posted, "right")) if came else None
    return call_backs.Answered(visited=Visited(visited), right_person=right, minutes=int(typed) if typed else None)


def _here(survey_key: str, wave_key: str) -> str:
    return f"/surveys/{survey_key}/waves/{wave_key}/field/call-backs"
