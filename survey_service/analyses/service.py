"""From the columns of a wave and its plan to figures: estimates of every indicator by community, street and city, and
what of them may be published.

Everything here is a pure function of its arguments, so that a release can be computed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from analysis import engine
from analysis.case_columns import PopulationRegister
from analysis.comparisons import Comparisons
from analysis.disclosure import Protected, protected
from analysis.engine import Analysis
from analysis.engine.figures import Asked, related
from analysis.engine.run import Weighed
from analysis.plan import AnalysisPlan, Level
from analysis.published_groups import published_groups, published_street_groups
from analysis.results import (
    Domain,
    Estimate,
    Estimates,
    Goal,
    PublishableTable,
    PublishedGroups,
    ResponseRates,
    Statistic,
    Suppression,
)
from analysis.second_processor import kept
from questionnaires.draw_weights import Resting
from questionnaires.indicators import (
    SHARES,
    TOTALS,
    Indicator,
    IndicatorKind,
    Sense,
    Target,
    beside_of,
    one_numerator,
)
from questionnaires.model import Questionnaire
from survey_service.analyses.driven import driven_by
from survey_service.analyses.fieldwork_counts import AreaFieldwork, fieldwork
from survey_service.analyses.held_against import comparisons_of
from survey_service.analyses.plan_groups import with_groups
from survey_service.analyses.wave_columns import WaveColumns
from survey_service.surveys.wave_targets import by_indicator

COMMUNITY, STREET = "community", "street"
CITY_DOMAIN: Final[Domain] = ()
OWN_CAUSE: Final = frozenset({Suppression.UNRELIABLE, Suppression.NOT_ESTIMABLE})
"""Reasons that protect nobody: an imprecise figure tells nothing of the others."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveEstimates:
    """All figures of a wave. ``raw`` and ``reasons`` are for the statistician; ``table`` is what may be published."""

    cases: WaveColumns
    plan: AnalysisPlan
    analysis: Analysis
    indicators: tuple[Indicator, ...]  # with the wave's own targets
    raw: tuple[Estimates, ...]  # communities, streets, city, then groups
    protected: Protected
    fieldwork: Mapping[str, AreaFieldwork]  # by area code: communities, streets, city
    groups: PublishedGroups  # how each stands to everybody else
    street_groups: Mapping[str, PublishedGroups]  # by street, the same within it
    comparisons: Comparisons  # of items with each other, and of areas
    plan_changes: tuple[str, ...] = ()  # why the plan was changed since somebody saw the figures, each time it was

    @property
    def weights(self) -> Weighed:
        return self.analysis.weighed

    @property
    def table(self) -> PublishableTable:
        return self.protected.table

    @property
    def reasons(self) -> Mapping[tuple[Domain, tuple[str, str | None]], Suppression]:
        """Why a cell is hidden, or coded for the sake of others, by domain, variable and category. It leaves in nothing
        but the statistician's page."""
        return self.protected.reasons

    @property
    def rates(self) -> Mapping[str, ResponseRates]:
        """By area code."""
        return {code: found.rates for code, found in self.fieldwork.items()}


def community_domain(code: str) -> Domain:
    return ((COMMUNITY, code),)


def street_domain(code: str) -> Domain:
    return ((STREET, code),)


def _kinds(wave: WaveColumns) -> dict[Domain, str]:
    """What sort of area each is, for those that are held against each other."""
    communities = {community_domain(one.code): one.kind for one in wave.communities}
    return {street_domain(street.code): STREET for street, _ in wave.streets} | communities


def analyse_wave(
    wave: WaveColumns,
    plan: AnalysisPlan,
    *,
    register: PopulationRegister | None = None,
    targets: Mapping[str, Mapping[str, Any]] | None = None,
    earlier: Sequence[PublishableTable] = (),
) -> WaveEstimates:
    """Estimates of every indicator for every community, street and the city, weighted and protected by ``plan``.

    ``targets``: indicator -> {"value", "sense"} of the wave, instead of the questionnaire's own. ``earlier``: what was
    published of this wave before, in the order of its editions.
    """
    with kept():
        return _analysed(with_groups(wave, plan), plan, register, targets or {}, earlier)


def _analysed(
    wave: WaveColumns,
    plan: AnalysisPlan,
    register: PopulationRegister | None,
    targets: Mapping[str, Mapping[str, Any]],
    earlier: Sequence[PublishableTable],
) -> WaveEstimates:
    indicators = with_targets(wave.questionnaire, targets)
    wanted, driven = asked(indicators, wave.questionnaire), driven_by(indicators, wave.questionnaire)
    found = engine.run(plan, wave.columns, wanted, register, driven)
    raw = [table.estimates() for table in found.tables.values()]
    places = list(found.tables)
    if Level.COMMUNITY in plan.levels:
        at = places.index(Level.COMMUNITY.value)
        raw[at] = _with_silent(raw[at], wave, indicators)
    counted = fieldwork(wave.columns, found.weighed.final, wave.city.code)
    gated = _protected(wave, raw, indicators, {code: one.rates for code, one in counted.items()}, plan, earlier)
    return WaveEstimates(
        cases=wave,
        plan=plan,
        analysis=found,
        indicators=indicators,
        raw=tuple(raw),
        protected=gated,
        fieldwork=counted,
        groups=published_groups(found.groups, gated.table),
        street_groups=published_street_groups(found.street_groups, gated.table),
        comparisons=comparisons_of(found, gated.table, indicators, _kinds(wave)),
    )


