"""Estimates of a wave as the summaries that reports are written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analysis.weighting import kish_design_effect, kish_effective_sample_size
from questionnaires.indicators import Indicator
from questionnaires.text import Text
from reports.content import AreaSummary, Caution, CommunitySummary, Imprint, Method, Place, Sample
from survey_service.analyses.response_rates import recorded
from survey_service.analyses.service import (
    CITY_DOMAIN,
    WaveEstimates,
    community_domain,
    street_domain,
)
from survey_service.analyses.wave_cases import AreaName
from survey_service.analyses.weights import MINIMUM_RESPONDENTS

USUAL_CAUTION: Final = Caution()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summaries:
    """Everything that the PDFs of one wave need, by area code."""

    communities: Mapping[str, CommunitySummary]
    streets: Mapping[str, AreaSummary]
    city: AreaSummary


def summaries(
    estimates: WaveEstimates, *, imprint: Imprint, method: Method, caution: Caution = USUAL_CAUTION
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
    samples = {code: _sample(estimates, code) for code in estimates.rates}
    shared: dict[str, Any] = {"imprint": imprint, "method": method, "city": city, "table": estimates.table}
    shared |= {"indicators": indicators, "names": names, "caution": caution}
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


def method_of(given: Mapping[str, Any], estimates: WaveEstimates) -> Method:
    """The method's words: what the wave's manager wrote of population, frame and selection, and what was computed.

    What was computed is said of these rows: adults of the household only where the draw counted them, stages only where
    there were several, joined grids only where some were.
    """
    coverage = given.get("frame_coverage")
    return Method(
        population=_text(given, "population"),
        frame=_text(given, "frame"),
        frame_coverage=float(coverage) if coverage is not None else None,
        selection=_text(given, "selection"),
        weighting=_weighting(estimates),
        variance=_variance(estimates),
    )


def _weighting(estimates: WaveEstimates) -> Text:
    rows = estimates.cases.rows
    adults = sum(row.chose_adult for row in rows)
    zh, en = "先按抽中概率加权", "Weights start from the selection probabilities"
    if adults == len(rows):
        zh += "，含户内成人数"
        en += ", the number of adults in the household included"
    elif not adults:
        zh += "；抽样框里没有户内成人数，权数是户的权数"
        en += "; the frame has no number of adults, so they are weights of households"
    zh += "；再以网格为加权类调整无应答"
    en += ", and are adjusted for nonresponse by grid"
    if any(record.collapsed for record in estimates.weights.records.values()):
        zh += f"，完成不足 {MINIMUM_RESPONDENTS} 份的网格并入本社区相邻的网格"
        en += (
            f"; a grid with fewer than {MINIMUM_RESPONDENTS} completed questionnaires is joined with a neighbour in "
            "the same community"
        )
    return Text(f"{zh}。未做人口校准。", f"{en}. They are not calibrated to the population.")


def _variance(estimates: WaveEstimates) -> Text:
    several = any(len(row.variance_stages) > 1 for row in estimates.cases.rows)
    zh, en = ("、逐级抽样", ", every stage of selection") if several else ("", "")
    return Text(
        f"区间计入分层{zh}、不等概率和有限总体的影响；无应答调整按已定的系数处理。",
        f"Intervals count stratification{en}, unequal probabilities and finite populations; "
        "the nonresponse adjustment is taken as given.",
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
    rows = estimates.cases
    inside = np.array([code in (row.community, row.street, rows.city.code) for row in rows.rows], dtype=bool)
    here = [row for row, included in zip(rows.rows, inside, strict=True) if included]
    weights = estimates.weights.nonresponse_weight[inside]
    answered = weights[weights > 0]
    communities = {row.community for row in rows.rows if code in (row.community, row.street, rows.city.code)}
    return Sample(
        rates=estimates.rates[code],
        kish_design_effect=kish_design_effect(answered) if len(answered) else None,
        kish_effective_sample_size=kish_effective_sample_size(answered) if len(answered) else None,
        outcomes_recorded=recorded(here),
        open_responses=sum(count for area, count in rows.open_responses.items() if area in communities),
        open_in_bursts=sum(count for area, count in rows.open_in_bursts.items() if area in communities),
    )
