"""A file of answers that is being taken in: its cells until that is done, and for ever what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words


class ImportState(StrEnum):
    MAPPING = "mapping"  # what its columns hold is being said
    CHECKED = "checked"  # every row was judged
    TAKEN_IN = "taken_in"
    DISCARDED = "discarded"


class ImportFile(Base):
    """``cells`` hold no contact data: such columns are blanked before anything is stored."""

    __tablename__ = "import_file"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        Index(None, "survey_id", "wave_id", "created_at"),
        # Once it is settled, the answers are captures or nothing; a second copy of them would outlive an erasure.
        CheckConstraint("state IN ('mapping', 'checked') OR cells IS NULL", name="settled_is_empty"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID]
    file_name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))  # of the file as it was sent
    rows: Mapped[int]
    cells: Mapped[bytes | None] = mapped_column(LargeBinary)
    plan: Mapped[dict[str, Any]] = mapped_column(Json)
    found: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # counts, problems, notices of the last check
    state: Mapped[ImportState] = mapped_column(words(ImportState), default=ImportState.MAPPING)
    by_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stored: Mapped[int] = mapped_column(default=0)  # responses that it made
