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
)
from analysis.problems import DataProblem
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
) -> tuple[SurveyDesign, GivenReplicates]:
    """The design with calibrated weights and its replicates, for ``estimate(..., replication=...)``.

    Holds rows x replicates weights: 500 replicates of 10,000 rows are 40 MB. Bounds are on the way from each
    replicate's own weights. Raises CalibrationError naming the replicate whose weights cannot meet the margins.
    """
    if design.frequency is not None or design.calibration is not None:
        raise ValueError("give a design of rows with the weights before calibration")
    known = read_margins(frame, margins, counted=design.weight > 0)
    weights, _ = calibrate(design.weight, known, method=method, bounds=bounds, tolerance=tolerance)
    columns: list[FloatArray] = []
    for number, before in enumerate(_before(design, base), start=1):
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
        kind, factors = ReplicateKind.JKN, _jackknife_factors(design)
    elif isinstance(base, BalancedHalfSamples):
        kind, fay = ReplicateKind.FAY, base.fay
    return calibrated, RecalibratedReplicates(table, kind, fay, factors)


def _before(design: SurveyDesign, base: Base) -> Iterator[FloatArray]:
    """Weights of each replicate before calibration, (rows,)."""
    if isinstance(base, GivenReplicates):
        yield from base.weights.T
        return
    unit_of_row = design.stages[0].unit_of_row
    multipliers = _left_out(design) if isinstance(base, Jackknife) else _rows_of(base.multipliers(design))
    for factor in multipliers:
        yield design.weight * factor[unit_of_row]


def _rows_of(blocks: Iterator[FloatArray]) -> Iterator[FloatArray]:
    for block in blocks:
        yield from block


def _left_out(design: SurveyDesign) -> Iterator[FloatArray]:
    """JKn: each PSU in turn counts 0 and the others of its stratum n / (n - 1)."""
    stage = design.stages[0]
    for unit in _in_turn(design):
        group = stage.group_of_unit[unit]
        size = stage.sample_size[group]
        factor = np.where(stage.group_of_unit == group, size / (size - 1), 1.0)
        factor[unit] = 0.0
        yield factor


def _jackknife_factors(design: SurveyDesign) -> FloatArray:
    """(n_h - 1) / n_h (1 - f_h) of each replicate's stratum."""
    stage = design.stages[0]
    group = stage.group_of_unit[_in_turn(design)]
    size = stage.sample_size[group]
    return np.asarray((size - 1) / size * (1 - stage.sampling_fraction[group]))


def _in_turn(design: SurveyDesign) -> list[int]:
    """PSUs of strata with several: a single one cannot be left out."""
    stage = design.stages[0]
    return [unit for unit in range(stage.units) if stage.sample_size[stage.group_of_unit[unit]] > 1]
