"""The telephone of a household, sealed with the key of its wave."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base


class CaseTelephone(Base):
    """By the number of a case, or of one in reserve, which it keeps when it is released."""

    __tablename__ = "case_telephone"
    __table_args__ = (ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),)

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # None: the key of its wave was destroyed
