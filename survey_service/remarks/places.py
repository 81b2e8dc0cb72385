"""Whose sheets an answer may stand on: its community, the street right above it, the city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.areas import queries as area_queries
from survey_service.models import Area
from survey_service.remarks.gate import Size


class Sheet(StrEnum):
    COMMUNITY = "community"
    STREET = "street"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Places:
    """The areas of a city."""

    city_id: UUID
    areas: Mapping[UUID, Area]

    def of(self, area_id: UUID) -> dict[Sheet, UUID]:
        """The areas whose sheets count an answer of this one."""
        area = self.areas.get(area_id)
        above = self.city_id if area is None or area.parent_id is None else area.parent_id
        return {Sheet.COMMUNITY: area_id, Sheet.STREET: above, Sheet.CITY: self.city_id}

    def name(self, area_id: UUID) -> Text:
        area = self.areas.get(area_id)
        return Text("", "") if area is None else Text(area.name_zh, area.name_en)

    def sizes(self, by_area: Mapping[UUID, Size]) -> dict[tuple[Sheet, UUID], Size]:
        """By sheet, what is counted on it."""
        found: dict[tuple[Sheet, UUID], Size] = {}
        for area_id, size in by_area.items():
            for key in self.of(area_id).items():
                found[key] = found.get(key, Size()) + size
        return found


def places(session: Session, city_id: UUID) -> Places:
    return Places(city_id, {area.id: area for area in area_queries.below(session, city_id)})
