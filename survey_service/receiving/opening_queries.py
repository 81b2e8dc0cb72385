"""SQL of who opened which sheet, cut to the areas of whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from questionnaires.sectors import sector_code
from questionnaires.text import Text
from survey_service.models import Area, OpenedWith, Release, ReleaseDocument, SheetOpening, Taken, Wave

Visible = Select[tuple[UUID]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which openings are asked for; "" for all. ``who``: account or link."""

    wave: str = ""
    area: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    at: datetime
    name: str
    by_link: bool
    area: Text
    area_code: str
    sector: str  # its name as its PDF has it; "" where the sheet is that of the area itself
    code: str  # of the sheet
    wave: Text
    number: str
    what: Taken
    language: str
    opened_with: OpenedWith


def _conditions(survey_id: UUID, visible: Visible, asked: Asked) -> list[ColumnElement[bool]]:
    found = [SheetOpening.survey_id == survey_id, SheetOpening.area_id.in_(visible)]
    if asked.wave:
        found.append(Wave.key == asked.wave)
    if asked.area:
        found.append(Area.code == asked.area)
    if asked.who == "link":
        found.append(SheetOpening.link_id.is_not(None))
    elif asked.who == "account":
        found.append(SheetOpening.account_id.is_not(None))
    return found


def openings(
    session: Session, survey_id: UUID, visible: Visible, asked: Asked, *, offset: int = 0, limit: int | None = None
) -> list[Opening]:
    """The last one first."""
    found = session.execute(
        select(
            SheetOpening,
            Area.name_zh,
            Area.name_en,
            Area.code,
            Wave.name_zh,
            Wave.name_en,
            Release.number,
            ReleaseDocument.file_name,
        )
        .join(Area, Area.id == SheetOpening.area_id)
        .outerjoin(
            ReleaseDocument,
            (ReleaseDocument.survey_id == SheetOpening.survey_id)
            & (ReleaseDocument.release_id == SheetOpening.release_id)
            & (ReleaseDocument.area_id == SheetOpening.area_id)
            & (ReleaseDocument.sector == SheetOpening.sector)
            & (ReleaseDocument.language == SheetOpening.language),
        )
        .join(Release, (Release.survey_id == SheetOpening.survey_id) & (Release.id == SheetOpening.release_id))
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .where(*_conditions(survey_id, visible, asked))
        .order_by(SheetOpening.at.desc(), SheetOpening.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [
        Opening(
            at=row[0].at,
            name=row[0].name,
            by_link=row[0].link_id is not None,
            area=Text(row[1], row[2]),
            area_code=row[3],
            sector=PurePath(row[7] or row[0].sector).stem if row[0].sector else "",
            code=sector_code(row[3], row[0].sector),
            wave=Text(row[4], row[5]),
            number=row[6],
            what=row[0].what,
            language=row[0].language,
            opened_with=row[0].client,
        )
        for row in found
    ]


def count(session: Session, survey_id: UUID, visible: Visible, asked: Asked) -> int:
    counted = (
        select(func.count(SheetOpening.id))
        .join(Area, Area.id == SheetOpening.area_id)
        .join(Release, (Release.survey_id == SheetOpening.survey_id) & (Release.id == SheetOpening.release_id))
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
    )
    return session.scalar(counted.where(*_conditions(survey_id, visible, asked))) or 0


def areas(session: Session, survey_id: UUID, visible: Visible) -> Sequence[tuple[str, Text]]:
    """Areas whose sheets were opened, by code."""
    opened = select(SheetOpening.area_id).where(SheetOpening.survey_id == survey_id)
    found = session.execute(
        select(Area.code, Area.name_zh, Area.name_en)
        .where(Area.id.in_(opened), Area.id.in_(visible))
        .order_by(Area.code)
    )
    return [(code, Text(zh, en)) for code, zh, en in found]


def waves(session: Session, survey_id: UUID) -> Sequence[tuple[str, Text]]:
    """Waves that were released, the last first."""
    released = select(Release.wave_id).where(Release.survey_id == survey_id)
    found = session.execute(
        select(Wave.key, Wave.name_zh, Wave.name_en)
        .where(Wave.survey_id == survey_id, Wave.id.in_(released))
        .order_by(Wave.closes_on.desc(), Wave.key)
    )
    return [(key, Text(zh, en)) for key, zh, en in found]
