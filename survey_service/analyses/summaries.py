"""Estimates of a wave as the summaries that reports are written from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from analysis.city_results import CityResults
from analysis.comparisons import Comparisons
from analysis.results import Domain
from questionnaires.indicators import Indicator
from questionnaires.sectors import sectors_of
from questionnaires.text import Text
from reports.content import (
    AreaSummary,
    Caution,
    Changes,
    CommunitySummary,
    Imprint,
    Method,
    Place,
    Sample,
    SectorSummary,
    Trend,
)
from reports.sectors import sector_summaries
from survey_service.analyses.area_names import AreaName
from survey_service.analyses.city_groups import groups_of_city, groups_of_street
from survey_service.analyses.city_told import NOTHING_BESIDE
from survey_service.analyses.draw_words import DrawnAs, draw_words
from survey_service.analyses.earlier_wave import WaveChanges
from survey_service.analyses.field_told import NOTHING_TOLD, FieldTold
from survey_service.analyses.method_words import variance_words, weighting_words
from survey_service.analyses.service import (
    CITY_DOMAIN,
    WaveEstimates,
    community_domain,
    street_domain,
)
from survey_service.analyses.trends import WaveTrend

One = TypeVar("One")
USUAL_CAUTION: Final = Caution()
USUAL_DRAW: Final = DrawnAs()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Since:
    """What is told of the waves released before; neither where there are none."""

    changes: WaveChanges | None = None
    trend: WaveTrend | None = None


NOTHING_BEFORE: Final = Since()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summaries:
    """Everything that the PDFs of one wave need, by area code."""

    communities: Mapping[str, CommunitySummary]
    streets: Mapping[str, AreaSummary]
    city: AreaSummary

    def sectors(self) -> tuple[SectorSummary, ...]:
        """What the sheets of sectors say: taken from the city's, so that nothing of them is kept beside it."""
        return sector_summaries(self.city)

    def every(self) -> dict[str, CommunitySummary | AreaSummary]:
        """By the code of the sheet: the city, its streets, its sectors, its communities."""
        sectors = {one.place.code: one for one in self.sectors()}
        return {self.city.place.code: self.city, **self.streets, **sectors, **self.communities}

    def of(self, code: str) -> CommunitySummary | AreaSummary | None:
        """The sheet of that code, without reading the others; None where there is none."""
        for summaries in (self.communities, self.streets):
            if code in summaries:
                return summaries[code]
        if code == self.city.place.code:
            return self.city
        return next((one for one in self.sectors() if one.place.code == code), None)


def summaries(
    estimates: WaveEstimates,
    *,
    imprint: Imprint,
    method: Method,
    caution: Caution = USUAL_CAUTION,
    told: FieldTold = NOTHING_TOLD,
    since: Since = NOTHING_BEFORE,
    beside: CityResults = NOTHING_BESIDE,
) -> Summaries:
    """One summary per community and street, and one of the city."""
    rows = estimates.cases
    city = _place(rows.city, CITY_DOMAIN)
    tree = tuple(
        (
            _place(street, street_domain(street.code)),
            tuple(_place(one, community_domain(one.code)) for one in communities),
        )
        for street, communities in rows.streets
    )
    indicators = _ordered(estimates.indicators)
    names = {indicator.id: indicator.name for indicator in indicators}
    inside = {rows.city.code: [one.code for one in rows.communities]}
    for above, communities_of in rows.streets:
        inside |= {above.code: [one.code for one in communities_of]} | {one.code: [one.code] for one in communities_of}
    samples = {code: _sample(estimates, told, code, communities_of) for code, communities_of in inside.items()}
    shared: dict[str, Any] = {"imprint": imprint, "method": method, "city": city, "table": estimates.table}
    shared |= {"indicators": indicators, "names": names, "caution": caution}
    shared["beside"] = None if beside == NOTHING_BESIDE else beside
    compared = _by_area(estimates.comparisons, [place.domain for street, inside in tree for place in (street, *inside)])
    before = _before(since, indicators)

    communities = {
        place.code: CommunitySummary(
            place=place,
            street=street,
            sample=samples[place.code],
            comparisons=compared[place.domain],
            **before(place, whole=False),
            **shared,
        )
        for street, inside in tree
        for place in inside
    }
    communities |= {one.place.code: with_street(one, before) for one in communities.values() if nothing_own(one)}
    streets = {
        street.code: AreaSummary(
            place=street,
            streets=((street, inside),),
            samples=samples,
            groups=groups_of_street(estimates, street.code),
            comparisons=compared[street.domain],
            **before(street, whole=False),
            **shared,
        )
        for street, inside in tree
    }
    whole = AreaSummary(
        place=city,
        streets=tree,
        samples=samples,
        **before(city, whole=True),
        groups=groups_of_city(estimates),
        comparisons=_of_city(estimates.comparisons),
        **shared,
    )
    return Summaries(communities=communities, streets=streets, city=whole)


def nothing_own(one: CommunitySummary) -> bool:
    """Whether not one figure of the community is published."""
    found = [row for row in one.table.rows if row.domain == one.place.domain]
    return all(cell.suppression is not None for row in found for cell in row.cells)


