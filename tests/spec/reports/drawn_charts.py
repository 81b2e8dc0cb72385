"""What is drawn in a finished PDF, read back from its operators: intervals, points, and where they stand."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pypdf import PdfReader

from reports import charts

_NUMBER = r"(-?\d*\.?\d+)"
_STROKE = re.compile(rf"{_NUMBER} {_NUMBER} {_NUMBER} RG {_NUMBER} w {_NUMBER} {_NUMBER} m {_NUMBER} {_NUMBER} l S")
_FILL = re.compile(rf"{_NUMBER} {_NUMBER} {_NUMBER} rg {_NUMBER} {_NUMBER} {_NUMBER} {_NUMBER} re f")
_CIRCLE = re.compile(rf"{_NUMBER} {_NUMBER} m ((?:(?:{_NUMBER} ){{6}}c ){{4}})h (?:f|B)")
_INTERVAL_WIDTHS = (2.2, 1.2)


@dataclass(frozen=True, slots=True)
class Interval:
    """A bar or line; coordinates in pt, y upwards."""

    left: float
    right: float
    y: float


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """One page's charts. ``ends``: short strokes that mark the limit of a figure whose answers were all alike."""

    intervals: tuple[Interval, ...]
    points: tuple[Point, ...]
    ends: tuple[Point, ...]

    def point_of(self, interval: Interval) -> Point | None:
        """The point on an interval; None where it has none."""
        found = [
            one
            for one in self.points
            if abs(one.y - interval.y) < 0.05 and interval.left - 0.05 <= one.x <= interval.right + 0.05
        ]
        assert len(found) <= 1
        return found[0] if found else None

    def rows(self) -> Iterator[list[Interval]]:
        """Intervals from the top down, those of one height from the left."""
        heights = sorted({one.y for one in self.intervals}, reverse=True)
        for y in heights:
            yield sorted((one for one in self.intervals if one.y == y), key=lambda one: one.left)


def drawings(pdf: bytes) -> list[Drawing]:
    contents = [page.get_contents() for page in PdfReader(io.BytesIO(pdf)).pages]
    return [_read(one.get_data().decode("latin-1")) for one in contents if one is not None]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def _read(operators: str) -> Drawing:
    intervals: list[Interval] = []
    ends: list[Point] = []
    for found in _STROKE.finditer(operators):
        *_, width, left, bottom, right, top = map(float, found.groups())
        if bottom == top and width in _INTERVAL_WIDTHS:
            intervals.append(Interval(left, right, bottom))
        elif left == right and abs(abs(top - bottom) - charts.END_STROKE) < 0.01:
            ends.append(Point(left, (top + bottom) / 2))
    for found in _FILL.finditer(operators):
        *_, left, bottom, width, height = map(float, found.groups())
        if abs(height - charts.BAR_HEIGHT) < 0.01:
            intervals.append(Interval(left, left + width, round(bottom + height / 2, 3)))
    points = []
    for found in _CIRCLE.finditer(operators):
        numbers = [float(one) for one in re.findall(_NUMBER, found.group(0))]
        xs, ys = numbers[0::2], numbers[1::2]
        points.append(Point((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2))
    return Drawing(tuple(intervals), tuple(points), tuple(ends))
