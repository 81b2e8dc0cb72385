"""What is to be put right after a wave (整改清单): its rows, every step taken on one, and the photographs beside it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words

OF_AN_INDICATOR = text("indicator <> ''")


class RectificationState(StrEnum):
    PLANNED = "planned"  # 拟办
    UNDER_WAY = "under_way"  # 在办
    REPORTED = "reported"  # 已办待核
    RETURNED = "returned"  # 退回
    CHECKED = "checked"  # 已核, until it is looked at again
    HELD = "held"  # 复查通过
    STRUCK = "struck"  # 不列入


class RectificationReason(StrEnum):
    """Why a row is on the list."""

    NOT_REACHED = "not_reached"  # the whole interval on the wrong side of the target
    LOWEST = "lowest"  # among the lowest of all items of the area
    LOWEST_OF_TOLD = "lowest_of_told"  # among the lowest of those that can be told; others may be lower
    OFFICE = "office"  # added by the office


class RectificationAct(StrEnum):
    """What somebody did on a row."""

    ACCEPTED = "accepted"
    ADDED = "added"
    STRUCK = "struck"
    RESTORED = "restored"
    EDITED = "edited"
    BEGUN = "begun"
    REPORTED = "reported"
    WITHDRAWN = "withdrawn"
    CHECKED = "checked"
    RETURNED = "returned"
    UNCHECKED = "unchecked"  # the check was taken back
    HELD = "held"
    SLIPPED = "slipped"  # found undone again when it was looked at again
    PHOTO_ADDED = "photo_added"
    PHOTO_REMOVED = "photo_removed"


class Rectification(Base):
    """One matter in one area. Whoever reported it done is never the one who checks it or looks at it again."""

    __tablename__ = "rectification"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        Index("uq_rectification_number", "survey_id", "number", unique=True),
        Index(
            "uq_rectification_item",
            "survey_id",
            "wave_id",
            "area_id",
            "indicator",
            unique=True,
            sqlite_where=OF_AN_INDICATOR,
            postgresql_where=OF_AN_INDICATOR,
        ),
        Index(None, "survey_id", "area_id"),
        CheckConstraint("(reported_by_id IS NULL) = (reported_at IS NULL)", name="reported_by_somebody"),
        CheckConstraint("(checked_by_id IS NULL) = (checked_at IS NULL)", name="checked_by_somebody"),
        CheckConstraint("(rechecked_by_id IS NULL) = (rechecked_at IS NULL)", name="rechecked_by_somebody"),
        CheckConstraint(
            "checked_by_id IS NULL OR (reported_by_id IS NOT NULL AND checked_by_id <> reported_by_id)",
            name="checked_by_another",
        ),
        CheckConstraint(
            "rechecked_by_id IS NULL OR (checked_by_id IS NOT NULL AND rechecked_by_id <> reported_by_id)",
            name="rechecked_by_another",
        ),
        CheckConstraint("state NOT IN ('checked', 'held') OR checked_by_id IS NOT NULL", name="checked"),
        CheckConstraint("state <> 'held' OR rechecked_by_id IS NOT NULL", name="rechecked"),
        CheckConstraint("state <> 'reported' OR reported_by_id IS NOT NULL", name="reported"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int]  # within the survey, from 1: what stands in the file that goes out and comes back
    wave_id: Mapped[UUID]  # whose release it comes from
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    indicator: Mapped[str] = mapped_column(String(80), default="")  # "": in the office's own words
    item_zh: Mapped[str] = mapped_column(String(200))
    item_en: Mapped[str] = mapped_column(String(400), default="")
    reason: Mapped[RectificationReason] = mapped_column(words(RectificationReason))
    # As the release prints it: release, figure, unit_zh, unit_en, interval, level, n, target. {}: none.
    evidence: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[RectificationState] = mapped_column(words(RectificationState))
    body: Mapped[str] = mapped_column(String(60), default="")  # who is responsible: 城厢街道办事处
    due_on: Mapped[date | None]
    action: Mapped[str] = mapped_column(String(600), default="")  # what is to be done
    acts: Mapped[int] = mapped_column(default=0)  # how many were taken: two people who act at once are told
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reported_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recheck_on: Mapped[date | None]  # sixty days after it was checked
    rechecked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    rechecked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RectificationEntry(Base):
    """One act on a row: appended, never changed."""

    __tablename__ = "rectification_entry"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "rectification_id"], ["rectification.survey_id", "rectification.id"]),
        Index("ix_rectification_entry_row", "survey_id", "rectification_id"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    rectification_id: Mapped[UUID]
    act: Mapped[RectificationAct] = mapped_column(words(RectificationAct))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))  # as it stood then
    note: Mapped[str] = mapped_column(String(600), default="")


class RectificationPhoto(Base):
    """A photograph of what was done: made anew without its data, sealed, seen by whoever sees the row."""

    __tablename__ = "rectification_photo"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "rectification_id"], ["rectification.survey_id", "rectification.id"]),
        Index("ix_rectification_photo_row", "survey_id", "rectification_id"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    rectification_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))  # whose it is
    type: Mapped[str] = mapped_column(String(4))  # by its content: jpg, png
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # sealed with the installation's key
