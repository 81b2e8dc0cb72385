"""From weights and columns to tables of every level and group, with the variance of the whole design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.auxiliaries import Calibration
from analysis.case_columns import CaseColumns
from analysis.design import SurveyDesign
from analysis.estimation.estimate import Estimator, estimator_of
from analysis.estimation.options import Options
from analysis.estimation.requested_items import RequestedItems, items_of_requests
from analysis.estimation.requests import Index, Ratio, Request
from analysis.estimation.table import EstimateTable
from analysis.families import Related
from analysis.plan import NO_ANSWER, Adults, AnalysisPlan, Level
from analysis.results import Domain, Statistic

COMMUNITY, STREET, ADULTS = "community", "street", "adults"
BY_LEVEL: dict[Level, tuple[str, ...]] = {Level.COMMUNITY: (COMMUNITY,), Level.STREET: (STREET,), Level.CITY: ()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One indicator as the engine estimates it: the ratio of its pair, or a weighted sum of others."""

    id: str
    share: bool = True  # a proportion, with the intervals of one; else a mean
    scale: tuple[float, float] | None = (0.0, 1.0)
    parts: tuple[tuple[str, float], ...] = ()  # of an index: indicator and weight
    by_draw: bool = False  # it rests on blocks of the questionnaire that were drawn for each respondent
    totals: bool = False  # a ratio of two totals, in which people count by their numbers
    beside: str | None = None  # the indicator that this is the second base of: with it this one is chosen
    numerator_of: str | None = None  # another, before it, that divides the same sum by another base
    group: str | None = None  # of items that the same people are asked about, one beside the other


def related(indicators: Sequence[Asked]) -> Related:
    """Figures that follow from each other: one sum over two bases, and an index from its parts."""
    there = {one.id for one in indicators}
    return Related(
        one_sum=tuple(
            (one.numerator_of, one.id)
            for one in indicators
            if one.numerator_of is not None and one.numerator_of in there
        ),
        parts={one.id: tuple(part for part, _ in one.parts) for one in indicators if one.parts},
    )


def area_hierarchy(columns: CaseColumns) -> dict[Domain, Domain]:
    """Every street's and community's figures, and the larger ones they are part of: what the publication rule needs."""
    found: dict[Domain, Domain] = {((STREET, name),): () for name in columns.streets}
    for place, name in enumerate(columns.community.names):
        found[((COMMUNITY, name),)] = ((STREET, columns.streets[columns.street_of_community[place]]),)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Respondents:
    """What all figures of a wave are made of, read once, and the tables that were made of it already."""

    frame: pd.DataFrame
    design: SurveyDesign
    requested: RequestedItems
    indicators: tuple[Asked, ...]
    plan: AnalysisPlan
    known: dict[tuple[str, ...], EstimateTable] = field(default_factory=dict)  # by what they are by

    @staticmethod
    def of(
        columns: CaseColumns,
        weight: FloatArray,
        calibration: Calibration | None,
        indicators: Sequence[Asked],
        plan: AnalysisPlan,
    ) -> Respondents:
        """``weight`` (respondents,)."""
        frame, design = frame_and_design(columns, weight, calibration, indicators, plan)
        requested = items_of_requests(frame, requests_of(indicators), design.respondents)
        return Respondents(frame, design, requested, tuple(indicators), plan)

    def estimator(self, *by: str, domains: pd.DataFrame | None = None) -> Estimator:
        """``domains``: the columns ``by``, where they are not the respondents' own."""
        frame = self.frame if domains is None else domains
        return estimator_of(frame, self.design, self.requested, by=by, options=options_of(self.plan))

    def answered(self, group: str) -> pd.Series[Any]:
        """Without the class of those who gave no answer: they have figures, and are nobody to be held against."""
        column = self.frame[group]
        return column.cat.remove_categories([NO_ANSWER]) if self.with_silent(group) else column

    def with_silent(self, group: str) -> bool:
        return NO_ANSWER in self.frame[group].cat.categories


def tables(of: Respondents) -> tuple[dict[str, EstimateTable], dict[Level, Estimator]]:
    """Figures by name of what they are by: ``community``, ``street``, ``city``, and ``city.age``, ``street.age`` where
    the plan asks for groups; and what those of the areas were made by."""
    estimators = {level: of.estimator(*BY_LEVEL[level]) for level in of.plan.levels}
    found = {level.value: estimator.table() for level, estimator in estimators.items()}
    for group in of.plan.groups:
        for level in (Level.CITY, Level.STREET):
            by = (*BY_LEVEL[level], group)
            known = of.known.get(by)
            found[f"{level.value}.{group}"] = of.estimator(*by).table() if known is None else known
    return found, estimators


