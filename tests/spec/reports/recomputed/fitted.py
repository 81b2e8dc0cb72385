"""A sheet without what has no room: all its other blocks as they were, a line that names what went, no mark unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reports.blocks import Block, Colophon, Columns, Comparison, Notes, PageBreak, Spare, Story, Table
from reports.story.spares import fitted, flowing, spares, without
from reports.wording.phrases import PHRASES
from tests.spec.reports.recomputed.sheet import Sheet, fill

Faults = Iterator[tuple[object, ...]]


def narrowed(story: Story) -> Iterator[Story]:
    """Sheets that a PDF may be instead of the whole: by ranks, and each without one of its spare blocks alone."""
    for rank in sorted({one.rank for one in spares(story.blocks)}):
        yield fitted(story, rank)
        yield flowing(fitted(story, rank))
    for place, _ in enumerate(spares(story.blocks)):
        yield without(story, {place})


def one_by_one(blocks: Iterable[Block], gone: Iterable[Spare] = ()) -> Iterator[Block]:
    """What stands in columns or is spare, too; nothing of what is gone."""
    for block in blocks:
        if isinstance(block, Columns):
            for side in block.sides:
                yield from one_by_one(side.blocks, gone)
        elif isinstance(block, Spare):
            yield from () if same(block, gone) else one_by_one(block.blocks, gone)
        elif not isinstance(block, PageBreak):
            yield block


def faults(whole: Story, less: Story, sheet: Sheet) -> Faults:
    left = list(one_by_one(less.blocks))
    spare = list(spares(whole.blocks))
    gone = [one for one in spare if not all(same(inner, left) for inner in one.blocks)]
    yield from (("a part of what went", one) for one in gone if any(same(inner, left) for inner in one.blocks))
    wanted = list(one_by_one(whole.blocks, gone))
    if gone:
        names = dict.fromkeys(sheet.small(one.name) for one in gone)
        parts = ("、" if sheet.chinese else ", ").join(names)
        line = Notes((fill(PHRASES["left_off"].in_language(sheet.language), {"parts": parts}),))
        if less.blocks[-2] != line:
            yield "what went is not named", less.blocks[-2], line
        left.remove(less.blocks[-2])
    if len(left) != len(wanted) or not all(same(one, left) for one in wanted):
        yield "otherwise than the whole", left, wanted
    yield from unread(left)


def same(one: Block, among: Iterable[Block]) -> bool:
    return any(one is each for each in among)


def unread(blocks: Iterable[Block]) -> Faults:
    """Letters and signs behind figures that nothing on the sheet explains."""
    marks: set[str] = set()
    explained: list[str] = []
    for block in blocks:
        if isinstance(block, Table):
            marks.update(sign for row in block.rows for cell in row.cells for sign in cell.letter)
        elif isinstance(block, Comparison):
            marks.update(sign for group in block.groups for row in group.rows for sign in row.letter)
        told = block.lines if isinstance(block, Notes | Colophon) else getattr(block, "notes", ())
        explained += told
    yield from (("nothing explains", sign) for sign in marks if not any(f"{sign} " in text for text in explained))
