"""How many digits of a figure leave the house: whole per cent below a hundred respondents, one decimal from there on.

A digit more than the sample carries says nothing of the city and much of its respondents: from twelve-digit shares of
many questions the weights of all communities can be solved, and with them what was hidden. Points on a scale are
printed in at most as many steps as a share of so many respondents, a hundred or a thousand: 0 to 100 in whole points
below a hundred, 1 to 5 in tenths. What has no scale is printed with three digits, or four, of its largest figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.cells import Cells
from analysis.results import PublishableCell

FINE_FROM = 100  # respondents from which one decimal more is printed
_NOISE = 1e-9  # what a double may miss of a decimal


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """``digits``: decimals of the per cent, or of the point; ``factor``: steps of print in 1."""

    digits: IntArray
    factor: FloatArray

    def nearest(self, value: FloatArray) -> FloatArray:
        return np.asarray(np.rint(value * self.factor) / self.factor)

    def down(self, value: FloatArray) -> FloatArray:
        return np.asarray(np.floor(value * self.factor + _NOISE) / self.factor)

    def up(self, value: FloatArray) -> FloatArray:
        return np.asarray(np.ceil(value * self.factor - _NOISE) / self.factor)


def steps_of(cells: Cells, coarse: BoolArray) -> Steps:
    """The steps in which each cell is printed; ``coarse`` ones never finer than below a hundred respondents."""
    digits = np.zeros(len(cells), dtype=np.int64)
    unit = np.ones(len(cells))
    (least, of_least), (most, of_most) = (np.unique(one, return_inverse=True) for one in (cells.least, cells.most))
    kinds, of_cell = np.unique((of_least * len(most) + of_most) * 2 + cells.bounded, return_inverse=True)
    for number, kind in enumerate(kinds.tolist()):
        ends, bounded = divmod(kind, 2)
        those, (first, last) = of_cell == number, divmod(ends, len(most))
        digits[those], unit[those] = decimals(float(least[first]), float(most[last]), bounded=bool(bounded))
    digits += (cells.size >= FINE_FROM) & ~coarse
    return Steps(digits, unit * 10.0**digits)


def decimals(least: float, most: float, *, bounded: bool = True) -> tuple[int, float]:
    """Decimals below a hundred respondents, and by what a figure is multiplied to be read: 100 for per cent."""
    if bounded and (least, most) in ((0.0, 1.0), (-1.0, 1.0)):
        return 0, 100.0
    if bounded:
        return math.floor(math.log10(100 / (most - least)) + _NOISE), 1.0
    return 2 - math.floor(math.log10(max(abs(least), abs(most), 1e-12)) + _NOISE), 1.0


@dataclass(frozen=True, slots=True)
class PrintedStep:
    """The coarsest step in which any of some cells is printed, in the units of their values: what is made of two
    printed figures is told in no finer one."""

    size: float
    digits: int | None

    @staticmethod
    def of(*cells: PublishableCell) -> PrintedStep:
        known = [one.digits for one in cells if one.digits is not None]
        return PrintedStep(max(map(_step, cells)), min(known, default=None))

    def nearest(self, value: float) -> float:
        return round(value / self.size) * self.size

    def down(self, value: float) -> float:
        return math.floor(value / self.size + _NOISE) * self.size

    def up(self, value: float) -> float:
        return math.ceil(value / self.size - _NOISE) * self.size


def _step(cell: PublishableCell) -> float:
    if cell.digits is None:
        return 1e-12
    least, most = cell.scale or (0.0, abs(cell.value or 1.0))
    _, unit = decimals(least, most, bounded=cell.scale is not None)
    return float(10.0**-cell.digits / unit)


def significant(values: FloatArray, digits: int) -> FloatArray:
    """``values`` with so many digits."""
    size = np.abs(np.where(np.isfinite(values) & (values != 0), values, 1.0))
    places = digits - 1 - np.floor(np.log10(size) + _NOISE)
    factor = 10.0 ** np.abs(places)  # a power of ten below 1 is not exact
    return np.asarray(np.where(places >= 0, np.rint(values * factor) / factor, np.rint(values / factor) * factor))
