"""How many codes were typed that belong to no letter: by hour, over the whole installation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base, UtcDateTime, words


class TriedAs(StrEnum):
    """What was typed."""

    SHORT_CODE = "short_code"  # in the field of the first page, a link, or to ask whether a letter is genuine
    CASE_NUMBER = "case_number"  # to ask whether a letter is genuine


class TypedTries(Base):
    """No address, no code, no survey: a wrong code belongs to none."""

    __tablename__ = "typed_tries"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries"),)

    kind: Mapped[TriedAs] = mapped_column(words(TriedAs), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)  # its beginning
    tries: Mapped[int] = mapped_column(default=0)
