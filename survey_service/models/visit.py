"""A visit: one attempt to reach a case, at its door, by telephone, or by what came back in the post."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from analysis.outcome_codes import OutcomeMode
from survey_service.ids import new_id
from survey_service.models.base import Base, UtcDateTime, words
from survey_service.models.capture import Mode

OUTCOME_MODES: Final[Mapping[Mode, OutcomeMode]] = {
    Mode.FACE_TO_FACE: OutcomeMode.IN_PERSON,
    Mode.TELEPHONE: OutcomeMode.TELEPHONE,
    Mode.PAPER: OutcomeMode.MAIL,
    Mode.PAPER_OPEN: OutcomeMode.MAIL,
    Mode.WEB_INVITED: OutcomeMode.WEB,
    Mode.WEB_OPEN: OutcomeMode.WEB,
    Mode.IMPORT_OPEN: OutcomeMode.MAIL,
}
"""Whose codes an outcome takes, by how the case was asked. A form handed out and collected takes those of the mail."""


class VisitSource(StrEnum):
    """By which way it was told."""

    DOOR = "door"  # the page of whoever knocks or calls
    OFFICE = "office"  # typed at a desk, for one case or for many
    FILE = "file"
    PROGRAM = "program"  # by the API


class Visit(Base):
    """Never changed; what was noted by mistake is taken back, with a name and a time, and counts no more."""

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "case_id"], ["case.survey_id", "case.id"]),
        ForeignKeyConstraint(["survey_id", "roll_id"], ["roll.survey_id", "roll.id"]),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
        CheckConstraint("(roll_id IS NULL) = (met IS NULL)", name="met_of_a_roll"),
        Index(None, "survey_id", "case_id", "at"),
        Index(None, "survey_id", "wave_id", "at"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)  # made by who sends it: sent twice, it is one
    wave_id: Mapped[UUID]
    case_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # when somebody was there
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it reached the service
    by_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(60))  # as it stood then
    source: Mapped[VisitSource] = mapped_column(words(VisitSource))
    mode: Mapped[OutcomeMode] = mapped_column(words(OutcomeMode))
    code: Mapped[str] = mapped_column(String(6))  # of ``analysis.outcome_codes``
    appointment_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    roll_id: Mapped[UUID | None]  # the roll as it stood then
    met: Mapped[int | None]  # which of its adults was spoken to: place in ``Roll.listed``, from 1
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(60))
