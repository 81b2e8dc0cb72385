"""What residents wrote in their own words: how each answer was judged, what was struck from it, themes of a survey.

The words themselves stay in the capture. A row here says only which characters are not printed, and who said so.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words


class RemarkState(StrEnum):
    """An answer without a row is unread."""

    READ = "read"
    CHOSEN = "chosen"  # for at least one kind of sheet
    LEFT = "left"  # read and left aside
    NEVER = "never"  # cannot be printed, whatever is struck


class RemarkTheme(Base):
    """A theme of the survey: what answers are about, in the words of its staff."""

    __tablename__ = "remark_theme"
    __table_args__ = (Index("uq_remark_theme_number", "survey_id", "number", unique=True),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int]  # within the survey, from 1: the order of the list
    zh: Mapped[str] = mapped_column(String(20))
    en: Mapped[str] = mapped_column(String(60), default="")
    rest: Mapped[bool] = mapped_column(default=False)  # 其他: counted with what has no theme
    retired: Mapped[bool] = mapped_column(default=False)  # given to no further answer


class Remark(Base):
    """How one answer in words was judged. It holds for the capture that was read: another capture is read anew."""

    __tablename__ = "remark"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "response_id"], ["response.survey_id", "response.id"]),
        ForeignKeyConstraint(["survey_id", "capture_id"], ["capture.survey_id", "capture.id"]),
        ForeignKeyConstraint(["survey_id", "theme_id"], ["remark_theme.survey_id", "remark_theme.id"]),
        Index("uq_remark_answer", "survey_id", "response_id", "question", unique=True),
        Index("ix_remark_wave", "survey_id", "wave_id", "question"),
        CheckConstraint("(state = 'chosen') = (on_community OR on_street OR on_city)", name="chosen_for_a_sheet"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    response_id: Mapped[UUID]
    question: Mapped[str] = mapped_column(String(80))
    capture_id: Mapped[UUID]  # whose words were read
    state: Mapped[RemarkState] = mapped_column(words(RemarkState))
    theme_id: Mapped[UUID | None]
    on_community: Mapped[bool] = mapped_column(default=False)
    on_street: Mapped[bool] = mapped_column(default=False)
    on_city: Mapped[bool] = mapped_column(default=False)
    acts: Mapped[int] = mapped_column(default=0)  # how many were taken: two people who act at once are told
    before: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # as it stood, the last state last: undo
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the last act


class RemarkStrike(Base):
    """Characters of an answer that are not printed. One that was undone stays, and strikes nothing."""

    __tablename__ = "remark_strike"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "remark_id"], ["remark.survey_id", "remark.id"]),
        Index("ix_remark_strike_remark", "survey_id", "remark_id"),
        CheckConstraint("begins >= 0 AND ends > begins", name="some_characters"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    remark_id: Mapped[UUID]
    begins: Mapped[int]  # characters of the answer: the first struck
    ends: Mapped[int]  # and the first that is not struck any more
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))  # as it stood then
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
