"""The cover sheet of a batch: what it holds, and lines to sign as it is handed out and comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from questionnaires.text import Text
from reports import style
from reports.layout.setting import Setter
from reports.marks import Mark, Stroke, Words
from reports.paper_form.blocks import outline
from reports.paper_form.density import MM
from reports.paper_form.geometry import PAGE
from reports.paper_form.words import say
from reports.typesetting.composer import Span

LEFT: Final = 20 * MM
RIGHT: Final = (PAGE[0] - 20) * MM
STEPS: Final = ("handed_out", "returned", "spoiled", "missing")
COLUMNS: Final = (("step", 24.0), ("forms", 20.0), ("exceptions", 72.0), ("name", 28.0), ("date", 26.0))  # mm
ROW: Final = 19 * MM
LANGUAGES: Final = {"zh": "中文", "en": "English"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    title: Text  # of the questionnaire
    wave: Text
    community: Text
    community_code: str
    batch: int
    forms: int
    first_serial: str  # in groups
    last_serial: str
    sampled: bool
    large: bool = False


def cover_marks(setter: Setter, cover: Cover, languages: Sequence[str], pages: int) -> list[Mark]:
    """One page; with two languages every label is said in both."""

    def both(key: str, **values: object) -> str:
        return "  ".join(say(key, language, **values) for language in languages)

    def name(text: Text) -> str:
        return "  ".join(dict.fromkeys(text.in_language(language) for language in languages))

    print_ = [both("cover_large")] if cover.large else []
    marks: list[Mark] = []
    y = 34 * MM
    for line in setter.lines([Span(both("cover", number=cover.batch), 20, style.INK, bold=True)], RIGHT - LEFT):
        marks.append(Words(LEFT, y, line))
        y += 26
    for line in setter.lines([Span(name(cover.title), 12, style.GREY)], RIGHT - LEFT):
        marks.append(Words(LEFT, y, line))
        y += 17
    y += 8
    facts = (
        ("cover_community", f"{name(cover.community)}  {cover.community_code}"),
        ("cover_wave", name(cover.wave)),
        ("cover_count", str(cover.forms)),
        ("cover_serials", f"{cover.first_serial} – {cover.last_serial}"),
        ("cover_mode", both("cover_sampled" if cover.sampled else "open")),
        ("cover_language", "  ".join([*(LANGUAGES[language] for language in languages), *print_])),
        ("cover_paper", both("cover_printed", pages=pages, sheets=cover.forms * ceil(pages / 2))),
    )
    for key, value in facts:
        y += 6
        large = key in ("cover_community", "cover_serials", "cover_count")
        label = both(key)
        marks.append(setter.left(style.Role(9.5, 14, colour=style.GREY), label, LEFT, y))
        for line in setter.lines([Span(value, 13 if large else 10.5, style.INK, bold=large)], RIGHT - LEFT - 52 * MM):
            marks.append(Words(LEFT + 52 * MM, y, line))
            y += 17 if large else 15
    return marks + _table(setter, languages, y + 14)


def _table(setter: Setter, languages: Sequence[str], top: float) -> list[Mark]:
    """A row for each step, with room for a hand."""
    marks: list[Mark] = []
    role, small = style.Role(9.5, 12, bold=True), style.Role(8.5, 11.5, colour=style.GREY)
    head = 15 * MM
    x = LEFT
    for key, width in COLUMNS:
        marks += outline(x, top, width * MM, head, 0.6)
        for place, language in enumerate(languages):
            lines = setter.lines([Span(say(f"cover_{key}", language), 9, style.INK)], width * MM - 3 * MM)
            marks += [Words(x + 1.5 * MM, top + 5 * MM + (place + at) * 11, line) for at, line in enumerate(lines)]
        x += width * MM
    y = top + head
    for step in STEPS:
        x = LEFT
        for column, (_, width) in enumerate(COLUMNS):
            marks += outline(x, y, width * MM, ROW, 0.6)
            if column == 0:
                for place, language in enumerate(languages):
                    marks.append(
                        setter.left(
                            role if place == 0 else small,
                            say(f"cover_{step}", language),
                            x + 1.5 * MM,
                            y + 8 * MM + place * 13,
                        )
                    )
            x += width * MM
        y += ROW
    for language in languages:
        for line in setter.lines([small.span(say("cover_hint", language))], RIGHT - LEFT):
            y += 13
            marks.append(Words(LEFT, y, line))
    marks.append(Stroke(LEFT, 24 * MM, RIGHT, 24 * MM, style.RULE_HEAVY, style.INK))
    return marks
