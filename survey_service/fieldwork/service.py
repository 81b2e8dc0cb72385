"""The outcome of a case as the field reports it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.models import Case, Disposition


def record_dispositions(
    session: Session,
    survey_id: UUID,
    outcomes: Mapping[UUID, Disposition],
    *,
    at: datetime,
    by: audit.Actor,
) -> None:
    """Set the outcome of many cases that gave no answer; a completed case is left as it is.

    ``complete`` and ``partial`` cannot be said here: they follow from an answer that is stored.
    """
    if any(outcome in (Disposition.COMPLETE, Disposition.PARTIAL) for outcome in outcomes.values()):
        raise ValueError("a case is complete when its answer is stored, not when somebody says so")
    case = Case.__table__
    session.connection().execute(
        update(case)  # type: ignore[arg-type]  # __table__ is a Table at run time
        .where(
            case.c.survey_id == survey_id,
            case.c.id == bindparam("case_id"),
            case.c.disposition.not_in((Disposition.COMPLETE, Disposition.PARTIAL)),
        )
        .values(disposition=bindparam("outcome")),
        [{"case_id": case_id, "outcome": outcome} for case_id, outcome in outcomes.items()],
    )
    for case_id, outcome in outcomes.items():
        audit.record(
            session, survey_id=survey_id, at=at, by=by, action="case.outcome", record=f"case {case_id}",
            detail={"outcome": outcome.value},
        )  # fmt: skip
