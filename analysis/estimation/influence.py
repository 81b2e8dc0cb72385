"""From influence values per respondent to a covariance matrix: for tests and regressions, whose influences are
dense."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import BoolArray, FloatArray, sum_by
from analysis.auxiliaries import CrossProducts
from analysis.design import SurveyDesign
from analysis.estimation.variance import Variance, variance_of_cells
from analysis.results import LonelyPsu


@dataclass(frozen=True, slots=True, eq=False)
class WholeVariance:
    """The design's variance over all units of its last stage, and the degrees of freedom of the rows used."""

    design: SurveyDesign
    of_units: Variance
    degrees_of_freedom: int

    def unit_sums(self, influence: FloatArray) -> FloatArray:
        """Rows of influence (k, rows), weights within, added up per unit of the last stage: (k, units).

        After calibration what the margins explain is taken off first.
        """
        last = self.design.stages[-1]
        return np.stack([sum_by(last.unit_of_row, row, last.units) for row in self._residuals(influence)])

    def covariance(self, influence: FloatArray) -> FloatArray:
        """Covariance matrix (k, k) of the sums of the rows of ``influence`` (k, rows)."""
        return covariance_of(self.of_units, self.unit_sums(influence))

    def _residuals(self, influence: FloatArray) -> FloatArray:
        calibration = self.design.calibration
        if calibration is None:
            return influence
        weight = self.design.row_weight
        before = calibration.weight_before
        if self.design.frequency is not None:
            before = before * self.design.frequency
        margins = calibration.auxiliaries.matrix()
        plain = np.divide(influence, weight, out=np.zeros_like(influence), where=weight > 0)
        cross = CrossProducts.of(calibration.auxiliaries.cross_products(before), calibration.auxiliaries.longest)
        coefficients = cross.solve(margins.T @ (before * plain).T)
        return np.asarray((plain - (margins @ coefficients).T) * weight)


def whole_variance(design: SurveyDesign, used: BoolArray, lonely_psu: LonelyPsu = LonelyPsu.FAIL) -> WholeVariance:
    """Plans the variance for analyses of the rows ``used``; every PSU of the design stays in it."""
    last = design.stages[-1]
    units = np.arange(last.units, dtype=np.int64)
    of_units = variance_of_cells(design, units, np.zeros_like(units), 1, lonely_psu)
    counted = used & (design.weight > 0)
    seen = sum_by(last.unit_of_row, counted, last.units)
    psus, strata = of_units.touched(seen[None, :])
    of_units = replace(of_units, stretch=of_units.stretch_over(seen))
    return WholeVariance(design, of_units, int(psus[0, 0] - strata[0, 0]))


def covariance_of(of_units: Variance, sums: FloatArray) -> FloatArray:
    """Covariance matrix of rows of unit sums (k, units); ``of_units`` has one domain whose cells are all units."""
    found = np.zeros((len(sums), len(sums)))
    values = sums
    for depth in range(len(of_units.levels) - 1, -1, -1):
        level = of_units.levels[depth]
        if level.from_below is not None:
            values = np.stack([sum_by(level.from_below, row, level.cells) for row in values])
        pairs = len(level.pair_domain)
        total = np.stack([sum_by(level.pair, row, pairs) for row in values])
        mean = total / np.maximum(level.pair_units, 1)
        multiplicity = np.ones(level.cells) if level.divisor is None else np.maximum(level.divisor, 1e-300)
        apart = values / multiplicity - mean[:, level.pair]
        part = (apart * (level.factor[level.pair] * multiplicity)) @ apart.T
        if depth == 0:
            centre = total.sum(axis=1, keepdims=True) / max(float(of_units.psus[0]), 1.0)
            lonely = total - centre
            part = part * of_units.stretch[0] + (lonely * level.adjusted) @ lonely.T
        found += part
    return found
