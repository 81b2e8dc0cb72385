"""Replicates whose weights meet the margins too: the calibration is repeated in each, as in every real sample.

The linearised variance after calibration says the same to first order and needs no replicates; these are for methods
without a linearisation, and to check it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.design import SurveyDesign
from analysis.estimation.replicates import (
    BalancedHalfSamples,
    Bootstrap,
    GivenReplicates,
    Jackknife,
    ReplicateKind,
    Sums,
    average_factor,
)
from analysis.estimation.variance import lonely_strata, sampling_fractions
from analysis.problems import DataProblem
from analysis.results import LonelyPsu
from analysis.weighting.calibration import Bounds, calibrate
from analysis.weighting.margins import Margin, read_margins
from analysis.weighting.records import CalibrationError, CalibrationMethod

Base: TypeAlias = Jackknife | Bootstrap | BalancedHalfSamples | GivenReplicates


@dataclass(frozen=True, slots=True, eq=False)
class RecalibratedReplicates(GivenReplicates):
    """Degrees of freedom are those of the design: margins take none away."""

    def degrees_of_freedom(self, sums: Sums) -> FloatArray | None:
        """Those of the design."""
        return None


def recalibrated(
    frame: pd.DataFrame,
    design: SurveyDesign,
    margins: Sequence[Margin],
    base: Base,
    *,
    method: CalibrationMethod = CalibrationMethod.RAKING,
    bounds: Bounds | None = None,
    tolerance: float = 1e-10,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
) -> tuple[SurveyDesign, GivenReplicates]:
    """The design with calibrated weights and its replicates, for ``estimate(..., replication=...)``.

    Holds rows x replicates weights: 500 replicates of 10,000 rows are 40 MB. Bounds are on the way from each
    replicate's own weights. ``lonely_psu``: what the jackknife does about strata with a single PSU. Raises
    CalibrationError naming the replicate whose weights cannot meet the margins.
    """
    if design.frequency is not None or design.calibration is not None:
        raise ValueError("give a design of rows with the weights before calibration")
    known = read_margins(frame, margins, counted=design.weight > 0)
    weights, _ = calibrate(design.weight, known, method=method, bounds=bounds, tolerance=tolerance)
    columns: list[FloatArray] = []
    left_out = _LeftOut.of(design, lonely_psu)
    for number, before in enumerate(_before(design, base, left_out), start=1):
        try:
            columns.append(calibrate(before, known, method=method, bounds=bounds, tolerance=tolerance)[0])
        except CalibrationError as error:
            told = [
                DataProblem(
                    column=problem.column,
                    rows=problem.rows,
                    message=f"replicate {number}: {problem.message}",
                    remedy=problem.remedy,
                )
                for problem in error.problems
            ]
            raise CalibrationError(told) from error
    calibrated, table = replace(design, weight=weights), np.stack(columns, axis=1)
    if isinstance(base, GivenReplicates):
        return calibrated, replace(base, weights=table)
    kind, factors, fay = ReplicateKind.BOOTSTRAP, None, 0.0
    if isinstance(base, Jackknife):
        kind, factors = ReplicateKind.JKN, left_out.factors
    elif isinstance(base, BalancedHalfSamples):
        kind, fay = ReplicateKind.FAY, base.fay
    return calibrated, RecalibratedReplicates(table, kind, fay, factors)


def _before(design: SurveyDesign, base: Base, left_out: _LeftOut) -> Iterator[FloatArray]:
    """Weights of each replicate before calibration, (rows,)."""
    if isinstance(base, GivenReplicates):
        yield from base.weights.T
        return
    unit_of_row = design.stages[0].unit_of_row
    multipliers = left_out.multipliers() if isinstance(base, Jackknife) else _rows_of(base.multipliers(design))
    for factor in multipliers:
        yield design.weight * factor[unit_of_row]


def _rows_of(blocks: Iterator[FloatArray]) -> Iterator[FloatArray]:
    for block in blocks:
        yield from block


@dataclass(frozen=True, slots=True, eq=False)
class _LeftOut:
    """The jackknife's replicates, one by one: whom each leaves out, and its factor."""

    design: SurveyDesign
    units: list[int]  # PSUs of strata with several
    strata: list[int]  # strata with a single PSU, under ``adjust``
    factors: FloatArray  # (units + strata,)

    @staticmethod
    def of(design: SurveyDesign, lonely_psu: LonelyPsu) -> _LeftOut:
        stage, fraction = design.stages[0], sampling_fractions(design)[0][0]
        units = [unit for unit in range(stage.units) if stage.sample_size[stage.group_of_unit[unit]] > 1]
        lonely = lonely_strata(design, fraction)
        group = stage.group_of_unit[units]
        size = stage.sample_size[group]
        factors = (size - 1) / size * (1 - fraction[group])
        strata: list[int] = []
        if lonely_psu is LonelyPsu.ADJUST and stage.groups > 1:
            strata = [int(one) for one in np.flatnonzero(lonely)]
            factors = np.concatenate([factors, np.full(len(strata), (stage.groups - 1) / stage.groups)])
        elif lonely_psu is LonelyPsu.AVERAGE:
            factors = factors * average_factor(float((factors > 0).sum()), float(lonely.sum()))
        return _LeftOut(design, units, strata, np.asarray(factors))

    def multipliers(self) -> Iterator[FloatArray]:
        """(first-stage units,) each: 0 for whom is left out, more than 1 for those who stand in for it."""
        stage = self.design.stages[0]
        for unit in self.units:  # JKn: the others of its stratum count n / (n - 1)
            group = stage.group_of_unit[unit]
            size = stage.sample_size[group]
            factor = np.where(stage.group_of_unit == group, size / (size - 1), 1.0)
            factor[unit] = 0.0
            yield factor
        for group in self.strata:
            yield np.where(stage.group_of_unit == group, 0.0, stage.groups / (stage.groups - 1))
