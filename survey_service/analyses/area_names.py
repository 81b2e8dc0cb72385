"""The areas of a city by name, with their adults: read once, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service.areas import queries as area_queries
from survey_service.surveys import queries as survey_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaName:
    code: str
    name_zh: str
    name_en: str
    adults: int | None
    kind: str = ""  # of the area: city, district, street, community, village


class CityTree:
    """Communities, the areas right above them, and the city."""

    def __init__(self, session: Session, city_id: UUID) -> None:
        self._session = session
        self._city_id = city_id
        inside = area_queries.below(session, city_id)
        self._areas = {area.id: area for area in inside}
        self._communities = [area for area in inside if area.kind in area_queries.COMMUNITY_KINDS]
        self._id_of = {area.code: area.id for area in self._communities}
        above = {area.parent_id for area in self._communities if area.parent_id is not None}
        self._adults = area_queries.adults(session, [area.id for area in self._communities])
        sums: dict[UUID, list[int | None]] = {}
        for area in self._communities:
            if area.parent_id in above:
                assert area.parent_id is not None
                sums.setdefault(area.parent_id, []).append(self._adults.get(area.id))
        for street, counts in sums.items():
            if all(count is not None for count in counts):
                self._adults.setdefault(street, sum(count or 0 for count in counts))
        everywhere = [self._adults.get(area.id) for area in self._communities]
        if everywhere and all(count is not None for count in everywhere):
            self._adults.setdefault(city_id, sum(count or 0 for count in everywhere))
        self.community_codes = tuple(area.code for area in self._communities)
        self.street_codes = tuple(sorted({self.street(area.id) for area in self._communities}))

    def version_sha256(self, version_id: UUID, survey_id: UUID) -> str:
        sha256 = survey_queries.version_sha256(self._session, survey_id, version_id)
        assert sha256 is not None  # the wave's foreign key holds it
        return sha256

    def code(self, area_id: UUID) -> str:
        return self._areas[area_id].code

    def street(self, community_id: UUID) -> str:
        above = self._areas[community_id].parent_id
        return self._areas[above or self._city_id].code

    def street_of(self, community_code: str) -> str:
        return self.street(self._id_of[community_code])

    def name(self, area_id: UUID) -> AreaName:
        area = self._areas[area_id]
        return AreaName(
            code=area.code,
            name_zh=area.name_zh,
            name_en=area.name_en or area.name_zh,
            adults=self._adults.get(area_id),
            kind=area.kind,
        )

    def streets(self) -> tuple[tuple[AreaName, tuple[AreaName, ...]], ...]:
        grouped: dict[UUID, list[AreaName]] = {}
        for community in self._communities:
            grouped.setdefault(community.parent_id or self._city_id, []).append(self.name(community.id))
        ordered = sorted(grouped, key=lambda area_id: self._areas[area_id].code)
        return tuple((self.name(area_id), tuple(grouped[area_id])) for area_id in ordered)
