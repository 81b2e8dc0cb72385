"""Several waves of a survey in one design.

A stratum of which a PSU was asked in two waves keeps its name and theirs, and the covariance follows; every other is a
stratum of its own in each wave. The weights of each wave meet the margins of that wave, and what those explain is taken
out of that wave's rows alone: its margins are columns that are 0 in the others. A finite population correction is there
only where all waves asked the same units of a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, sum_by
from analysis.auxiliaries import Auxiliaries, AuxiliaryBlock, Calibration
from analysis.case_columns import CaseColumns
from analysis.design import SurveyDesign
from analysis.engine.figures import ADULTS, Asked, population_column, respondent_frame, unit_column
from analysis.engine.wave_units import CommonUnits
from analysis.plan import AnalysisPlan

WAVE = "wave"
"""Column of the frame: the number of the wave, the earliest first, as a text."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveFigures:
    """One wave as it was weighed by its own plan; ``weight`` (respondents,)."""

    columns: CaseColumns
    weight: FloatArray
    calibration: Calibration | None
    plan: AnalysisPlan


@dataclass(frozen=True, slots=True, eq=False)
class JoinedWaves:
    """The respondents of all waves one below the other, and how all of them were drawn and calibrated."""

    frame: pd.DataFrame
    design: SurveyDesign

    @staticmethod
    def of(
        waves: Sequence[WaveFigures],
        indicators: Sequence[Asked],
        groups: tuple[str, ...] = (),
        *,
        apart: bool = False,
    ) -> JoinedWaves:
        """``apart``: every wave as its own analysis has it, as if none knew of another."""
        frames = [
            respondent_frame(one.columns, one.weight, indicators, replace(one.plan, groups=groups)) for one in waves
        ]
        common = CommonUnits.of([one.columns for one in waves], apart=apart)
        stages = len(common.units)
        names = pd.Index([str(number) for number in range(len(waves))], dtype="str")
        for number, frame in enumerate(frames):
            _set_units(frame, common, number)
            frame[WAVE] = pd.Categorical.from_codes([number] * len(frame), names)
        in_part = np.concatenate([_in_part(one) for one in frames])
        frame = _together(frames)
        changed = _level_populations(frame, stages)
        # Of a household that was not asked whole another adult might have been drawn: see SurveyDesign.from_frame,
        # which cannot be asked here, for a household that is in two waves has one respondent in each.
        changed[-1] |= in_part
        design = SurveyDesign.from_frame(
            frame,
            weight="weight",
            strata=["stratum"],
            clusters=[unit_column(stage) for stage in range(stages)],
            population_sizes=[population_column(stage) for stage in range(stages)],
        )
        wave = frame[WAVE].cat.codes.to_numpy().astype(np.int64)
        design = _without_correction(design, changed, wave, np.concatenate(common.known_in))
        if any(one.by_draw for one in indicators):
            design = design.asked_in_part()
        return JoinedWaves(frame, replace(design, calibration=_calibration(waves)))


def _in_part(frame: pd.DataFrame) -> BoolArray:
    """Respondents of one wave whose household has other adults, where its plan counts the adult as a stage."""
    if ADULTS not in frame:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray(frame[ADULTS].to_numpy() > 1)


def _set_units(frame: pd.DataFrame, common: CommonUnits, wave: int) -> None:
    """Strata and units under the codes of all waves in place of those of one; below its last stage 1 unit of 1."""
    frame["stratum"] = common.stratum[wave]
    for stage, units in enumerate(common.units):
        frame[unit_column(stage)] = units[wave]
        if population_column(stage) not in frame:
            frame[population_column(stage)] = 1.0


def _together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One below the other; labels stay labels, with the names of all."""
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
    design: SurveyDesign, changed: Sequence[BoolArray], wave: IntArray, known_in: IntArray
) -> SurveyDesign:
    """A finite population correction only for groups of which all waves asked the same units out of as many.

    Of waves that share a part the covariance says as much already: it takes what units have in common off both, and
    what is left of a correction is that of the units' own changes, which is left out on the safe side. A group of a
    stratum that one wave alone has keeps its own.
    """
    stages = []
    for stage, rows in zip(design.stages, changed, strict=True):
        asked = [sum_by(stage.unit_of_row, wave == number, stage.units) > 0 for number in np.unique(wave)]
        alone = np.sum(asked, axis=0)[stage.unit_of_row] < known_in
        population = stage.population_size.copy()
        population[stage.group_of_unit[stage.unit_of_row[rows | alone]]] = np.inf
        stages.append(replace(stage, population_size=population))
    return replace(design, stages=tuple(stages))


def _calibration(waves: Sequence[WaveFigures]) -> Calibration | None:
    """The margins of each wave beside each other, each 0 in the other; a wave without margins has no column."""
    if all(one.calibration is None for one in waves):
        return None
    rows = [len(one.weight) for one in waves]
    before = [one.weight if one.calibration is None else one.calibration.weight_before for one in waves]
    # Longest beside longest: no row is in a column of two, and so they are one margin, whose products are a diagonal.
    ordered = [
        () if one.calibration is None else sorted(one.calibration.auxiliaries.blocks, key=_columns, reverse=True)
        for one in waves
    ]
    blocks = tuple(_as_one(those, rows) for those in zip_longest(*ordered))
    return Calibration(weight_before=np.concatenate(before), auxiliaries=Auxiliaries(rows=sum(rows), blocks=blocks))


def _columns(block: AuxiliaryBlock) -> int:
    return len(block.columns)


def _as_one(those: tuple[AuxiliaryBlock | None, ...], rows: Sequence[int]) -> AuxiliaryBlock:
    """A margin of each wave as one whose columns are those of all; None where a wave has no further one."""
    codes, offset = [np.full(count, -1, dtype=np.int64) for count in rows], 0
    values = [np.ones(count) for count in rows]
    there = [(number, block) for number, block in enumerate(those) if block is not None]
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
