"""Paper that goes out and comes back: a batch of printed forms, and each form by its serial."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words
from survey_service.models.capture import Mode


class BatchState(StrEnum):
    """Where a batch stands on its way from the printer to the figures."""

    ISSUED = "issued"  # serials given; at the printer or in the field
    IN_KEYING = "in_keying"
    IN_VERIFICATION = "in_verification"
    ADJUDICATION = "adjudication"
    RETURNED_FOR_VERIFICATION = "returned_for_verification"  # over the error limit: every form is keyed a second time
    DONE = "done"


class FormState(StrEnum):
    ISSUED = "issued"
    RETURNED = "returned"
    SPOILED = "spoiled"
    MISSING = "missing"


class PaperBatch(Base):
    """The forms of one community that are printed, handed out and keyed together."""

    __tablename__ = "paper_batch"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(
            ["survey_id", "questionnaire_version_id"], ["questionnaire_version.survey_id", "questionnaire_version.id"]
        ),
        UniqueConstraint("survey_id", "wave_id", "number"),
        CheckConstraint("mode IN ('paper', 'paper_open')", name="on_paper"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("verification_share >= 0 AND verification_share <= 1", name="verification_share"),
        # The second keying is blind only if somebody else does it.
        CheckConstraint("keyer_id <> verifier_id", name="two_people"),
        Index(None, "survey_id", "wave_id", "area_id"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))  # the community
    # What was printed and in which languages: a wave may still change its version, a sheet of paper may not.
    questionnaire_version_id: Mapped[UUID]
    languages: Mapped[str] = mapped_column(String(10))  # "zh", "en" or "zh-en"
    large_print: Mapped[bool] = mapped_column(default=False, server_default=false())
    mode: Mapped[Mode] = mapped_column(words(Mode))
    number: Mapped[int]  # counted within the wave, printed on the cover
    size: Mapped[int]  # forms
    keyer_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    verifier_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    verification_share: Mapped[float | None]  # 0..1; None: as the setting says
    state: Mapped[BatchState] = mapped_column(words(BatchState), default=BatchState.ISSUED)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: the service itself


class PaperForm(Base):
    """One printed form. Its serial stands on every page, in digits and in the QR code."""

    __tablename__ = "paper_form"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "batch_id"], ["paper_batch.survey_id", "paper_batch.id"]),
        ForeignKeyConstraint(["survey_id", "case_id"], ["case.survey_id", "case.id"]),
        UniqueConstraint("survey_id", "serial"),
        UniqueConstraint("survey_id", "batch_id", "position"),
        # One form a case: what was spoiled is printed again with the same serial.
        Index(
            "uq_paper_form_case",
            "survey_id",
            "wave_id",
            "case_id",
            unique=True,
            sqlite_where=text("case_id IS NOT NULL"),
            postgresql_where=text("case_id IS NOT NULL"),
        ),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    batch_id: Mapped[UUID]
    position: Mapped[int]  # within the batch, from 1
    serial: Mapped[str] = mapped_column(String(9))  # see survey_service/paper/serials.py
    case_id: Mapped[UUID | None]
    state: Mapped[FormState] = mapped_column(words(FormState), default=FormState.ISSUED)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperEdition(Base):
    """Where the boxes stand on what was printed. Every code on paper names its edition: old forms stay readable."""

    __tablename__ = "paper_edition"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "questionnaire_version_id"], ["questionnaire_version.survey_id", "questionnaire_version.id"]
        ),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)  # of the geometry
    questionnaire_version_id: Mapped[UUID]
    geometry: Mapped[dict[str, Any]] = mapped_column(Json)  # reports.paper_form.geometry
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperPrint(Base):
    """The PDF of a batch, ready to be printed. Printing again gives the same serials."""

    __tablename__ = "paper_print"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "batch_id"], ["paper_batch.survey_id", "paper_batch.id"]),
        ForeignKeyConstraint(["survey_id", "edition_sha256"], ["paper_edition.survey_id", "paper_edition.sha256"]),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    edition_sha256: Mapped[str] = mapped_column(String(64))
    blob_sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScanPage(Base):
    """A page of a form that was read from a scan. The same page again changes nothing."""

    __tablename__ = "scan_page"
    __table_args__ = (ForeignKeyConstraint(["survey_id", "form_id"], ["paper_form.survey_id", "paper_form.id"]),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    form_id: Mapped[UUID] = mapped_column(primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    fields: Mapped[int]  # on this page
    doubtful: Mapped[int]  # of them, left to a person
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScanField(Base):
    """How sure a field was read, and its picture where a person looks. What was read stands in the keying."""

    __tablename__ = "scan_field"
    __table_args__ = (ForeignKeyConstraint(["survey_id", "form_id"], ["paper_form.survey_id", "paper_form.id"]),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    form_id: Mapped[UUID] = mapped_column(primary_key=True)
    variable: Mapped[str] = mapped_column(String(120), primary_key=True)
    page: Mapped[int]
    confidence: Mapped[float]  # 0..1
    doubt: Mapped[str | None] = mapped_column(String(20))  # None: accepted
    crop: Mapped[bytes | None] = mapped_column(
        LargeBinary
    )  # PNG; shows an answer, so it goes when the answer is erased
