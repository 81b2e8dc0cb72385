"""Forms by which an office notes visits: of one case, of many at once; and takes back what was noted by mistake."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.field import case_pages, noting, pages, queries
from survey_service.field.case_query import Asked
from survey_service.field.errors import NoneChosen
from survey_service.fieldwork.visits import NewVisit, Told, note_visits, take_back
from survey_service.models import VisitSource
from survey_service.surveys.access import find_wave
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/field")

Noter = Annotated[Person, Depends(require(*rights.NOTE_VISITS))]
KEPT = ("outcome", "day", "clock")


@router.post("/cases")
def note_many(
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Noter,
    by: pages.Seen,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    asked: Asked,
) -> Response:
    """One visit of the same outcome for every case that was ticked."""
    ticked, now = pages.ids(posted), by.now
    try:
        outcome = noting.outcome_of(posted_forms.text(posted, "outcome"))
        at = _moment(posted, running, now)
        if not ticked:
            raise NoneChosen
        with writing.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.NOTE_VISITS)
            noting.refuse_unless_noted(wave)
            mine = queries.cases_of(session, wave, person.visible(*rights.NOTE_VISITS), ticked)
            visits = [NewVisit(case_id=case_id, code=outcome.code, mode=outcome.mode, at=at) for case_id in mine]
            noted = note_visits(session, survey.id, visits, Told(VisitSource.OFFICE, now, person.actor))
    except (BadInput, Conflict) as fault:
        kept = {name: posted_forms.text(posted, name) for name in KEPT} | {"ticked": set(ticked)}
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
            return pages.list_of_cases(by, session, survey, wave, asked, refused=pages.Refused(fault, kept))
    query = "&".join(part for part in (asked.address(), f"noted={noted}") if part)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/field/cases?{query}")


@router.post("/cases/{case_id}")
def note_one(
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Noter,
    by: pages.Seen,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
) -> Response:
    now = by.now
    try:
        outcome = noting.outcome_of(posted_forms.text(posted, "outcome"))
        at = _moment(posted, running, now)
        with writing.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.NOTE_VISITS)
            noting.refuse_unless_noted(wave)
            if not queries.cases_of(session, wave, person.visible(*rights.NOTE_VISITS), [case_id]):
                raise NotFound
            visit = NewVisit(case_id=case_id, code=outcome.code, mode=outcome.mode, at=at)
            note_visits(session, survey.id, [visit], Told(VisitSource.OFFICE, now, person.actor))
    except (BadInput, Conflict) as fault:
        kept = {name: posted_forms.text(posted, name) for name in KEPT}
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
            return case_pages.one_case(by, session, survey, wave, case_id, refused=pages.Refused(fault, kept))
    return go(_address(survey_key, wave_key, case_id))


@router.post("/visits/{visit_id}/take-back")
def take_one_back(
    writing: Writing, person: Noter, now: Now, survey_key: str, wave_key: str, visit_id: UUID
) -> Response:
    """What was noted by mistake counts no more; it stays to be seen."""
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.NOTE_VISITS)
        visit = queries.visit_in(session, wave, person.visible(*rights.NOTE_VISITS), visit_id)
        if visit is None:
            raise NotFound
        noting.refuse_unless_noted(wave)
        case_id = visit.case_id
        take_back(session, survey.id, visit_id, at=now, by=person.actor)
    return go(_address(survey_key, wave_key, case_id))


def _address(survey_key: str, wave_key: str, case_id: UUID) -> str:
    return f"/surveys/{survey_key}/waves/{wave_key}/field/cases/{case_id}"


def _moment(posted: Posted, running: Running, now: Now) -> datetime:
    day, clock = (posted_forms.text(posted, name) for name in ("day", "clock"))
    return noting.moment_of(day, clock, zone=running.settings.zone, now=now)
