"""Sets text: characters with their widths into lines, lines into paragraphs.

A paragraph is broken as a whole (least sum of squared slack, as Knuth and Plass do), so that one bad line is not
bought by a good one before it and the last line never holds a single character.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from math import inf
from typing import Any, Final

from reports.fonts import Typeface, Weight
from reports.typesetting.characters import Kind, full_width, gap, kind, may_break

STRETCH: Final = 0.095  # em by which each gap of a line may grow; the eye would bear more, but from 0.1 em on a
# reader of the file takes the gap for a blank between words and copies it
HANG: Final = 0.5  # em of a full-width mark that may stand outside the measure
WIDE: Final = 0.9  # em from which a mark counts as full-width in this font
ORPHAN: Final = 1e6  # cost of a last line of one character, or of one short word
SHORT_WORD: Final = 6  # letters
SHORT_LAST: Final = 4  # characters: a last line of fewer is avoided where that costs little
SHORT_LINE: Final = 4.0  # what it costs, as a line that is 2 em short
KEPT: Final = 10_000  # lines and paragraphs each: those of a long report, a few MB


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style. ``size`` and ``rise`` in pt, ``colour`` as #RRGGBB."""

    text: str
    size: float
    colour: str
    bold: bool = False
    rise: float = 0.0

    @property
    def weight(self) -> Weight:
        return Weight.BOLD if self.bold else Weight.REGULAR


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters shown by one operator; ``x`` in pt from the line's start, ``kerns`` in em after each character."""

    x: float
    text: str
    kerns: tuple[float, ...]
    style: Span


@dataclass(frozen=True, slots=True)
class Line:
    """One set line. ``width`` is its measure without what hangs; ``size`` the largest size in it; both in pt."""

    pieces: tuple[Piece, ...]
    width: float
    size: float

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class _Set:
    """One character, its style, its width and the natural gap before it, in pt."""

    character: str
    style: Span
    width: float
    before: float


@dataclass(frozen=True, slots=True)
class _Ruler:
    """For each place between two characters, in pt: where a line that begins there has its left edge, where one that
    ends there has its right edge; blanks at its ends and what hangs are left out."""

    starts: Sequence[float]
    ends: Sequence[float]


class Composer:
    """Sets text in one typeface, and remembers what it has set: a document asks for a line again and again, and a
    thousand sheets of one release say the same of their method. Forgets all of it where it grows beyond ``KEPT``."""

    def __init__(self, face: Typeface) -> None:
        self.face = face
        self._lines: dict[tuple[Span, ...], Line] = {}
        self._paragraphs: dict[tuple[tuple[Span, ...], float, bool], tuple[Line, ...]] = {}

    def line(self, *spans: Span) -> Line:
        """Everything on one line, whatever its width. Nothing hangs at its ends."""
        if (made := self._lines.get(spans)) is None:
            forget_many(self._lines)
            made = self._lines[spans] = self._close(self._set(spans), hang=False)
        return made

    def width(self, *spans: Span) -> float:
        return self.line(*spans).width

    def paragraph(self, spans: Sequence[Span], width: float, *, justify: bool = False) -> tuple[Line, ...]:
        """The text broken to ``width`` (pt); a line feed in the text begins a new line."""
        asked = (tuple(spans), width, justify)
        if (made := self._paragraphs.get(asked)) is None:
            forget_many(self._paragraphs)
            made = self._paragraphs[asked] = self._broken(spans, width, justify=justify)
        return made

    def _broken(self, spans: Sequence[Span], width: float, *, justify: bool) -> tuple[Line, ...]:
        lines: list[Line] = []
        for part in split_at_line_feeds(spans):
            characters = self._set(part)
            if not characters:
                continue
            ends = self._breaks(characters, width)
            for start, end in pairwise([0, *ends]):
                stretched = width if justify and end != len(characters) else None
                lines.append(self._close(characters[start:end], hang=True, stretched=stretched))
        return tuple(lines)

    def _set(self, spans: Sequence[Span]) -> list[_Set]:
        result: list[_Set] = []
        for span in spans:
            for character in span.text:
                width = self.face.advance(span.weight, character) * span.size / 1000
                before = 0.0
                if result:
                    last = result[-1]
                    extra = gap(last.character, character)
                    if extra > 0 or (self._wide(last) and width > WIDE * span.size):
                        before = extra * min(last.style.size, span.size)
                    if last.character == " " and len(result) > 1 and self._ends_in_blank(result[-2]):
                        before -= last.width
                result.append(_Set(character, span, width, before))
        return result

    def _ends_in_blank(self, item: _Set) -> bool:
        """Whether its own right half is blank: a typed blank after it would be a hole."""
        return kind(item.character) is Kind.CLOSING and full_width(item.character) and self._wide(item)

    def _wide(self, item: _Set) -> bool:
        return item.width > WIDE * item.style.size

    def _hang(self, item: _Set, wanted: Kind) -> float:
        """How far this character may stand outside the measure, in pt."""
        hangs = kind(item.character) is wanted and full_width(item.character) and self._wide(item)
        return HANG * item.style.size if hangs else 0.0

    def _breaks(self, characters: list[_Set], width: float) -> list[int]:
        """Ends of the lines, the last being the number of characters."""
        count = len(characters)
        places = [0, *(i for i in range(1, count) if may_break(characters[i - 1].character, characters[i].character))]
        ruler = self._ruler(characters)
        places = with_emergencies(ruler, [*places, count], width)
        starts, ends = [ruler.starts[place] for place in places], [ruler.ends[place] for place in places]
        sizes = [characters[place].style.size for place in places[:-1]]
        last = len(places) - 1
        best, came = [inf] * len(places), [0] * len(places)
        best[0] = 0.0
        for end in range(1, last + 1):
            room, cheapest, best_start = width - ends[end], inf, 0
            for start in range(end - 1, -1, -1):
                slack = room + starts[start]
                if slack < -0.01 and end - start > 1:
                    break
                if end == last:
                    cost = best[start] + _cost_of_last(characters[places[start] :])
                elif slack > 0:  # squared slack in em
                    cost = best[start] + (slack / sizes[start]) ** 2
                else:
                    cost = best[start]
                if cost < cheapest:
                    cheapest, best_start = cost, start
            best[end], came[end] = cheapest, best_start
        found, at = [], last
        while at:
            found.append(places[at])
            at = came[at]
        return found[::-1]

    def _ruler(self, characters: Sequence[_Set]) -> _Ruler:
        """Where lines begin and end, so that the natural width of any line is one difference."""
        count = len(characters)
        totals = [0.0, *accumulate(item.width + item.before for item in characters)]
        starts, ends = [0.0] * (count + 1), [0.0] * (count + 1)
        starts[count] = totals[count]
        for i in range(count - 1, -1, -1):
            item = characters[i]
            blank = item.character.isspace()
            starts[i] = starts[i + 1] if blank else totals[i] + item.before + self._hang(item, Kind.OPENING)
        for i in range(1, count + 1):
            item = characters[i - 1]
            blank = item.character.isspace()
            ends[i] = ends[i - 1] if blank else totals[i] - self._hang(item, Kind.CLOSING)
        return _Ruler(starts, ends)

    def _close(self, characters: Sequence[_Set], *, hang: bool, stretched: float | None = None) -> Line:
        """A line of these characters; ``stretched`` is the width to reach where the gaps can bear it."""
        characters = trim(characters)
        if not characters:
            return Line((), 0.0, 0.0)
        left = self._hang(characters[0], Kind.OPENING) if hang else 0.0
        right = self._hang(characters[-1], Kind.CLOSING) if hang else 0.0
        natural = sum(item.width + item.before for item in characters) - characters[0].before - left - right
        extra = self._extra(characters, natural, stretched)
        pieces: list[Piece] = []
        x, start, kerns = -left, 0, [0.0] * len(characters)
        piece_x = x
        for i, item in enumerate(characters):
            space = (item.before + extra[i]) if i else 0.0
            if i and item.style != characters[i - 1].style:
                pieces.append(_piece(piece_x, characters[start:i], kerns[start:i]))
                start, piece_x = i, x + space
            elif i:
                kerns[i - 1] = space / item.style.size
            x += space + item.width
        pieces.append(_piece(piece_x, characters[start:], kerns[start:]))
        return Line(tuple(pieces), x - right, max(item.style.size for item in characters))

    def _extra(self, characters: Sequence[_Set], natural: float, stretched: float | None) -> list[float]:
        """Growth of the gap before each character: equal shares, or none where that would be too much."""
        none = [0.0] * len(characters)
        if stretched is None:
            return none
        gaps = [
            i for i in range(1, len(characters)) if stretchable(characters[i - 1].character, characters[i].character)
        ]
        slack = stretched - natural
        if not gaps or slack <= 0 or slack / len(gaps) > STRETCH * characters[0].style.size:
            return none
        for i in gaps:
            none[i] = slack / len(gaps)
        return none


