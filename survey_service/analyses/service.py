"""From the rows of a wave to figures: weights, estimates of every indicator by community, street and city, protection.

Everything here but ``cases_of_wave`` is a pure function of its arguments, so that a release can be computed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.design import SurveyDesign
from analysis.disclosure import protect
from analysis.estimation import estimate
from analysis.estimation.requests import Index, Ratio, Request
from analysis.results import (
    Domain,
    Estimate,
    Estimates,
    Goal,
    IntervalMethod,
    LonelyPsu,
    PublicationRule,
    PublishableTable,
    ResponseRates,
    Statistic,
)
from questionnaires.evaluation import evaluator
from questionnaires.indicators import Indicator, IndicatorKind, Sense, Target
from questionnaires.model import Questionnaire
from survey_service.analyses.response_rates import rates
from survey_service.analyses.wave_cases import CaseRow, WaveCases, cases_of_wave
from survey_service.analyses.weights import MINIMUM_RESPONDENTS, Weights, weigh

__all__ = ["WaveEstimates", "cases_of_wave", "community_domain", "estimate_wave", "specification", "street_domain"]

COMMUNITY, STREET = "community", "street"
CITY_DOMAIN: Final[Domain] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisPlan:
    """How a wave is estimated; every field is printed in the release's specification."""

    interval: IntervalMethod = IntervalMethod.KORN_GRAUBARD
    level: float = 0.95
    # A community may have a grid with one answer: its stratum is centred on the mean of all, and a note says so.
    lonely_psu: LonelyPsu = LonelyPsu.ADJUST
    rule: PublicationRule = field(default_factory=PublicationRule)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveEstimates:
    """All figures of a wave. ``raw`` is for the statistician; ``table`` is what may be published."""

    cases: WaveCases
    weights: Weights
    plan: AnalysisPlan
    indicators: tuple[Indicator, ...]  # with the wave's own targets
    raw: tuple[Estimates, ...]  # communities, streets, city
    table: PublishableTable
    rates: Mapping[str, ResponseRates]  # by area code: communities, streets, city


def community_domain(code: str) -> Domain:
    return ((COMMUNITY, code),)


def street_domain(code: str) -> Domain:
    return ((STREET, code),)


def estimate_wave(
    rows: WaveCases, *, targets: Mapping[str, Mapping[str, Any]] | None = None, plan: AnalysisPlan | None = None
) -> WaveEstimates:
    """Estimates of every indicator for every community, street and the city, weighted and protected.

    ``targets``: indicator -> {"value", "sense"} of the wave, instead of the questionnaire's own.
    """
    plan = plan or AnalysisPlan()
    weights = weigh(rows.rows)
    indicators = with_targets(rows.questionnaire, targets or {})
    data = _data(rows, weights, indicators)
    design = _design(data)
    requests = _requests(indicators)
    levels: list[tuple[str, ...]] = [(COMMUNITY,), (STREET,), ()]
    raw = [
        estimate(data, design, requests, by=by, interval=plan.interval, level=plan.level, lonely_psu=plan.lonely_psu)
        for by in levels
    ]
    raw[0] = _with_silent(raw[0], rows, indicators)
    by_area = _rates(rows)
    return WaveEstimates(
        cases=rows,
        weights=weights,
        plan=plan,
        indicators=indicators,
        raw=tuple(raw),
        table=_protected(rows, raw, indicators, by_area, plan),
        rates=by_area,
    )


def with_targets(questionnaire: Questionnaire, targets: Mapping[str, Mapping[str, Any]]) -> tuple[Indicator, ...]:
    """The questionnaire's indicators, those that the wave names with the wave's target."""
    return tuple(
        replace(one, target=Target(value=float(targets[one.id]["value"]), sense=Sense(targets[one.id]["sense"])))
        if one.id in targets
        else one
        for one in questionnaire.indicators
    )


def specification(plan: AnalysisPlan, rows: WaveCases) -> dict[str, Any]:
    """How it was computed, as a release keeps it."""
    adults = sum(row.chose_adult for row in rows.rows)
    household = "included" if adults == len(rows.rows) else "included where the frame had adults" if adults else ""
    return {
        "design_weight": "1 / inclusion probability over all stages"
        + (f", the adult within the household {household}" if household else " down to the household"),
        "nonresponse": {
            "method": "weighting classes",
            "classes": "grid within community",
            "minimum_respondents": MINIMUM_RESPONDENTS,
            "unknown_eligibility": "share e of AAPOR RR3, by community",
        },
        "calibration": None,
        "variance": "linearisation over all stages down to the household, with finite population corrections",
        "lonely_psu": plan.lonely_psu.value,
        "interval": plan.interval.value,
        "level": plan.level,
        "rule": {
            "minimum_respondents": plan.rule.minimum_respondents,
            "group_disclosure_below": plan.rule.group_disclosure_below,
            "reliability": plan.rule.reliability.value,
            "minimum_effective_sample": plan.rule.minimum_effective_sample,
            "widest_interval": plan.rule.widest_interval,
        },
    }


# ------------------------------------------------------------------ rows to columns


