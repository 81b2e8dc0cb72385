"""The scan of a report that was printed, signed by hand and sealed: beside the edition, replaced by a further row."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, UtcDateTime


class SealedFile(Base):
    """Appended, never changed: the newest is in force, those before stay to be had."""

    __tablename__ = "sealed_file"
    __table_args__ = (ForeignKeyConstraint(["survey_id", "release_id"], ["release.survey_id", "release.id"]),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    release_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))  # of whoever brought it
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]  # bytes
    blob_sha256: Mapped[str] = mapped_column(String(64))
