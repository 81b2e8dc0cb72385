"""The audit log: one hash chain per survey and one for the system."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base, Json, UtcDateTime


class AuditEntry(Base):
    """Who did what, when and why. Fields are named with keyed hashes of old and new; values never stand here."""

    __tablename__ = "audit_entry"

    chain: Mapped[str] = mapped_column(String(40), primary_key=True)  # "system" or the survey's id
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    action: Mapped[str] = mapped_column(String(60))
    record: Mapped[str] = mapped_column(String(120))  # table and id
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[str | None] = mapped_column(String(400))
    previous_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of a chain: read and locked inside the transaction, last before commit, never remembered."""

    __tablename__ = "audit_head"

    chain: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))


class RowsHead(Base):
    """The last entry about the rows that figures come from (``audit/rows.py``)."""

    __tablename__ = "rows_head"

    whose: Mapped[str] = mapped_column(String(40), primary_key=True)  # a wave's id, or "areas"
    sha256: Mapped[str] = mapped_column(String(64))  # of that entry
