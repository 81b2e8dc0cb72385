"""The summaries of sectors, each taken from that of the city: its own indicators, and nothing of the others but names.

Nothing is computed and nothing further is kept with a signature: a sector's sheet is what the city's release says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from analysis.city_results import CityResults
from analysis.comparisons import Comparisons
from analysis.results import PublishedGroups
from questionnaires.sectors import Sector, sector_code, sectors_of
from reports.content import AreaSummary, Changes, Groups, Place, SectorSummary, Trend


class _OfVariable(Protocol):
    @property
    def variable(self) -> str: ...


Told = TypeVar("Told", bound=_OfVariable)


def sector_summaries(city: AreaSummary) -> tuple[SectorSummary, ...]:
    """Of every sector that the questionnaire rates, in its order."""
    return tuple(_of(city, one) for one in sectors_of(city.indicators))


def _of(city: AreaSummary, sector: Sector) -> SectorSummary:
    place = Place(code=sector_code(city.place.code, sector.id), name=sector.name, domain=city.place.domain)
    own = tuple(replace(one, headline=True) for one in sector.indicators)
    ids = {one.id for one in own}
    of_city = city.samples.get(city.place.code)
    samples = {} if of_city is None else {city.place.code: of_city, place.code: of_city}
    shared: dict[str, Any] = {
        "imprint": city.imprint,
        "method": city.method,
        "streets": city.streets,
        "city": city.city,
        "table": city.table,
        "caution": city.caution,
    }
    return SectorSummary(
        place=place,
        indicators=own,
        names={one.id: one.name for one in own},
        samples=samples,
        changes=_changes(city.changes, ids),
        trend=_trend(city.trend, ids),
        groups=_groups(city.groups, ids),
        beside=None if city.beside is None else CityResults(modes=_about(city.beside.modes, ids)),
        comparisons=_comparisons(city.comparisons, city.place, sector),
        among=sector.among,
        **shared,
    )


def _about(told: Iterable[Told], ids: set[str]) -> tuple[Told, ...]:
    return tuple(one for one in told if one.variable in ids)


def _changes(found: Changes | None, ids: set[str]) -> Changes | None:
    return None if found is None else replace(found, told=_about(found.told, ids))


def _trend(found: Trend | None, ids: set[str]) -> Trend | None:
    return None if found is None else replace(found, told=_about(found.told, ids))


def _groups(found: Groups | None, ids: set[str]) -> Groups | None:
    if found is None:
        return None
    told = PublishedGroups(contrasts=_about(found.told.contrasts, ids), equalities=_about(found.told.equalities, ids))
    return replace(found, told=told)


def _comparisons(found: Comparisons | None, city: Place, sector: Sector) -> Comparisons | None:
    """Of the sectors of its kind in the whole city, where this one takes part."""
    if found is None:
        return None
    among = found.items_of(city.domain, sector.id)
    return Comparisons(
        items=() if among is None else (among,),
        ranks=tuple(one for one in found.ranks_of(sector.id, city.domain)),
    )
