"""What the first page says of one area: the answer, the headline figures, what changed, what to mend first.

Made of the blocks of its sheet: a phone and the paper say the same words, and this says nothing that they do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from reports.blocks import Answer, Axis, Card, Cards, Look, Masthead, Notes, Range, Story
from reports.content import AreaSummary, CommunitySummary
from reports.story import common
from reports.story.area import area_story
from reports.story.common import Measured
from reports.story.community import community_story
from reports.story.mend import MendFirst, mend_first
from reports.wording import verdicts

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class BriefCard:
    """A card of the sheet, and its interval on an axis of its own, None where there is none to draw."""

    card: Card
    range: Range | None
    axis: Axis | None


@dataclass(frozen=True, slots=True)
class MendItem:
    """Figure with its unit, limits as they are printed, and how much it matters, where that is told."""

    name: str
    value: str
    limits: tuple[str, str] | None
    remark: str


@dataclass(frozen=True, slots=True)
class Mend:
    """What to mend first, as the sheet names it; without ``items`` its ``basis`` says why none is named."""

    title: str
    items: tuple[MendItem, ...]
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """``cards``: none where an area has more headlines than cards; ``mend``: None where it has no items."""

    title: str
    meta: tuple[str, ...]
    sentence: str
    reading: tuple[str, ...]
    cards: tuple[BriefCard, ...]
    changes: tuple[str, ...]
    mend: Mend | None


def brief(summary: CommunitySummary | AreaSummary, language: str) -> Brief:
    """Of a community, a street or the city, in ``language`` ("zh" or "en")."""
    own = common.measured(summary.table, summary.place, common.headline(summary.indicators), language)
    if isinstance(summary, CommunitySummary):
        story = community_story(summary, language)
    else:
        story = area_story(summary, language)
    head, answer = _first(story, Masthead), _first(story, Answer)
    assert head is not None
    assert answer is not None
    return Brief(
        title=head.title,
        meta=head.meta,
        sentence=answer.sentence,
        reading=answer.reading,
        cards=_cards(_first(story, Cards), own),
        changes=_changes(story),
        mend=_mend(mend_first(summary, language)),
    )


def _first(story: Story, kind: type[Kind]) -> Kind | None:
    return next((block for block in story.blocks if isinstance(block, kind)), None)


def _cards(block: Cards | None, own: Sequence[Measured]) -> tuple[BriefCard, ...]:
    if block is None:
        return ()
    return tuple(_card(card, each) for card, each in zip(block.cards, own, strict=True))


def _card(card: Card, each: Measured) -> BriefCard:
    shown = common.range_of(each.cell, each.figures, Look.OWN)
    if shown is None:
        return BriefCard(card, None, None)
    target = each.indicator.target
    goal = None if target is None else target.value
    targets = [] if goal is None else [goal]
    return BriefCard(card, shown, common.axis_of([each.cell], each.figures, ticks=3, targets=targets, target=goal))


def _changes(story: Story) -> tuple[str, ...]:
    """The small print right behind the cards: how large a change would have been found."""
    for before, block in zip(story.blocks, story.blocks[1:], strict=False):
        if isinstance(before, Cards) and isinstance(block, Notes):
            return block.lines
    return ()


def _mend(found: MendFirst | None) -> Mend | None:
    if found is None:
        return None
    items = []
    for place, each in enumerate(found.first):
        value = verdicts.with_unit(common.value_words(each.cell, each.figures), each.figures.unit, found.language)
        remark = found.remarks[place] if found.remarks else ""
        items.append(MendItem(each.name, value, each.figures.interval(each.cell), remark))
    return Mend(title=found.title, items=tuple(items), basis=found.basis)
