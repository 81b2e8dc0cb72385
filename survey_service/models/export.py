"""Data that somebody takes away: what was asked for, what was made of it, and what became of the files."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words


class ExportEnd(StrEnum):
    """Why the files are no longer there."""

    DELETED = "deleted"
    EXPIRED = "expired"
    ERASED = "erased"  # somebody had an answer erased that stands in them


class DataExport(Base):
    """The row stays when its files are gone: who took what is asked years later."""

    __tablename__ = "data_export"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "job_id"], ["job.survey_id", "job.id"]),
        # A second press of the button asks for the same: of the two, one is stored.
        UniqueConstraint("survey_id", "waits_as"),
        CheckConstraint("(made_at IS NULL) = (rows IS NULL)", name="made_has_rows"),
        CheckConstraint("(gone_at IS NULL) = (gone_why IS NULL)", name="gone_has_why"),
        Index(None, "survey_id", "wave_id", "asked_at"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    job_id: Mapped[UUID]
    by_account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    formats: Mapped[list[str]] = mapped_column(Json)
    language: Mapped[str] = mapped_column(String(2))  # of the labels
    texts: Mapped[bool]  # with what people wrote in words
    waits_as: Mapped[str | None] = mapped_column(String(64))  # while it is to be made: the hash of all that was asked
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rows: Mapped[int | None]
    files: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # name, bytes, sha256
    erased_before: Mapped[int | None]  # answers of the wave that had been erased when its rows were read
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gone_why: Mapped[ExportEnd | None] = mapped_column(words(ExportEnd))
