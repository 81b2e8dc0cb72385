"""Files of an installation on PostgreSQL, in pieces: every machine that serves it hands out the same."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base


class BlobPiece(Base):
    """A part of a file. Of no survey: the same bytes are one file, whoever made them."""

    __tablename__ = "blob_piece"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)  # of the whole file, which is its name
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 0
    pieces: Mapped[int]  # how many there are
    content: Mapped[bytes] = mapped_column(LargeBinary)
