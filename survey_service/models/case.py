"""A case: one sampled household or person, with what its weight needs; and the codes that open the questionnaire."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from analysis.outcome_codes import OutcomeMode
from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words
from survey_service.models.capture import Mode

ADULT_STAGE: Final = "adult"
"""The unit of the stage at which one adult of a household is chosen."""


class Disposition(StrEnum):
    """AAPOR outcome of a case, in the classes that the response rates need (Standard Definitions, 10th edition)."""

    COMPLETE = "complete"  # 1.1
    PARTIAL = "partial"  # 1.2
    REFUSAL = "refusal"  # 2.10
    NONCONTACT = "noncontact"  # 2.20
    OTHER = "other"  # 2.30
    UNKNOWN = "unknown"  # 3: not known whether anyone eligible lives there; the state before the first visit
    NOT_ELIGIBLE = "not_eligible"  # 4

    @property
    def is_answer(self) -> bool:
        return self in (Disposition.COMPLETE, Disposition.PARTIAL)


class Case(Base):
    __tablename__ = "case"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        UniqueConstraint("survey_id", "wave_id", "number"),
        CheckConstraint("inclusion_probability > 0 AND inclusion_probability <= 1", name="probability"),
        Index(None, "survey_id", "wave_id", "area_id"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))  # the community
    number: Mapped[str] = mapped_column(String(30))  # printed on paper and in lists: the serial
    stratum: Mapped[str] = mapped_column(String(60))
    psu: Mapped[str] = mapped_column(String(60))
    # One entry a stage, outermost first: {"unit", "population", "sampled", "probability", "variance"}. ``variance``
    # is false for the adult within the household: it is in the weight, but the household is the last declared stage.
    stages: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    inclusion_probability: Mapped[float]  # over all stages
    first_mode: Mapped[Mode] = mapped_column(words(Mode))  # assigned before the field
    reserve_replicate: Mapped[int] = mapped_column(default=0)  # 0: main sample
    kish_table: Mapped[str | None] = mapped_column(String(2))  # A to F, by which the adult is chosen; else None
    disposition: Mapped[Disposition] = mapped_column(words(Disposition), default=Disposition.UNKNOWN)
    # The final outcome as a code of AAPOR, of which ``disposition`` is the class; None: nothing was told yet.
    outcome_code: Mapped[str | None] = mapped_column(String(6))
    outcome_mode: Mapped[OutcomeMode | None] = mapped_column(words(OutcomeMode))
    last_visit_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def adults(self) -> int | None:
        """Of the household, where the list that was drawn from counted them."""
        return next((int(stage["population"]) for stage in self.stages if stage["unit"] == ADULT_STAGE), None)


class AccessCode(Base):
    """A single-use code of a case, or the open code of a community. Only the hash of a single-use code is stored."""

    __tablename__ = "access_code"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        ForeignKeyConstraint(["survey_id", "case_id"], ["case.survey_id", "case.id"]),
        UniqueConstraint("survey_id", "code_sha256"),
        Index(None, "survey_id", "case_id"),  # letters are printed for cases: else every code is read for each
        # The address names no survey, so a code must be found by its hash alone.
        Index("uq_access_code_code_sha256", "code_sha256", unique=True),
        Index("uq_access_code_short_hash", "short_hash", unique=True),
        Index(
            "uq_access_code_open",
            "survey_id",
            "wave_id",
            "area_id",
            unique=True,
            sqlite_where=text("case_id IS NULL"),
            postgresql_where=text("case_id IS NULL"),
        ),
        CheckConstraint("(case_id IS NULL) = (open_code IS NOT NULL)", name="open_is_plain"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID | None]
    issue: Mapped[int] = mapped_column(default=1)  # a reprint after a loss is a new issue
    code_sha256: Mapped[str] = mapped_column(String(64))
    # Keyed: of 45 bits a plain hash could be tried through. None: never printed since there are short codes.
    short_hash: Mapped[str | None] = mapped_column(String(64))
    open_code: Mapped[str | None] = mapped_column(String(40))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
