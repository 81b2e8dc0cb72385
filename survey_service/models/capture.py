"""A capture: one set of answers as it arrived; never changed. History is captures."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words


class Mode(StrEnum):
    PAPER = "paper"
    FACE_TO_FACE = "face_to_face"
    TELEPHONE = "telephone"
    WEB_INVITED = "web_invited"
    WEB_OPEN = "web_open"
    PAPER_OPEN = "paper_open"
    IMPORT_OPEN = "import_open"


class Source(StrEnum):
    WEB = "web"
    DEVICE = "device"
    FIRST_KEYING = "first_keying"
    SECOND_KEYING = "second_keying"
    SCAN = "scan"
    IMPORT = "import"
    ADJUDICATION = "adjudication"
    CORRECTION = "correction"


# Of the captures of one client_id all but one are conflicts. In the very words of the partial indexes, as SQLite wants
# it: a look-up by client_id that says neither of these reads the whole table.
KNOWN = text("NOT capture.conflict")
CONFLICTS = text("capture.conflict")


class Capture(Base):
    __tablename__ = "capture"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "case_id"], ["case.survey_id", "case.id"]),
        ForeignKeyConstraint(
            ["survey_id", "questionnaire_version_id"], ["questionnaire_version.survey_id", "questionnaire_version.id"]
        ),
        # The same id and the same answers are one capture; the same id with other answers is kept once, marked.
        Index(
            "uq_capture_conflict",
            "survey_id",
            "client_id",
            "content_sha256",
            unique=True,
            sqlite_where=text("conflict"),
            postgresql_where=text("conflict"),
        ),
        Index(
            "uq_capture_client_id",
            "survey_id",
            "client_id",
            unique=True,
            sqlite_where=text("NOT conflict"),
            postgresql_where=text("NOT conflict"),
        ),
        Index(None, "survey_id", "response_id"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    # No foreign key: response points here, and of two tables that point at each other one must come first.
    response_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    mode: Mapped[Mode] = mapped_column(words(Mode))
    source: Mapped[Source] = mapped_column(words(Source))
    questionnaire_version_id: Mapped[UUID]
    by_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(400))
    answers: Mapped[str] = mapped_column(Text)  # canonical JSON, the bytes that were hashed
    answers_format: Mapped[int]
    content_sha256: Mapped[str] = mapped_column(String(64))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    paradata: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    conflict: Mapped[bool] = mapped_column(default=False)
