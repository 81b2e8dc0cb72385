"""Numbers as they are printed: the unit, the decimals of a column, and which way limits are rounded.

Estimates are rounded half up; a lower limit is cut down, an upper limit raised, so that no printed interval is
narrower than the computed one. A limit prints as the end of the scale only where every answer was that end.

A cell that says its ``digits`` was rounded by the publication rule already, and nothing finer exists: it is printed
with these.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from analysis.results import PublishableCell

EN_DASH: Final = "–"
MINUS: Final = "−"
NOTHING: Final = "—"
NOISE: Final = Decimal("1e-12")  # below this a digit is an artefact of binary arithmetic


class Unit(StrEnum):
    PERCENT = "percent"  # stored as a share
    PERCENTAGE_POINTS = "percentage_points"  # stored as a difference of shares
    POINTS = "points"  # scores
    PLAIN = "plain"  # in the unit of the variable

    @property
    def factor(self) -> int:
        return 100 if self in (Unit.PERCENT, Unit.PERCENTAGE_POINTS) else 1


def written(value: float, decimals: int, rounding: str = ROUND_HALF_UP) -> str:
    """A number with thousands separators and a true minus sign."""
    exact = Decimal(repr(float(value)))
    clean = exact.quantize(NOISE, ROUND_HALF_UP) if abs(exact) < 1_000_000 else exact
    rounded = clean.quantize(Decimal(1).scaleb(-decimals), rounding)
    text = f"{abs(rounded):,.{decimals}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def in_full(value: float, least: int = 0) -> str:
    """A number that was set, with all its decimals and ``least`` at least: rounded it could contradict a verdict."""
    clean = Decimal(repr(float(value))).quantize(NOISE, ROUND_HALF_UP).normalize()
    return written(value, max(-int(clean.as_tuple().exponent), least))


def count(value: float) -> str:
    """A count: 1,248."""
    return written(value, 0)


def next_ten(value: float) -> str:
    """Raised to the next ten: what a planner may rely on."""
    return count(math.ceil(value / 10) * 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How one column of figures is written: one unit, the same decimals."""

    unit: Unit
    decimals: int = 1

    def scaled(self, value: float) -> float:
        """The number as it is drawn on an axis."""
        return value * self.unit.factor

    def value(self, cell: PublishableCell) -> str:
        """The estimate; never the end of the scale by rounding alone."""
        if cell.value is None:
            return NOTHING
        here = self.of(cell)
        text = here.number(cell.value)
        if cell.digits is None:
            return here._kept_off_the_ends(cell, text)
        return text if cell.all_alike or cell.coded is not None else here._short_of_the_ends(cell, text)

    def of(self, cell: PublishableCell) -> Figures:
        """How this cell is written in the column: with the decimals it has, where it says them."""
        return self if cell.digits is None else replace(self, decimals=cell.digits)

    def number(self, value: float, rounding: str = ROUND_HALF_UP) -> str:
        exact = Decimal(repr(float(value))) * self.unit.factor
        return written(float(exact), self.decimals, rounding)

    def low(self, cell: PublishableCell) -> str:
        return self._limit(cell, cell.low, ROUND_FLOOR)

    def high(self, cell: PublishableCell) -> str:
        return self._limit(cell, cell.high, ROUND_CEILING)

    def _limit(self, cell: PublishableCell, limit: float | None, rounding: str) -> str:
        if limit is None:
            return NOTHING
        if cell.digits is not None:  # rounded outwards already: 100 is a limit then, and no claim that all said yes
            return self.of(cell).number(limit, rounding)
        return self._kept_off_the_ends(cell, self.number(limit, rounding))

    def interval(self, cell: PublishableCell) -> tuple[str, str]:
        """The limits apart, so that a column can align them on the dash between."""
        return self.low(cell), self.high(cell)

    def _kept_off_the_ends(self, cell: PublishableCell, text: str) -> str:
        """>99.9 instead of 100.0, <0.1 instead of 0.0, unless everyone answered alike."""
        if cell.scale is not None and cell.value in cell.scale and text == self.number(cell.value):
            return text
        return self._short_of_the_ends(cell, text)

    def _short_of_the_ends(self, cell: PublishableCell, text: str) -> str:
        if cell.scale is None or self.unit is Unit.PLAIN:
            return text
        bottom, top = (self.number(end) for end in cell.scale)
        step = Decimal(1).scaleb(-self.decimals)
        if text == top:
            return f">{written(float(Decimal(repr(cell.scale[1])) * self.unit.factor - step), self.decimals)}"
        if text == bottom:
            return f"<{written(float(Decimal(repr(cell.scale[0])) * self.unit.factor + step), self.decimals)}"
        return text


def outwards(low: float, high: float) -> tuple[str, str]:
    """The limits of a drawn interval in words: with a decimal where either has one; cut below, raised above, so that a
    limit of an old release, which was kept unrounded, is told no narrower than it is."""
    whole = all(abs(limit - round(limit)) < 1e-9 for limit in (low, high))
    decimals = 0 if whole else 1
    return written(low, decimals, ROUND_FLOOR), written(high, decimals, ROUND_CEILING)


def joined(low: str, high: str) -> str:
    """Two limits in one text; a minus sign beside a dash would be misread, so such limits are parted by …"""
    return f"{low}{EN_DASH}{high}" if not (low + high).count(MINUS) else f"{low} … {high}"


def figures_for(unit: Unit, cells: Iterable[PublishableCell]) -> Figures:
    """The decimals of a column. Percent and points have one; plain numbers show the standard error to two digits."""
    if unit is not Unit.PLAIN:
        return Figures(unit=unit, decimals=1)
    errors = [cell.standard_error for cell in cells if cell.standard_error]
    if not errors:
        return Figures(unit=unit, decimals=1)
    return Figures(unit=unit, decimals=min(max(1 - math.floor(math.log10(min(errors))), 0), 4))
