"""A report before it is drawn: a list of blocks that a test can read without a PDF.

Every text is final (made by ``wording``), every number on an axis is in the unit of that axis. Nothing here knows a
page, a font or a point size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from analysis.results import Verdict


class Look(Enum):
    """How strongly an interval is drawn."""

    OWN = "own"  # the report's own area: ink, heavy
    CONTEXT = "context"  # the area around it: grey
    WHOLE = "whole"  # the whole city: grey, hollow
    PALE = "pale"  # a row among many: pale bar with a small dot
    PALE_STRONG = "pale_strong"  # a sum row among many


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate with its limits in the unit of the axis; all three as they are printed.

    ``dot`` is None where no estimate is told. ``limit``: all answers were alike, and the inner end is marked as what is
    known; False for a figure that is coded, of which the interval alone is drawn.
    """

    low: float
    high: float
    dot: float | None
    look: Look = Look.OWN
    limit: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """``ticks`` are value and label; ``target`` is drawn through all rows of a column."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Masthead:
    overline: str
    title: str
    programme: str
    meta: tuple[str, ...]
    statutory: tuple[tuple[str, str], ...]
    colon: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict in one sentence, and how to read it; ``in_words``: how where nothing is drawn, if otherwise."""

    sentence: str
    reading: tuple[str, ...]
    in_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One headline indicator. ``counts`` (an area's report): how many communities got which verdict."""

    name: str
    verdict: Verdict | None
    word: str
    figure: str
    unit: str
    rows: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    counts: tuple[tuple[Verdict, int], ...] = ()
    further: tuple[tuple[str, str], ...] = ()  # rows that never stand beside the figure


@dataclass(frozen=True, slots=True)
class Cards:
    cards: tuple[Card, ...]
    legend: tuple[tuple[Verdict, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    name: str
    range: Range | None
    value: str
    interval: tuple[str, str] | None
    n: str
    letter: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonGroup:
    """One indicator: own area first, then what it is compared with."""

    name: str
    verdict: Verdict | None
    word: str
    target: float | None
    target_label: str
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    title: str
    unit: str
    heads: tuple[str, str, str]  # estimate, interval, n
    axis: Axis
    groups: tuple[ComparisonGroup, ...]
    notes: tuple[str, ...] = ()
    lead: str = ""
    unit_in_words: str = ""  # instead of the unit, where nothing is drawn


class ColumnKind(Enum):
    TEXT = "text"  # left, may wrap
    FIGURE = "figure"  # right, same decimals
    INTERVAL = "interval"  # aligned on the dash
    CHART = "chart"  # an interval drawn on an axis
    SHADED = "shaded"  # a figure in the middle of a shaded field, its head in as many lines as it needs


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` in pt or None for what the content needs; ``share`` is the part of the width left over."""

    head: str
    kind: ColumnKind = ColumnKind.TEXT
    note: str = ""  # grey behind the head
    axis: Axis | None = None
    share: float = 0.0
    width: float | None = None
    strong: bool = False  # head and figures in bold; of shaded columns


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a table; every part may be absent. An interval stands small below a figure."""

    text: str = ""
    bold: bool = False
    grey: bool = False
    verdict: Verdict | None = None
    letter: str = ""
    interval: tuple[str, str] | None = None
    range: Range | None = None
    indent: bool = False
    shade: int = 0  # of SHADES: 0 is the paper, 4 the darkest


SHADES = 5  # the paper and four greys


class Tone(Enum):
    PLAIN = "plain"
    STRONG = "strong"  # bold
    STREET = "street"  # tinted and bold
    WHOLE = "whole"  # bold between two heavy rules


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Table:
    """``pitch`` is the height of a one-line row in units of the grid."""

    title: str
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    lead: str = ""
    pitch: int = 4
    head: bool = True
    bookmark: bool = True
    unit_in_words: str = ""  # instead of the unit, where nothing is drawn


@dataclass(frozen=True, slots=True)
class Tile:
    """One area: its name, the sign and the word of its verdict, and how dark it is; what is hidden is hatched."""

    name: str
    verdict: Verdict
    word: str
    shade: int = 0  # of SHADES
    rings: tuple[tuple[tuple[int, int], ...], ...] = ()  # its outline, where the tiles stand on a map


@dataclass(frozen=True, slots=True)
class TileGroup:
    name: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class OnMap:
    """Tiles as a map, each in its outline; ``size``: its width and height in the units of the outlines."""

    title: str
    size: tuple[int, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tiles:
    """Areas as tiles of one size, in groups one below the other; ``legend`` has a tile's look and what it means.

    ``on_map``: drawn instead of the tiles on paper, and before them on the page.
    """

    title: str
    unit: str
    groups: tuple[TileGroup, ...]
    legend: tuple[tuple[Tile, str], ...]
    notes: tuple[str, ...] = ()
    in_words: tuple[str, ...] = ()  # instead of the notes, where nothing is hatched
    on_map: OnMap | None = None


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs under a title, with a legend of verdicts after the first."""

    title: str
    paragraphs: tuple[str, ...]
    legend: tuple[tuple[Verdict, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Notes:
    """Small print; ``ruled`` sets a thin rule above."""

    lines: tuple[str, ...]
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Colophon:
    """The last small print, under a thin rule; ``address`` stands beside it as a code to scan, "" for none."""

    lines: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on page two, unless page one ran over already."""


@dataclass(frozen=True, slots=True)
class Side:
    """Blocks beside other blocks; ``columns`` of the twelve."""

    columns: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms with their meaning, run in, in two columns of small print."""

    title: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Spare:
    """Blocks that a PDF leaves out where they would cost a page too many, those of the highest ``rank`` first, and
    names as ``name``. Word and the web page have them always."""

    rank: int
    name: str
    blocks: tuple[Block, ...]


Block = (
    Spare
    | Masthead
    | Answer
    | Cards
    | Comparison
    | Table
    | Tiles
    | Prose
    | Notes
    | Glossary
    | Colophon
    | PageBreak
    | Columns
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One document: its blocks, what every page carries, and what the file says of itself."""

    language: str
    title: str
    subject: str
    author: str
    blocks: tuple[Block, ...]
    running_head: str  # left, from page two
    running_title: str  # right, from page two
    foot_left: str
    foot_middle: str
    page_of: str  # with {page} and {pages}
    page_note: str  # above the foot rule of every page
    year_month_day: tuple[int, int, int] | None  # of the release: the creation date of the file; None: no date
    keywords: tuple[str, ...] = field(default=())
