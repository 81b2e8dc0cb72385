"""Lists that a wave supplies itself: sectors, bodies, units of a city. They hold no persons."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.models.base import Base


class WaveListEntry(Base):
    """One entry. A trigger lets it be written only while its wave is a draft; what is asked then is the frozen version.

    ``parent``: the code of the entry of another list that it stands under; empty where it stands under none.
    """

    __tablename__ = "wave_list_entry"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "wave_id"], ["wave.survey_id", "wave.id"]),
        CheckConstraint("place >= 0", name="place"),
        CheckConstraint("code <> '' AND label_zh <> ''", name="says_something"),
    )

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    list_id: Mapped[str] = mapped_column(String(40), primary_key=True)  # as the questionnaire names the list
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    label_zh: Mapped[str] = mapped_column(String(200))
    label_en: Mapped[str] = mapped_column(String(400), default="")
    parent: Mapped[str] = mapped_column(String(40), default="")
    place: Mapped[int]  # in the order of the list: 0, 1, …


class FilledVersion(Base):
    """A questionnaire version that was made of another when a wave opened, with the entries of its lists written in."""

    __tablename__ = "filled_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "version_id"], ["questionnaire_version.survey_id", "questionnaire_version.id"]
        ),
        ForeignKeyConstraint(
            ["survey_id", "made_of_id"], ["questionnaire_version.survey_id", "questionnaire_version.id"]
        ),
        CheckConstraint("version_id <> made_of_id", name="of_another"),
    )

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    made_of_id: Mapped[UUID]  # the version that a manager chose