def with_street(one: CommunitySummary, before: Callable[..., dict[str, Any]]) -> CommunitySummary:
    """With what changed in its street, whose figures its sheet shows instead of its own."""
    return replace(one, changes=before(one.street, whole=False)["changes"])


def _by_area(found: Comparisons, domains: Iterable[Domain]) -> dict[Domain, Comparisons]:
    """Of every area its items, how it stands to what it is part of, and the ranks of the areas in it."""
    items, differences, ranks = (
        _grouped(found.items, lambda one: one.domain),
        _grouped(found.differences, lambda one: one.domain),
        _grouped(found.ranks, lambda one: one.within),
    )
    return {
        domain: Comparisons(
            items=tuple(items.get(domain, ())),
            differences=tuple(differences.get(domain, ())),
            ranks=tuple(ranks.get(domain, ())),
        )
        for domain in domains
    }


def _grouped(told: Iterable[One], place: Callable[[One], Domain]) -> dict[Domain, list[One]]:
    found: dict[Domain, list[One]] = {}
    for one in told:
        found.setdefault(place(one), []).append(one)
    return found


def _of_city(found: Comparisons) -> Comparisons:
    """Its own items, and all ranks: how many streets have areas that can be told apart."""
    return replace(found, items=tuple(one for one in found.items if one.domain == CITY_DOMAIN), differences=())


def _before(since: Since, indicators: Sequence[Indicator]) -> Callable[..., dict[str, Any]]:
    """What is told of the waves before on the sheet of a place: its cards tell of no other. ``whole``: of the city,
    which tells of its sectors too."""
    changed = _changed(since.changes)
    headline = [one.id for one in indicators if one.headline]
    rated = [one.id for sector in sectors_of(indicators) for one in sector.indicators]

    def before(place: Place, *, whole: bool) -> dict[str, Any]:
        over = _trend(since.trend, place, [*headline, *rated] if whole else headline)
        return {"changes": changed(place.domain), "trend": over}

    return before


def _changed(found: WaveChanges | None) -> Callable[[Domain], Changes | None]:
    """What changed, by area; None where nothing is told of an earlier wave."""
    if found is None:
        return lambda _: None
    told, nothing = _grouped(found.published, lambda one: one.domain), Changes(since=found.since, told=())
    return lambda domain: replace(nothing, told=tuple(told.get(domain, ())))


def _trend(found: WaveTrend | None, place: Place, headline: Sequence[str]) -> Trend | None:
    """Of the sheet's own area and the rates on its cards."""
    if found is None:
        return None
    told = [trend for one in headline if (trend := found.of(place.domain, one)) is not None]
    return Trend(waves=tuple(one.name for one in found.waves), told=tuple(told))


def method_of(given: Mapping[str, Any], estimates: WaveEstimates, drawn: DrawnAs = USUAL_DRAW) -> Method:
    """The method's words: what the wave's manager wrote of population, frame and selection, and what was computed.

    What was computed is said of these rows: adults of the household only where the draw counted them, stages only where
    there were several, joined grids only where some were.
    """
    coverage = given.get("frame_coverage")
    return Method(
        population=_text(given, "population"),
        frame=_text(given, "frame"),
        frame_coverage=float(coverage) if coverage is not None else None,
        selection=_together(_text(given, "selection"), draw_words(estimates.cases.columns, drawn)),
        weighting=weighting_words(estimates, drawn.unit),
        variance=variance_words(estimates, drawn.unit),
    )


def _together(typed: Text, made: Text) -> Text:
    """What the manager wrote, then what the draw says of itself."""
    if not made.zh:
        return typed
    zh, en = typed.zh.rstrip("。."), typed.en.rstrip("。.")
    return Text(f"{zh}。{made.zh}" if zh else made.zh, f"{en}. {made.en}" if en else made.en)


def _text(given: Mapping[str, Any], name: str) -> Text:
    value = given.get(name) or {}
    return Text(str(value.get("zh", "")), str(value.get("en", "")))


def _place(area: AreaName, domain: tuple[tuple[str, str], ...]) -> Place:
    return Place(code=area.code, name=Text(area.name_zh, area.name_en), domain=domain)


def _ordered(indicators: Sequence[Indicator]) -> tuple[Indicator, ...]:
    """Headline first, then the rest, groups last; each in the order of the questionnaire."""
    return tuple(sorted(indicators, key=lambda one: (not one.headline, one.group is not None)))


def _sample(estimates: WaveEstimates, told: FieldTold, code: str, communities: Sequence[str]) -> Sample:
    rows, found = estimates.cases, estimates.fieldwork[code]
    return Sample(
        rates=found.rates,
        kish_design_effect=found.kish_design_effect,
        kish_effective_sample_size=found.kish_effective_sample_size,
        outcomes_recorded=found.outcomes_recorded,
        open_responses=sum(rows.open_responses.get(one, 0) for one in communities),
        open_in_bursts=sum(rows.open_in_bursts.get(one, 0) for one in communities),
        outcomes=told.outcomes_in(communities) if found.outcomes_recorded else (),
        asked_by=told.asked_by_in(communities),
    )
