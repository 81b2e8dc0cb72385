"""The map of a city: outlines of its areas as a file of the office gave them, as coarse as they are printed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base, UtcDateTime


class AreaMap(Base):
    """One a city, put in place of the one before. A release keeps what it printed with its signature."""

    __tablename__ = "area_map"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0", name="size"),)

    city_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))  # of whoever brought it
    file_name: Mapped[str] = mapped_column(String(120))
    file_sha256: Mapped[str] = mapped_column(String(64))
    review_number: Mapped[str] = mapped_column(String(60), default="")  # 审图号; "" where none was given
    width: Mapped[int]
    height: Mapped[int]
    outlines: Mapped[str] = mapped_column(Text)  # JSON: area code -> rings of corners
