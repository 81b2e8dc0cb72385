"""The outcome of a case as the field reports it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.models import Case, Disposition

ANSWERED = (Disposition.COMPLETE, Disposition.PARTIAL)
GROUP = 500  # ids in one statement


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
    if any(outcome in ANSWERED for outcome in outcomes.values()):
        raise ValueError("a case is complete when its answer is stored, not when somebody says so")
    by_outcome: dict[Disposition, list[UUID]] = {}
    for case_id, outcome in outcomes.items():
        by_outcome.setdefault(outcome, []).append(case_id)
    for outcome, case_ids in by_outcome.items():
        for start in range(0, len(case_ids), GROUP):
            session.execute(
                update(Case)
                .where(
                    Case.survey_id == survey_id,
                    Case.id.in_(case_ids[start : start + GROUP]),
                    Case.disposition.not_in(ANSWERED),
                )
                .values(disposition=outcome)
                .execution_options(synchronize_session=False)
            )
    for case_id, outcome in outcomes.items():
        audit.record(
            session,
            survey_id=survey_id,
            at=at,
            by=by,
            action="case.outcome",
            record=f"case {case_id}",
            detail={"outcome": outcome.value},
        )
