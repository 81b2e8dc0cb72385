"""What was computed last of an open wave's interviews: counts and distances by interviewer, and no share of answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base, Json, UtcDateTime


class FieldFigures(Base):
    """One row a wave, written anew when its rows have moved; ``rows_key``: of the rows that it was computed from."""

    __tablename__ = "field_figures"
    __table_args__ = (ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),)

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    rows_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
