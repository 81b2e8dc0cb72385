"""The roll of a household: its adults as they were told at the door, and which of them was chosen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words
from survey_service.models.survey import SelectionWithin
from survey_service.models.visit import VisitSource

MOST_ADULTS: Final = 20  # of one household; more are no household


class Kin(StrEnum):
    """Who somebody is to the household: what tells adults of one sex apart without a name."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    CHILD_IN_LAW = "child_in_law"
    PARENT = "parent"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    OTHER = "other"


class Roll(Base):
    """Never changed: what was written by mistake is taken back, with a name and a time, and another one is written.

    No names: how many adults, and where a Kish table chooses, the sex of each from the oldest.
    """

    __tablename__ = "roll"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "case_id"], ["case.survey_id", "case.id"]),
        CheckConstraint(f"adults >= 1 AND adults <= {MOST_ADULTS}", name="adults"),
        CheckConstraint("chosen IS NULL OR (chosen >= 1 AND chosen <= adults)", name="chosen"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
        Index(
            "uq_roll_in_force",
            "survey_id",
            "case_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(None, "survey_id", "wave_id"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)  # made by who sends it: sent twice, it is one
    wave_id: Mapped[UUID]
    case_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(60))  # as it stood then
    source: Mapped[VisitSource] = mapped_column(words(VisitSource))
    rule: Mapped[SelectionWithin] = mapped_column(words(SelectionWithin))
    adults: Mapped[int]
    # {"sex": "male" | "female", "kin": a Kin} of each, men from the oldest, then women from the oldest: the order of
    # a Kish table; empty where the next birthday chooses.
    listed: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    chosen: Mapped[int | None]  # place in ``listed``, from 1
    kish_table: Mapped[str | None] = mapped_column(String(2))  # that chose
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(60))
