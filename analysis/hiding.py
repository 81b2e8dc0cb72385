"""How every cell is given, and how wide the range must be that a reader can work out for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.cells import Cells
from analysis.disclosure_bounds import Rooms

PROTECTION = 4.0
"""Width, in respondents, that the range of a hidden figure must have."""
DOMINATED_WIDTH = 0.4
"""The same where one respondent's number makes up a total, as a share of the figure: 20 % to either side."""
PROTECTED_END = 2.0
"""How far from all alike a coded figure must be possible, in respondents."""
EXACT = 1e-5  # on the scale 0..1
Range: TypeAlias = tuple[float, float]


@dataclass(eq=False)
class Hiding:
    """How every cell is given, by cell: a band from ``end`` on that ``side``, hidden, or (neither) as it is printed.

    ``few``: hidden for its own sake, and by the few; ``dominated``: of these, for one respondent's number. ``fixed``:
    known from earlier releases, can hide nothing.
    ``slack``: how far the print alone leaves the place on the scale open.
    """

    end: FloatArray  # inner end of the upper band; NaN: not coded
    side: IntArray
    hidden: BoolArray
    few: BoolArray
    dominated: BoolArray
    fixed: BoolArray
    slack: Rooms

    @property
    def coded(self) -> BoolArray:
        return np.isfinite(self.end) & ~self.hidden

    def of(self, cells: IntArray) -> Hiding:
        """Of these cells alone."""
        return Hiding(
            end=self.end[cells],
            side=self.side[cells],
            hidden=self.hidden[cells],
            few=self.few[cells],
            dominated=self.dominated[cells],
            fixed=self.fixed[cells],
            slack=Rooms(self.slack.down[cells], self.slack.up[cells]),
        )

    def rooms(self, part: FloatArray) -> Rooms:
        down, up = self.slack.down, self.slack.up
        upper, lower = self.coded & (self.side > 0), self.coded & (self.side < 0)
        down = np.where(upper, np.minimum(self.end - part, 0.0), np.where(lower | self.hidden, -part, down))
        up = np.where(lower, np.maximum(1 - self.end - part, 0.0), np.where(upper | self.hidden, 1 - part, up))
        known = self.fixed & ~self.hidden & ~self.coded
        return Rooms(np.where(known, 0.0, down), np.where(known, 0.0, up))


@dataclass(eq=False)
class Guards:
    """What ranges must hold, by cell, seen from the true place on the scale 0..1; 0 asks for nothing."""

    down: FloatArray  # at most 0
    up: FloatArray
    width: FloatArray

    @classmethod
    def of(cls, cells: Cells, hiding: Hiding, below: int) -> Guards:
        """``below``: respondents from which all alike is nobody's secret."""
        part, size = cells.part, np.maximum(cells.size, 1)
        target = np.maximum(hiding.end, 1 - PROTECTED_END / size)
        secret = np.isfinite(hiding.end) & (cells.size < below) & ~hiding.fixed
        down = np.where(secret & (hiding.side > 0), np.minimum(target - part, 0.0), 0.0)
        up = np.where(secret & (hiding.side < 0), np.maximum(1 - target - part, 0.0), 0.0)
        few = hiding.hidden & hiding.few & (cells.size > 0)
        width = np.where(few, np.minimum(cells.size, PROTECTION) / size, 0.0)
        width = np.where(few & hiding.dominated, np.maximum(width, DOMINATED_WIDTH * part), width)
        return cls(np.nan_to_num(down), np.nan_to_num(up), width)

    @property
    def asked(self) -> IntArray:
        return np.flatnonzero((self.down < 0) | (self.up > 0) | (self.width > 0))

    def missed(self, cell: IntArray, down: FloatArray, up: FloatArray) -> BoolArray:
        """Where a range is narrower than it must be."""
        missed = (down > self.down[cell] + EXACT) | (up < self.up[cell] - EXACT)
        return np.asarray(missed | (up - down < self.width[cell] - EXACT))

    def moves(self, cell: int, part: float) -> Iterator[Range]:
        """Ways in which a range could be wide enough: so far down, so far up. ``part``: its place on the scale."""
        width = float(self.width[cell])
        if width <= 0:
            yield float(self.down[cell]), float(self.up[cell])
            return
        for down in dict.fromkeys((min(width, part), max(width - (1 - part), 0.0), width * part)):
            yield -down, width - down
