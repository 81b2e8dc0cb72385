"""How a sheet is addressed and called: of an area by its code and name, of a sector in it by those of the sector too.

Whoever may see the area may see the sheets of its sectors, and nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from questionnaires.sectors import sector_code, sectors_of
from questionnaires.text import Text
from survey_service.models import Area, ReleaseDocument, Wave
from survey_service.surveys import definitions

Sheet = tuple[UUID, UUID, UUID, str]
"""Survey, release, area, and the sector in it: "" for the area itself."""


def code_of(document: ReleaseDocument, area: Area) -> str:
    return sector_code(area.code, document.sector)


def key_of(document: ReleaseDocument) -> Sheet:
    return document.survey_id, document.release_id, document.area_id, document.sector


def sectors_asked(session: Session, wave: Wave) -> dict[str, Text]:
    """The sectors that its questionnaire rates by their ids, in its order."""
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    return {one.id: one.name for one in sectors_of(questionnaire.estimated())}


def name_of(area: Area, sector: str, sectors: Mapping[str, Text]) -> Text:
    """Of the area, or of the sector in it."""
    return sectors.get(sector, Text(sector, sector)) if sector else Text(area.name_zh, area.name_en)


def as_asked(
    shown: Iterable[Row[ReleaseDocument, Area]], sectors: Mapping[str, Text]
) -> list[Row[ReleaseDocument, Area]]:
    """Documents of sectors in the order of the questionnaire, without those of areas."""
    places = {one: number for number, one in enumerate(sectors)}
    found = [row for row in shown if row[0].sector]
    return sorted(found, key=lambda row: (row[1].code, places.get(row[0].sector, len(places)), row[0].language != "zh"))
