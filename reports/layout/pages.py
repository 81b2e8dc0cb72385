"""Blocks onto pages: what stays together, where a page ends, what every page carries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
    Story,
    Table,
)
from reports.layout.cards import cards
from reports.layout.colophon import colophon
from reports.layout.comparison import comparison
from reports.layout.masthead import answer, masthead
from reports.layout.prose import glossary, prose, small_print
from reports.layout.setting import Setter
from reports.layout.tables import table
from reports.marks import Frame, Mark, Stack, Stroke, below, moved
from reports.style import U

CARDS_GAP = 5 * U  # between the answer and the cards
NOTES_GAP = 2.5 * U
WHOLE = 45 * U  # what is no higher is never parted
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
    marks: list[Mark] = field(default_factory=list)
    bookmarks: list[tuple[str, float]] = field(default_factory=list)
    empty: bool = True
    overflow: bool = False  # holds what should have stood on page one

    def put(self, frame: Frame) -> None:
        self.marks.extend(moved(frame.marks, 0, self.y))
        if frame.bookmark:
            self.bookmarks.append((frame.bookmark, self.y))
        self.y += frame.height
        self.empty = False

    def fits(self, height: float) -> bool:
        return self.y + height <= self.bottom + 0.01


def lay_out(story: Story, setter: Setter) -> tuple[Page, ...]:
    """All pages of a document with their heads and feet, with as much air as costs no further page."""
    note = page_note(story, setter)
    bottom = style.BODY_BOTTOM - note.height
    flowing = Flow(setter, bottom)
    tries = [flowing.sheets(story.blocks, gap) for gap in style.SECTION_GAPS]
    # Fewest pages first, then page one whole; of equals the widest gap, which is tried first.
    sheets = min(tries, key=lambda sheets: (len(sheets), any(sheet.overflow for sheet in sheets)))
    return tuple(finish(story, setter, sheet, note, number, len(sheets)) for number, sheet in enumerate(sheets, 1))


def page_note(story: Story, setter: Setter) -> Frame:
    """What every page says above its foot rule: what a verdict is, what an interval leaves out."""
    if not story.page_note:
        return Frame(0.0, ())
    words, count = setter.paragraph(style.NOTE, story.page_note, style.TEXT_WIDTH)
    return Frame((count - 1) * style.NOTE.leading + 3.2 * U, words)


@dataclass(slots=True)
class Flow:
    """Puts blocks on sheets; the frames of a block are made once and used for every try."""

    setter: Setter
    bottom: float
    _made: dict[tuple[int, float], list[Stack]] = field(default_factory=dict)

    def sheets(self, blocks: tuple[Block, ...], gap: float) -> list[Sheet]:
        sheets = [Sheet(0.0, self.bottom)]
        for position, block in enumerate(blocks):
            if isinstance(block, PageBreak):
                # What ran over page one goes on: a page of two blocks would be mostly empty.
                if len(sheets) == 1:
                    sheets.append(Sheet(style.NEXT_BODY, self.bottom))
                else:
                    sheets[-1].overflow = True
                continue
            key = (position, gap if isinstance(block, Columns) else 0.0)
            if key not in self._made:
                self._made[key] = stacks(self.setter, block, style.TEXT_WIDTH, gap)
            for number, stack in enumerate(self._made[key]):
                place(sheets, stack, gap_before(block, gap) if number == 0 else gap)
        return sheets


def gap_before(block: Block, gap: float) -> float:
    if isinstance(block, Masthead | Answer):
        return 0.0
    if isinstance(block, Cards):
        return CARDS_GAP
    return NOTES_GAP if isinstance(block, Notes) and not block.ruled else gap


def stacks(setter: Setter, block: Block, width: float, gap: float) -> list[Stack]:
    """The frames of a block; blocks side by side that are too high for a page go one after the other."""
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
        case Prose():
            return [Stack((prose(setter, block, width),))]
        case Notes():
            return [Stack((small_print(setter, block, width),))]
        case Colophon():
            return [Stack((colophon(setter, block, width),))]
        case Glossary():
            return [glossary(setter, block, width)]
        case Columns():
            return side_by_side(setter, block, width, gap)
        case PageBreak():
            return []
        case _:
            assert_never(block)


def side_by_side(setter: Setter, block: Columns, width: float, gap: float) -> list[Stack]:
    """One frame of several columns, or the blocks in turn where the frame would fill more than a page."""
    marks: list[Mark] = []
    x = height = 0.0
    bookmark = None
    for side in block.sides:
        side_width = style.columns_width(side.columns)
        parts: list[Frame] = []
        for each in side.blocks:
            if parts:
                untitled = isinstance(each, Table) and not each.title
                parts.append(Frame(UNTITLED_GAP if untitled else gap, ()))
            parts.extend(frame for stack in stacks(setter, each, side_width, gap) for frame in stack.frames)
        frame = below(*parts)
        bookmark = bookmark or frame.bookmark
        marks.extend(moved(frame.marks, x, 0))
        height = max(height, frame.height)
        x += side_width + style.GUTTER
    if height > style.BODY_BOTTOM - style.NEXT_BODY:
        return [stack for side in block.sides for each in side.blocks for stack in stacks(setter, each, width, gap)]
    return [Stack((Frame(height, tuple(marks), bookmark),))]


def place(sheets: list[Sheet], stack: Stack, gap: float) -> None:
    """Put the frames on the last page, on new ones when it is full, the head first on each of those."""
    frames = stack.frames
    total = sum(frame.height for frame in frames)
    sheet = sheets[-1]
    if not sheet.empty:
        start = total if total <= WHOLE or len(frames) <= 3 else frames[0].height + frames[1].height
        if sheet.fits(gap + start):
            sheet.y += gap
        else:
            sheets.append(Sheet(style.NEXT_BODY, sheets[-1].bottom))
    for number, frame in enumerate(frames):
        sheet = sheets[-1]
        rest = frames[number:]
        # The last two rows go over together: a single row under a repeated head is a widow.
        need = frame.height + (rest[1].height if len(rest) == 2 or (frame.keep and len(rest) > 1) else 0.0)
        if number and not sheet.fits(need):
            sheets.append(Sheet(style.NEXT_BODY, sheets[-1].bottom))
            if stack.head is not None:
                sheets[-1].put(replace(stack.head, bookmark=None))
        sheets[-1].put(frame)


def finish(story: Story, setter: Setter, sheet: Sheet, note: Frame, number: int, count: int) -> Page:
    """The page with its running head (from page two) and its foot."""
    marks = list(sheet.marks)
    width = style.TEXT_WIDTH
    if number > 1:
        marks.append(setter.left(style.OVERLINE, story.running_head, 0, 2 * U))
        used = setter.width(style.OVERLINE, story.running_head)
        if used + setter.width(style.NOTE, story.running_title) + style.GUTTER <= width:
            marks.append(setter.right(style.NOTE, story.running_title, width, 2 * U))
    marks.extend(moved(note.marks, 0, style.FOOT_RULE - note.height + U))
    marks.append(Stroke(0, style.FOOT_RULE, width, style.FOOT_RULE, style.RULE_HEAD, style.RULE))
    y = style.FOOT_TEXT
    right = setter.right(style.NOTE, story.page_of.format(page=number, pages=count), width, y)
    left = setter.left(style.NOTE, story.foot_left, 0, y)
    middle = setter.centred(style.NOTE, story.foot_middle, width / 2, y)
    marks += [left, right]
    if left.line.width + style.GUTTER > middle.x:
        middle = replace(middle, x=left.line.width + style.GUTTER)
    if middle.x + middle.line.width + style.GUTTER > right.x:  # a long name takes the line for itself
        middle = setter.left(style.NOTE, story.foot_middle, 0, y + style.NOTE.leading)
    marks.append(middle)
    return Page(tuple(marks), tuple(sheet.bookmarks))
