"""Every measure and colour of a report, once. Lengths in pt; ``U`` is the unit of the vertical grid.

One rule above all: a verdict colour means a verdict and nothing else. All other ink is one blue-black and greys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analysis.results import Verdict
from reports.typesetting.composer import Span

MILLIMETRE: Final = 72 / 25.4
PAGE_WIDTH: Final = 595.28
PAGE_HEIGHT: Final = 841.89
MARGIN_SIDE: Final = 18 * MILLIMETRE
MARGIN_TOP: Final = 15 * MILLIMETRE
TEXT_WIDTH: Final = PAGE_WIDTH - 2 * MARGIN_SIDE
U: Final = 3.5
GUTTER: Final = 12.0
COLUMNS: Final = 12
FOOT_RULE: Final = 216 * U  # below the top margin
FOOT_TEXT: Final = 220 * U
BODY_BOTTOM: Final = 213.5 * U  # less what the note of every page needs
FIRST_BODY: Final = 25 * U  # page one: the rule above the verdict sentence
NEXT_BODY: Final = 6 * U  # other pages: the rule of the first section
SECTION_GAPS: Final = (
    7 * U,
    6 * U,
    5 * U,
    4 * U,
    3.2 * U,
    2.6 * U,
    2 * U,
    1.6 * U,
    1.2 * U,
)  # the widest that costs no page is taken
COMMUNITY_PAGES: Final = 2  # what a leader reads of one community: one sheet, both sides
STREET_PAGES: Final = 4  # two sheets
CITY_PAGES: Final = 12
SECTOR_PAGES: Final = 2

INK: Final = "#16202A"
GREY: Final = "#525B65"
MARKS: Final = "#8B949D"
BAR: Final = "#B3BAC1"
RULE: Final = "#C8CED4"
HAIRLINE: Final = "#E4E8EB"
TINT: Final = "#F3F5F6"
WHITE: Final = "#FFFFFF"
SHADES: Final = (WHITE, "#EBEBEB", "#D7D7D7", "#C3C3C3", "#AFAFAF")  # equal steps of 20: they stay apart in grey print
ACCENT: Final = "#1F4E79"
VERDICT_COLOUR: Final = {
    Verdict.REACHED: "#00504A",
    Verdict.NOT_REACHED: "#A8330F",
    Verdict.CANNOT_TELL: "#6D63A0",
    Verdict.CANNOT_REACH: "#6D63A0",
    Verdict.NOT_PUBLISHED: MARKS,
}
VERDICT_SIGN: Final = {
    Verdict.REACHED: "●",
    Verdict.NOT_REACHED: "▲",
    Verdict.CANNOT_TELL: "◆",
    Verdict.CANNOT_REACH: "◇",
}

RULE_HEAVY: Final = 0.75
RULE_HEAD: Final = 0.5
RULE_ROW: Final = 0.5
CARD_BAR: Final = 2.6


@dataclass(frozen=True, slots=True)
class Role:
    """One use of type: size and leading in pt."""

    size: float
    leading: float
    bold: bool = False
    colour: str = INK

    def span(self, text: str, *, bold: bool | None = None, colour: str | None = None) -> Span:
        return Span(text, self.size, colour or self.colour, self.bold if bold is None else bold)


TITLE: Final = Role(26, 9 * U, bold=True)
TITLE_MEDIUM: Final = Role(22, 8 * U, bold=True)
TITLE_SMALL: Final = Role(19, 7 * U, bold=True)  # a name too long for the line at full size
TITLE_LONG: Final = Role(14, 5 * U, bold=True)  # a name of a hundred characters
PROGRAMME: Final = Role(12, 5 * U)
OVERLINE: Final = Role(10.5, 4 * U, bold=True, colour=ACCENT)
META: Final = Role(10.5, 4.2 * U, colour=GREY)
META_LATIN: Final = Role(10, 3.8 * U, colour=GREY)
VERDICT_SENTENCE: Final = Role(16, 6.5 * U, bold=True)
VERDICT_SENTENCE_LATIN: Final = Role(16, 5.8 * U, bold=True)
READING: Final = Role(10.5, 4.3 * U, colour=GREY)
READING_LATIN: Final = Role(10.5, 3.7 * U, colour=GREY)
CARD_NAME: Final = Role(12, 4.4 * U, bold=True)
CARD_WORD: Final = Role(14, 5.6 * U, bold=True)
CARD_WORD_SMALL: Final = Role(11.5, 4.4 * U, bold=True)
CARD_FIGURE: Final = Role(25, 8.4 * U, bold=True)
CARD_FIGURE_SMALL: Final = Role(21, 8 * U, bold=True)
CARD_UNIT: Final = Role(12, 9 * U, colour=GREY)
SECTION_TITLE: Final = Role(12, 4.4 * U, bold=True)
LEAD: Final = Role(10.5, 4.3 * U)
BODY: Final = Role(10.5, 4.3 * U)
BODY_LATIN: Final = Role(10.5, 3.7 * U)  # Latin letters fill less of their line than Han: less leading reads as well
ROW: Final = Role(10.5, 4 * U)
ROW_LATIN: Final = Role(10.5, 3.6 * U)
ROW_CONTEXT: Final = Role(10.5, 4 * U, colour=GREY)  # street and city beside a community
NOTE: Final = Role(9, 3.4 * U, colour=GREY)
NOTE_LATIN: Final = Role(9, 3.1 * U, colour=GREY)
FOOT: Final = Role(8.5, 3.2 * U, colour=GREY)  # what every page carries
SMALL: Final = Role(9, 3.4 * U)  # a name or figure that has no room at the size of its neighbours
SMALLEST: Final = 7.5  # pt; no word is ever set smaller
LETTER: Final = Role(7.5, 3 * U, colour=GREY)
AXIS: Final = Role(9, 3.4 * U, colour=GREY)


def columns_width(columns: int) -> float:
    """Width of that many of the twelve columns with the gutters between them."""
    one = (TEXT_WIDTH - (COLUMNS - 1) * GUTTER) / COLUMNS
    return columns * one + (columns - 1) * GUTTER
