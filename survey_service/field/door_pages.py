"""The phone page of whoever knocks: households in walking order, visits by large buttons, the interview."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from itertools import groupby
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from analysis.outcome_codes import OutcomeMode
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import Asking, go
from survey_service.clock import end_of
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError, NotFound
from survey_service.field import door_queries as queries
from survey_service.field import door_words
from survey_service.field.errors import FieldOver, NoSuchOutcome, WrongAppointment
from survey_service.fieldwork.settling import ADULT
from survey_service.fieldwork.visits import NewVisit, Told, note_visits, take_back
from survey_service.fieldwork.words import outcome_words
from survey_service.ids import new_id
from survey_service.models import Mode, Survey, VisitSource, Wave, WaveState
from survey_service.surveys import codes
from survey_service.surveys.access import find_wave
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/visits")
Knocker = Annotated[Person, Depends(require(*rights.VISIT))]
SHOWN: Final = ("all", "waiting", "agreed", "done")
ONE_PAGE: Final = 80  # households; with more the phone is shown the blocks first


@router.get("")
def rounds_page(request: Request, running: Running, reading: Reading, person: Knocker) -> Response:
    """Where somebody goes round in one wave they are led to it."""
    with reading.begin() as session:
        found = queries.waves(session, person)
        if len(found) == 1:
            survey, wave = found[0]
            return go(_here(survey.key, wave.key))
        rounds = [_frame(survey, wave) for survey, wave in found]
        return Asking(request, running, person).page("staff/visits/rounds.html", {"rounds": rounds}, section="visits")


@router.get("/{survey_key}/{wave_key}")
def doors_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Knocker,
    now: Now,
    survey_key: str,
    wave_key: str,
    show: str = "all",
    block: str = "",
    noted: UUID | None = None,
) -> Response:
    """``block``: a stratum of one's cases, where they are too many for a page."""
    with reading.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        every = queries.doors(session, wave, person)
        doors = [one for one in every if one.stratum == block] if block else every
        kinds = {
            "all": doors,
            "waiting": [one for one in doors if not one.done],
            "agreed": sorted((one for one in doors if one.appointment), key=_when),
            "done": [one for one in doors if one.done],
        }
        chosen = show if show in SHOWN else "all"
        groups = _grouped(kinds[chosen])
        context = {
            **_frame(survey, wave),
            "show": chosen,
            "block": block,
            "counts": {name: len(many) for name, many in kinds.items()},
            "groups": groups,
            "in_blocks": len(kinds[chosen]) > ONE_PAGE and len(groups) > 1,
            "next": _next(doors, now),
            "noted": _noted(every, noted, person),
            "said": outcome_words,
        }
        return Asking(request, running, person).page("staff/visits/list.html", context, section="visits")


@router.get("/{survey_key}/{wave_key}/{case_id}")
def door_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Knocker,
    now: Now,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
) -> Response:
    with reading.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        return _door(Asking(request, running, person), session, survey, wave, case_id, now)


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
    """What came of a visit that was made just now."""
    code = posted_forms.text(posted, "code")
    try:
        with writing.begin() as session:
            survey, wave = _find(session, person, survey_key, wave_key)
            if queries.case(session, wave, person, case_id) is None:
                raise NotFound
            _refuse_unless_open(wave)
            if code not in door_words.CODES:
                raise NoSuchOutcome
            visit = NewVisit(
                case_id=case_id,
                code=code,
                mode=OutcomeMode.IN_PERSON,
                at=now,
                appointment_at=_appointment(posted, running, wave, now),
                id=_visit_id(posted),
            )
            note_visits(session, survey.id, [visit], Told(VisitSource.DOOR, now, person.actor))
    except (BadInput, Conflict) as fault:
        with reading.begin() as session:
            survey, wave = _find(session, person, survey_key, wave_key)
            asking = Asking(request, running, person)
            return _door(asking, session, survey, wave, case_id, now, fault=fault)
    return go(f"{_here(survey_key, wave_key)}?noted={visit.id}")


@router.post("/{survey_key}/{wave_key}/{visit_id}/take-back")
def undo(writing: Writing, person: Knocker, now: Now, survey_key: str, wave_key: str, visit_id: UUID) -> Response:
    """One's own visit that was noted by mistake."""
    with writing.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        visit = queries.visit_of(session, wave, person, visit_id)
        if visit is None:
            raise NotFound
        _refuse_unless_open(wave)
        case_id = visit.case_id
        take_back(session, survey.id, visit_id, at=now, by=person.actor)
    return go(f"{_here(survey_key, wave_key)}/{case_id}")


