"""Questions that were read aloud, for whoever would rather listen: a sound file each, by voice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base, UtcDateTime


class WaveRecording(Base):
    """One question in one voice. A trigger lets it be written only while its wave is a draft."""

    __tablename__ = "wave_recording"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        CheckConstraint("size > 0 AND seconds > 0", name="holds_something"),
        CheckConstraint("voice <> ''", name="voice"),
    )

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    voice: Mapped[str] = mapped_column(String(20), primary_key=True)  # as the button says it: 普通话, 温州话
    language: Mapped[str] = mapped_column(String(12))  # of the page on which it stands first
    blob_sha256: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]  # bytes
    seconds: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
