"""What opens only for as long as a wave needs it: that there is a key, and the doors of households that it sealed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base, UtcDateTime


class WaveSeal(Base):
    """That a wave has a key, or had one. The key itself lies in no database."""

    __tablename__ = "wave_seal"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        CheckConstraint("(destroyed_at IS NULL) = (destroyed_why IS NULL)", name="destroyed_has_why"),
    )

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_check: Mapped[str] = mapped_column(String(64))  # a keyed hash: tells one key from another
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    destroyed_why: Mapped[str | None] = mapped_column(String(20))


class CaseDoor(Base):
    """Where a household lives, of a case or of one in reserve: by its number, which it keeps when it is released.

    ``place`` is that in the list the sample was drawn from, which is the order of walking; it stays when the door goes.
    """

    __tablename__ = "case_door"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        CheckConstraint("place >= 0", name="place"),
    )

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), primary_key=True)
    place: Mapped[int]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # None: its key was destroyed


class LetterFile(Base):
    """All letters of a wave in one language, as they were printed last: a PDF with a door and a code on every page."""

    __tablename__ = "letter_file"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "job_id"], ["job.survey_id", "job.id"]),
        CheckConstraint("(made_at IS NULL) = (letters IS NULL)", name="made_has_letters"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
    )

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    job_id: Mapped[UUID]
    by_account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    letters: Mapped[int | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # None: not made yet, taken away, or the key is gone
