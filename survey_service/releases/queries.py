"""SQL of releases and their documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, undefer

from questionnaires.sectors import BESIDE
from questionnaires.text import Text
from survey_service.models import (
    Area,
    Case,
    Release,
    ReleaseDocument,
    ReleaseRecomputed,
    ReleaseStep,
    Response,
    Survey,
    Tombstone,
    Wave,
)


def last_edition(session: Session, survey_id: UUID, wave_id: UUID) -> int:
    return (
        session.scalar(
            select(func.max(Release.edition)).where(Release.survey_id == survey_id, Release.wave_id == wave_id)
        )
        or 0
    )


def newest(session: Session, survey_id: UUID, wave_id: UUID) -> Release | None:
    """The edition that is in force."""
    return session.scalar(
        select(Release)
        .where(Release.survey_id == survey_id, Release.wave_id == wave_id)
        .order_by(Release.edition.desc())
        .limit(1)
    )


def editions(session: Session, survey_id: UUID, wave_id: UUID) -> Sequence[Release]:
    """What was released of a wave, the first edition first."""
    return session.scalars(_editions(survey_id, wave_id)).all()


def editions_with_figures(session: Session, survey_id: UUID, wave_id: UUID) -> Sequence[Release]:
    """The same, with the text of what each published."""
    return session.scalars(_editions(survey_id, wave_id).options(undefer(Release.estimates))).all()


def _editions(survey_id: UUID, wave_id: UUID) -> Select[Release]:
    return select(Release).where(Release.survey_id == survey_id, Release.wave_id == wave_id).order_by(Release.edition)


def released_waves_before(session: Session, survey_id: UUID, day: date, most: int) -> list[tuple[Release, Wave]]:
    """The editions in force of the last ``most`` waves that ended before ``day``, the oldest first; with figures and
    plan."""
    newest_of = (
        select(Release.wave_id, func.max(Release.edition).label("edition"))
        .where(Release.survey_id == survey_id)
        .group_by(Release.wave_id)
        .subquery()
    )
    found = session.execute(
        select(Release, Wave)
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .join(newest_of, (newest_of.c.wave_id == Release.wave_id) & (newest_of.c.edition == Release.edition))
        .where(Wave.survey_id == survey_id, Wave.closes_on < day)
        .order_by(Wave.closes_on.desc(), Wave.key.desc())
        .limit(most)
        .options(undefer(Release.estimates), undefer(Release.plan))
    ).all()
    return [(release, wave) for release, wave in reversed(found)]


def mode_counts(session: Session, survey_id: UUID, wave_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Wave -> cases by the mode that was assigned first."""
    found: dict[UUID, dict[str, int]] = {wave_id: {} for wave_id in wave_ids}
    rows = session.execute(
        select(Case.wave_id, Case.first_mode, func.count())
        .where(Case.survey_id == survey_id, Case.wave_id.in_(wave_ids))
        .group_by(Case.wave_id, Case.first_mode)
    )
    for wave_id, mode, count in rows:
        found[wave_id][mode.value] = count
    return found


def erased_since(session: Session, release: Release) -> int:
    """Answers of its wave that were taken back after it was signed."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Tombstone)
            .join(Response, (Response.survey_id == Tombstone.survey_id) & (Response.id == Tombstone.response_id))
            .where(
                Response.survey_id == release.survey_id,
                Response.wave_id == release.wave_id,
                Tombstone.at > release.released_at,
            )
        )
        or 0
    )


def recomputed(session: Session, release: Release) -> ReleaseRecomputed | None:
    """What came out when it was computed again the last time."""
    return session.scalar(
        select(ReleaseRecomputed)
        .where(ReleaseRecomputed.survey_id == release.survey_id, ReleaseRecomputed.release_id == release.id)
        .order_by(ReleaseRecomputed.at.desc(), ReleaseRecomputed.id.desc())
        .limit(1)
    )


def steps(session: Session, survey_id: UUID, wave_id: UUID, edition: int) -> Sequence[ReleaseStep]:
    """Steps towards an edition, the newest last."""
    return session.scalars(
        select(ReleaseStep)
        .where(ReleaseStep.survey_id == survey_id, ReleaseStep.wave_id == wave_id, ReleaseStep.edition == edition)
        .order_by(ReleaseStep.at, ReleaseStep.id)
    ).all()


def locked_wave(session: Session, survey_id: UUID, wave_id: UUID) -> Wave | None:
    """The wave, held by this transaction: of two who take a step at once the second sees the first."""
    wave = select(Wave).where(Wave.survey_id == survey_id, Wave.id == wave_id)
    return session.scalar(wave.with_for_update().execution_options(populate_existing=True))


def release(session: Session, survey_id: UUID, release_id: UUID) -> Row[Release, Survey, Wave] | None:
    return session.execute(
        select(Release, Survey, Wave)
        .join(Survey, Survey.id == Release.survey_id)
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .where(Release.survey_id == survey_id, Release.id == release_id)
    ).one_or_none()


def printed(session: Session, survey_id: UUID, release_id: UUID) -> bytes | None:
    """What its PDFs are written from; None where there is no such release, or it was signed before that was kept."""
    return session.scalar(select(Release.printed).where(Release.survey_id == survey_id, Release.id == release_id))


def keeps_printed(session: Session, release: Release) -> bool:
    """Whether what its PDFs are written from was kept with it, found without reading that."""
    there = select(Release.printed.is_not(None)).where(Release.survey_id == release.survey_id, Release.id == release.id)
    return bool(session.scalar(there))


def releases_by_number(session: Session, number: str) -> Sequence[Row[Release, Survey, Wave]]:
    """Releases of that number; two surveys may in principle share one, so the caller looks which it may see."""
    return session.execute(
        select(Release, Survey, Wave)
        .join(Survey, Survey.id == Release.survey_id)
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .where(Release.number == number)
        .order_by(Release.released_at.desc())
    ).all()


def documents_made(session: Session, survey_id: UUID, release_id: UUID, languages: Sequence[str]) -> int:
    """How many PDFs of a release are there."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ReleaseDocument)
            .where(
                ReleaseDocument.survey_id == survey_id,
                ReleaseDocument.release_id == release_id,
                ReleaseDocument.language.in_(languages),
            )
        )
        or 0
    )


