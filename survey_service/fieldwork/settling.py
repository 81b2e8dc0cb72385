"""What is known of a case, and the outcome that it makes: visits, answers, whether a letter invited it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.final_outcomes import REFUSED, Attempt, FinalOutcome, final_outcome
from survey_service.models import (
    ADULT_STAGE,
    OUTCOME_MODES,
    AccessCode,
    Case,
    Mode,
    Response,
    ResponseState,
    Roll,
    Visit,
)


@dataclass(slots=True, kw_only=True)
class Known:
    """What is known of one case."""

    first_mode: Mode
    stages: Sequence[Mapping[str, Any]]
    attempts: list[Attempt] = field(default_factory=list)
    last_visit_at: datetime | None = None
    answered: dict[ResponseState, Mode] = field(default_factory=dict)
    invited: bool = False
    rolled: bool = False  # the adults were told at the door

    @property
    def adult_known(self) -> bool:
        listed = any(stage["unit"] == ADULT_STAGE and stage["population"] >= 1 for stage in self.stages)
        return listed or self.rolled

    def outcome(self) -> FinalOutcome:
        attempts = list(self.attempts)
        if erased := self.answered.get(ResponseState.DELETED):  # who had the answer erased counts as one who refused
            attempts.append(Attempt(code=REFUSED, mode=OUTCOME_MODES[erased]))
        complete, partial = (self.answered.get(state) for state in (ResponseState.COMPLETE, ResponseState.PARTIAL))
        stored = complete or partial
        return final_outcome(
            attempts,
            first_mode=OUTCOME_MODES[self.first_mode],
            adult_known=self.adult_known,
            answered=OUTCOME_MODES[stored] if stored else None,
            partly=complete is None,
            invited=self.invited,
        )


def known(session: Session, survey_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, Known]:
    """What is known of each of these cases."""
    rows = session.execute(
        select(Case.id, Case.first_mode, Case.stages).where(Case.survey_id == survey_id, Case.id.in_(case_ids))
    )
    found = {row.id: Known(first_mode=row.first_mode, stages=row.stages) for row in rows}
    _add_visits(session, survey_id, found)
    _add_answers(session, survey_id, found)
    letters = select(AccessCode.case_id).where(AccessCode.survey_id == survey_id, AccessCode.case_id.in_(list(found)))
    for invited in set(session.scalars(letters)):
        if invited is not None:
            found[invited].invited = True
    rolls = select(Roll.case_id).where(
        Roll.survey_id == survey_id, Roll.case_id.in_(list(found)), Roll.withdrawn_at.is_(None)
    )
    for case_id in session.scalars(rolls):
        found[case_id].rolled = True
    return found


def _add_visits(session: Session, survey_id: UUID, found: Mapping[UUID, Known]) -> None:
    visits = session.execute(
        select(Visit.case_id, Visit.code, Visit.mode, Visit.at)
        .where(Visit.survey_id == survey_id, Visit.case_id.in_(list(found)), Visit.withdrawn_at.is_(None))
        .order_by(Visit.at, Visit.noted_at, Visit.id)
    )
    for visit in visits:
        found[visit.case_id].attempts.append(Attempt(code=visit.code, mode=visit.mode))
        found[visit.case_id].last_visit_at = visit.at


def _add_answers(session: Session, survey_id: UUID, found: Mapping[UUID, Known]) -> None:
    of_these = (Response.survey_id == survey_id) & Response.case_id.in_(list(found))
    for case_id, state, mode in session.execute(
        select(Response.case_id, Response.state, Response.mode).where(of_these)
    ):
        if case_id is not None:
            found[case_id].answered.update({state: mode})
