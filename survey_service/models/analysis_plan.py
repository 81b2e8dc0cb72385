"""The analysis plans of a wave: how its figures are weighed, estimated and published, one version after another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base, UtcDateTime


class KeptPlan(Base):
    """One version: appended, never changed. The newest one is in force; a wave without any goes by the default plan."""

    __tablename__ = "analysis_plan"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        CheckConstraint("reason IS NOT NULL OR NOT after_lock", name="reason"),
        CheckConstraint("number > 0", name="number"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, … of the wave: of two who change it at once one waits
    text: Mapped[str] = mapped_column(Text)  # canonical JSON, what was hashed
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))  # as shown
    after_lock: Mapped[bool]  # changed once somebody had opened the figures: then a reason is there
    reason: Mapped[str | None] = mapped_column(String(400))
