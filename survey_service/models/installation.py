"""Which installation a database belongs to: one row, made at the first start and never again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, UtcDateTime


class Installation(Base):
    """Its id is also remembered outside the database, so that an empty or foreign one is not taken for it."""

    __tablename__ = "installation"

    only: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)  # two starts make one row
    id: Mapped[UUID] = mapped_column(default=new_id)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
