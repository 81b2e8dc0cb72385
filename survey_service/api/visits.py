"""A batch of visits from a device: each is looked at for itself, and what is in order is stored at one stroke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.api.errors import NoSuchCase, OtherVisit
from survey_service.api.schemas import ErrorDetail
from survey_service.api.visit_schemas import VisitIn, VisitResult, VisitsOut
from survey_service.clock import end_of
from survey_service.errors import DomainError
from survey_service.field import noting
from survey_service.field.errors import NoSuchOutcome, WrongAppointment, WrongMoment
from survey_service.fieldwork.visits import NewVisit, Told, note_visits
from survey_service.models import Case, Visit, VisitSource, Wave
from survey_service.settings import Settings

CLOCK_MAY_BE_AHEAD = timedelta(minutes=10)


def take_in(
    session: Session,
    wave: Wave,
    cases: Mapping[str, Case],
    sent: Sequence[VisitIn],
    *,
    settings: Settings,
    now: datetime,
    by: audit.Actor,
) -> VisitsOut:
    """``cases``: those of the person's areas, by number. FieldOver where the wave takes no visits."""
    noting.refuse_unless_noted(wave)
    before = _stored(session, wave, [one.id for one in sent])
    refused = {one.id: fault for one in sent if (fault := _fault(one, wave, cases, settings, now)) is not None}
    fresh: dict[UUID, NewVisit] = {}
    results = []
    for one in sent:
        case = cases.get(one.case)
        if one.id in refused or case is None:
            results.append(_result(one, "refused", refused.get(one.id)))
            continue
        visit = NewVisit(
            case_id=case.id,
            code=one.code,
            mode=one.mode,
            at=min(one.at, now),
            appointment_at=one.appointment_at,
            id=one.id,
        )
        told_before = before.get(one.id) or fresh.get(one.id)
        if told_before is None:
            fresh[one.id] = visit
            results.append(_result(one, "stored"))
        elif _says(told_before) == _says(visit):
            results.append(_result(one, "already"))
        else:
            results.append(_result(one, "conflict", OtherVisit()))
    note_visits(session, wave.survey_id, list(fresh.values()), Told(VisitSource.PROGRAM, now, by))
    return VisitsOut(results=results)


def _says(visit: Visit | NewVisit) -> tuple[object, ...]:
    return visit.case_id, visit.code, visit.mode


def _fault(
    one: VisitIn, wave: Wave, cases: Mapping[str, Case], settings: Settings, now: datetime
) -> DomainError | None:
    if one.case not in cases:
        return NoSuchCase()
    try:
        noting.outcome_of(f"{one.mode.value}:{one.code}")
    except NoSuchOutcome as fault:
        return fault
    if one.at > now + CLOCK_MAY_BE_AHEAD:
        return WrongMoment()
    if one.appointment_at is not None and not one.at < one.appointment_at < end_of(wave.closes_on, settings.zone):
        return WrongAppointment()
    return None


def _stored(session: Session, wave: Wave, ids: Sequence[UUID]) -> dict[UUID, Visit]:
    found = session.scalars(select(Visit).where(Visit.survey_id == wave.survey_id, Visit.id.in_(ids)))
    return {one.id: one for one in found}


def _result(one: VisitIn, outcome: str, fault: DomainError | None = None) -> VisitResult:
    told = None
    if fault is not None:
        told = ErrorDetail(code=fault.code, message=fault.in_language("en"), message_zh=fault.in_language("zh"))
    return VisitResult.model_validate({"id": one.id, "outcome": outcome, "error": told})
