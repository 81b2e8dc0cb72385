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
from survey_service.field.door_shown import (
    Done,
    Knocker,
    Typed,
    address,
    begin_own_interview,
    find,
    frame,
    grouped,
    just_noted,
    next_door,
    noted_today,
    one_door,
    refuse_unless_open,
    sought,
    take_own_back,
    when,
)
from survey_service.field.errors import NoSuchOutcome
from survey_service.field.queries import grid_names
from survey_service.field.visit_forms import appointment, met, moment, visit_id
from survey_service.fieldwork.visits import NewVisit, Told, VisitGone, move_appointment, note_visits
from survey_service.models import Mode, VisitSource
from survey_service.surveys.opened_doors import OpensDoors
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/visits")
SHOWN: Final = ("all", "waiting", "agreed", "overdue", "done", "noted")
ONE_PAGE: Final = 80  # households; with more the phone is shown the blocks first


@dataclass(frozen=True, slots=True)
class Query:
    """Of the list. ``q``: part of a door or a number. ``block``: a stratum, where households are too many for a page.
    ``noted``: what was noted a moment ago."""

    show: str = "all"
    block: str = ""
    q: Annotated[str, Length(max_length=30)] = ""
    noted: UUID | None = None


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
        doors = [one for one in every if one.stratum == asked.block] if asked.block else every
        today = noted_today(every, person, now, running.settings.zone)
        kinds = {
            "all": doors,
            "waiting": [one for one in doors if not one.done],
            "overdue": [one for one in doors if one.overdue(now)],
            "agreed": sorted((one for one in doors if one.appointment), key=when),
            "done": [one for one in doors if one.done],
        }
        chosen = asked.show if asked.show in SHOWN else "all"
        found = sought(every, addresses, search) if search else kinds.get(chosen, [])
        groups = grouped(found)
        context = {
            **frame(survey, wave),
            "show": chosen,
            "block": asked.block,
            "q": search,
            "found": found,
            "today": today,
            "counts": {name: len(many) for name, many in kinds.items()} | {"noted": len(today)},
            "groups": groups,
            "in_blocks": not search and len(found) > ONE_PAGE and len(groups) > 1,
            "next": next_door(doors, now),
            "noted": just_noted(every, asked.noted, person),
            "said": door_words.said,
            "late": {one.id for one in kinds["overdue"]},
            "grids": grid_names(session, person.visible(*rights.VISIT)),
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
    """What came of a visit that was made just now."""
    code = posted_forms.text(posted, "code")
    try:
        with writing.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key)
            if queries.case(session, wave, person, case_id) is None:
                raise NotFound
            refuse_unless_open(wave)
            if code not in door_words.CODES:
                raise NoSuchOutcome
            visit = NewVisit(
                case_id=case_id,
                code=code,
                mode=OutcomeMode.IN_PERSON,
                at=now,
                appointment_at=appointment(posted, running.settings.zone, wave, now),
                met=met(session, survey.id, case_id, posted),
                id=visit_id(posted),
            )
            note_visits(session, survey.id, [visit], Told(VisitSource.DOOR, now, person.actor))
    except (BadInput, Conflict) as fault:
        with reading.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key)
            typed = Typed(fault=fault, kept=_kept(posted))
            return one_door(Asking(request, running, person), opens, session, survey, wave, case_id, now, typed)
    return go(f"{address(survey_key, wave_key)}?noted={visit.id}")


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
            if door.visits and door.visits[-1].id == new_id:  # a double tap
                return go(f"{address(survey_key, wave_key)}?noted={new_id}")
            if not door.appointment:
                raise VisitGone
            at = moment(posted, running.settings.zone, wave, now)
            told = Told(VisitSource.DOOR, now, person.actor)
            move_appointment(session, survey.id, door.visits[-1].id, at, told, as_id=new_id)
    except (BadInput, Conflict) as fault:
        with reading.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key)
            typed = Typed(fault=fault, kept=_kept(posted) | {"moving": "yes"})
            return one_door(Asking(request, running, person), opens, session, survey, wave, case_id, now, typed)
    return go(f"{address(survey_key, wave_key)}?noted={new_id}")


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
    return {name: posted_forms.text(posted, name) for name in ("code", "met", "day", "clock")}
