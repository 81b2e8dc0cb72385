"""What the first page says of one area: the answer, the headline figures, what changed, what to mend first.

Made of the blocks of its sheet: a phone and the paper say the same words, and this says nothing that they do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from reports.blocks import Answer, Axis, Card, Cards, Look, Masthead, Notes, Range, Story, Table
from reports.content import AreaSummary, CommunitySummary
from reports.story import common
from reports.story.area import area_story
from reports.story.common import Measured
from reports.story.community import community_story, lowest
from reports.story.items import item_groups
from reports.wording import verdicts
from reports.wording.figures import Unit

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class BriefCard:
    """A card of the sheet, and its interval on an axis of its own, None where there is none to draw."""

    card: Card
    range: Range | None
    axis: Axis | None


@dataclass(frozen=True, slots=True)
class Mend:
    """The items to mend first as the sheet lists them: name, figure with its unit, limits as they are printed."""

    title: str
    items: tuple[tuple[str, str, tuple[str, str] | None], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """``cards``: none where an area has more headlines than cards; ``mend``: None where the sheet names no items."""

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
        items = item_groups(summary, language)
        worst = lowest(summary, items[0], language) if items else None
    else:
        story, items, worst = area_story(summary, language), [], None
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
        mend=None if worst is None else _mend(worst, items[0][0].figures.unit, language),
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


def _mend(table: Table, unit: Unit, language: str) -> Mend:
    """Name, figure and interval of each line; a drawing is left to the sheet."""
    items = []
    for row in table.rows:
        name, _, figure, limits = row.cells
        value = verdicts.with_unit(figure.text, unit, language)
        items.append((name.text, f"{value}{figure.letter}", limits.interval))
    return Mend(title=table.title, items=tuple(items), notes=table.notes)
