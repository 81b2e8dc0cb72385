"""A story without what has no room: as few of its spare blocks go as must, by their rank, and a line names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from itertools import count
from typing import Final

from reports.blocks import Block, Columns, Comparison, Notes, PageBreak, Spare, Story
from reports.wording.phrases import say
from reports.wording.verdicts import in_sentence

FIRST_KEPT: Final = 2  # what has a lower rank stays until nothing else helps

Fits = Callable[[Story], bool]


def ranks(story: Story) -> list[int]:
    """Of the spare blocks, those to leave out first come first."""
    return sorted({one.rank for one in spares(story.blocks)}, reverse=True)


def spares(blocks: tuple[Block, ...]) -> Iterator[Spare]:
    for block in blocks:
        if isinstance(block, Spare):
            yield block
        elif isinstance(block, Columns):
            for side in block.sides:
                yield from spares(side.blocks)


def fitted(story: Story, rank: int) -> Story:
    """Without the spare blocks of ``rank`` and above; a line before the imprint names them."""
    return without(story, {place for place, one in enumerate(spares(story.blocks)) if one.rank >= rank})


def without(story: Story, gone: Set[int]) -> Story:
    """Without the spare blocks of these places among them; a line before the imprint names them."""
    names = [one.name for place, one in enumerate(spares(story.blocks)) if place in gone]
    blocks = _kept(story.blocks, gone, count())
    if not names:
        return replace(story, blocks=blocks)
    names = [in_sentence(name, story.language) for name in dict.fromkeys(names)]
    line = say(story.language, "left_off", parts=say(story.language, "enumeration").join(names))
    *before, last = blocks
    return replace(story, blocks=(*before, Notes((line,)), last))


def whole(story: Story) -> Story:
    """With all of them."""
    return without(story, frozenset())


def fullest(story: Story, fits: Fits, least: int = 0) -> Story | None:
    """With as many of its spare blocks as it has room for, of which those below ``least`` stay in any case; None where
    it has none without the others either.

    They go in the order of their ranks until the rest has room; what went and has room after all comes back.
    """
    every = list(spares(story.blocks))
    order = sorted((place for place, one in enumerate(every) if one.rank >= least), key=lambda at: (every[at].rank, at))
    gone: set[int] = set()
    while not fits(without(story, gone)):
        if not order:
            return None
        gone.add(order.pop())
    for place in sorted(gone, key=lambda at: (every[at].rank, at)):
        if fits(without(story, gone - {place})):
            gone.remove(place)
    return without(story, gone)


def narrower(story: Story, typed: Story, fits: Fits) -> Story | None:
    """The sheet of a community with what it has room for: without what is spare, then its chart broken over pages, then
    without how firm the verdicts are, without the code to scan (``typed`` has none), without the definitions; None
    where it has no room even so."""
    broken, broken_typed = flowing(story), flowing(typed)
    tries = ((story, FIRST_KEPT), (broken, 1), (broken_typed, 1), (broken, 0), (broken_typed, 0))
    found = (fullest(one, fits, least) for one, least in tries)
    return next((one for one in found if one is not None), None)


def flowing(story: Story) -> Story:
    """Page one without a chart that may break before what may not, and without an end of its own: no blank is lost."""
    places = [place for place, block in enumerate(story.blocks) if isinstance(block, PageBreak)]
    if not places:
        return story
    first, rest = story.blocks[: places[0]], story.blocks[places[0] + 1 :]
    charts = tuple(block for block in first if isinstance(block, Comparison))
    others = tuple(block for block in first if not isinstance(block, Comparison))
    return replace(story, blocks=(*others, *charts, *rest))


def _kept(blocks: tuple[Block, ...], gone: Set[int], places: Iterator[int]) -> tuple[Block, ...]:
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, Spare):
            kept += () if next(places) in gone else block.blocks
        elif isinstance(block, Columns):
            sides = [replace(side, blocks=_kept(side.blocks, gone, places)) for side in block.sides]
            left = tuple(side for side in sides if side.blocks)
            kept += [Columns(left)] if len(left) > 1 else [block for side in left for block in side.blocks]
        else:
            kept.append(block)
    return tuple(kept)
