"""What a leader's first page shows of the released waves: the answer of each area of theirs, never of another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from questionnaires.text import Text
from survey_service.models import Area, Release, ReleaseDocument, Survey, Wave

Visible = Select[tuple[UUID]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedWave:
    """A released wave, by its edition in force."""

    survey_id: UUID
    release_id: UUID
    number: str
    edition: int
    reason: str  # why it corrects the edition before it; "" of a first
    released_at: datetime
    survey_key: str
    survey: Text
    wave_key: str
    wave: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of a release; ``brief``: as it was kept beside the PDF, None where none was."""

    area_id: UUID
    code: str
    name: Text
    language: str  # of the page where the area has a sheet in it, else the one that it has
    pages: int
    below: int = 0  # how many sheets there are of areas inside it
    brief: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Areas told in full, and those below them that are told in a line."""

    whole: Sequence[Sheet]
    lines: Sequence[Sheet]
    above: Sheet | None  # the area of theirs that holds what is shown, where it is not the first page


def released_waves(session: Session, visible: Visible) -> list[ReleasedWave]:
    """Of which the person has a sheet, the last wave first; of each the edition in force, made or not."""
    newest = (
        select(Release.survey_id, Release.wave_id, func.max(Release.edition).label("edition"))
        .group_by(Release.survey_id, Release.wave_id)
        .subquery()
    )
    any_edition = aliased(Release)
    theirs = (
        select(ReleaseDocument.area_id)
        .join(
            any_edition,
            (any_edition.survey_id == ReleaseDocument.survey_id) & (any_edition.id == ReleaseDocument.release_id),
        )
        .where(
            any_edition.survey_id == Release.survey_id,
            any_edition.wave_id == Release.wave_id,
            ReleaseDocument.area_id.in_(visible),
        )
    )
    found = session.execute(
        select(
            Release.survey_id,
            Release.id,
            Release.number,
            Release.edition,
            Release.correction_reason,
            Release.released_at,
            Survey.key,
            Survey.title_zh,
            Survey.title_en,
            Wave.key,
            Wave.name_zh,
            Wave.name_en,
        )
        .join(
            newest,
            (newest.c.survey_id == Release.survey_id)
            & (newest.c.wave_id == Release.wave_id)
            & (newest.c.edition == Release.edition),
        )
        .join(Survey, Survey.id == Release.survey_id)
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .where(theirs.exists())
        .order_by(Wave.closes_on.desc(), Release.released_at.desc(), Survey.key)
    )
    return [
        ReleasedWave(
            survey_id=row[0],
            release_id=row[1],
            number=row[2],
            edition=row[3],
            reason=row[4] or "",
            released_at=row[5],
            survey_key=row[6],
            survey=Text(row[7], row[8]),
            wave_key=row[9],
            wave=Text(row[10], row[11]),
        )
        for row in found
    ]


def any_sheet(session: Session, wave: Wave) -> bool:
    """Whether any report of the wave was made."""
    made = (
        select(ReleaseDocument.release_id)
        .join(Release, (Release.survey_id == ReleaseDocument.survey_id) & (Release.id == ReleaseDocument.release_id))
        .where(Release.survey_id == wave.survey_id, Release.wave_id == wave.id)
    )
    return session.scalar(made.limit(1)) is not None


def sheets(session: Session, wave: ReleasedWave, language: str, visible: Visible, chosen: str) -> Shown | None:
    """Those that the page shows: of the topmost areas of the person, or of the area with the code ``chosen``.

    None where that area is none of theirs, or has no sheet.
    """
    every = _every(session, wave, language, visible)
    held = _held_by(session, every, visible)
    below: dict[UUID | None, list[UUID]] = {}
    for area_id, above in held.items():
        below.setdefault(above, []).append(area_id)
    wanted = [area_id for area_id, one in every.items() if one.code == chosen] if chosen else below.get(None, [])
    if chosen and not wanted:
        return None
    lines = [inside for area_id in wanted for inside in below.get(area_id, [])]
    kept = _briefs(session, wave, [*wanted, *lines])
    above = held[wanted[0]] if chosen else None

    def made(area_id: UUID) -> Sheet:
        one = every[area_id]
        return replace(one, below=len(below.get(area_id, [])), brief=kept.get((area_id, one.language)))

    return Shown(
        whole=[made(one) for one in wanted],
        lines=[made(one) for one in lines],
        above=None if above is None else made(above),
    )


def with_briefs(shown: Shown, missing: Callable[[str, list[str]], Mapping[str, Mapping[str, Any]]]) -> Shown:
    """The same, with what was not kept beside a PDF asked for at one stroke: of a language, areas by their codes."""
    codes: dict[str, list[str]] = {}
    for one in (*shown.whole, *shown.lines):
        if one.brief is None:
            codes.setdefault(one.language, []).append(one.code)
    found = {language: missing(language, several) for language, several in codes.items()}

    def filled(several: Sequence[Sheet]) -> list[Sheet]:
        return [
            one if one.brief is not None else replace(one, brief=found[one.language].get(one.code)) for one in several
        ]

    return replace(shown, whole=filled(shown.whole), lines=filled(shown.lines))


def _every(session: Session, wave: ReleasedWave, language: str, visible: Visible) -> dict[UUID, Sheet]:
    """All sheets of the person, in the order of their codes, without what they say."""
    found = session.execute(
        select(Area.id, Area.code, Area.name_zh, Area.name_en, ReleaseDocument.language, ReleaseDocument.pages)
        .join(ReleaseDocument, ReleaseDocument.area_id == Area.id)
        .where(
            ReleaseDocument.survey_id == wave.survey_id,
            ReleaseDocument.release_id == wave.release_id,
            ReleaseDocument.sector == "",
            Area.id.in_(visible),
        )
        .order_by(Area.code, (ReleaseDocument.language == language).desc(), ReleaseDocument.language.desc())
    )
    every: dict[UUID, Sheet] = {}
    for row in found:
        sheet = Sheet(area_id=row[0], code=row[1], name=Text(row[2], row[3]), language=row[4], pages=row[5])
        every.setdefault(sheet.area_id, sheet)
    return every


def _held_by(session: Session, every: Mapping[UUID, Sheet], visible: Visible) -> dict[UUID, UUID | None]:
    """The nearest area above each that has a sheet too; between a city and a street there may be one without."""
    parents = dict(session.execute(select(Area.id, Area.parent_id).where(Area.id.in_(visible))).all())

    def nearest(area_id: UUID) -> UUID | None:
        above = parents.get(area_id)
        while above is not None and above not in every:
            above = parents.get(above)
        return above

    return {area_id: nearest(area_id) for area_id in every}


def _briefs(
    session: Session, wave: ReleasedWave, area_ids: Sequence[UUID]
) -> dict[tuple[UUID, str], Mapping[str, Any]]:
    """By area and language, of those that were kept."""
    found = session.execute(
        select(ReleaseDocument.area_id, ReleaseDocument.language, ReleaseDocument.brief).where(
            ReleaseDocument.survey_id == wave.survey_id,
            ReleaseDocument.release_id == wave.release_id,
            ReleaseDocument.sector == "",
            ReleaseDocument.area_id.in_(area_ids),
        )
    )
    return {(area_id, language): brief for area_id, language, brief in found if brief is not None}
