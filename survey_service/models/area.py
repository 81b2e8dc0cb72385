"""Areas: a tree whose depth is data, each with a code, a name, and its adults by age group and sex."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, words


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


class RegisterKind(StrEnum):
    """Whom a register counts in a place. It is declared by whoever imports the counts: no number of them tells it."""

    USUAL_RESIDENTS = "usual_residents"  # 常住人口: who lives there, migrants of half a year and more included
    ACTUAL_POPULATION = "actual_population"  # 实有人口: who is there, by the registers of grids and police
    HOUSEHOLD_REGISTER = "household_register"  # 户籍人口: who is registered there, wherever he lives
    UNDECLARED = "undeclared"  # imported before the question was asked


class AreaCount(Base):
    """That the people of one area were counted on one day: by which kind of register, from which source."""

    __tablename__ = "area_count"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    as_of: Mapped[date] = mapped_column(primary_key=True)
    register: Mapped[RegisterKind] = mapped_column(words(RegisterKind))
    source: Mapped[str] = mapped_column(String(120))


class AreaPopulation(Base):
    """People of one area, age group and sex on the day of a count: control totals for calibration."""

    __tablename__ = "area_population"
    __table_args__ = (
        CheckConstraint("persons >= 0", name="persons"),
        ForeignKeyConstraint(["area_id", "as_of"], ["area_count.area_id", "area_count.as_of"]),
    )

    area_id: Mapped[UUID] = mapped_column(primary_key=True)
    sex: Mapped[str] = mapped_column(String(10), primary_key=True)
    age_group: Mapped[str] = mapped_column(String(10), primary_key=True)  # 18-29
    as_of: Mapped[date] = mapped_column(primary_key=True)
    persons: Mapped[int]
