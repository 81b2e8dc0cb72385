"""Change from an earlier wave of the same survey, for the city, streets, communities and groups, all at once.

Both waves stand in one design. A stratum of which a PSU was asked in both keeps its name and theirs, and the covariance
follows; every other is a stratum of its own in each wave. The weights of each wave meet the margins of that wave, and
what those explain is taken out of that wave's rows alone: its margins are columns that are 0 in the other wave. A
finite population correction is there only where both waves asked the same units of a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
import pandas as pd
from scipy import stats

from analysis.arrays import BoolArray, FloatArray, IntArray, sum_by
from analysis.auxiliaries import Auxiliaries, AuxiliaryBlock, Calibration
from analysis.case_columns import CaseColumns
from analysis.design import SurveyDesign
from analysis.engine.figures import (
    ADULTS,
    BY_LEVEL,
    Asked,
    options_of,
    population_column,
    requests_of,
    respondent_frame,
    unit_column,
)
from analysis.engine.wave_units import CommonUnits
from analysis.estimation.differences import Differences, differences
from analysis.estimation.estimate import Estimator, prepare_estimator
from analysis.estimation.small_sample import Expected, expected_of
from analysis.estimation.table import EstimateTable
from analysis.plan import OF_REGISTER, AnalysisPlan, Level
from analysis.results import ChangeVerdict, Domain

WAVE, BEFORE, AFTER = "wave", "0", "1"
POWER = 0.80
"""The detectable change is what would have been found with this probability."""
_ROUNDS = 20
"""Of finding a change that its own variance depends on; each brings it nearer by a digit or so."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveFigures:
    """One wave as it was weighed by its own plan; ``weight`` (respondents,)."""

    columns: CaseColumns
    weight: FloatArray
    calibration: Calibration | None
    plan: AnalysisPlan


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ChangeTable:
    """One row per indicator, one column per domain that both waves have; NaN where nothing can be said."""

    indicators: tuple[str, ...]
    domains: tuple[Domain, ...]
    before: FloatArray
    after: FloatArray
    difference: FloatArray
    standard_error: FloatArray  # counting what means and margins fit
    linearised_error: FloatArray  # not counting it: that of R's survey
    low: FloatArray
    high: FloatArray
    degrees_of_freedom: FloatArray
    detectable: FloatArray  # the least change that would have been found with a probability of POWER

    def verdict(self, indicator: int, domain: int) -> ChangeVerdict:
        """What the figures say, where definition, selection, frame and modes are alike."""
        low, high = self.low[indicator, domain], self.high[indicator, domain]
        if np.isnan(low) or np.isnan(high):
            return ChangeVerdict.NOT_ESTIMABLE
        if low > 0:
            return ChangeVerdict.RISEN
        return ChangeVerdict.FALLEN if high < 0 else ChangeVerdict.NO_DETECTABLE_CHANGE


def change_tables(before: WaveFigures, after: WaveFigures, indicators: Sequence[Asked]) -> dict[str, ChangeTable]:
    """By name of the table as in ``figures.tables``: community, street, city, and city.age where both know the
    group. Of groups that the register counts: a question may be asked otherwise in another wave.

    ``indicators`` are those whose definition is the same in both waves. Confidence level, lonely PSUs, levels of areas
    and groups are those of the later wave's plan. A table in which no domain was asked in both waves is left out.
    """
    plan = after.plan
    known = [one.value for one in OF_REGISTER if all(one in wave.columns.groups for wave in (before, after))]
    groups = tuple(one for one in plan.groups if one in known)
    both = _Both.of(before, after, indicators, groups)
    wanted: dict[str, tuple[str, ...]] = {level.value: BY_LEVEL[level] for level in plan.levels}
    wanted |= {f"{Level.CITY.value}.{group}": (group,) for group in groups}
    options = options_of(plan)
    found: dict[str, ChangeTable] = {}
    fitted: Expected | None = None
    for name, by in wanted.items():
        estimator = prepare_estimator(both.frame, both.design, requests_of(indicators), by=(*by, WAVE), options=options)
        if fitted is None or both.design.calibration is None:  # what margins fit is the same in every table
            fitted = expected_of(estimator)
        table = _table(estimator, fitted, tuple(one.id for one in indicators))
        if table.domains:
            found[name] = table
    return found


