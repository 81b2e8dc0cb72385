"""What a page is made of before it is a PDF: strokes, fills, discs and set words.

``node`` says what a mark is to whoever hears the page (``structure``); what is not text and has none is not heard.
Coordinates in pt from the top left corner of the frame, y downwards. The same values can be drawn to SVG.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from reports.structure import ARTIFACT, Node
from reports.typesetting.composer import Line


@dataclass(frozen=True, slots=True)
class Stroke:
    x: float
    y: float
    to_x: float
    to_y: float
    width: float
    colour: str
    node: Node | None = None

    def moved(self, dx: float, dy: float) -> Stroke:
        return Stroke(self.x + dx, self.y + dy, self.to_x + dx, self.to_y + dy, self.width, self.colour, self.node)


@dataclass(frozen=True, slots=True)
class Fill:
    x: float
    y: float
    width: float
    height: float
    colour: str
    node: Node | None = None

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
    node: Node | None = None

    def moved(self, dx: float, dy: float) -> Disc:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True)
class Words:
    """A set line whose baseline starts at (x, y)."""

    x: float
    y: float
    line: Line
    node: Node | None = None

    def moved(self, dx: float, dy: float) -> Words:
        return Words(self.x + dx, self.y + dy, self.line, self.node)


@dataclass(frozen=True, slots=True)
class Squares:
    """Black squares of side ``cell`` in a grid from (x, y): each run is its row, and from and to which column."""

    x: float
    y: float
    cell: float
    runs: tuple[tuple[int, int, int], ...]
    node: Node | None = None

    def moved(self, dx: float, dy: float) -> Squares:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled outline of rings, of which one inside another is a hole; offset by (x, y)."""

    x: float
    y: float
    rings: tuple[tuple[tuple[float, float], ...], ...]
    colour: str
    outline: str
    outline_width: float
    node: Node | None = None

    def moved(self, dx: float, dy: float) -> Shape:
        return replace(self, x=self.x + dx, y=self.y + dy)


Mark = Stroke | Fill | Disc | Words | Squares | Shape


@dataclass(frozen=True, slots=True)
class Frame:
    """Marks that stay together on a page. ``bookmark`` names the place in the document's outline."""

    height: float
    marks: tuple[Mark, ...]
    bookmark: str | None = None
    further: tuple[tuple[str, float], ...] = ()  # more places of the outline, each with how far down it is
    keep: bool = False  # never the last on a page when more follows


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames below each other; ``head`` is drawn again at the top of each further page. ``least``: so many stand
    together on either side of a break."""

    frames: tuple[Frame, ...]
    head: Frame | None = None
    least: int = 1


def moved(marks: Iterable[Mark], dx: float, dy: float) -> tuple[Mark, ...]:
    return tuple(mark.moved(dx, dy) for mark in marks)


def part_of(node: Node, marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks as one piece of text; what stands within it with words of its own stays that, as a part of it."""
    inside: dict[Node, Node] = {}
    made: list[Mark] = []
    for mark in marks:
        own = mark.node
        if own is not None and own.alt:
            made.append(replace(mark, node=inside.setdefault(own, replace(own, parent=node))))
        else:
            made.append(replace(mark, node=node) if isinstance(mark, Words) and own is not ARTIFACT else mark)
    return tuple(made)


def furniture(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks as what nobody needs to hear."""
    return tuple(replace(mark, node=ARTIFACT) if mark.node is not ARTIFACT else mark for mark in marks)


def named(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Each text that belongs to nothing as a paragraph of its own: rather that than unheard."""
    return tuple(
        replace(mark, node=Node(kind="P")) if isinstance(mark, Words) and mark.node is None else mark for mark in marks
    )


def spoken(marks: Iterable[Mark], alt: str, *, drawing: bool = False) -> tuple[Mark, ...]:
    """The marks with words that are said instead of them."""
    node = Node(kind="Figure" if drawing else "Span", alt=alt)
    return tuple(replace(mark, node=node) for mark in marks)


def below(*frames: Frame) -> Frame:
    """One frame of several, one under the other."""
    marks: list[Mark] = []
    y = 0.0
    for frame in frames:
        marks.extend(moved(frame.marks, 0, y))
        y += frame.height
    bookmark = next((frame.bookmark for frame in frames if frame.bookmark), None)
    return Frame(y, tuple(marks), bookmark)
