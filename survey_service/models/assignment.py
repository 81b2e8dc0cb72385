"""Who goes to a case, and the pass by which that person's phone opens its questionnaire."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, UtcDateTime, words
from survey_service.models.capture import Mode


class Assignment(Base):
    """One case goes to one interviewer; who had it before stands in the log."""

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "case_id"], ["case.survey_id", "case.id"]),
        Index(None, "survey_id", "wave_id", "account_id"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class InterviewPass(Base):
    """Opens the questionnaire of a case on the phone of one interviewer, for some hours. Only its hash is stored."""

    __tablename__ = "interview_pass"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "case_id"], ["case.survey_id", "case.id"]),
        UniqueConstraint("survey_id", "case_id", "account_id"),
        # The address names no survey, so a pass must be found by its hash alone.
        Index("uq_interview_pass_code_sha256", "code_sha256", unique=True),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    code_sha256: Mapped[str] = mapped_column(String(64))
    # At the door or by telephone: how it was opened last, and what an answer by it is.
    mode: Mapped[Mode] = mapped_column(words(Mode), default=Mode.FACE_TO_FACE, server_default=Mode.FACE_TO_FACE)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
