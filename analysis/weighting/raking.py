"""Raking: weights are scaled to one margin after the other until all are met (iterative proportional fitting).

Source: Deming & Stephan (1940), Annals of Mathematical Statistics 11(4); the same weights as calibration with the
raking distance of Deville & Särndal (1992). Weights equal those of R's ``rake(control = list(epsilon = 1e-12))``; its
standard errors use unweighted cell means and are not followed.
"""

from __future__ import annotations

import numpy as np

from analysis.arrays import FloatArray, IntArray, sum_by
from analysis.auxiliaries import Auxiliaries
from analysis.weighting.records import CalibrationMethod, CalibrationRecord, not_converged, record_of, relative_gaps

_REMEDY = (
    "Some combination of cells cannot be filled, or the margins contradict each other: join small categories, drop a "
    "margin, or check that all are of one population and year."
)


def rake(
    weights: FloatArray,
    auxiliaries: Auxiliaries,
    *,
    tolerance: float = 1e-10,
    maximum_iterations: int = 500,
) -> tuple[FloatArray, CalibrationRecord]:
    """Raked weights, (rows,), and the record. ``tolerance``: the largest relative gap of any cell.

    One iteration scales to every margin once: a pass over the rows per margin. Raises CalibrationError naming the
    margin and the gap, ValueError for a quantity (``calibrate`` takes those).
    """
    if any(block.value_of_row is not None for block in auxiliaries.blocks):
        raise ValueError("raking scales to categories; a quantity needs calibration")
    before = np.asarray(weights, dtype=np.float64)
    current = before.copy()
    codes = [_everywhere(block.code_of_row, len(block.columns)) for block in auxiliaries.blocks]
    totals = [np.append(block.totals, 1.0) for block in auxiliaries.blocks]
    room = np.empty_like(current)
    for iteration in range(1, maximum_iterations + 1):
        worst = 0.0
        for code, total in zip(codes, totals, strict=True):
            size = len(total)
            sums = sum_by(code, current, size)
            sums[-1] = 1.0  # rows outside the margin stay as they are
            worst = max(worst, float(relative_gaps(sums, total).max()))
            factor = np.divide(total, sums, out=np.ones(size), where=sums > 0)
            np.take(factor, code, out=room, mode="clip")
            current *= room
        # The gaps were seen before the last scaling: an iteration that found none has changed nothing.
        if worst <= tolerance:
            return current, record_of(CalibrationMethod.RAKING, auxiliaries, before, current, iteration)
    raise not_converged(auxiliaries, auxiliaries.sums(current), maximum_iterations, _REMEDY)


def _everywhere(code: IntArray, size: int) -> IntArray:
    """Rows in no column get a place of their own behind the columns."""
    return np.where(code < 0, size, code) if len(code) and code.min() < 0 else code