def inside(column: pd.Series[Any], label: str, names: tuple[str, str]) -> pd.Categorical[str]:
    """The second of the names for respondents with the label, the first for the rest; nothing where it is not known."""
    codes = column.cat.codes.to_numpy()
    own = column.cat.categories.get_loc(label)
    return pd.Categorical.from_codes(np.where(codes < 0, -1, codes == own), pd.Index(names, dtype="str"))


def options_of(plan: AnalysisPlan) -> Options:
    return Options(interval=plan.interval, level=plan.level, lonely_psu=plan.variance.lonely_psu)


def frame_and_design(
    columns: CaseColumns,
    weight: FloatArray,
    calibration: Calibration | None,
    indicators: Sequence[Asked],
    plan: AnalysisPlan,
) -> tuple[pd.DataFrame, SurveyDesign]:
    """Respondents, and how they were drawn and calibrated. ``weight`` (respondents,)."""
    frame = respondent_frame(columns, weight, indicators, plan)
    design = survey_design(columns, frame, plan)
    if any(one.by_draw for one in indicators):
        design = design.asked_in_part()
    return frame, replace(design, calibration=calibration)


def respondent_frame(
    columns: CaseColumns, weight: FloatArray, indicators: Sequence[Asked], plan: AnalysisPlan
) -> pd.DataFrame:
    rows = columns.respondents
    data: dict[str, object] = {
        COMMUNITY: columns.community.take(rows).categorical(),
        STREET: columns.street.take(rows).categorical(),
        "weight": weight,
        "stratum": columns.stratum.codes[rows],
    }
    for stage, (unit, population) in enumerate(zip(columns.units, columns.populations, strict=True)):
        data[unit_column(stage)] = unit.codes[rows]
        data[population_column(stage)] = population[rows]
    if with_adult_stage(columns, plan):
        asked = plan.base_weight.adults is Adults.ASKED
        data[ADULTS] = columns.adults_of_respondents() if asked else columns.adults[rows]
    for group in plan.groups:
        if group in columns.groups:
            data[group] = columns.groups[group].categorical()
    place = {name: number for number, name in enumerate(columns.indicators)}
    for one in indicators:
        if not one.parts:
            data[f"{one.id}.y"] = columns.numerators[place[one.id]]
            data[f"{one.id}.x"] = columns.denominators[place[one.id]]
    return pd.DataFrame(data, copy=False)


def with_adult_stage(columns: CaseColumns, plan: AnalysisPlan) -> bool:
    """Whether the adult within the household is a stage of the variance: then households that were not asked in full
    take no finite population correction, and are no complete enumeration, whoever answered."""
    return plan.variance.adult_stage and (columns.adults_known or plan.base_weight.adults is Adults.ASKED)


def survey_design(columns: CaseColumns, frame: pd.DataFrame, plan: AnalysisPlan) -> SurveyDesign:
    stages = range(len(columns.units))
    return SurveyDesign.from_frame(
        frame,
        weight="weight",
        strata=["stratum"],
        clusters=[unit_column(stage) for stage in stages],
        population_sizes=[population_column(stage) for stage in stages],
        adults=ADULTS if with_adult_stage(columns, plan) else None,
    )


def unit_column(stage: int) -> str:
    return f"unit_{stage + 1}"


def population_column(stage: int) -> str:
    return f"population_{stage + 1}"


def requests_of(indicators: Sequence[Asked]) -> list[Request]:
    ratios = {
        one.id: Ratio(
            f"{one.id}.y",
            f"{one.id}.x",
            variable=one.id,
            scale=one.scale,
            statistic=Statistic.RATIO if one.totals else Statistic.PROPORTION if one.share else Statistic.MEAN,
        )
        for one in indicators
        if not one.parts
    }
    return [
        Index(one.id, tuple((ratios[part], weight) for part, weight in one.parts), scale=one.scale)
        if one.parts
        else ratios[one.id]
        for one in indicators
    ]


def city_rates(columns: CaseColumns, weight: FloatArray, indicators: Sequence[Asked]) -> dict[str, float | None]:
    """Every indicator of the city under other weights, without an error: what one step of weighting did to it."""
    place = {name: number for number, name in enumerate(columns.indicators)}
    found: dict[str, float | None] = {}
    for one in indicators:
        if one.parts:
            continue
        y, x = columns.numerators[place[one.id]], columns.denominators[place[one.id]]
        below = float(np.nansum(weight * x))
        found[one.id] = float(np.nansum(weight * y)) / below if below > 0 else None
    for one in indicators:
        if one.parts:
            parts = [(found.get(part), share) for part, share in one.parts]
            known = [value * share for value, share in parts if value is not None]
            found[one.id] = sum(known) if len(known) == len(parts) else None
    return found
