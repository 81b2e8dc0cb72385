"""Blocks onto pages: what stays together, where a page ends, what every page carries."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import assert_never

from reports import style
from reports.blocks import (
    Answer,
    Block,
    Cards,
    Colophon,
    Columns,
    Comparison,
    Glossary,
    Masthead,
    Notes,
    PageBreak,
    Prose,
    Spare,
    Story,
    Table,
    Tiles,
)
from reports.layout.cards import cards
from reports.layout.city_map import city_map
from reports.layout.colophon import colophon
from reports.layout.comparison import comparison
from reports.layout.masthead import answer, masthead
from reports.layout.prose import glossary, prose, small_print
from reports.layout.setting import Setter
from reports.layout.tables import table
from reports.layout.tiles import tiles
from reports.marks import Frame, Mark, Stack, Stroke, furniture, moved, named
from reports.style import U

CARDS_GAP = 5 * U  # between the answer and the cards
NOTES_GAP = 2.5 * U
WHOLE = 45 * U  # what is no higher is never parted
BLANKS = (0.3, 0.15, 0.0)  # of a page, that is left rather than part what has room on the next
HALF = 0.5  # of a page: what is no higher is better not parted
FILLED = 0.75  # of a page before the last
KEPT = 100  # blocks whose frames are remembered: those of a sheet, and what the next says too
UNTITLED_GAP = 0.0  # a table without a title continues the one above it


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page: marks from the top left corner of the text area, and the places the outline names."""

    marks: tuple[Mark, ...]
    bookmarks: tuple[tuple[str, float], ...]


@dataclass(slots=True)
class Sheet:
    """A page being filled."""

    y: float
    bottom: float
    placed: list[tuple[Frame, float]] = field(default_factory=list)
    overflow: bool = False  # holds what should have stood on page one
    parted: bool = False  # ends within something short

    def put(self, frame: Frame) -> None:
        self.placed.append((frame, self.y))
        self.y += frame.height

    @property
    def empty(self) -> bool:
        return not self.placed

    @property
    def bookmarks(self) -> tuple[tuple[str, float], ...]:
        return tuple(
            (title, y + down)
            for frame, y in self.placed
            for title, down in (*(((frame.bookmark, 0.0),) if frame.bookmark else ()), *frame.further)
        )

    def fits(self, height: float) -> bool:
        return self.y + height <= self.bottom + 0.01


@dataclass(frozen=True, slots=True)
class Air:
    """``gap``: between sections; ``blank``: of a page, left rather than part what has room on the next."""

    gap: float
    blank: float


@dataclass(frozen=True, slots=True)
class Numbering:
    """Of pages in a larger whole: how many stand before, and how many there are."""

    before: int
    total: int


def lay_out(
    story: Story, setter: Setter, frames: Frames | None = None, numbering: Numbering | None = None
) -> tuple[Page, ...]:
    """All pages of a document with their heads and feet, with as much air as costs no further page."""
    note = page_note(story, setter)
    flowing = Flow(setter, style.BODY_BOTTOM - note.height, frames or Frames())
    airs = [Air(gap, blank) for blank in BLANKS for gap in style.SECTION_GAPS]
    tries = [flowing.sheets(story.blocks, air, drawn=False) for air in airs]
    # Fewest pages first, then page one whole, then what looks worse; of equals the widest gap, which is tried first.
    costs = [(len(sheets), any(sheet.overflow for sheet in sheets), faults(sheets)) for sheets in tries]
    sheets = flowing.sheets(story.blocks, airs[costs.index(min(costs))], drawn=True)
    numbering = numbering or Numbering(0, len(sheets))
    return tuple(finish(story, setter, sheet, note, number, numbering) for number, sheet in enumerate(sheets, 1))


def faults(sheets: list[Sheet]) -> int:
    """Short tables that are parted, and pages with much blank before the last."""
    return sum(sheet.parted + (sheet.y < FILLED * sheet.bottom) for sheet in sheets[:-1])


def pages_of(story: Story, setter: Setter, frames: Frames) -> int:
    """On how many pages it has room with the least air."""
    flowing = Flow(setter, style.BODY_BOTTOM - page_note(story, setter).height, frames)
    return len(flowing.sheets(story.blocks, Air(style.SECTION_GAPS[-1], 0.0), drawn=False))


def page_note(story: Story, setter: Setter) -> Frame:
    """What every page says above its foot rule: what a verdict is, what an interval leaves out."""
    if not story.page_note:
        return Frame(0.0, ())
    words, count = setter.paragraph(style.FOOT, story.page_note, style.TEXT_WIDTH)
    return Frame((count - 1) * style.FOOT.leading + 3.2 * U, words)


