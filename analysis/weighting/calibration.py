"""Calibration: the weights nearest to those before that meet every margin. Source: Deville & Särndal (1992), JASA 87.

w = d F(x' lambda), with F the inverse of the distance's slope: linear 1 + u (the regression estimator; truncated where
bounds are given), raking exp(u), logit with bounds L < 1 < U

    F(u) = (L (U - 1) + U (1 - L) exp(A u)) / (U - 1 + (1 - L) exp(A u)),    A = (U - L) / ((1 - L) (U - 1)).

lambda solves sum d F(x' lambda) x = T by Newton's method. Weights equal those of R's ``calibrate``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray, combine_codes, first_rows, sum_by
from analysis.auxiliaries import Auxiliaries, Calibration, CrossProducts
from analysis.design import SurveyDesign
from analysis.problems import DataProblem
from analysis.weighting.margins import Margin, read_margins
from analysis.weighting.raking import rake
from analysis.weighting.records import (
    CalibrationError,
    CalibrationMethod,
    CalibrationRecord,
    not_converged,
    record_of,
    relative_gaps,
)

Bounds = tuple[float, float]
_HALVINGS = 25
_MANY_ROWS = 100_000


def calibrate(
    weights: FloatArray,
    auxiliaries: Auxiliaries,
    *,
    method: CalibrationMethod = CalibrationMethod.RAKING,
    bounds: Bounds | None = None,
    tolerance: float = 1e-10,
    maximum_iterations: int = 100,
) -> tuple[FloatArray, CalibrationRecord]:
    """Calibrated weights, (rows,), and the record.

    ``bounds``: least and largest ratio of a weight to the weight before; the logit method needs them. ``tolerance``:
    the largest relative gap of any cell. Post-stratification takes one categorical margin (or one within each area).
    Raises CalibrationError naming the margin and the gap, or the rows whose weight would be negative.
    """
    before = np.asarray(weights, dtype=np.float64)
    method = CalibrationMethod(method)
    _allowed(method, bounds, auxiliaries)
    categories = all(block.value_of_row is None for block in auxiliaries.blocks)
    if method is CalibrationMethod.RAKING and bounds is None and categories and auxiliaries.rows > _MANY_ROWS:
        # Iterative fitting gives the same weights, sooner; where margins are nearly the same it is slow.
        with suppress(CalibrationError):
            return rake(before, auxiliaries, tolerance=tolerance, maximum_iterations=50)
    if method is CalibrationMethod.POSTSTRATIFY:
        after, iterations = _poststratified(before, auxiliaries), 1
    else:
        _reachable(before, auxiliaries, bounds)
        after, iterations = _Newton(before, auxiliaries, _distance(method, bounds)).run(tolerance, maximum_iterations)
    negative = after < 0
    if negative.any():
        raise CalibrationError(
            [
                DataProblem(
                    column="weight",
                    rows=tuple(int(row) for row in np.flatnonzero(negative)[:5]),
                    message=f"linear calibration makes {int(negative.sum())} weights negative",
                    remedy="A weight counts people: use raking, or bounds such as 0.3,3.",
                )
            ]
        )
    return after, record_of(method, auxiliaries, before, after, iterations)


def calibrate_design(
    frame: pd.DataFrame,
    design: SurveyDesign,
    margins: list[Margin] | tuple[Margin, ...],
    *,
    method: CalibrationMethod = CalibrationMethod.RAKING,
    bounds: Bounds | None = None,
    tolerance: float = 1e-10,
    maximum_iterations: int = 100,
) -> tuple[SurveyDesign, CalibrationRecord]:
    """The design with calibrated weights, whose estimates count what the margins know; and the record.

    The design's own weights must be those before calibration. Raises DesignError with every fault of the margins.
    """
    if design.calibration is not None:
        raise ValueError("the design is calibrated already; calibrate once, to all margins")
    counted = design.row_weight > 0
    auxiliaries = read_margins(frame, margins, counted=counted)
    before = design.row_weight
    after, record = calibrate(
        before, auxiliaries, method=method, bounds=bounds, tolerance=tolerance, maximum_iterations=maximum_iterations
    )
    factor = np.divide(after, before, out=np.zeros_like(after), where=before > 0)
    calibrated = replace(
        design,
        weight=design.weight * factor,
        calibration=Calibration(weight_before=design.weight, auxiliaries=auxiliaries),
    )
    return calibrated, record


def _allowed(method: CalibrationMethod, bounds: Bounds | None, auxiliaries: Auxiliaries) -> None:
    if bounds is not None and not 0 <= bounds[0] < 1 < bounds[1]:
        raise ValueError(f"bounds lie on both sides of 1, the lower not below 0: not {bounds[0]:g}, {bounds[1]:g}")
    if method is CalibrationMethod.LOGIT and bounds is None:
        raise ValueError("the logit method needs bounds, such as 0.3 and 3")
    if method is CalibrationMethod.POSTSTRATIFY:
        if bounds is not None:
            raise ValueError("post-stratification has one factor per cell and takes no bounds; use linear or raking")
        if len(auxiliaries.blocks) != 1 or auxiliaries.blocks[0].value_of_row is not None:
            raise ValueError(
                "post-stratification takes one margin of categories; cross them into one, or use raking or linear"
            )


def _poststratified(before: FloatArray, auxiliaries: Auxiliaries) -> FloatArray:
    block = auxiliaries.blocks[0]
    sums = block.sums(before)
    if (sums <= 0).any():
        raise not_converged(auxiliaries, sums, 1, "Every respondent of the cell has a weight of 0.")
    factor = np.append(block.totals / sums, 1.0)
    return np.asarray(before * factor[block.code_of_row])


def _reachable(before: FloatArray, auxiliaries: Auxiliaries, bounds: Bounds | None) -> None:
    """A cell of categories cannot grow by more than the bounds."""
    if bounds is None:
        return
    problems = []
    for block in auxiliaries.blocks:
        if block.value_of_row is not None:
            continue
        need = block.totals / np.maximum(block.sums(before), 1e-300)
        problems += [
            DataProblem(
                column=block.margin,
                rows=(),
                message=f"{block.columns[place]} needs {need[place]:.4g} times its weight, the bounds allow "
                f"{bounds[0]:g} to {bounds[1]:g}",
                remedy="Widen the bounds, join the category with a neighbour, or scale the weights to the population "
                "first.",
            )
            for place in np.flatnonzero((need < bounds[0]) | (need > bounds[1]))
        ]
    if problems:
        raise CalibrationError(problems)


@dataclass(frozen=True, slots=True)
class _Distance:
    """F and its derivative, of u."""

    value: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]


def _distance(method: CalibrationMethod, bounds: Bounds | None) -> _Distance:
    low, high = bounds if bounds is not None else (-np.inf, np.inf)
    if method is CalibrationMethod.LINEAR:
        return _Distance(
            lambda u: np.clip(1 + u, low, high),
            lambda u: ((u < high - 1) & (u > low - 1)).astype(np.float64),
        )
    if method is CalibrationMethod.RAKING:
        return _Distance(
            lambda u: np.clip(np.exp(u), low, high),
            lambda u: np.where((np.exp(u) < high) & (np.exp(u) > low), np.exp(u), 0.0),
        )
    steep = (high - low) / ((1 - low) * (high - 1))

    def share(u: FloatArray) -> FloatArray:
        # exp(A u) (1 - L) / (U - 1 + exp(A u) (1 - L)), written so that nothing overflows
        return np.asarray(1 / (1 + np.exp(-np.clip(steep * u, -700, 700)) * (high - 1) / (1 - low)))

    return _Distance(
        lambda u: low + (high - low) * share(u),
        lambda u: (high - low) * steep * share(u) * (1 - share(u)),
    )


class _Newton:
    """Rows that are alike in every margin of categories share one factor: the work is done once per kind of row."""

    def __init__(self, before: FloatArray, auxiliaries: Auxiliaries, distance: _Distance) -> None:
        self.auxiliaries, self.before, self.distance = auxiliaries, before, distance
        self.kind_of_row, self.base, self.matrix = _kinds(before, auxiliaries)
        self.totals = auxiliaries.totals

    def run(self, tolerance: float, maximum_iterations: int) -> tuple[FloatArray, int]:
        position = np.zeros(len(self.base))
        sums = self.matrix.T @ self.base
        worst = float(relative_gaps(sums, self.totals).max())
        iteration = 0
        while worst > tolerance:
            if iteration == maximum_iterations:
                raise not_converged(self.auxiliaries, sums, iteration, self._remedy())
            iteration += 1
            slope = self.base * self.distance.slope(position)
            products = self.matrix.T @ (self.matrix.multiply(slope[:, None]).tocsr())
            step = CrossProducts.of(products, self.auxiliaries.longest).solve(self.totals - sums)
            along = self.matrix @ step
            position, sums, reached, share = self._best(position, along, worst, sums)
            if reached >= worst and share == 0.0:
                raise not_converged(self.auxiliaries, sums, iteration, self._remedy())
            worst = reached
        factor = self.distance.value(position)
        return self.before * (factor if self.kind_of_row is None else factor[self.kind_of_row]), iteration

    def _best(
        self, position: FloatArray, along: FloatArray, worst: float, sums: FloatArray
    ) -> tuple[FloatArray, FloatArray, float, float]:
        """The longest of the halved steps that lowers the distance to the totals; share 0: none does."""
        apart = _apart(sums, self.totals)
        share = 1.0
        for _ in range(_HALVINGS):
            tried = position + share * along
            with np.errstate(over="ignore"):
                values = self.distance.value(tried)
            if np.isfinite(values).all():
                reached = self.matrix.T @ (self.base * values)
                if _apart(reached, self.totals) < apart:
                    return tried, reached, float(relative_gaps(reached, self.totals).max()), share
            share /= 2
        return position, sums, worst, 0.0

    def _remedy(self) -> str:
        return (
            "Widen the bounds where there are any, join small categories, drop a margin, or check that the margins are "
            "of one population."
        )


def _apart(sums: FloatArray, totals: FloatArray) -> float:
    gaps = np.minimum(relative_gaps(sums, totals), 1e100)
    return float(gaps @ gaps)


def _kinds(before: FloatArray, auxiliaries: Auxiliaries) -> tuple[IntArray | None, FloatArray, Any]:
    """Kind of each row (None: every row its own), weight before per kind, and the columns per kind (kinds, columns)."""
    rows = auxiliaries.rows
    if any(block.value_of_row is not None for block in auxiliaries.blocks):
        return None, before, auxiliaries.matrix()
    kind, kinds = np.zeros(rows, dtype=np.int64), 1
    for block in auxiliaries.blocks:
        kind, kinds = combine_codes(kind, kinds, block.code_of_row + 1, len(block.columns) + 1)
    if kinds > rows // 2:
        return None, before, auxiliaries.matrix()
    first = first_rows(kind, kinds)
    return kind, sum_by(kind, before, kinds), auxiliaries.matrix()[first]