def _table(estimator: Estimator, fitted: Expected, indicators: tuple[str, ...]) -> ChangeTable:
    place = {key: number for number, key in enumerate(estimator.domains.keys)}
    domains = [key[:-1] for key in place if key[-1][1] == AFTER and (*key[:-1], (WAVE, BEFORE)) in place]
    first, second = (
        np.array([place[(*domain, (WAVE, wave))] for domain in domains], dtype=np.int64) for wave in (BEFORE, AFTER)
    )
    table, apart = differences(estimator, first, second, fitted=fitted)
    return _changes(table, apart, tuple(domains), first, second, indicators)


def _changes(
    table: EstimateTable,
    apart: Differences,
    domains: tuple[Domain, ...],
    first: IntArray,
    second: IntArray,
    indicators: tuple[str, ...],
) -> ChangeTable:
    return ChangeTable(
        indicators=indicators,
        domains=domains,
        before=table.figures.value[:, first],
        after=table.figures.value[:, second],
        difference=apart.value,
        standard_error=apart.standard_error,
        linearised_error=apart.linearised_error,
        low=apart.low,
        high=apart.high,
        degrees_of_freedom=apart.degrees_of_freedom,
        detectable=_detectable(table, apart, first, second),
    )


def _detectable(table: EstimateTable, apart: Differences, first: IntArray, second: IntArray) -> FloatArray:
    """The change from the earlier figure, up or down, whichever is the larger, that is found with POWER.

    The variance of a share is that of the level it has moved to: sqrt(V + V_after (q (1 - q) / (p (1 - p)) - 1)) with
    q the earlier share moved by the change and p the later one as it is; so the change is that of an equation, as in
    ``size_for_change``.
    """
    error = apart.standard_error
    half = np.maximum(apart.high - apart.value, apart.value - apart.low)
    with np.errstate(invalid="ignore"):
        plain = half + stats.t.ppf(POWER, apart.degrees_of_freedom) * error
    before, after = table.figures.value[:, first], table.figures.value[:, second]
    own = table.figures.standard_error[:, second]
    share = np.array([[quantity.share] for quantity in table.quantities]) & (after > 0) & (after < 1) & (error > 0)
    found = plain.copy()
    for direction in (-1.0, 1.0):
        change = plain.copy()
        for _ in range(_ROUNDS):
            moved = np.clip(before + direction * change, 0.0, 1.0)
            with np.errstate(divide="ignore", invalid="ignore"):
                grown = 1 + (own / error) ** 2 * (moved * (1 - moved) / (after * (1 - after)) - 1)
                change = plain * np.sqrt(np.maximum(grown, 0.0))
        moved = before + direction * change
        found = np.where(share & (moved >= 0) & (moved <= 1) & (change > found), change, found)
    return found


# ------------------------------------------------------------------ both waves in one design


@dataclass(frozen=True, slots=True, eq=False)
class _Both:
    frame: pd.DataFrame
    design: SurveyDesign

    @staticmethod
    def of(before: WaveFigures, after: WaveFigures, indicators: Sequence[Asked], groups: tuple[str, ...]) -> _Both:
        waves = (before, after)
        frames = [
            respondent_frame(one.columns, one.weight, indicators, replace(one.plan, groups=groups)) for one in waves
        ]
        common = CommonUnits.of(before.columns, after.columns)
        stages = len(common.units)
        for number, frame in enumerate(frames):
            _set_units(frame, common, number)
            frame[WAVE] = pd.Categorical.from_codes([number] * len(frame), pd.Index([BEFORE, AFTER], dtype="str"))
        in_part = np.concatenate([_in_part(one) for one in frames])
        frame = _together(frames)
        changed = _level_populations(frame, stages)
        # Of a household that was not asked whole another adult might have been drawn: see SurveyDesign.from_frame,
        # which cannot be asked here, for a household that is in both waves has one respondent in each.
        changed[-1] |= in_part
        design = SurveyDesign.from_frame(
            frame,
            weight="weight",
            strata=["stratum"],
            clusters=[unit_column(stage) for stage in range(stages)],
            population_sizes=[population_column(stage) for stage in range(stages)],
        )
        design = _without_correction(
            design, changed, frame[WAVE].cat.codes.to_numpy() == 1, np.concatenate(common.in_both)
        )
        if any(one.by_draw for one in indicators):
            design = design.asked_in_part()
        return _Both(frame, replace(design, calibration=_calibration(waves)))


def _in_part(frame: pd.DataFrame) -> BoolArray:
    """Respondents of one wave whose household has other adults, where its plan counts the adult as a stage."""
    if ADULTS not in frame:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray(frame[ADULTS].to_numpy() > 1)


