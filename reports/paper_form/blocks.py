"""What a page of the form is filled with, before it is placed: a block's marks, and the boxes and fields in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from questionnaires.text import Text
from reports import style
from reports.layout.setting import Setter
from reports.marks import Mark, Stroke, moved
from reports.paper_form.density import MM, Density
from reports.paper_form.geometry import BOX_LINE
from reports.style import Role
from reports.typesetting.composer import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A box to tick; pt from the block's top left corner."""

    variable: str
    code: str
    x: float
    y: float

    def moved(self, dx: float, dy: float) -> Tick:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A field for handwriting."""

    variable: str
    kind: str
    x: float
    y: float
    width: float
    height: float

    def moved(self, dx: float, dy: float) -> Writing:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place kept for what every copy names by itself: the blocks of the questionnaire that it asks."""

    draw: str
    names: Mapping[str, str]  # block -> its name, with the numbers of its questions
    role: Role
    columns: int
    numbered: bool  # they are answered in the order in which they are named
    x: float = 0.0
    y: float = 0.0  # of the first baseline

    def moved(self, dx: float, dy: float) -> Spot:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Stays whole on a page. ``gap`` is the least space above it; ``keep``: never the last on a page."""

    height: float
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...] = ()
    writings: tuple[Writing, ...] = ()
    spots: tuple[Spot, ...] = ()
    gap: float = 0.0
    keep: bool = False

    def moved(self, dx: float, dy: float) -> Block:
        return replace(
            self,
            marks=moved(self.marks, dx, dy),
            ticks=tuple(tick.moved(dx, dy) for tick in self.ticks),
            writings=tuple(field.moved(dx, dy) for field in self.writings),
            spots=tuple(spot.moved(dx, dy) for spot in self.spots),
        )


def stacked(blocks: Sequence[Block], gap: float, *, keep: bool = False) -> Block:
    """One block of several, each with its own gap above but the first."""
    marks: list[Mark] = []
    ticks: list[Tick] = []
    writings: list[Writing] = []
    spots: list[Spot] = []
    y = 0.0
    for place, block in enumerate(blocks):
        y += block.gap if place else 0.0
        shifted = block.moved(0, y)
        marks += shifted.marks
        ticks += shifted.ticks
        writings += shifted.writings
        spots += shifted.spots
        y += block.height
    return Block(
        height=y,
        marks=tuple(marks),
        ticks=tuple(ticks),
        writings=tuple(writings),
        spots=tuple(spots),
        gap=gap,
        keep=keep,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Sets words of the form: in one language, or Chinese with English beside or below it."""

    setter: Setter
    languages: tuple[str, ...]
    density: Density

    @property
    def both(self) -> bool:
        return len(self.languages) > 1

    def spans(self, text: Text, role: Role, *, bold: bool | None = None) -> list[Span]:
        """Beside each other; the second language a little smaller and never bold."""
        first, *others = self.languages
        spans = [role.span(text.in_language(first), bold=bold)]
        spans += [
            Span(f"  {narrow(words)}", role.size * 0.9, style.GREY)
            for language in others
            if (words := text.in_language(language)) != text.in_language(first)
        ]
        return spans

    def width(self, spans: Sequence[Span]) -> float:
        return self.setter.composer.width(*spans)

    def paragraph(self, spans: Sequence[Span], role: Role, width: float, x: float = 0.0) -> Block:
        """Lines of one paragraph; the block ends where the next line would begin."""
        words, count = self.setter.paragraph(role, list(spans), width, x=x, y=role.size)
        return Block(height=count * role.leading, marks=words)

    def text(
        self, text: Text, role: Role, width: float, x: float = 0.0, *, tail: Sequence[Sequence[Span]] = ()
    ) -> Block:
        """A paragraph a language; ``tail`` goes on after each."""
        parts: list[Block] = []
        for place, language in enumerate(self.languages):
            smaller = role if place == 0 else Role(role.size * 0.9, role.leading * 0.92, False, style.GREY)
            own = list(tail[place]) if place < len(tail) else []
            words = text.in_language(language) if place == 0 else narrow(text.in_language(language))
            spans = [smaller.span(words, bold=role.bold and place == 0), *own]
            parts.append(self.paragraph(spans, smaller, width, x))
        return stacked(parts, 0.0)


def narrow(words: str) -> str:
    """English beside Chinese: in a Chinese face the curved quotation marks are as wide as an ideograph."""
    return words.translate({0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'"})


def outline(
    x: float, y: float, width: float, height: float, line: float, colour: str = style.INK
) -> tuple[Stroke, ...]:
    """A rectangle whose outer edges are given, drawn inside them."""
    half = line / 2
    left, top, right, bottom = x + half, y + half, x + width - half, y + height - half
    return (
        Stroke(left - half, top, right + half, top, line, colour),
        Stroke(left - half, bottom, right + half, bottom, line, colour),
        Stroke(left, top - half, left, bottom + half, line, colour),
        Stroke(right, top - half, right, bottom + half, line, colour),
    )


def tick_box(x: float, y: float, side: float) -> tuple[Stroke, ...]:
    return outline(x, y, side, side, BOX_LINE * MM)
