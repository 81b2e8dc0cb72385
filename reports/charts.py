"""Charts as values: where a number stands on an axis, and the marks of an interval.

Everything here is marks (``reports.marks``), so the same chart can be drawn to PDF now and to SVG later.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from reports import style
from reports.blocks import Axis, Look, Range
from reports.marks import Disc, Fill, Mark, Stroke
from reports.wording.figures import in_full, written

STEPS: Final = (1, 2, 5, 10)
BAR_HEIGHT: Final = 3.8
END_STROKE: Final = 6.5


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis laid on the page from ``left`` to ``right`` (pt)."""

    axis: Axis
    left: float
    right: float

    def at(self, value: float) -> float:
        """Place of a value; what lies outside the axis stands at its end."""
        axis = self.axis
        clipped = min(max(value, axis.low), axis.high)
        return self.left + (clipped - axis.low) / (axis.high - axis.low) * (self.right - self.left)


def axis_for(
    values: Iterable[float],
    *,
    bounds: tuple[float, float] | None,
    ticks: int,
    target: float | None = None,
) -> Axis:
    """A round axis that holds all values, within ``bounds`` (the scale of the quantity); about ``ticks`` figures."""
    known = [value for value in values if math.isfinite(value)]
    if target is not None:
        known.append(target)
    if not known:
        known = list(bounds or (0.0, 1.0))
    low, high = min(known), max(known)
    if high - low < 1e-9:
        low, high = (low - 1, high + 1) if bounds is None else bounds
    step = round_step((high - low) / ticks)
    first, last = math.floor(low / step - 1e-9), math.ceil(high / step + 1e-9)
    if bounds is not None:
        first = max(first, math.ceil(bounds[0] / step - 1e-9))
        last = min(last, math.floor(bounds[1] / step + 1e-9))
        if last <= first:
            return Axis(bounds[0], bounds[1], tuple((b, label(b, bounds[1] - bounds[0])) for b in bounds), target)
    if (last - first) > ticks * 2:
        step *= 2
    marks = tuple((i * step, label(i * step, step)) for i in range(first, last + 1))
    if bounds is not None:  # the scale may end between two steps: its end is named where the axis reaches it
        below, above = (low < marks[0][0] - 1e-9, high > marks[-1][0] + 1e-9)
        marks = (
            *(((bounds[0], label(bounds[0], bounds[1] - bounds[0])),) if below else ()),
            *marks,
            *(((bounds[1], label(bounds[1], bounds[1] - bounds[0])),) if above else ()),
        )
    if target is not None and all(abs(value - target) > step * 1e-6 for value, _ in marks):
        marks = tuple(sorted((*marks, (target, in_full(target)))))
    return Axis(min(marks[0][0], low), max(marks[-1][0], high), marks, target)


def round_step(raw: float) -> float:
    """The next of 1, 2, 5 × 10^k at or above ``raw``."""
    power = 10.0 ** math.floor(math.log10(raw))
    return float(next(step for step in STEPS if step * power >= raw - 1e-12) * power)


def label(value: float, step: float) -> str:
    return written(value, max(0, -math.floor(math.log10(step) + 1e-9)))


def interval_marks(scale: Scale, value: Range, y: float) -> tuple[Mark, ...]:
    """The marks of one interval at height ``y``: bar or line, and the dot; all alike: an end stroke, no dot; coded:
    nothing but the interval."""
    left, right = scale.at(value.low), scale.at(value.high)
    if value.look in (Look.PALE, Look.PALE_STRONG):
        return _pale(scale, value, left, right, y)
    width, radius, colour = {
        Look.OWN: (2.2, 3.3, style.INK),
        Look.CONTEXT: (1.2, 2.5, style.GREY),
        Look.WHOLE: (1.2, 2.5, style.GREY),
    }[value.look]
    line = style.INK if value.look is Look.OWN else style.MARKS
    marks: list[Mark] = [Stroke(left, y, right, y, width, line)]
    if value.dot is None:
        return (*marks, *(_end_strokes(left, right, y, scale, colour) if value.limit else ()))
    dot = scale.at(value.dot)
    if value.look is Look.WHOLE:
        return (*marks, Disc(dot, y, radius - 0.4, style.WHITE, colour, 1.0))
    return (*marks, Disc(dot, y, radius, colour))


def _pale(scale: Scale, value: Range, left: float, right: float, y: float) -> tuple[Mark, ...]:
    colour = style.MARKS if value.look is Look.PALE_STRONG else style.BAR
    bar = Fill(left, y - BAR_HEIGHT / 2, max(right - left, 0.5), BAR_HEIGHT, colour)
    if value.dot is None:
        return (bar, *(_end_strokes(left, right, y, scale, style.INK) if value.limit else ()))
    return (bar, Disc(scale.at(value.dot), y, 1.75, style.INK))


def _end_strokes(left: float, right: float, y: float, scale: Scale, colour: str) -> tuple[Mark, ...]:
    """The limit that is known: the end of the bar that is not the end of the scale."""
    end = left if right >= scale.right - 0.01 else right
    return (Stroke(end, y - END_STROKE / 2, end, y + END_STROKE / 2, 1.2, colour),)


def gridlines(scale: Scale, top: float, bottom: float) -> tuple[Mark, ...]:
    """Pale verticals at each figure of the axis."""
    return tuple(
        Stroke(scale.at(value), top, scale.at(value), bottom, 0.5, style.HAIRLINE) for value, _ in scale.axis.ticks
    )