class Frames:
    """The frames of blocks that were laid out last, by block and width: a try with less air needs them again, so does
    the next sheet of the release for what all of them say. Of ``KEPT`` blocks; whoever was asked for last stays."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[Block, float], list[Stack]] = OrderedDict()

    def of(self, setter: Setter, block: Block, width: float) -> list[Stack]:
        key = (block, width)
        if key in self._made:
            self._made.move_to_end(key)
        else:
            self._made[key] = stacks(setter, block, width)
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
        return self._made[key]


@dataclass(slots=True)
class Flow:
    """Puts blocks on sheets; the frames of a block are made once and used for every try."""

    setter: Setter
    bottom: float
    frames: Frames
    _made: dict[tuple[int, float], list[Stack]] = field(default_factory=dict)  # by identity: each try asks again
    _seen: set[tuple[Block, float]] = field(default_factory=set)

    def sheets(self, blocks: tuple[Block, ...], air: Air, *, drawn: bool) -> list[Sheet]:
        """``drawn``: with the marks of blocks that stand side by side; else with their heights alone."""
        sheets = [Sheet(0.0, self.bottom)]
        told: list[Stack] = []  # what announces the next block
        for block, after in zip_longest(blocks, blocks[1:]):
            if isinstance(block, PageBreak):
                # What ran over page one goes on: a page of two blocks would be mostly empty.
                if len(sheets) == 1:
                    sheets.append(Sheet(style.NEXT_BODY, self.bottom))
                else:
                    sheets[-1].overflow = True
                continue
            made = self.stacks(block, air.gap, drawn=drawn)
            if announces(block, after):
                told = made
                continue
            if told:
                made, told = [announced(told[0], made[0], min(NOTES_GAP, air.gap)), *made[1:]], []
            for number, stack in enumerate(made):
                place(sheets, stack, gap_before(block, air.gap) if number == 0 else air.gap, air.blank)
        return sheets

    def stacks(self, block: Block, gap: float, *, drawn: bool) -> list[Stack]:
        if isinstance(block, Columns):
            return self.side_by_side(block, gap, drawn=drawn)
        return self.of(block, style.TEXT_WIDTH)

    def of(self, block: Block, width: float) -> list[Stack]:
        key = (id(block), width)
        if key not in self._made:
            # Said twice in one document, it is two pieces of text, whatever was remembered.
            twice = (block, width) in self._seen
            self._seen.add((block, width))
            again = stacks(self.setter, block, width) if twice else self.frames.of(self.setter, block, width)
            self._made[key] = again
        return self._made[key]

    def side_by_side(self, block: Columns, gap: float, *, drawn: bool) -> list[Stack]:
        """One frame of several columns, or the blocks in turn where the frame would fill more than a page."""
        marks: list[Mark] = []
        x = height = 0.0
        places: list[tuple[str, float]] = []
        for side in block.sides:
            width = style.columns_width(side.columns)
            parts: list[Frame] = []
            for each in side.blocks:
                if parts:
                    parts.append(Frame(gap_inside(each, gap), ()))
                parts.extend(frame for stack in self.of(each, width) for frame in stack.frames)
            y = 0.0
            for part in parts:
                if part.bookmark:
                    places.append((part.bookmark, y))
                if drawn:
                    marks.extend(moved(part.marks, x, y))
                y += part.height
            height = max(height, y)
            x += width + style.GUTTER
        if height > style.BODY_BOTTOM - style.NEXT_BODY:
            return [stack for side in block.sides for each in side.blocks for stack in self.of(each, style.TEXT_WIDTH)]
        return [Stack((Frame(height, tuple(marks), further=tuple(places)),))]


def announces(block: Block, after: Block | None) -> bool:
    """Whether the text ends in a table that has no title of its own."""
    return isinstance(block, Prose) and isinstance(after, Table) and not after.title and bool(after.rows)


def announced(text: Stack, rows: Stack, gap: float) -> Stack:
    """Text and the table below it as one: its first rows stand on the page of the text that announces them."""
    before = (*text.frames, Frame(gap, ()))
    frames = (*before, *rows.frames)
    kept = len(before) + min(rows.least - 1, len(rows.frames) - 1)
    return replace(rows, frames=tuple(replace(one, keep=one.keep or at < kept) for at, one in enumerate(frames)))


def gap_before(block: Block, gap: float) -> float:
    if isinstance(block, Masthead | Answer):
        return 0.0
    if isinstance(block, Cards):
        return min(CARDS_GAP, 1.5 * gap)
    return NOTES_GAP if isinstance(block, Notes) and not block.ruled else gap


def gap_inside(block: Block, gap: float) -> float:
    """Before a block below another one of its side."""
    if isinstance(block, Table) and not block.title:
        return UNTITLED_GAP
    return NOTES_GAP if isinstance(block, Notes) else gap


def stacks(setter: Setter, block: Block, width: float) -> list[Stack]:
    """The frames of a block. Blocks side by side come from ``Flow``, which knows the air between them."""
    match block:
        case Masthead():
            return [Stack((masthead(setter, block, width),))]
        case Answer():
            return [Stack((answer(setter, block, width),))]
        case Cards():
            return [Stack(cards(setter, block, width))]
        case Comparison():
            return [comparison(setter, block, width)]
        case Table():
            return [table(setter, block, width)]
        case Tiles():
            return [tiles(setter, block, width) if block.on_map is None else city_map(setter, block, width)]
        case Prose():
            return [prose(setter, block, width)]
        case Notes():
            return [Stack((small_print(setter, block, width),))]
        case Colophon():
            return [Stack((colophon(setter, block, width),))]
        case Glossary():
            return [glossary(setter, block, width)]
        case Spare():
            return [stack for each in block.blocks for stack in stacks(setter, each, width)]
        case Columns() | PageBreak():
            return []
        case _:
            assert_never(block)


def place(sheets: list[Sheet], stack: Stack, gap: float, blank: float) -> None:
    """Put the frames on the last page, on new ones when it is full, the head first on each of those. ``blank``: how
    much of a page is left rather than part what has room on the next."""
    frames = stack.frames
    total = sum(frame.height for frame in frames)
    sheet = sheets[-1]
    if not sheet.empty:
        room = sheet.bottom - sheet.y - gap
        page = sheet.bottom - style.NEXT_BODY
        whole = total <= WHOLE or (total <= page and room <= blank * page)
        if total <= room + 0.01 or (not whole and parted(stack, 0, room)):
            sheet.y += gap
        else:
            sheets.append(Sheet(style.NEXT_BODY, sheet.bottom))
    at = 0
    while at < len(frames):
        sheet = sheets[-1]
        room = sheet.bottom - sheet.y
        end = parted(stack, at, room) or parted(Stack(frames), at, room) or at + 1
        for frame in frames[at:end]:
            sheet.put(frame)
        at = end
        if at < len(frames):
            sheet.parted = total <= HALF * sheet.bottom
            sheets.append(Sheet(style.NEXT_BODY, sheet.bottom))
            if stack.head is not None:
                sheets[-1].put(replace(stack.head, bookmark=None, marks=furniture(stack.head.marks)))


def parted(stack: Stack, at: int, room: float) -> int:
    """Up to which frame from ``at`` they stand in ``room``, with no fewer than ``least`` on either side of the break;
    0 where there is no such place."""
    frames, end = stack.frames, at
    while end < len(frames) and frames[end].height <= room + 0.01:
        room -= frames[end].height
        end += 1
    if end == len(frames):
        return end
    end = min(end, len(frames) - stack.least)
    while end > at and frames[end - 1].keep:
        end -= 1
    return end if end - at >= stack.least else 0


def finish(story: Story, setter: Setter, sheet: Sheet, note: Frame, number: int, numbering: Numbering) -> Page:
    """The page with its running head (from page two) and its foot."""
    own = [mark for frame, at in sheet.placed for mark in moved(frame.marks, 0, at)]
    said = moved(note.marks, 0, style.FOOT_RULE - note.height + U)  # on every page, and heard on the first
    marks: list[Mark] = []
    width = style.TEXT_WIDTH
    if number == 1:
        own += said
    else:
        head = setter.shortened(style.OVERLINE, story.running_head, width)
        marks.append(setter.left(style.OVERLINE, head, 0, 2.4 * U))
        used = setter.width(style.OVERLINE, head)
        if used + setter.width(style.FOOT, story.running_title) + style.GUTTER <= width:
            marks.append(setter.right(style.FOOT, story.running_title, width, 2.4 * U))
        marks += said
    marks.append(Stroke(0, style.FOOT_RULE, width, style.FOOT_RULE, style.RULE_HEAD, style.RULE))
    y = style.FOOT_TEXT
    numbered = story.page_of.format(page=numbering.before + number, pages=numbering.total)
    right = setter.right(style.FOOT, numbered, width, y)
    middle = setter.centred(style.FOOT, story.foot_middle, width / 2, y)
    room = right.x - style.GUTTER
    left = setter.left(style.FOOT, setter.shortened(style.FOOT, story.foot_left, room), 0, y)
    marks += [left, right]
    if left.line.width + style.GUTTER > middle.x:
        middle = replace(middle, x=left.line.width + style.GUTTER)
    if middle.x + middle.line.width + style.GUTTER > right.x:  # a long name takes the line for itself
        middle = setter.left(style.FOOT, story.foot_middle, 0, y + style.FOOT.leading)
    marks.append(middle)
    return Page((*named(own), *furniture(marks)), sheet.bookmarks)
