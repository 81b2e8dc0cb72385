"""The sectors of a released wave on a leader's first page: a line each, below the area in which they were rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.sectors import sector_code
from questionnaires.text import Text
from survey_service.models import Area, Release, ReleaseDocument, Wave
from survey_service.receiving.results import ReleasedWave
from survey_service.releases.sheets import name_of, sectors_asked


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorLine:
    """``brief``: as it was kept beside the PDF."""

    code: str  # of its sheet
    name: Text
    language: str  # of the page where it has a sheet in it, else the one that it has
    brief: Mapping[str, Any] | None


def sectors(session: Session, wave: ReleasedWave, language: str, area_ids: Sequence[UUID]) -> list[SectorLine]:
    """Of these areas, which are the person's, in the order of the questionnaire."""
    found = session.execute(
        select(ReleaseDocument.sector, ReleaseDocument.language, ReleaseDocument.brief, Area)
        .join(Area, Area.id == ReleaseDocument.area_id)
        .where(
            ReleaseDocument.survey_id == wave.survey_id,
            ReleaseDocument.release_id == wave.release_id,
            ReleaseDocument.sector != "",
            ReleaseDocument.area_id.in_(area_ids),
        )
        .order_by((ReleaseDocument.language == language).desc(), ReleaseDocument.language.desc())
    ).all()
    if not found:
        return []
    release = session.get_one(Release, (wave.survey_id, wave.release_id))
    names = sectors_asked(session, session.get_one(Wave, (release.survey_id, release.wave_id)))
    lines: dict[str, SectorLine] = {}
    for sector, spoken, brief, area in found:
        name = name_of(area, sector, names)
        one = SectorLine(code=sector_code(area.code, sector), name=name, language=spoken, brief=brief)
        lines.setdefault(sector, one)
    return [lines[sector] for sector in names if sector in lines]