@router.post("/{survey_key}/{wave_key}/{case_id}/interview")
def begin_interview(
    running: Running, writing: Writing, person: Knocker, now: Now, survey_key: str, wave_key: str, case_id: UUID
) -> Response:
    """The questionnaire of this case by a pass of its own: the phone can be handed over, and shows nothing else."""
    with writing.begin() as session:
        _, wave = _find(session, person, survey_key, wave_key)
        case = queries.case(session, wave, person, case_id)
        if case is None:
            raise NotFound
        _refuse_unless_open(wave)
        if not _interviews(wave):
            raise FieldOver
        code = codes.issue_interview_pass(session, case, person.account_id, keys=running.keys, at=now)
    return go(f"/a/{code}")


def _find(session: Session, person: Person, survey_key: str, wave_key: str) -> tuple[Survey, Wave]:
    """The wave, unless it is a draft: nobody goes round in one."""
    survey, wave = find_wave(session, person, survey_key, wave_key, rights.VISIT)
    if wave.state is WaveState.DRAFT:
        raise NotFound
    return survey, wave


def _refuse_unless_open(wave: Wave) -> None:
    if wave.state is not WaveState.OPEN:
        raise FieldOver


def _interviews(wave: Wave) -> bool:
    return not wave.modes or Mode.FACE_TO_FACE.value in wave.modes


def _door(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    case_id: UUID,
    now: datetime,
    *,
    fault: DomainError | None = None,
) -> Response:
    doors = queries.doors(session, wave, asking.person)
    place = next((place for place, one in enumerate(doors) if one.id == case_id), None)
    case = queries.case(session, wave, asking.person, case_id)
    if place is None or case is None:
        raise NotFound
    door = doors[place]
    context = {
        **_frame(survey, wave),
        "door": door,
        "place": place + 1,
        "of": len(doors),
        "adults": next((stage["population"] for stage in case.stages if stage["unit"] == ADULT), None),
        "buttons": door_words.BUTTONS,
        "said": outcome_words,
        "visit_id": new_id(),
        "open": wave.state is WaveState.OPEN,
        "interviews": _interviews(wave),
        "today": now.astimezone(asking.running.settings.zone).date(),
        "me": asking.person.account_id,
        "fault": fault,
    }
    return asking.page("staff/visits/case.html", context, section="visits", fault=fault)


def _frame(survey: Survey, wave: Wave) -> dict[str, Any]:
    return {
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "survey_title": Text(survey.title_zh, survey.title_en),
        "here": _here(survey.key, wave.key),
    }


def _here(survey_key: str, wave_key: str) -> str:
    return f"/visits/{survey_key}/{wave_key}"


def _when(door: queries.Door) -> datetime:
    assert door.appointment is not None
    return door.appointment


def _grouped(doors: Sequence[queries.Door]) -> list[tuple[Text, str, list[queries.Door]]]:
    """By community and stratum, in the order of the list."""
    groups = groupby(doors, key=lambda one: (one.community_zh, one.community_en, one.stratum))
    return [(Text(zh, en), stratum, list(many)) for (zh, en, stratum), many in groups]


def _next(doors: Sequence[queries.Door], now: datetime) -> queries.Door | None:
    """Where to go now: an appointment that is due, else the one that was visited least, in walking order."""
    waiting = [one for one in doors if not one.done]
    due = [one for one in waiting if one.appointment and one.appointment <= now]
    if due:
        return min(due, key=_when)
    free = [one for one in waiting if not one.appointment]
    return min(free, key=lambda one: len(one.visits), default=None)


def _noted(
    doors: Sequence[queries.Door], visit_id: UUID | None, person: Person
) -> tuple[queries.Door, queries.DoorVisit] | None:
    """The visit that was noted a moment ago, with its case: it can be taken back."""
    for door in doors:
        for visit in door.visits:
            if visit.id == visit_id and visit.by_account_id == person.account_id:
                return door, visit
    return None


def _visit_id(posted: Posted) -> UUID:
    """Of the form, so that a double tap is one visit."""
    try:
        return UUID(posted_forms.text(posted, "visit"))
    except ValueError:
        raise BadInput from None


def _appointment(posted: Posted, running: Running, wave: Wave, now: datetime) -> datetime | None:
    """WrongAppointment for a time that cannot be read, is past, or lies after the wave."""
    if not posted_forms.text(posted, "agreed"):
        return None
    day, clock = posted_forms.text(posted, "day"), posted_forms.text(posted, "clock")
    zone = running.settings.zone
    try:
        at = datetime.combine(datetime.fromisoformat(day).date(), time.fromisoformat(clock), tzinfo=zone)
    except ValueError:
        raise WrongAppointment from None
    if at <= now or at >= end_of(wave.closes_on, zone):
        raise WrongAppointment
    return at
