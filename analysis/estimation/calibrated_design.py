"""What the variance after calibration needs of a design alone: made once for all that is estimated by it.

A wave has some forty tables and differences of one design. They differ in their domains; what the margins explain,
summed per unit, and its quadratic forms are the same for all of them, and take longer than many of the figures.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from analysis.auxiliaries import CrossProducts
from analysis.design import SurveyDesign
from analysis.estimation.quadratic_form import QuadraticForm
from analysis.estimation.variance import Variance, variance_of_cells
from analysis.results import LonelyPsu


class ByMargins:
    """The regression on the margins, with the longest taken out first or with all of them alike."""

    def __init__(self, cross: CrossProducts, units: Any, whole: Variance) -> None:
        self.cross, self._units, self._whole = cross, units, whole

    @cached_property
    def forms(self) -> tuple[QuadraticForm, ...]:
        """With and without finite population correction; one where they are the same."""
        top = self._whole.levels[0]
        corrected = len(self._whole.levels) > 1 or not np.array_equal(top.factor, top.factor_without_fpc)
        kinds = (True, False) if corrected else (True,)
        left = self.cross.left_over(self._units)
        return tuple(QuadraticForm.of(self._whole, left, fpc=kind) for kind in kinds)


class CalibratedDesign:
    """Of a design with calibration, under one policy for single PSUs. It holds no design, and is kept as long."""

    def __init__(self, design: SurveyDesign, lonely_psu: LonelyPsu) -> None:
        assert design.calibration is not None
        auxiliaries, last = design.calibration.auxiliaries, design.stages[-1]
        before = design.calibration.weight_before
        if design.frequency is not None:
            before = before * design.frequency
        everyone = np.arange(last.units, dtype=np.int64)
        self.whole = variance_of_cells(design, everyone, np.zeros_like(everyone), 1, lonely_psu)
        """Of one domain whose cells are all units of the last stage."""
        self.units = auxiliaries.group_sums(last.unit_of_row, last.units, design.row_weight)
        """Sparse (units of the last stage, columns of the margins)."""
        self._products, self._longest = auxiliaries.cross_products(before), auxiliaries.longest

    @cached_property
    def longest_first(self) -> ByMargins:
        return self._by(self._longest)

    @cached_property
    def all_alike(self) -> ByMargins:
        """For domains of which each touches most units of the longest margin."""
        return self._by(slice(0, 0))

    def _by(self, longest: slice) -> ByMargins:
        return ByMargins(CrossProducts.of(self._products, longest), self.units, self.whole)


_OF_DESIGNS: WeakKeyDictionary[SurveyDesign, dict[LonelyPsu, CalibratedDesign]] = WeakKeyDictionary()


def calibrated_design(design: SurveyDesign, lonely_psu: LonelyPsu) -> CalibratedDesign:
    """The one of ``design``, which ends with it."""
    of_design = _OF_DESIGNS.setdefault(design, {})
    if lonely_psu not in of_design:
        of_design[lonely_psu] = CalibratedDesign(design, lonely_psu)
    return of_design[lonely_psu]