def documents_of(session: Session, release: Release, area_id: UUID, sector: str) -> tuple[ReleaseDocument, ...]:
    """The documents of one area, or of that sector in it, the Chinese one first."""
    rows = session.scalars(
        select(ReleaseDocument)
        .where(
            ReleaseDocument.survey_id == release.survey_id,
            ReleaseDocument.release_id == release.id,
            ReleaseDocument.area_id == area_id,
            ReleaseDocument.sector == sector,
        )
        .order_by(ReleaseDocument.language.desc())
    )
    return tuple(rows)


def visible_documents(
    session: Session, survey_id: UUID, release_id: UUID, visible: Select[tuple[UUID]]
) -> Sequence[Row[ReleaseDocument, Area]]:
    """Documents of areas that a person may see, and of the sectors in them, in the order of the area codes."""
    return session.execute(
        select(ReleaseDocument, Area)
        .join(Area, Area.id == ReleaseDocument.area_id)
        .where(
            ReleaseDocument.survey_id == survey_id,
            ReleaseDocument.release_id == release_id,
            ReleaseDocument.area_id.in_(visible),
        )
        .order_by(Area.code, ReleaseDocument.sector, ReleaseDocument.language.desc())
    ).all()


def visible_documents_of(
    session: Session, release: Release, code: str, visible: Select[tuple[UUID]]
) -> Sequence[Row[ReleaseDocument, Area]]:
    """Documents of the sheet with that code, of an area or of a sector in it, the Chinese one first; none where the
    area is not among ``visible``."""
    area_code, _, sector = code.partition(BESIDE)
    return session.execute(
        select(ReleaseDocument, Area)
        .join(Area, Area.id == ReleaseDocument.area_id)
        .where(
            ReleaseDocument.survey_id == release.survey_id,
            ReleaseDocument.release_id == release.id,
            ReleaseDocument.sector == sector,
            Area.code == area_code,
            Area.id.in_(visible),
        )
        .order_by(ReleaseDocument.language.desc())
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


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """A sheet of the same area, of any released wave and edition."""

    number: str
    edition: int
    wave: Text
    in_force: bool


def sheets_of_area(session: Session, survey_id: UUID, area_id: UUID, sector: str) -> list[OtherSheet]:
    """Of all waves and editions of the survey that have one of this area, or of that sector in it, the last first."""
    with_sheet = select(ReleaseDocument.area_id).where(
        ReleaseDocument.survey_id == Release.survey_id,
        ReleaseDocument.release_id == Release.id,
        ReleaseDocument.area_id == area_id,
        ReleaseDocument.sector == sector,
    )
    found = session.execute(
        select(Release.number, Release.edition, Wave.id, Wave.name_zh, Wave.name_en)
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .where(Release.survey_id == survey_id, with_sheet.exists())
        .order_by(Wave.closes_on.desc(), Wave.key.desc(), Release.edition.desc())
    ).all()
    first: dict[UUID, str] = {}
    for number, _, wave_id, _, _ in found:
        first.setdefault(wave_id, number)
    return [
        OtherSheet(number, edition, Text(name_zh, name_en), first[wave_id] == number)
        for number, edition, wave_id, name_zh, name_en in found
    ]


def newest_number(session: Session, survey_id: UUID, wave_id: UUID) -> str:
    """Of the edition in force, without reading what it holds; "" before the first."""
    return (
        session.scalar(
            select(Release.number)
            .where(Release.survey_id == survey_id, Release.wave_id == wave_id)
            .order_by(Release.edition.desc())
            .limit(1)
        )
        or ""
    )


def is_among(session: Session, area_id: UUID, visible: Select[tuple[UUID]]) -> bool:
    return session.scalar(select(Area.id).where(Area.id == area_id, Area.id.in_(visible))) is not None
