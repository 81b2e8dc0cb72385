"""Sheets that are received: links for somebody without an account, and who opened which sheet."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, UtcDateTime, words
from survey_service.models.release import SECTOR


class SheetLink(Base):
    """One sheet of one edition, open for some days to whoever holds the link. The database holds its hash alone."""

    __tablename__ = "sheet_link"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "release_id"], ["release.survey_id", "release.id"]),
        Index("uq_sheet_link_token", "token_sha256", unique=True),
        Index("ix_sheet_link_sheet", "survey_id", "release_id", "area_id"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    release_id: Mapped[UUID]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    sector: Mapped[str] = mapped_column(String(SECTOR), default="", server_default="")  # as of the document
    token_sha256: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(60))  # for which body it was made, in the maker's words
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_by: Mapped[str] = mapped_column(String(60))  # the name as it stood then
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(60))


class Taken(StrEnum):
    """In which form a sheet was opened."""

    PAGE = "page"
    PDF = "pdf"
    WORD = "word"
    CIRCULAR = "circular"  # the draft of a 通报 about it


class OpenedWith(StrEnum):
    """With what, as coarsely as it is of use: nothing that tells one phone from another."""

    WECHAT = "wechat"
    PHONE = "phone"
    COMPUTER = "computer"
    OTHER = "other"


class SheetOpening(Base):
    """Who opened which sheet: an account or a link. Appended, never changed."""

    __tablename__ = "sheet_opening"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "release_id"], ["release.survey_id", "release.id"]),
        ForeignKeyConstraint(["survey_id", "link_id"], ["sheet_link.survey_id", "sheet_link.id"]),
        CheckConstraint("(account_id IS NULL) <> (link_id IS NULL)", name="by_account_or_link"),
        Index("ix_sheet_opening_at", "survey_id", "at"),
        Index("ix_sheet_opening_sheet", "survey_id", "release_id", "area_id"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    release_id: Mapped[UUID]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    sector: Mapped[str] = mapped_column(String(SECTOR), default="", server_default="")  # as of the document
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[Taken] = mapped_column(words(Taken))
    language: Mapped[str] = mapped_column(String(5))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    link_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(60))  # of the account, or for whom the link was made, as it stood then
    client: Mapped[OpenedWith] = mapped_column(words(OpenedWith))
