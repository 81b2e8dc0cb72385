"""A call-back: an interview drawn at random to be asked about again, and what was found."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base, UtcDateTime, words


class Visited(StrEnum):
    """Whether anybody came, as somebody of the household says."""

    CAME = "came"
    NOBODY_CAME = "nobody_came"
    UNSURE = "unsure"


class CallBack(Base):
    """One for a case at most; drawn with a seed that is kept, found out by somebody other than the interviewer."""

    __tablename__ = "call_back"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "case_id"], ["case.survey_id", "case.id"]),
        Index(None, "survey_id", "wave_id", "account_id"),
        CheckConstraint("(found_at IS NULL) = (visited IS NULL)", name="found_or_waiting"),
        CheckConstraint("minutes IS NULL OR (minutes >= 0 AND minutes <= 600)", name="minutes"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))  # whose interview it is about
    seed: Mapped[int]  # of the draw
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    found_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found_by: Mapped[str] = mapped_column(String(60), default="", server_default="")  # name, as it stood then
    visited: Mapped[Visited | None] = mapped_column(words(Visited))
    right_person: Mapped[bool | None]  # whether the one who was to be asked was asked; None: not known
    minutes: Mapped[int | None]  # how long it took, as the household remembers