def with_targets(questionnaire: Questionnaire, targets: Mapping[str, Mapping[str, Any]]) -> tuple[Indicator, ...]:
    """The questionnaire's indicators, those that the wave names with the wave's target."""
    targets = by_indicator(questionnaire, targets)
    return tuple(
        replace(one, target=Target(value=float(targets[one.id]["value"]), sense=Sense(targets[one.id]["sense"])))
        if one.id in targets
        else one
        for one in questionnaire.estimated()
    )


def asked(indicators: Sequence[Indicator], questionnaire: Questionnaire) -> tuple[Asked, ...]:
    """Indicators as the engine estimates them."""
    resting = Resting(questionnaire)
    return tuple(
        Asked(
            id=one.id,
            share=one.kind in SHARES,
            scale=scale(one, questionnaire),
            parts=tuple((part.indicator, part.weight) for part in one.parts) if one.kind is IndicatorKind.INDEX else (),
            by_draw=resting.rests(one),
            totals=one.kind in TOTALS,
            beside=beside_of(one.id),
            group=None if one.headline else one.group,
            numerator_of=next((other.id for other in indicators[:place] if one_numerator(one, other)), None),
        )
        for place, one in enumerate(indicators)
    )


def scale(indicator: Indicator, questionnaire: Questionnaire) -> tuple[float, float] | None:
    """The range that an indicator can take; None for the mean of a number, or the ratio of two, without bounds."""
    if indicator.kind in SHARES:
        return (0.0, 1.0)
    match indicator.kind:
        case IndicatorKind.NET:
            return (-1.0, 1.0)
        case IndicatorKind.MEAN_SCORE:
            points = list(indicator.scores.values())
            if not points:
                return None
            if indicator.dont_know.value == "zero":
                points.append(0.0)
            return (min(points), max(points))
        case IndicatorKind.INDEX:
            parts = [(questionnaire.indicator(part.indicator), part.weight) for part in indicator.parts]
            scales = [(scale(part, questionnaire), weight) for part, weight in parts]
            if any(found is None for found, _ in scales):
                return None
            ends = [(found[0] * weight, found[1] * weight) for found, weight in scales if found is not None]
            return (sum(min(pair) for pair in ends), sum(max(pair) for pair in ends))
        case IndicatorKind.MEAN_RANK:
            ranking = next(one for one in questionnaire.questions() if indicator.variables[0] in one.variables())
            return (1.0, float(len(ranking.options)))
    return None


def _with_silent(communities: Estimates, rows: WaveColumns, indicators: Sequence[Indicator]) -> Estimates:
    """A community where nobody answered has its row too: it must count as hidden when its street is protected."""
    present = {estimate.domain for estimate in communities.estimates}
    silent = [
        Estimate(
            statistic=Statistic.PROPORTION,
            variable=one.id,
            domain=community_domain(area.code),
            value=None,
            standard_error=None,
            interval=None,
            degrees_of_freedom=None,
            sample_size=0,
            design_effect=None,
            effective_sample_size=None,
            scale=scale(one, rows.questionnaire),
            notes=("not estimable: nobody in this domain answered",),
        )
        for area in rows.communities
        if community_domain(area.code) not in present
        for one in indicators
    ]
    return replace(communities, estimates=(*communities.estimates, *silent))


# ------------------------------------------------------------------ protection


def _protected(
    rows: WaveColumns,
    raw: Sequence[Estimates],
    indicators: Sequence[Indicator],
    by_area: Mapping[str, ResponseRates],
    plan: AnalysisPlan,
    earlier: Sequence[PublishableTable],
) -> Protected:
    domains: dict[str, Domain] = {rows.city.code: CITY_DOMAIN}
    hierarchy: dict[Domain, Domain] = {}
    adults: dict[Domain, int] = {}
    for street, communities in rows.streets:
        domains[street.code] = street_domain(street.code)
        hierarchy[street_domain(street.code)] = CITY_DOMAIN
        for community in communities:
            domains[community.code] = community_domain(community.code)
            hierarchy[community_domain(community.code)] = street_domain(street.code)
    for area in (rows.city, *(street for street, _ in rows.streets), *rows.communities):
        if area.adults is not None:
            adults[domains[area.code]] = area.adults
    return protected(
        *raw,
        rule=plan.rule,
        goals={one.id: _goal(one.target) for one in indicators if one.target is not None},
        hierarchy=hierarchy,
        response_rates={
            domains[code]: found.rr3 for code, found in by_area.items() if found.rr3 is not None and code in domains
        },
        adults=adults,
        earlier=earlier,
        related=related(asked(indicators, rows.questionnaire)),
    )


def _goal(target: Target) -> Goal:
    return Goal(value=target.value, at_least=target.sense is Sense.AT_LEAST)
