"""Outcomes as tests say them: a class for each case, told by one visit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.outcome_codes import OutcomeMode
from survey_service import audit
from survey_service.fieldwork.visits import NewVisit, Told, note_visits
from survey_service.models import Disposition, VisitSource

CODES: Mapping[Disposition, str] = {
    Disposition.COMPLETE: "1.1",
    Disposition.PARTIAL: "1.2",
    Disposition.REFUSAL: "2.11",
    Disposition.NONCONTACT: "2.25",
    Disposition.OTHER: "2.36",
    Disposition.UNKNOWN: "3.10",
    Disposition.NOT_ELIGIBLE: "4.60",
}


def told_outcomes(
    session: Session, survey_id: UUID, outcomes: Mapping[UUID, Disposition], *, at: datetime, by: audit.Actor
) -> None:
    visits = [
        NewVisit(case_id=case_id, code=CODES[outcome], mode=OutcomeMode.IN_PERSON, at=at)
        for case_id, outcome in outcomes.items()
    ]
    note_visits(session, survey_id, visits, Told(VisitSource.OFFICE, at, by))
