"""What a page is made of before it is a PDF: strokes, fills, discs and set words.

Coordinates in pt from the top left corner of the frame, y downwards. The same values can be drawn to SVG.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from reports.typesetting.composer import Line


@dataclass(frozen=True, slots=True)
class Stroke:
    x: float
    y: float
    to_x: float
    to_y: float
    width: float
    colour: str

    def moved(self, dx: float, dy: float) -> Stroke:
        return Stroke(self.x + dx, self.y + dy, self.to_x + dx, self.to_y + dy, self.width, self.colour)


@dataclass(frozen=True, slots=True)
class Fill:
    x: float
    y: float
    width: float
    height: float
    colour: str

    def moved(self, dx: float, dy: float) -> Fill:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True)
class Disc:
    """A dot; with ``outline`` it is hollow, filled with ``colour``."""

    x: float
    y: float
    radius: float
    colour: str
    outline: str | None = None
    outline_width: float = 0.0

    def moved(self, dx: float, dy: float) -> Disc:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True)
class Words:
    """A set line whose baseline starts at (x, y)."""

    x: float
    y: float
    line: Line

    def moved(self, dx: float, dy: float) -> Words:
        return Words(self.x + dx, self.y + dy, self.line)


@dataclass(frozen=True, slots=True)
class Squares:
    """Black squares of side ``cell`` in a grid from (x, y): each run is its row, and from and to which column."""

    x: float
    y: float
    cell: float
    runs: tuple[tuple[int, int, int], ...]

    def moved(self, dx: float, dy: float) -> Squares:
        return replace(self, x=self.x + dx, y=self.y + dy)


Mark = Stroke | Fill | Disc | Words | Squares


@dataclass(frozen=True, slots=True)
class Frame:
    """Marks that stay together on a page. ``bookmark`` names the place in the document's outline."""

    height: float
    marks: tuple[Mark, ...]
    bookmark: str | None = None
    keep: bool = False  # never the last on a page when more follows


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames below each other; ``head`` is drawn again at the top of each further page. The last two stay together."""

    frames: tuple[Frame, ...]
    head: Frame | None = None


def moved(marks: Iterable[Mark], dx: float, dy: float) -> tuple[Mark, ...]:
    return tuple(mark.moved(dx, dy) for mark in marks)


def below(*frames: Frame) -> Frame:
    """One frame of several, one under the other."""
    marks: list[Mark] = []
    y = 0.0
    for frame in frames:
        marks.extend(moved(frame.marks, 0, y))
        y += frame.height
    bookmark = next((frame.bookmark for frame in frames if frame.bookmark), None)
    return Frame(y, tuple(marks), bookmark)
