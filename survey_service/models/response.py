"""A response: what is counted. One per case or open answer, pointing at its current capture."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, UtcDateTime, words
from survey_service.models.capture import Mode


class ResponseState(StrEnum):
    PARTIAL = "partial"
    COMPLETE = "complete"
    DUPLICATE = "duplicate"
    DELETED = "deleted"


class Response(Base):
    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "case_id"], ["case.survey_id", "case.id"]),
        ForeignKeyConstraint(["survey_id", "current_capture_id"], ["capture.survey_id", "capture.id"]),
        UniqueConstraint("survey_id", "receipt_sha256"),
        # Twice never counted: the database itself allows one complete response per case.
        Index(
            "uq_response_complete_case",
            "survey_id",
            "case_id",
            unique=True,
            sqlite_where=text("state = 'complete' AND case_id IS NOT NULL"),
            postgresql_where=text("state = 'complete' AND case_id IS NOT NULL"),
        ),
        Index(None, "survey_id", "wave_id", "area_id", "state"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    mode: Mapped[Mode] = mapped_column(words(Mode))
    state: Mapped[ResponseState] = mapped_column(words(ResponseState))
    current_capture_id: Mapped[UUID]
    receipt_sha256: Mapped[str | None] = mapped_column(String(64))  # only answers that got a receipt have one
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
