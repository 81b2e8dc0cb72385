"""SQL of surveys, waves and their progress. A page takes a fixed number of statements, however many communities."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey_service.models import QuestionnaireVersion, Survey, Wave, WaveState


def version_by_digest(
    session: Session, survey_id: UUID, key: str, version: str, sha256: str
) -> QuestionnaireVersion | None:
    return session.scalar(
        select(QuestionnaireVersion).where(
            QuestionnaireVersion.survey_id == survey_id,
            QuestionnaireVersion.key == key,
            QuestionnaireVersion.version == version,
            QuestionnaireVersion.sha256 == sha256,
        )
    )


def version_sha256(session: Session, survey_id: UUID, version_id: UUID) -> str | None:
    return session.scalar(
        select(QuestionnaireVersion.sha256).where(
            QuestionnaireVersion.survey_id == survey_id, QuestionnaireVersion.id == version_id
        )
    )


def move_state(session: Session, survey_id: UUID, wave_id: UUID, before: WaveState, after: WaveState) -> bool:
    """Whether this caller moved the wave: of two who press the same button one does."""
    moved = session.execute(
        update(Wave)
        .where(Wave.survey_id == survey_id, Wave.id == wave_id, Wave.state == before)
        .values(state=after)
        .returning(Wave.id)
    ).scalar_one_or_none()
    return moved is not None


def survey_and_wave(session: Session, survey_key: str, wave_key: str) -> tuple[Survey, Wave] | None:
    found = session.execute(
        select(Survey, Wave)
        .join(Wave, Wave.survey_id == Survey.id)
        .where(Survey.key == survey_key, Wave.key == wave_key)
    ).one_or_none()
    return (found[0], found[1]) if found else None
