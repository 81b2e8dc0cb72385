"""Words at their place: what every drawing of a block uses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.results import Verdict
from reports import style
from reports.fonts import Weight
from reports.marks import Frame, Mark, Stroke, Words, spoken
from reports.structure import ARTIFACT, Node
from reports.style import Role
from reports.typesetting.composer import Composer, Line, Span
from reports.wording.verdicts import verdict_word

OPTICAL_MIDDLE = 0.372  # em above the baseline: the middle of a figure or an ideograph


@dataclass(frozen=True, slots=True)
class Setter:
    """Sets words with one composer."""

    composer: Composer
    language: str

    @property
    def body(self) -> Role:
        return style.BODY if self.language == "zh" else style.BODY_LATIN

    @property
    def note(self) -> Role:
        return style.NOTE if self.language == "zh" else style.NOTE_LATIN

    @property
    def verdict_sentence(self) -> Role:
        return style.VERDICT_SENTENCE if self.language == "zh" else style.VERDICT_SENTENCE_LATIN

    @property
    def reading(self) -> Role:
        return style.READING if self.language == "zh" else style.READING_LATIN

    @property
    def row(self) -> Role:
        return style.ROW if self.language == "zh" else style.ROW_LATIN

    def left(self, role: Role, text: str, x: float, y: float, *, bold: bool | None = None) -> Words:
        return Words(x, y, self.composer.line(role.span(text, bold=bold)))

    def right(self, role: Role, text: str, x: float, y: float, *, bold: bool | None = None) -> Words:
        line = self.composer.line(role.span(text, bold=bold))
        return Words(x - line.width, y, line)

    def centred(self, role: Role, text: str, x: float, y: float, *, bold: bool | None = None) -> Words:
        line = self.composer.line(role.span(text, bold=bold))
        return Words(x - line.width / 2, y, line)

    def flush(self, line: Line, x: float, y: float) -> Words:
        """A line of large type whose ink begins at ``x``: the first character's own blank is set outside."""
        first = line.pieces[0]
        left = self.composer.face.glyph(first.style.weight, first.text[0]).box[0]
        return Words(x - left * first.style.size / 1000, y, line)

    def width(self, role: Role, text: str, *, bold: bool | None = None) -> float:
        return self.composer.width(role.span(text, bold=bold)) if text else 0.0

    def shortened(self, role: Role, text: str, width: float) -> str:
        """The text, or as much of its beginning as fits with an ellipsis: a name of a hundred characters in a foot."""
        if self.width(role, text) <= width:
            return text
        keep = len(text)
        while keep > 1 and self.width(role, f"{text[:keep].rstrip()}…") > width:
            keep -= 1
        return f"{text[:keep].rstrip()}…"

    def paragraph(
        self,
        role: Role,
        text: str | Sequence[Span],
        width: float,
        *,
        x: float = 0.0,
        y: float = 0.0,
        justify: bool = False,
        node: Node | None = None,
    ) -> tuple[tuple[Mark, ...], int]:
        """The lines with their first baseline at ``y``, and how many there are; a paragraph, unless it is ``node``."""
        node = node or Node(kind="P")
        spans = [role.span(text)] if isinstance(text, str) else list(text)
        lines = self.lines(spans, width, justify=justify)
        return tuple(Words(x, y + i * role.leading, line, node) for i, line in enumerate(lines)), len(lines)

    def lines(self, spans: Sequence[Span], width: float, *, justify: bool = False) -> tuple[Line, ...]:
        # Latin text is never stretched: its blanks would tear.
        return self.composer.paragraph(spans, width, justify=justify and self.language == "zh")

    def sign(self, verdict: Verdict, x: float, y: float, radius: float) -> tuple[Words, ...]:
        """The verdict's sign centred on (x, y), of equal area with a disc of ``radius``; a dash where hidden.

        It is a character of the font, so whoever copies the page copies the sign. Whoever hears the page hears the word
        beside it; where none stands, ``sign_alone`` says it.
        """
        character = style.VERDICT_SIGN.get(verdict)
        colour = style.VERDICT_COLOUR[verdict]
        if character is None:
            line = self.composer.line(Span("—", radius * 3.2, colour))
            return (Words(x - line.width / 2, y + radius * 3.2 * OPTICAL_MIDDLE, line, ARTIFACT),)
        left, bottom, right, top = self.composer.face.glyph(_weight(verdict), character).box
        size = self._sign_size(verdict, radius)
        line = self.composer.line(Span(character, size, colour, verdict is Verdict.CANNOT_REACH))
        return (Words(x - (left + right) / 2000 * size, y + (bottom + top) / 2000 * size, line, ARTIFACT),)

    def sign_alone(self, verdict: Verdict, x: float, y: float, radius: float) -> tuple[Mark, ...]:
        """The sign where no word stands beside it: its word is said instead."""
        return spoken(self.sign(verdict, x, y, radius), verdict_word(verdict, self.language))

    def sign_reach(self, verdict: Verdict, radius: float) -> float:
        """Half the width of the sign's ink in pt."""
        character = style.VERDICT_SIGN.get(verdict)
        if character is None:
            return radius * 1.43
        left, _, right, _ = self.composer.face.glyph(_weight(verdict), character).box
        return (right - left) / 2000 * self._sign_size(verdict, radius)

    def _sign_size(self, verdict: Verdict, radius: float) -> float:
        """Size of type at which the sign has the area of a disc of ``radius``."""
        left, bottom, right, top = self.composer.face.glyph(_weight(verdict), style.VERDICT_SIGN[verdict]).box
        filled = math.pi / 4 if verdict is Verdict.REACHED else 0.5
        return radius * math.sqrt(math.pi / ((right - left) * (top - bottom) / 1e6 * filled))

    def section_head(self, title: str, unit: str, width: float) -> Frame:
        """Rule, title, unit at the right; the next baseline is 5u below the title's. Height to the title's baseline."""
        marks: list[Mark] = [Stroke(0, 0, width, 0, style.RULE_HEAVY, style.INK)]
        y = 5 * style.U
        marks.append(replace(self.left(style.SECTION_TITLE, title, 0, y), node=Node(kind="H2")))
        if unit:
            title_width = self.width(style.SECTION_TITLE, title)
            unit_width = self.width(style.NOTE, unit)
            if title_width + unit_width + style.GUTTER <= width:
                marks.append(self.right(style.NOTE, unit, width, y))
            else:
                words, count = self.paragraph(style.NOTE, unit, width, y=y + 3.5 * style.U)
                marks.extend(words)
                y += 3.5 * style.U + (count - 1) * style.NOTE.leading
        return Frame(y, tuple(marks), title)

    def notes(self, lines: Sequence[str], width: float) -> Frame:
        """Small print, one paragraph each; the first baseline 3u below the top."""
        marks: list[Mark] = []
        y = 3 * style.U
        for text in lines:
            words, count = self.paragraph(self.note, text, width, y=y, justify=True)
            marks.extend(words)
            y += count * self.note.leading
        return Frame(y - 3 * style.U + 0.8 * style.U if lines else 0.0, tuple(marks))


def _weight(verdict: Verdict) -> Weight:
    """The hollow sign is drawn bold: its outline is all that is seen of it."""
    return Weight.BOLD if verdict is Verdict.CANNOT_REACH else Weight.REGULAR
