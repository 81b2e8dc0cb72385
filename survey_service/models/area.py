"""Areas: a tree whose depth is data, each with a code, a name, and its adults by age group and sex."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base


class Area(Base):
    __tablename__ = "area"
    __table_args__ = (CheckConstraint("households >= 0", name="households"), Index(None, "parent_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(20), unique=True)  # statistical code; a grid has its own suffix
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(20))  # city, district, street, community, grid: a label, not a depth
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))
    households: Mapped[int | None]


class AreaPopulation(Base):
    """Adults of one area, age group and sex, with source and date: control totals for calibration."""

    __tablename__ = "area_population"
    __table_args__ = (CheckConstraint("persons >= 0", name="persons"),)

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    sex: Mapped[str] = mapped_column(String(10), primary_key=True)
    age_group: Mapped[str] = mapped_column(String(10), primary_key=True)  # 18-29
    as_of: Mapped[date] = mapped_column(primary_key=True)
    persons: Mapped[int]
    source: Mapped[str] = mapped_column(String(120))
