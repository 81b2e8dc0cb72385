"""A story without what has no room: of the spare blocks those of a rank and above, and a line that names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from reports.blocks import Block, Columns, Comparison, Notes, PageBreak, Spare, Story
from reports.wording.phrases import say
from reports.wording.verdicts import in_sentence

FIRST_KEPT: Final = 2  # what has a lower rank stays until nothing else helps


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
    names = [one.name for one in spares(story.blocks) if one.rank >= rank]
    blocks = _kept(story.blocks, rank)
    if not names:
        return replace(story, blocks=blocks)
    names = [in_sentence(name, story.language) for name in dict.fromkeys(names)]
    line = say(story.language, "left_off", parts=say(story.language, "enumeration").join(names))
    *before, last = blocks
    return replace(story, blocks=(*before, Notes((line,)), last))


def narrower(story: Story, typed: Story) -> Iterator[Story]:
    """The story with less and less: without what is spare, then its chart broken over pages, then without how firm the
    verdicts are, without the code to scan (``typed`` has none), without the definitions."""
    yield whole(story)
    least = FIRST_KEPT
    for rank in ranks(story):
        if rank >= FIRST_KEPT:
            least = rank
            yield fitted(story, rank)
    yield flowing(fitted(story, least))
    yield flowing(fitted(story, 1))
    yield flowing(fitted(typed, 1))
    yield flowing(fitted(typed, 0))


def whole(story: Story) -> Story:
    """With all of them."""
    return fitted(story, max(ranks(story), default=0) + 1)


def flowing(story: Story) -> Story:
    """Page one without a chart that may break before what may not, and without an end of its own: no blank is lost."""
    places = [place for place, block in enumerate(story.blocks) if isinstance(block, PageBreak)]
    if not places:
        return story
    first, rest = story.blocks[: places[0]], story.blocks[places[0] + 1 :]
    charts = tuple(block for block in first if isinstance(block, Comparison))
    others = tuple(block for block in first if not isinstance(block, Comparison))
    return replace(story, blocks=(*others, *charts, *rest))


def _kept(blocks: tuple[Block, ...], rank: int) -> tuple[Block, ...]:
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, Spare):
            kept += _kept(block.blocks, rank) if block.rank < rank else ()
        elif isinstance(block, Columns):
            sides = (replace(side, blocks=_kept(side.blocks, rank)) for side in block.sides)
            left = tuple(side for side in sides if side.blocks)
            kept += [Columns(left)] if len(left) > 1 else [block for side in left for block in side.blocks]
        else:
            kept.append(block)
    return tuple(kept)
