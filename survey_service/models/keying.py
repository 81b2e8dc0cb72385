"""Keying a paper form: its first and its blind second pass, what differs between them, and which forms are verified."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words


class KeyingPass(StrEnum):
    FIRST = "first"
    SECOND = "second"  # blind, by somebody else


class KeyingState(StrEnum):
    WAITING = "waiting"  # drawn for verification
    UNDER_WAY = "under_way"
    DONE = "done"


class Keying(Base):
    """One pass over one form. While it is under way the row is the draft; its boxes are emptied with its capture."""

    __tablename__ = "keying"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "form_id"], ["paper_form.survey_id", "paper_form.id"]),
        ForeignKeyConstraint(["survey_id", "batch_id"], ["paper_batch.survey_id", "paper_batch.id"]),
        ForeignKeyConstraint(["survey_id", "case_id"], ["case.survey_id", "case.id"]),
        # Two people cannot key one form: a form has one row per pass, and the row says who holds it.
        UniqueConstraint("survey_id", "paper_id", "keying_pass"),
        Index(None, "survey_id", "batch_id", "keying_pass", "state"),
        Index(None, "survey_id", "wave_id", "state"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    paper_id: Mapped[UUID]  # the printed form; where a wave prints no serials, the case
    form_id: Mapped[UUID | None]
    batch_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    number: Mapped[str] = mapped_column(String(30))  # serial or case number
    keying_pass: Mapped[KeyingPass] = mapped_column(words(KeyingPass))
    state: Mapped[KeyingState] = mapped_column(words(KeyingState))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # who holds it, then who finished it
    hands: Mapped[list[str]] = mapped_column(Json, default=list)  # every account that keyed part of it
    # A hold is one opening of the form in one browser. Saves of an earlier hold, and saves that arrive late, change
    # nothing: (hold, sequence) only grows.
    hold: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fields: Mapped[dict[str, str]] = mapped_column(Json, default=dict)  # what stands in the boxes, by variable
    accepted: Mapped[list[str]] = mapped_column(Json, default=list)  # soft checks kept against the paper
    notes: Mapped[dict[str, str]] = mapped_column(Json, default=dict)  # what an illegible field looks like
    keystrokes: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)  # with the form open, breaks left out
    compared: Mapped[int] = mapped_column(default=0)  # of a second keying: fields compared with the first
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    capture_id: Mapped[UUID | None]  # no foreign key: as Capture.response_id
    response_id: Mapped[UUID | None]


class Decision(StrEnum):
    FIRST = "first"
    SECOND = "second"
    OTHER = "other"  # neither: keyed anew from the paper
    ILLEGIBLE = "illegible"


class Discrepancy(Base):
    """A field in which the two keyings of a form differ. The values stand in the captures, never here."""

    __tablename__ = "discrepancy"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "batch_id"], ["paper_batch.survey_id", "paper_batch.id"]),
        UniqueConstraint("survey_id", "paper_id", "variable"),
        Index(None, "survey_id", "batch_id", "decided_at"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    batch_id: Mapped[UUID | None]
    paper_id: Mapped[UUID]
    variable: Mapped[str] = mapped_column(String(120))
    decision: Mapped[Decision | None] = mapped_column(words(Decision))
    typed: Mapped[str] = mapped_column(String(2000), default="")  # of ``other``, until its capture is written
    reason: Mapped[str] = mapped_column(String(400), default="")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VerificationDraw(Base):
    """Which forms of a batch are keyed a second time: drawn once, when its first keying ends, with a recorded seed."""

    __tablename__ = "verification_draw"
    __table_args__ = (ForeignKeyConstraint(["survey_id", "batch_id"], ["paper_batch.survey_id", "paper_batch.id"]),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seed: Mapped[str] = mapped_column(String(64))
    share: Mapped[float]
    forms: Mapped[int]  # keyed once at that moment
    drawn: Mapped[int]
    widened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # over the error limit: all others too
    error_rate: Mapped[float | None]  # of the sample, per field, when it was judged
