"""A survey, its frozen questionnaire versions, and its waves."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words


class WaveState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    UNDER_REVIEW = "under_review"
    RELEASED = "released"


class SelectionWithin(StrEnum):
    """Who of a household answers."""

    NEXT_BIRTHDAY = "next_birthday"  # the adult whose birthday comes next
    KISH = "kish"  # the adult of the case's own Kish table
    ANY = "any"  # whoever can tell: of a household asked about itself, and of what has no adults to choose among


class ListedUnit(StrEnum):
    """What stands on the list that a sample is drawn from."""

    HOUSEHOLD = "household"
    SHOP = "shop"
    STAFF = "staff"
    ORGANISATION = "organisation"
    CLIENT = "client"


class Survey(Base):
    __tablename__ = "survey"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(240), default="")
    city_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    method: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # population, frame, frame_coverage, coverage
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionnaireVersion(Base):
    """The whole definition as canonical JSON: loadable for ever without its file."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("survey_id", "key", "version", "sha256"),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(30))
    format: Mapped[int]
    definition: Mapped[str] = mapped_column(Text)  # the bytes that were hashed
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Wave(Base):
    """One round. The questionnaire version is frozen when it opens."""

    __tablename__ = "wave"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "questionnaire_version_id"], ["questionnaire_version.survey_id", "questionnaire_version.id"]
        ),
        UniqueConstraint("survey_id", "key"),
        CheckConstraint("closes_on >= opens_on", name="dates"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(30))  # 2026Q3
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    questionnaire_version_id: Mapped[UUID]
    opens_on: Mapped[date]
    closes_on: Mapped[date]  # closes at 24:00 of this day in the city's zone
    state: Mapped[WaveState] = mapped_column(words(WaveState), default=WaveState.DRAFT)
    header: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # statutory fields the file leaves blank
    targets: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # indicator -> {"value", "sense"}
    method: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # population, frame, selection … in words
    modes: Mapped[list[str]] = mapped_column(Json, default=list)  # values of Mode; empty: not said
    areas: Mapped[list[str]] = mapped_column(Json, default=list)  # codes of the areas asked; empty: all of the survey
    plan: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # expected rates, and how the sample was drawn
    selection_within: Mapped[SelectionWithin] = mapped_column(
        words(SelectionWithin), default=SelectionWithin.NEXT_BIRTHDAY, server_default=SelectionWithin.NEXT_BIRTHDAY
    )
    listed_unit: Mapped[ListedUnit] = mapped_column(
        words(ListedUnit), default=ListedUnit.HOUSEHOLD, server_default=ListedUnit.HOUSEHOLD
    )
    # Whoever works for a community is given no case of it.
    bars_own_staff: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Whether whoever answers is told from the first day that own words may be quoted without a name.
    quotes_told: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    figures_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # from then on the field never reopens
    figures_opened_by: Mapped[str] = mapped_column(String(60), default="", server_default="")  # name, as shown
    figures_plan_sha256: Mapped[str | None] = mapped_column(String(64))  # of the plan that they were opened by
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