def _set_units(frame: pd.DataFrame, common: CommonUnits, wave: int) -> None:
    """Strata and units under the codes of both waves in place of those of one; below its last stage 1 unit of 1."""
    frame["stratum"] = common.stratum[wave]
    for stage, units in enumerate(common.units):
        frame[unit_column(stage)] = units[wave]
        if population_column(stage) not in frame:
            frame[population_column(stage)] = 1.0


def _together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One below the other; labels stay labels, with the names of both."""
    names = [name for name in frames[0].columns if all(name in frame.columns for frame in frames)]
    joined: dict[str, object] = {}
    for name in names:
        parts = [frame[name] for frame in frames]
        if isinstance(parts[0].dtype, pd.CategoricalDtype):
            joined[name] = pd.api.types.union_categoricals([part.array for part in parts])
        else:
            joined[name] = np.concatenate([part.to_numpy() for part in parts])
    return pd.DataFrame(joined, copy=False)


def _level_populations(frame: pd.DataFrame, stages: int) -> list[BoolArray]:
    """Gives a group of units the larger number that the waves know of it; per stage, the rows of which they differ."""
    group, changed = [frame["stratum"].cat.codes.to_numpy()], []
    for stage in range(stages):
        name = population_column(stage)
        of_group = frame.groupby(group, sort=False)[name]
        largest = of_group.transform("max").to_numpy()
        changed.append(largest != of_group.transform("min").to_numpy())
        frame[name] = largest
        group.append(frame[unit_column(stage)].to_numpy())
    return changed


def _without_correction(
    design: SurveyDesign, changed: Sequence[BoolArray], later: BoolArray, in_both: BoolArray
) -> SurveyDesign:
    """A finite population correction only for groups of which both waves asked the same units out of as many.

    Of waves that share a part the covariance says as much already: it takes what units have in common off both, and
    what is left of a correction is that of the units' own changes, which is left out on the safe side. A group of a
    stratum that one wave alone has keeps its own.
    """
    stages = []
    for stage, rows in zip(design.stages, changed, strict=True):
        asked = [sum_by(stage.unit_of_row, side, stage.units) > 0 for side in (~later, later)]
        alone = (asked[0] != asked[1])[stage.unit_of_row] & in_both
        population = stage.population_size.copy()
        population[stage.group_of_unit[stage.unit_of_row[rows | alone]]] = np.inf
        stages.append(replace(stage, population_size=population))
    return replace(design, stages=tuple(stages))


def _calibration(waves: tuple[WaveFigures, WaveFigures]) -> Calibration | None:
    """The margins of each wave beside each other, each 0 in the other; a wave without margins has no column."""
    if all(one.calibration is None for one in waves):
        return None
    rows = [len(one.weight) for one in waves]
    before = [one.weight if one.calibration is None else one.calibration.weight_before for one in waves]
    # Longest beside longest: no row is in a column of both, and so they are one margin, whose products are a diagonal.
    ordered = [
        () if one.calibration is None else sorted(one.calibration.auxiliaries.blocks, key=_columns, reverse=True)
        for one in waves
    ]
    blocks = tuple(_as_one(pair, rows) for pair in zip_longest(*ordered))
    return Calibration(weight_before=np.concatenate(before), auxiliaries=Auxiliaries(rows=sum(rows), blocks=blocks))


def _columns(block: AuxiliaryBlock) -> int:
    return len(block.columns)


def _as_one(pair: tuple[AuxiliaryBlock | None, ...], rows: Sequence[int]) -> AuxiliaryBlock:
    """A margin of each wave as one whose columns are those of both; None where a wave has no further one."""
    codes, offset = [np.full(count, -1, dtype=np.int64) for count in rows], 0
    values = [np.ones(count) for count in rows]
    there = [(number, block) for number, block in enumerate(pair) if block is not None]
    for number, block in there:
        codes[number] = np.where(block.code_of_row >= 0, block.code_of_row + offset, -1)
        offset += len(block.columns)
        if block.value_of_row is not None:
            values[number] = block.value_of_row
    counted = all(block.value_of_row is None for _, block in there)
    return AuxiliaryBlock(
        margin=" ".join(f"{block.margin}@{number}" for number, block in there),
        columns=tuple(f"{name}@{number}" for number, block in there for name in block.columns),
        code_of_row=np.concatenate(codes),
        value_of_row=None if counted else np.concatenate(values),
        totals=np.concatenate([block.totals for _, block in there]),
    )
