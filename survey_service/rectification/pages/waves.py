"""Waves of a survey that were released, with the edition in force; their areas and indicators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from questionnaires.indicators import Indicator
from survey_service.areas import queries as area_queries
from survey_service.models import Area, Release, Survey, Wave
from survey_service.surveys import definitions


def released(session: Session, survey_id: UUID) -> list[tuple[Wave, UUID]]:
    """The last wave first, each with the id of its edition in force."""
    found = session.execute(
        select(Wave, Release.id)
        .join(Release, (Release.survey_id == Wave.survey_id) & (Release.wave_id == Wave.id))
        .where(Wave.survey_id == survey_id)
        .order_by(Wave.closes_on.desc(), Wave.key, Release.edition.desc())
    )
    newest: dict[UUID, tuple[Wave, UUID]] = {}
    for wave, release_id in found:
        newest.setdefault(wave.id, (wave, release_id))
    return list(newest.values())


def chosen(session: Session, survey_id: UUID, wave_key: str) -> tuple[Wave | None, Release | None]:
    """The wave of that key, the last one where none is named; None twice where it was not released."""
    for wave, release_id in released(session, survey_id):
        if wave_key in ("", wave.key):
            return wave, session.get_one(Release, (survey_id, release_id))
    return None, None


def areas(session: Session, survey: Survey, visible: Select[Any]) -> list[Area]:
    """Areas of the survey that have sheets, of those that are the person's, by code."""
    theirs = set(session.scalars(visible))
    inside = [one for one in area_queries.below(session, survey.city_id) if one.kind != "grid"]
    return [one for one in inside if one.id in theirs]


def indicators(session: Session, wave: Wave) -> Sequence[Indicator]:
    return definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id).estimated()
