"""The phone page of whoever knocks: households in walking order, visits by large buttons, the interview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Query as Length
from starlette.requests import Request
from starlette.responses import Response

from analysis.outcome_codes import OutcomeMode
from survey_service.accounts import rights
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.field import door_queries as queries
from survey_service.field import door_words
from survey_service.field.door_order import agreed_today, late, next_door
from survey_service.field.door_shown import (
    Done,
    Knocker,
    Typed,
    address,
    begin_own_interview,
    find,
    frame,
    grouped,
    one_door,
    refuse_unless_open,
    sought,
    take_own_back,
    when,
)
from survey_service.field.own_notes import just_noted, noted_today
from survey_service.field.queries import grid_names
from survey_service.field.visit_forms import Noting, instead, moment, note_posted, visit_id
from survey_service.field.walk import GridNames, code_of
from survey_service.fieldwork.overdue import QUIET_DAYS
from survey_service.fieldwork.visits import Told, VisitGone, move_appointment
from survey_service.models import Mode, VisitSource
from survey_service.surveys.opened_doors import OpensDoors
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/visits")
SHOWN: Final = ("all", "waiting", "agreed", "overdue", "done", "noted")
KEPT: Final = ("code", "agreed", "met", "day", "clock")  # of a form that was refused
ONE_PAGE: Final = 80  # households; with more the phone is shown the blocks first


@dataclass(frozen=True, slots=True)
class Query:
    """Of the list. ``q``: part of a door or a number. ``block``: a grid, where households are too many for a page.
    ``noted``: what was noted a moment ago; ``was``: what it was noted in the place of."""

    show: str = "waiting"
    block: str = ""
    q: Annotated[str, Length(max_length=30)] = ""
    noted: UUID | None = None
    was: UUID | None = None


Asked = Annotated[Query, Depends()]


@router.get("")
def rounds_page(request: Request, running: Running, reading: Reading, person: Knocker) -> Response:
    """Where somebody goes round in one wave they are led to it."""
    with reading.begin() as session:
        found = queries.waves(session, person)
        if len(found) == 1:
            survey, wave = found[0]
            return go(address(survey.key, wave.key))
        rounds = [frame(survey, wave) for survey, wave in found]
        return Asking(request, running, person).page("staff/visits/rounds.html", {"rounds": rounds}, section="visits")


@router.get("/{survey_key}/{wave_key}")
def doors_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Knocker,
    now: Now,
    opens: OpensDoors,
    survey_key: str,
    wave_key: str,
    asked: Asked,
) -> Response:
    with reading.begin() as session:
        survey, wave = find(session, person, survey_key, wave_key)
        every = queries.doors(session, wave, person)
        addresses = opens.of(session, wave, [one.number for one in every], to=rights.VISIT).texts
        search = asked.q.strip()
        doors = [one for one in every if code_of(one.grid) == asked.block] if asked.block else every
        local = now.astimezone(running.settings.zone)
        lates = late(every, local)
        notes = noted_today(session, wave, person, every, local)
        there = {one.id for one in doors}
        here = [note for note in notes if note.door.id in there]
        kinds = {
            "all": doors,
            "waiting": [one for one in doors if not one.done],
            "overdue": [one for one in doors if one.id in lates],
            "agreed": sorted((one for one in doors if one.appointment), key=when),
            "done": [one for one in doors if one.done],
        }
        chosen = asked.show if asked.show in SHOWN else "waiting"
        found = sought(every, addresses, search) if search else kinds.get(chosen, [])
        groups = grouped(found)
        context = {
            **frame(survey, wave),
            "show": chosen,
            "block": asked.block,
            "q": search,
            "found": found,
            "notes": here,
            "noted_today": len(notes),
            "today": local.date(),
            "counts": {name: len(many) for name, many in kinds.items()} | {"noted": len(here)},
            "groups": groups,
            "in_blocks": not search and len(found) > ONE_PAGE and len(groups) > 1,
            "next": next_door(doors, lates, local),
            "promised": [at for at, one in agreed_today(doors, local) if one.id not in lates],
            "noted": just_noted(session, wave, person, every, asked.noted, asked.was),
            "said": door_words.said(wave),
            "late": lates,
            "quiet_days": QUIET_DAYS,
            "grid_of": GridNames(grid_names(session, person.visible(*rights.VISIT))),
            "addresses": addresses,
        }
        return Asking(request, running, person).page("staff/visits/list.html", context, section="visits")


@router.get("/{survey_key}/{wave_key}/{case_id}")
def door_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Knocker,
    now: Now,
    opens: OpensDoors,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
    done: Done,
) -> Response:
    with reading.begin() as session:
        survey, wave = find(session, person, survey_key, wave_key)
        return one_door(Asking(request, running, person), opens, session, survey, wave, case_id, now, done)


@router.post("/{survey_key}/{wave_key}/{case_id}")
def note(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Knocker,
    now: Now,
    opens: OpensDoors,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
) -> Response:
    """What came of a visit that was made just now; ``instead``: of an own one that was noted wrongly."""
    try:
        with writing.begin() as session:
            _, wave = find(session, person, survey_key, wave_key)
            if queries.case(session, wave, person, case_id) is None:
                raise NotFound
            refuse_unless_open(wave)
            by = Noting(person, running.settings.zone, now, OutcomeMode.IN_PERSON, door_words.CODES)
            noted = note_posted(session, wave, case_id, posted, by)
    except (BadInput, Conflict) as fault:
        with reading.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key)
            typed = Typed(fault=fault, kept=_kept(posted), change=instead(posted))
            return one_door(Asking(request, running, person), opens, session, survey, wave, case_id, now, typed)
    return go(f"{address(survey_key, wave_key)}?{noted}")


@router.post("/{survey_key}/{wave_key}/{case_id}/appointment")
def move(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Knocker,
    now: Now,
    opens: OpensDoors,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
) -> Response:
    """Another time than the one agreed on; nobody was at the door for it, so no visit is added."""
    try:
        with writing.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key)
            door = queries.door(session, wave, person, case_id)
            if door is None:
                raise NotFound
            refuse_unless_open(wave)
            new_id = visit_id(posted)
            if not door.appointment:
                raise VisitGone
            was = door.visits[-1].id
            if was == new_id:  # a double tap
                was = next((one.id for one in queries.replaced(session, survey.id, case_id)), was)
            at = moment(posted, running.settings.zone, wave, now)
            told = Told(VisitSource.DOOR, now, person.actor)
            move_appointment(session, survey.id, was, at, told, as_id=new_id)
    except (BadInput, Conflict) as fault:
        with reading.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key)
            typed = Typed(fault=fault, kept=_kept(posted) | {"moving": "yes"})
            return one_door(Asking(request, running, person), opens, session, survey, wave, case_id, now, typed)
    return go(f"{address(survey_key, wave_key)}?noted={new_id}&was={was}")


@router.post("/{survey_key}/{wave_key}/{visit_id}/take-back")
def undo(writing: Writing, person: Knocker, now: Now, survey_key: str, wave_key: str, visit_id: UUID) -> Response:
    """One's own visit that was noted by mistake."""
    with writing.begin() as session:
        case_id = take_own_back(session, person, survey_key, wave_key, visit_id, now)
    return go(f"{address(survey_key, wave_key)}/{case_id}?taken={visit_id}")


@router.post("/{survey_key}/{wave_key}/{case_id}/interview")
def begin_interview(
    running: Running, writing: Writing, person: Knocker, now: Now, survey_key: str, wave_key: str, case_id: UUID
) -> Response:
    """What is answered by it is of the mode door to door."""
    with writing.begin() as session:
        _, wave = find(session, person, survey_key, wave_key)
        case = queries.case(session, wave, person, case_id)
        begun = begin_own_interview(session, person, wave, case, keys=running.keys, at=now, mode=Mode.FACE_TO_FACE)
    return go(begun)


def _kept(posted: Posted) -> dict[str, str]:
    return {name: posted_forms.text(posted, name) for name in KEPT}