def _data(rows: WaveCases, weights: Weights, indicators: Sequence[Indicator]) -> pd.DataFrame:
    """One line per respondent: domains, design, weight, and the pair (y, x) of every indicator."""
    places = [place for place, row in enumerate(rows.rows) if row.responded]
    kept = [rows.rows[place] for place in places]
    stages = max(len(row.variance_stages) for row in kept)
    columns: dict[str, Any] = {
        COMMUNITY: [row.community for row in kept],
        STREET: [row.street for row in kept],
        "weight": weights.nonresponse_weight[places],
        "stratum": [row.stratum for row in kept],
    }
    for stage in range(stages):
        columns[_unit(stage)] = [_stage(row, stage)[0] for row in kept]
        columns[_population(stage)] = [_stage(row, stage)[1] for row in kept]
    pairs_of = evaluator(rows.questionnaire)
    pairs = [pairs_of(row.answers or {}) for row in kept]
    for indicator in indicators:
        if indicator.kind is IndicatorKind.INDEX:
            continue
        found = [pair[indicator.id] for pair in pairs]
        columns[f"{indicator.id}.y"] = np.array([np.nan if pair is None else pair[0] for pair in found])
        columns[f"{indicator.id}.x"] = np.array([np.nan if pair is None else pair[1] for pair in found])
    return pd.DataFrame(columns)


def _stage(row: CaseRow, stage: int) -> tuple[str, int]:
    """Unit and population of one stage; below a row's last stage the unit is drawn with certainty, 1 of 1."""
    own = row.variance_stages
    if stage < len(own):
        return str(own[stage]["unit"]), int(own[stage]["population"])
    return str(own[-1]["unit"]), 1


def _unit(stage: int) -> str:
    return f"unit_{stage + 1}"


def _population(stage: int) -> str:
    return f"population_{stage + 1}"


def _design(data: pd.DataFrame) -> SurveyDesign:
    stages = sum(column.startswith("unit_") for column in data.columns)
    return SurveyDesign.from_frame(
        data,
        weight="weight",
        strata=["stratum"],
        clusters=[_unit(stage) for stage in range(stages)],
        population_sizes=[_population(stage) for stage in range(stages)],
    )


# ------------------------------------------------------------------ indicators to requests


def _requests(indicators: Sequence[Indicator]) -> list[Request]:
    ratios = {one.id: _ratio(one) for one in indicators if one.kind is not IndicatorKind.INDEX}
    scales = {one.id: scale(one, indicators) for one in indicators}
    requests: list[Request] = []
    for one in indicators:
        if one.kind is IndicatorKind.INDEX:
            parts = tuple((ratios[part.indicator], part.weight) for part in one.parts)
            requests.append(Index(one.id, parts, scale=scales[one.id]))
        else:
            requests.append(ratios[one.id])
    return requests


def _ratio(indicator: Indicator) -> Ratio:
    share = indicator.kind in (IndicatorKind.PROPORTION, IndicatorKind.SHARE_CORRECT)
    return Ratio(
        f"{indicator.id}.y",
        f"{indicator.id}.x",
        variable=indicator.id,
        scale=scale(indicator, ()),
        statistic=Statistic.PROPORTION if share else Statistic.MEAN,
    )


def scale(indicator: Indicator, others: Sequence[Indicator]) -> tuple[float, float] | None:
    """The range that an indicator can take; None for the mean of a number without bounds."""
    match indicator.kind:
        case IndicatorKind.PROPORTION | IndicatorKind.SHARE_CORRECT:
            return (0.0, 1.0)
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
            by_id = {one.id: one for one in others}
            scales = [(scale(by_id[part.indicator], others), part.weight) for part in indicator.parts]
            if any(found is None for found, _ in scales):
                return None
            ends = [(found[0] * weight, found[1] * weight) for found, weight in scales if found is not None]
            return (sum(min(pair) for pair in ends), sum(max(pair) for pair in ends))


def _with_silent(communities: Estimates, rows: WaveCases, indicators: Sequence[Indicator]) -> Estimates:
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
            scale=scale(one, indicators),
            notes=("not estimable: nobody in this domain answered",),
        )
        for area in rows.communities
        if community_domain(area.code) not in present
        for one in indicators
    ]
    return replace(communities, estimates=(*communities.estimates, *silent))


# ------------------------------------------------------------------ protection


def _protected(
    rows: WaveCases,
    raw: Sequence[Estimates],
    indicators: Sequence[Indicator],
    by_area: Mapping[str, ResponseRates],
    plan: AnalysisPlan,
) -> PublishableTable:
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
    return protect(
        *raw,
        rule=plan.rule,
        goals={one.id: _goal(one.target) for one in indicators if one.target is not None},
        hierarchy=hierarchy,
        response_rates={
            domains[code]: found.rr3 for code, found in by_area.items() if found.rr3 is not None and code in domains
        },
        adults=adults,
    )


def _goal(target: Target) -> Goal:
    return Goal(value=target.value, at_least=target.sense is Sense.AT_LEAST)


def _rates(rows: WaveCases) -> dict[str, ResponseRates]:
    found = {rows.city.code: rates(rows.rows)}
    for street, communities in rows.streets:
        found[street.code] = rates([row for row in rows.rows if row.street == street.code])
        for community in communities:
            found[community.code] = rates([row for row in rows.rows if row.community == community.code])
    return found
