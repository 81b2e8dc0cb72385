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
LEAST_STEP: Final = 5.0  # of per cent and points: finer figures on an axis are read by nobody
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
    """A round axis that holds all values, within ``bounds`` (the scale of the quantity), with a figure at both ends.

    About ``ticks`` figures; of per cent and points none between two fives but the target and the end of the scale.
    """
    known = [value for value in values if math.isfinite(value)]
    if target is not None:
        known.append(target)
    if not known:
        known = list(bounds or (0.0, 1.0))
    low, high = min(known), max(known)
    least = LEAST_STEP if bounds is not None and bounds[1] - bounds[0] >= 4 * LEAST_STEP else 0.0
    if high - low < 1e-9 and not least:
        low, high = (low - 1, high + 1) if bounds is None else bounds
    step = round_step(max((high - low) / ticks, least))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if first == last:
        first, last = first - 1, last + 1
    if bounds is not None:
        first = max(first, math.ceil(bounds[0] / step - 1e-9))
        last = min(last, math.floor(bounds[1] / step + 1e-9))
        if last <= first:
            return _whole(bounds, known, target)
    marks = [(i * step, label(i * step, step)) for i in range(first, last + 1)]
    if bounds is not None:  # the scale may end between two steps: its end is named where the axis reaches it
        marks += [(end, label(end, bounds[1] - bounds[0])) for end in bounds if _reached(end, marks, low, high)]
    return _with_target(marks, target, (low, high))


def _reached(end: float, marks: list[tuple[float, str]], low: float, high: float) -> bool:
    """Whether there are values between the outermost of ``marks`` and this end of the scale."""
    return (low < marks[0][0] - 1e-9 and end < marks[0][0]) or (high > marks[-1][0] + 1e-9 and end > marks[-1][0])


def _whole(bounds: tuple[float, float], known: list[float], target: float | None) -> Axis:
    """The whole scale, of which the ends alone are named."""
    marks = [(end, in_full(end)) for end in bounds]
    return _with_target(marks, target, (min(known), max(known)))


def _with_target(marks: list[tuple[float, str]], target: float | None, ends: tuple[float, float]) -> Axis:
    span = max(value for value, _ in marks) - min(value for value, _ in marks)
    if target is not None and all(abs(value - target) > span * 1e-6 for value, _ in marks):
        marks = [*marks, (target, in_full(target))]
    found = tuple(sorted(marks))
    return Axis(min(found[0][0], ends[0]), max(found[-1][0], ends[1]), found, target)


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


def gridlines(scale: Scale, standing: Iterable[float], top: float, bottom: float) -> tuple[Mark, ...]:
    """Pale verticals at those figures of the axis."""
    return tuple(Stroke(scale.at(value), top, scale.at(value), bottom, 0.5, style.HAIRLINE) for value in standing)
