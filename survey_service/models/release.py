"""A release: the signed-off, immutable set of estimates and PDFs of a wave."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words

SECTOR: Final = 60  # characters of the id of one, as of any indicator


class Release(Base):
    """Holds what recomputing every number needs; a correction is a new release that says what changed."""

    __tablename__ = "release"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        UniqueConstraint("survey_id", "wave_id", "edition"),
        UniqueConstraint("survey_id", "number"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    edition: Mapped[int]  # 1, then corrections
    number: Mapped[str] = mapped_column(String(40))  # SF-2026Q3-01
    snapshot_sha256: Mapped[str] = mapped_column(String(64))  # of the rows the figures came from
    questionnaire_sha256: Mapped[str] = mapped_column(String(64))
    specification: Mapped[dict[str, Any]] = mapped_column(Json)  # weighting, variance, interval, publication rule
    # Canonical JSON of everything estimated: tens of MB of a large city, read only where figures are.
    estimates: Mapped[str] = mapped_column(Text, deferred=True)
    estimates_sha256: Mapped[str] = mapped_column(String(64))
    software_version: Mapped[str] = mapped_column(String(40))
    prepared_by: Mapped[str] = mapped_column(String(60))
    reviewed_by: Mapped[str] = mapped_column(String(60))
    signed_by: Mapped[str] = mapped_column(String(60))
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    correction_of: Mapped[UUID | None]
    correction_reason: Mapped[str | None] = mapped_column(String(400))
    format: Mapped[int] = mapped_column(default=1, server_default="1")  # of ``estimates`` and of what is kept beside
    plan: Mapped[str | None] = mapped_column(
        Text, deferred=True
    )  # canonical JSON of the analysis plan; None: format 1, without one
    plan_sha256: Mapped[str | None] = mapped_column(String(64))
    # What its PDFs are written from (releases/signed_summaries.py), read only to print; None: signed before this.
    printed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    # What it tells of change, to be found without reading ``estimates``: {"since": number, "areas": {code: {indicator:
    # verdict}}}, "" for the city. None: it tells none, or was signed before this.
    changes: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)


class ReleaseDocument(Base):
    """One PDF of a release, by content hash in the file store."""

    __tablename__ = "release_document"
    __table_args__ = (ForeignKeyConstraint(["survey_id", "release_id"], ["release.survey_id", "release.id"]),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    # The sector in that area which it is of, by its indicator; "": of the area itself.
    sector: Mapped[str] = mapped_column(String(SECTOR), primary_key=True, default="", server_default="")
    file_name: Mapped[str] = mapped_column(String(120))
    blob_sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
    # What the first page says of the area, of the same summary (reports/story/brief.py); None: made before this.
    brief: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)


class ReleaseStepKind(StrEnum):
    PREPARED = "prepared"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    CORRECTION = "correction"  # a released wave was taken back to review
    CORRECTION_DROPPED = "correction_dropped"  # and returned as it was


class ReleaseStep(Base):
    """Who stood for which figures: appended, never changed. It stands while the rows and the plan are those."""

    __tablename__ = "release_step"
    __table_args__ = (ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    edition: Mapped[int]  # which this is to become
    step: Mapped[ReleaseStepKind] = mapped_column(words(ReleaseStepKind))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))  # as it is printed
    rows_key: Mapped[str] = mapped_column(String(64))
    plan_sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(400))  # of a correction


class ReleaseRecomputed(Base):
    """What came out when a release was computed again."""

    __tablename__ = "release_recomputed"
    __table_args__ = (ForeignKeyConstraint(["survey_id", "release_id"], ["release.survey_id", "release.id"]),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    release_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    software_version: Mapped[str] = mapped_column(String(40))
    found: Mapped[dict[str, Any]] = mapped_column(Json)  # releases/recomputing.py