@lru_cache(maxsize=8)
def composer(face: Typeface) -> Composer:
    """The one of a typeface: the documents of a process share what it has set."""
    return Composer(face)


def forget_many(kept: dict[Any, Any]) -> None:
    if len(kept) >= KEPT:
        kept.clear()


def with_emergencies(ruler: _Ruler, places: list[int], width: float) -> list[int]:
    """A word wider than the line may break anywhere."""
    result = [0]
    for start, end in pairwise(places):
        if ruler.ends[end] - ruler.starts[start] > width:
            result.extend(range(start + 1, end))
        result.append(end)
    return result


def _cost_of_last(line: Sequence[_Set]) -> float:
    """A last line costs nothing unless it holds one character alone, or few."""
    visible = [one for item in line if (one := kind(item.character)) is Kind.HAN or one is Kind.LATIN]
    short = len(visible) < SHORT_WORD and Kind.HAN not in visible
    if len(visible) == 1 or (short and not any(item.character.isspace() for item in line)):
        return ORPHAN
    return SHORT_LINE if len(visible) < SHORT_LAST else 0.0


def stretchable(before: str, after: str) -> bool:
    """Gaps between ideographs, or an ideograph and anything; never inside a Latin word or figure."""
    return Kind.HAN in (kind(before), kind(after))


def trim(characters: Sequence[_Set]) -> Sequence[_Set]:
    """Without the blanks at both ends."""
    start, end = 0, len(characters)
    while start < end and characters[start].character.isspace():
        start += 1
    while end > start and characters[end - 1].character.isspace():
        end -= 1
    return characters[start:end]


def split_at_line_feeds(spans: Sequence[Span]) -> list[list[Span]]:
    """The spans of each paragraph line that the text itself asks for."""
    parts: list[list[Span]] = [[]]
    for span in spans:
        for i, text in enumerate(span.text.split("\n")):
            if i:
                parts.append([])
            if text:
                parts[-1].append(Span(text, span.size, span.colour, span.bold, span.rise))
    return parts


def _piece(x: float, characters: Sequence[_Set], kerns: Sequence[float]) -> Piece:
    return Piece(x, "".join(item.character for item in characters), tuple(kerns), characters[0].style)
