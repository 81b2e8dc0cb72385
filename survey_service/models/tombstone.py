"""A tombstone: what remains of a response whose answers were erased; never changed, and replayed by a restore."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base, UtcDateTime, words


class Ground(StrEnum):
    """On whose word answers were erased."""

    RECEIPT = "receipt"  # whoever holds the receipt code asked for it
    REQUEST = "request"  # a person asked, and staff found the response


class Tombstone(Base):
    __tablename__ = "tombstone"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    # No foreign keys but the survey's: a database restored from an older backup may hold neither the response nor the
    # account, and shall remember all the same.
    response_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_account_id: Mapped[UUID | None]
    ground: Mapped[Ground] = mapped_column(words(Ground))
