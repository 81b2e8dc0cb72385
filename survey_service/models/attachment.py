"""A file that answers a question of a survey: sealed, apart from the answers that refer to it, and erased with them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, UtcDateTime

WAITING = text("response_id IS NULL")  # no answer refers to it yet


class Attachment(Base):
    __tablename__ = "attachment"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "response_id"], ["response.survey_id", "response.id"]),
        Index(None, "survey_id", "response_id"),
        Index("ix_attachment_waiting", "at", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)  # drawn: whoever knows it was given it
    wave_id: Mapped[UUID]
    question: Mapped[str] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(4))  # by its content: jpg, mp4, pdf
    size: Mapped[int]  # bytes, before it was sealed
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)  # sealed with the installation's key
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    response_id: Mapped[UUID | None]
