"""The telephone desk of an interviewer: calls that are due, one number at a time, how each call ended, the interview.

No dialler: the number is shown, and dialled by hand or by a tap of the telephone that shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Query as Length
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from analysis.outcome_codes import OutcomeMode
from survey_service.accounts.permissions import Person
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.field import call_queries as queries
from survey_service.field import call_words, telephones
from survey_service.field.call_shown import call_address, frame, one_call
from survey_service.field.door_shown import (
    Done,
    Knocker,
    Typed,
    begin_own_interview,
    find,
    refuse_unless_open,
    sought,
    take_own_back,
)
from survey_service.field.own_notes import just_noted, noted_today
from survey_service.field.visit_forms import Noting, instead, note_posted
from survey_service.models import Case, Mode, Wave
from survey_service.sealed.errors import SealGone
from survey_service.sealed.keys import WaveKeys
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/calls")
SHOWN: Final = ("due", "agreed", "done", "noted")
KEPT: Final = ("code", "agreed", "met", "day", "clock")  # of a form that was refused


@dataclass(frozen=True, slots=True)
class Query:
    """Of the list. ``q``: part of the number of a case. ``noted``: what was noted a moment ago; ``was``: what it was
    noted in the place of."""

    show: str = "due"
    q: Annotated[str, Length(max_length=30)] = ""
    noted: UUID | None = None
    was: UUID | None = None


@router.get("")
def rounds_page(request: Request, running: Running, reading: Reading, person: Knocker) -> Response:
    """Where somebody calls in one wave they are led to it."""
    with reading.begin() as session:
        found = [one for one in queries.waves(session, person) if telephones.takes_calls(one[1])]
        if len(found) == 1:
            survey, wave = found[0]
            return go(call_address(survey.key, wave.key))
        rounds = [frame(survey, wave) for survey, wave in found]
        return Asking(request, running, person).page("staff/calls/rounds.html", {"rounds": rounds}, section="visits")


@router.get("/{survey_key}/{wave_key}")
def calls_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Knocker,
    now: Now,
    survey_key: str,
    wave_key: str,
    asked: Annotated[Query, Depends()],
) -> Response:
    with reading.begin() as session:
        survey, wave = find(session, person, survey_key, wave_key)
        every = queries.in_order(queries.calls(session, wave, person), now)
        waiting = [one for one in every if not one.done]
        local = now.astimezone(running.settings.zone)
        notes = noted_today(session, wave, person, every, local)
        search = asked.q.strip()
        kinds = {
            "due": [one for one in waiting if not one.appointment or one.appointment <= now],
            "agreed": [one for one in waiting if one.appointment],
            "done": [one for one in every if one.done],
        }
        chosen = asked.show if asked.show in SHOWN else "due"
        context = {
            **frame(survey, wave),
            "show": chosen,
            "q": search,
            "notes": notes,
            "noted_today": len(notes),
            "today": local.date(),
            "counts": {name: len(many) for name, many in kinds.items()} | {"noted": len(notes)},
            "calls": sought(every, {}, search) if search else kinds.get(chosen, []),
            "total": len(every),
            "noted": just_noted(session, wave, person, every, asked.noted, asked.was),
            "said": call_words.said(wave),
        }
        return Asking(request, running, person).page("staff/calls/list.html", context, section="visits")


@router.get("/{survey_key}/{wave_key}/{case_id}")
def call_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Knocker,
    now: Now,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
    done: Done,
) -> Response:
    with reading.begin() as session:
        return one_call(Asking(request, running, person), session, (survey_key, wave_key), case_id, now, done)


@router.post("/{survey_key}/{wave_key}/{case_id}/number")
def open_number(
    request: Request,
    running: Running,
    writing: Writing,
    person: Knocker,
    now: Now,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
) -> Response:
    """The number on the page that answers, and nowhere else; that it was opened is committed before it is shown."""
    telephone, fault = "", None
    try:
        with writing.begin() as session:
            _, wave = find(session, person, survey_key, wave_key)
            case = _case(session, wave, person, case_id)
            refuse_unless_open(wave)
            seal = WaveKeys(running.settings, running.keys).opened(session, wave, at=now)
            telephone = telephones.open_one(session, case, seal, at=now, by=person.actor)
    except (Conflict, SealGone) as refused:
        fault = refused
    with running.database.reading.begin() as session:
        asking, typed = Asking(request, running, person), Typed(fault=fault)
        return one_call(asking, session, (survey_key, wave_key), case_id, now, typed, telephone)


@router.post("/{survey_key}/{wave_key}/{case_id}")
def note(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Knocker,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
) -> Response:
    """How a call ended that was made just now; ``instead``: an own one that was noted wrongly."""
    try:
        with writing.begin() as session:
            _, wave = find(session, person, survey_key, wave_key)
            _case(session, wave, person, case_id)
            refuse_unless_open(wave)
            by = Noting(person, running.settings.zone, now, OutcomeMode.TELEPHONE, call_words.CODES)
            noted = note_posted(session, wave, case_id, posted, by)
    except (BadInput, Conflict) as fault:
        kept = {name: posted_forms.text(posted, name) for name in KEPT}
        with reading.begin() as session:
            asking, typed = Asking(request, running, person), Typed(fault=fault, kept=kept, change=instead(posted))
            return one_call(asking, session, (survey_key, wave_key), case_id, now, typed)
    return go(f"{call_address(survey_key, wave_key)}?{noted}")


@router.post("/{survey_key}/{wave_key}/{visit_id}/take-back")
def undo(writing: Writing, person: Knocker, now: Now, survey_key: str, wave_key: str, visit_id: UUID) -> Response:
    """One's own call that was noted by mistake."""
    with writing.begin() as session:
        case_id = take_own_back(session, person, survey_key, wave_key, visit_id, now)
    return go(f"{call_address(survey_key, wave_key)}/{case_id}?taken={visit_id}")


@router.post("/{survey_key}/{wave_key}/{case_id}/interview")
def begin_interview(
    running: Running, writing: Writing, person: Knocker, now: Now, survey_key: str, wave_key: str, case_id: UUID
) -> Response:
    """As at the door; what is answered by it is of the mode telephone."""
    with writing.begin() as session:
        _, wave = find(session, person, survey_key, wave_key)
        case = queries.case(session, wave, person, case_id)
        begun = begin_own_interview(session, person, wave, case, keys=running.keys, at=now, mode=Mode.TELEPHONE)
    return go(begun)


def _case(session: Session, wave: Wave, person: Person, case_id: UUID) -> Case:
    case = queries.case(session, wave, person, case_id)
    if case is None:
        raise NotFound
    return case
