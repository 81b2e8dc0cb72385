"""Households that were drawn beside the sample and are not asked yet: whole replicates, released in their order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, words
from survey_service.models.capture import Mode


class ReserveCase(Base):
    """Of no case until it is released: nobody is asked, nothing is counted, no weight knows of it."""

    __tablename__ = "reserve_case"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        UniqueConstraint("survey_id", "wave_id", "number"),
        CheckConstraint("replicate >= 1", name="replicate"),
        Index(None, "survey_id", "wave_id", "area_id", "replicate"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))  # the community that it is released with
    number: Mapped[str] = mapped_column(String(30))
    stratum: Mapped[str] = mapped_column(String(60))
    psu: Mapped[str] = mapped_column(String(60))
    stages: Mapped[list[dict[str, Any]]] = mapped_column(Json)  # as if nothing had been released
    first_mode: Mapped[Mode] = mapped_column(words(Mode))
    replicate: Mapped[int]
    kish_table: Mapped[str | None] = mapped_column(String(2))
