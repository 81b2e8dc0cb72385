"""SQL of releases and their documents."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from survey_service.models import Area, Release, ReleaseDocument, Survey, Wave


def last_edition(session: Session, survey_id: UUID, wave_id: UUID) -> int:
    return (
        session.scalar(
            select(func.max(Release.edition)).where(Release.survey_id == survey_id, Release.wave_id == wave_id)
        )
        or 0
    )


def release(session: Session, survey_id: UUID, release_id: UUID) -> Row[Release, Survey, Wave] | None:
    return session.execute(
        select(Release, Survey, Wave)
        .join(Survey, Survey.id == Release.survey_id)
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .where(Release.survey_id == survey_id, Release.id == release_id)
    ).one_or_none()


def releases_by_number(session: Session, number: str) -> Sequence[Row[Release, Survey, Wave]]:
    """Releases of that number; two surveys may in principle share one, so the caller looks which it may see."""
    return session.execute(
        select(Release, Survey, Wave)
        .join(Survey, Survey.id == Release.survey_id)
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .where(Release.number == number)
        .order_by(Release.released_at.desc())
    ).all()


def documents(session: Session, survey_id: UUID, release_id: UUID) -> set[tuple[UUID, str]]:
    """(area, language) of the documents that are there."""
    rows = session.execute(
        select(ReleaseDocument.area_id, ReleaseDocument.language).where(
            ReleaseDocument.survey_id == survey_id, ReleaseDocument.release_id == release_id
        )
    )
    return {(area_id, language) for area_id, language in rows}


def visible_documents(
    session: Session, survey_id: UUID, release_id: UUID, visible: Select[tuple[UUID]]
) -> Sequence[Row[ReleaseDocument, Area]]:
    """Documents of areas that a person may see, in the order of the area codes."""
    return session.execute(
        select(ReleaseDocument, Area)
        .join(Area, Area.id == ReleaseDocument.area_id)
        .where(
            ReleaseDocument.survey_id == survey_id,
            ReleaseDocument.release_id == release_id,
            ReleaseDocument.area_id.in_(visible),
        )
        .order_by(Area.code, ReleaseDocument.language.desc())
    ).all()


def areas_by_code(session: Session, codes: Sequence[str]) -> dict[str, Area]:
    return {area.code: area for area in session.scalars(select(Area).where(Area.code.in_(list(codes))))}


def concerns(session: Session, release: Release, survey: Survey, visible: Select[tuple[UUID]]) -> bool:
    """Whether the survey's city, or any area with a document of this release, is among ``visible``."""
    in_city = select(Area.id).where(Area.id == survey.city_id, Area.id.in_(visible))
    in_documents = select(ReleaseDocument.area_id).where(
        ReleaseDocument.survey_id == release.survey_id,
        ReleaseDocument.release_id == release.id,
        ReleaseDocument.area_id.in_(visible),
    )
    return session.scalar(in_city) is not None or session.scalar(in_documents.limit(1)) is not None
