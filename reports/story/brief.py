"""What the first page says of one area: the answer, the headline figures, what changed, what to mend first.

Made of the blocks of its sheet: a phone and the paper say the same words, and this says nothing that they do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from reports.blocks import Answer, Axis, Card, Look, Masthead, Range, Story
from reports.content import AreaSummary, CommunitySummary
from reports.story import changes, common
from reports.story.area import area_story, cards
from reports.story.common import Measured
from reports.story.community import card_of, community_story, nothing_is_told
from reports.story.many import CARDS_MOST, by_urgency
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
    """``cards``: what missed its target first where the sheet has no room for so many; ``mend``: None without items,
    and where no figure is told."""

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
    if len(own) > CARDS_MOST:
        own = by_urgency(own)
    if isinstance(summary, CommunitySummary):
        story = community_story(summary, language)
        # The sheet of a community without any figure has no cards: here each says what stands in its place.
        told = [card_of(summary, each) for each in own]
        untold = nothing_is_told(summary, language)
    else:
        story = area_story(summary, language)
        told = list(cards(summary, own, language, judged=any(each.indicator.target for each in own)).cards)
        untold = False
    head, answer = _first(story, Masthead), _first(story, Answer)
    assert head is not None
    assert answer is not None
    return Brief(
        title=head.title,
        meta=head.meta,
        sentence=answer.sentence,
        reading=answer.reading,
        cards=tuple(_card(card, each) for card, each in zip(told, own, strict=True)),
        changes=changes.detectable(summary.changes, own, summary.place, language),
        mend=None if untold else _mend(mend_first(summary, language)),
    )


def _first(story: Story, kind: type[Kind]) -> Kind | None:
    return next((block for block in story.blocks if isinstance(block, kind)), None)


def _card(card: Card, each: Measured) -> BriefCard:
    shown = common.range_of(each.cell, each.figures, Look.OWN)
    if shown is None:
        return BriefCard(card, None, None)
    target = each.indicator.target
    goal = None if target is None else target.value
    targets = [] if goal is None else [goal]
    return BriefCard(card, shown, common.axis_of([each.cell], each.figures, ticks=3, targets=targets, target=goal))


def _mend(found: MendFirst | None) -> Mend | None:
    if found is None:
        return None
    items = []
    for place, each in enumerate(found.first):
        value = verdicts.with_unit(common.value_words(each.cell, each.figures), each.figures.unit, found.language)
        remark = found.remarks[place] if found.remarks else ""
        items.append(MendItem(each.name, value, each.figures.interval(each.cell), remark))
    return Mend(title=found.title, items=tuple(items), basis=found.basis)
