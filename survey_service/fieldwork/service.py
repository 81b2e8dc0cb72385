"""The outcome of a case as the field reports it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
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
    waves = _waves(session, survey_id, list(outcomes))
    for case_id, outcome in outcomes.items():
        audit.record(
            session,
            survey_id=survey_id,
            at=at,
            by=by,
            action="case.outcome",
            record=audit.Rows(f"case {case_id}", waves.get(case_id)),
            detail={"outcome": outcome.value},
        )


def _waves(session: Session, survey_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Of which wave each case is."""
    found: dict[UUID, UUID] = {}
    for start in range(0, len(case_ids), GROUP):
        of_these = (Case.survey_id == survey_id) & Case.id.in_(case_ids[start : start + GROUP])
        found |= dict(session.execute(select(Case.id, Case.wave_id).where(of_these)).all())
    return found
