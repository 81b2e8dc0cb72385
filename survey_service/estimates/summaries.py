"""Estimates of a wave as the summaries that reports are written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.weighting import kish_design_effect, kish_effective_sample_size
from questionnaires.indicators import Indicator
from questionnaires.text import Text
from reports.content import AreaSummary, CommunitySummary, Imprint, Method, Place, Sample
from survey_service.estimates.frame import AreaName
from survey_service.estimates.service import (
    CITY_DOMAIN,
    WaveEstimates,
    community_domain,
    street_domain,
)
from survey_service.estimates.weights import MINIMUM_RESPONDENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Summaries:
    """Everything that the PDFs of one wave need, by area code."""

    communities: Mapping[str, CommunitySummary]
    streets: Mapping[str, AreaSummary]
    city: AreaSummary


def summaries(estimates: WaveEstimates, *, imprint: Imprint, method: Method) -> Summaries:
    """One summary per community and street, and one of the city."""
    rows = estimates.frame
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
    samples = {code: _sample(estimates, code) for code in estimates.rates}
    shared: dict[str, Any] = {"imprint": imprint, "method": method, "city": city, "table": estimates.table}
    shared |= {"indicators": indicators, "names": names}
    communities = {
        place.code: CommunitySummary(place=place, street=street, sample=samples[place.code], **shared)
        for street, inside in tree
        for place in inside
    }
    streets = {
        street.code: AreaSummary(place=street, streets=((street, inside),), samples=samples, **shared)
        for street, inside in tree
    }
    whole = AreaSummary(place=city, streets=tree, samples=samples, **shared)
    return Summaries(communities=communities, streets=streets, city=whole)


def method_of(given: Mapping[str, Any]) -> Method:
    """The method's words: what the wave's manager wrote of population, frame and selection, and what was computed."""
    coverage = given.get("frame_coverage")
    return Method(
        population=_text(given, "population"),
        frame=_text(given, "frame"),
        frame_coverage=float(coverage) if coverage is not None else None,
        selection=_text(given, "selection"),
        weighting=Text(
            "先按抽中概率加权，含户内成人数；再以网格为加权类调整无应答，"
            f"完成不足 {MINIMUM_RESPONDENTS} 份的网格并入本社区相邻的网格。未做人口校准。",
            "Weights start from the selection probabilities, the number of adults in the household included, and are "
            f"adjusted for nonresponse by grid; a grid with fewer than {MINIMUM_RESPONDENTS} completed questionnaires "
            "is joined with a neighbour in the same community. They are not calibrated to the population.",
        ),
        variance=Text(
            "区间计入分层、逐级抽样、不等概率和有限总体的影响；无应答调整按已定的系数处理。",
            "Intervals count stratification, every stage of selection, unequal probabilities and finite populations; "
            "the nonresponse adjustment is taken as given.",
        ),
    )


def _text(given: Mapping[str, Any], name: str) -> Text:
    value = given.get(name) or {}
    return Text(str(value.get("zh", "")), str(value.get("en", "")))


def _place(area: AreaName, domain: tuple[tuple[str, str], ...]) -> Place:
    return Place(code=area.code, name=Text(area.name_zh, area.name_en), domain=domain)


def _ordered(indicators: Sequence[Indicator]) -> tuple[Indicator, ...]:
    """Headline first, then the rest, groups last; each in the order of the questionnaire."""
    return tuple(sorted(indicators, key=lambda one: (not one.headline, one.group is not None)))


def _sample(estimates: WaveEstimates, code: str) -> Sample:
    rows = estimates.frame
    inside = np.array([code in (row.community, row.street, rows.city.code) for row in rows.rows], dtype=bool)
    weights = estimates.weights.nonresponse_weight[inside]
    answered = weights[weights > 0]
    communities = {row.community for row in rows.rows if code in (row.community, row.street, rows.city.code)}
    return Sample(
        rates=estimates.rates[code],
        kish_design_effect=kish_design_effect(answered) if len(answered) else None,
        kish_effective_sample_size=kish_effective_sample_size(answered) if len(answered) else None,
        open_responses=sum(count for area, count in rows.open_responses.items() if area in communities),
    )
