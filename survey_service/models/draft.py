"""A questionnaire that is being changed: its text, version by version, and who saved which."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime


class QuestionnaireDraft(Base):
    """A draft of a survey. A save is one conditional update on ``number``: of two who save at once one is told."""

    __tablename__ = "questionnaire_draft"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "version_id"], ["questionnaire_version.survey_id", "questionnaire_version.id"]
        ),
        CheckConstraint("(sound_number IS NULL) = (sound_definition IS NULL)", name="sound"),
        CheckConstraint("(version_id IS NULL) = (version_number IS NULL)", name="version"),
        CheckConstraint("number > 0", name="number"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str] = mapped_column(Text)  # YAML, as its file would be
    number: Mapped[int]  # of the save it is at: 1, 2, …
    title_zh: Mapped[str] = mapped_column(String(400))
    title_en: Mapped[str] = mapped_column(String(400), default="")
    origin: Mapped[str] = mapped_column(String(120))  # what it was copied from: key and version, or a file's name
    problems: Mapped[int]  # how many ``check`` finds
    sound_number: Mapped[int | None]  # the last save at which it found none, and the questionnaire of then
    sound_definition: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_name: Mapped[str] = mapped_column(String(60))  # as shown
    version_id: Mapped[UUID | None]  # the version that was made of it last, and at which save
    version_number: Mapped[int | None]


class DraftSave(Base):
    """One save of a draft: what was changed, by whom, and the text before it, to go back to."""

    __tablename__ = "questionnaire_draft_save"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "draft_id"],
            ["questionnaire_draft.survey_id", "questionnaire_draft.id"],
            ondelete="CASCADE",
        ),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # that the draft had after it
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))  # as shown
    change: Mapped[str] = mapped_column(String(40), default="")  # of the sending: one that comes again is known by it
    edits: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    before: Mapped[str] = mapped_column(Text)


class QuestionnaireSource(Base):
    """The text that a version was made of, with its comments: what is copied when the version is to be changed."""

    __tablename__ = "questionnaire_source"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "version_id"], ["questionnaire_version.survey_id", "questionnaire_version.id"]
        ),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
