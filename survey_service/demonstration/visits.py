"""The visits behind the outcomes of a demonstration wave: two callbacks, as its method says; and what is agreed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.outcome_codes import OutcomeMode
from survey_service import audit
from survey_service.demonstration.field import FIRST_HOUR, HOURS, Effort
from survey_service.fieldwork.visits import NewVisit, Told, note_visits
from survey_service.models import Assignment, Case, Disposition, VisitSource

# What was found at each knock, and how often each course was taken. The last may stand before the others by the rules.
COURSES: Final[Mapping[Disposition, tuple[tuple[float, tuple[str, ...]], ...]]] = {
    Disposition.NONCONTACT: ((0.6, ("2.24", "2.24", "2.24")), (0.3, ("2.24", "2.25", "2.24")), (0.1, ("2.23", "2.24"))),
    Disposition.REFUSAL: ((0.5, ("2.111",)), (0.3, ("2.24", "2.112")), (0.15, ("2.24", "2.11")), (0.05, ("2.12",))),
    Disposition.OTHER: ((0.5, ("2.24", "2.32")), (0.3, ("2.36",)), (0.2, ("2.332",))),
    Disposition.UNKNOWN: ((0.6, ("3.10", "3.10")), (0.25, ("3.18",)), (0.15, ("3.17",))),
    Disposition.NOT_ELIGIBLE: ((0.7, ("3.10", "4.60")), (0.2, ("4.51",)), (0.1, ("4.61",))),
}


def visits_of(outcomes: Sequence[tuple[UUID, Disposition]], effort: Effort, rng: np.random.Generator) -> list[NewVisit]:
    """Knocks on different days, between morning and evening, none after the field's end."""
    found: list[NewVisit] = []
    days = max((effort.ends - effort.starts).days, 1)
    for case_id, outcome in outcomes:
        courses = COURSES[outcome]
        codes = courses[int(rng.choice(len(courses), p=[share for share, _ in courses]))][1]
        on = np.sort(rng.choice(days, size=min(len(codes), days), replace=False))
        for place, code in enumerate(codes):
            day = int(on[min(place, len(on) - 1)])
            at = effort.starts + timedelta(days=day, hours=FIRST_HOUR, seconds=int(rng.integers(0, HOURS * 3600)))
            found.append(NewVisit(case_id=case_id, code=code, mode=OutcomeMode.IN_PERSON, at=_within(at, effort)))
    return found


def _within(at: datetime, effort: Effort) -> datetime:
    return min(at, effort.ends)


COMING: Final = (timedelta(hours=10, minutes=30), timedelta(hours=34), timedelta(hours=57, minutes=30))
"""From the morning at which the city stands to what was agreed on: this evening, tomorrow's, the one after."""
AGREED_BEFORE: Final = timedelta(hours=16)  # yesterday afternoon


def agree(
    session: Session, survey_id: UUID, wave_id: UUID, interviewers: Sequence[audit.Actor], *, at: datetime
) -> None:
    """Each interviewer has agreed on a time with households of theirs where nobody was met before."""
    rows = session.execute(
        select(Assignment.account_id, Case.id)
        .join(Case, (Case.survey_id == Assignment.survey_id) & (Case.id == Assignment.case_id))
        .where(
            Case.survey_id == survey_id,
            Case.wave_id == wave_id,
            Case.disposition == Disposition.NONCONTACT,
            Case.last_visit_at < at - AGREED_BEFORE,
        )
        .order_by(Case.last_visit_at.desc(), Case.number)
    ).all()
    for by in interviewers:
        theirs = [case_id for account_id, case_id in rows if account_id == by.account_id]
        agreed = [_agreed(case_id, at, after) for case_id, after in zip(theirs, COMING, strict=False)]
        note_visits(session, survey_id, agreed, Told(VisitSource.DOOR, at, by))


def _agreed(case_id: UUID, at: datetime, after: timedelta) -> NewVisit:
    return NewVisit(
        case_id=case_id,
        code="2.25",
        mode=OutcomeMode.IN_PERSON,
        at=at - AGREED_BEFORE,
        appointment_at=at + after,
    )
