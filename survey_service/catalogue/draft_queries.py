"""SQL of drafts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from survey_service.models import DraftSave, QuestionnaireDraft, QuestionnaireSource, QuestionnaireVersion


def draft(session: Session, survey_id: UUID, draft_id: UUID) -> QuestionnaireDraft | None:
    return session.get(QuestionnaireDraft, (survey_id, draft_id))


def move_on(session: Session, survey_id: UUID, draft_id: UUID, base: int, new: dict[str, object]) -> bool:
    """Whether the draft was still at ``base`` and now holds ``new``: one conditional update."""
    here = (
        (QuestionnaireDraft.survey_id == survey_id)
        & (QuestionnaireDraft.id == draft_id)
        & (QuestionnaireDraft.number == base)
    )
    done = session.execute(update(QuestionnaireDraft).where(here).values(**new, number=base + 1))
    assert isinstance(done, CursorResult)
    return done.rowcount == 1


def saves_after(session: Session, survey_id: UUID, draft_id: UUID, number: int, most: int) -> Sequence[DraftSave]:
    """What was saved after the draft was at ``number``, newest first."""
    return session.scalars(
        select(DraftSave)
        .where(DraftSave.survey_id == survey_id, DraftSave.draft_id == draft_id, DraftSave.number > number)
        .order_by(DraftSave.number.desc())
        .limit(most)
    ).all()


def a_save(session: Session, survey_id: UUID, draft_id: UUID, number: int) -> DraftSave | None:
    return session.get(DraftSave, (survey_id, draft_id, number))


def has_change(session: Session, survey_id: UUID, draft_id: UUID, change: str) -> bool:
    """Whether a sending of this name was saved already."""
    found = select(DraftSave.number).where(
        DraftSave.survey_id == survey_id, DraftSave.draft_id == draft_id, DraftSave.change == change
    )
    return session.scalar(found.limit(1)) is not None


def forget_saves(session: Session, survey_id: UUID, draft_id: UUID, up_to: int) -> None:
    session.execute(
        delete(DraftSave).where(
            DraftSave.survey_id == survey_id, DraftSave.draft_id == draft_id, DraftSave.number <= up_to
        )
    )


def remove(session: Session, survey_id: UUID, draft_id: UUID) -> None:
    session.execute(delete(DraftSave).where(DraftSave.survey_id == survey_id, DraftSave.draft_id == draft_id))
    session.execute(
        delete(QuestionnaireDraft).where(QuestionnaireDraft.survey_id == survey_id, QuestionnaireDraft.id == draft_id)
    )


def source(session: Session, survey_id: UUID, version_id: UUID) -> str | None:
    """The text that a version was made of; None where it is not kept."""
    return session.scalar(
        select(QuestionnaireSource.source).where(
            QuestionnaireSource.survey_id == survey_id, QuestionnaireSource.version_id == version_id
        )
    )


def labels(session: Session, survey_id: UUID, key: str) -> set[str]:
    """The versions of a questionnaire that a survey holds, as they are written in their files."""
    return set(
        session.scalars(
            select(QuestionnaireVersion.version).where(
                QuestionnaireVersion.survey_id == survey_id, QuestionnaireVersion.key == key
            )
        )
    )
