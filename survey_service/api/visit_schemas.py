"""The shapes of visits that devices hand in."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from analysis.outcome_codes import OutcomeMode
from survey_service.api.schemas import PRINTED, ErrorDetail
from survey_service.api.shapes import Shape


class VisitIn(Shape):
    """One attempt, as a device noted it. Nobody's answers are here: those are handed in as an interview."""

    id: Annotated[UUID, Field(description="Made by the device once for each visit: sent twice, it is one.")]
    case: Annotated[str, Field(min_length=1, max_length=30, pattern=PRINTED, description="Number of the case.")]
    mode: Annotated[OutcomeMode, Field(description="By whose codes: in person, as a rule.")] = OutcomeMode.IN_PERSON
    code: Annotated[str, Field(max_length=6, pattern=PRINTED, description="Of AAPOR: docs/statistics.md.")]
    at: Annotated[AwareDatetime, Field(description="When somebody was there.")]
    appointment_at: Annotated[AwareDatetime | None, Field(description="When to come back, as agreed on.")] = None


class VisitsIn(Shape):
    visits: Annotated[list[VisitIn], Field(min_length=1, max_length=500)]


class VisitResult(Shape):
    id: UUID
    outcome: Annotated[
        Literal["stored", "already", "conflict", "refused"],
        Field(
            description="stored: counted, now. already: this id was stored before, with the same. conflict: it was "
            "stored before and said something else, which stays. refused: not stored, see error."
        ),
    ]
    error: ErrorDetail | None


class VisitsOut(Shape):
    results: Annotated[list[VisitResult], Field(description="In the order in which they were sent.")]
