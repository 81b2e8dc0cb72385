"""Figures of a wave held against each other, as they may be published: items, areas and their whole, ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.comparisons import Comparisons
from analysis.engine import Analysis
from analysis.published_areas import published_differences, published_ranks
from analysis.published_items import published_items
from analysis.results import Domain, PublishableTable
from questionnaires.indicators import Indicator, Sense, beside_of


def ranked(indicators: Sequence[Indicator]) -> dict[str, bool]:
    """Indicators by which areas are held against each other, and whether a high figure is the good one: those of page
    one of the sheets, in the order of the questionnaire."""
    alone = [one for one in indicators if beside_of(one.id) is None]
    chosen = [one for one in alone if one.headline] or [one for one in alone if one.group is None] or alone
    return {one.id: one.target is None or one.target.sense is not Sense.AT_MOST for one in chosen}


def comparisons_of(
    found: Analysis, table: PublishableTable, indicators: Sequence[Indicator], kinds: Mapping[Domain, str]
) -> Comparisons:
    """``kinds`` of communities and streets: only areas of one kind are ranked together."""
    chosen = ranked(indicators)
    if found.areas is None:
        return Comparisons(items=published_items(found.items, table))
    return Comparisons(
        items=published_items(found.items, table),
        differences=published_differences(found.areas.to_whole, table, chosen.keys()),
        ranks=published_ranks(found.areas, table, chosen, kinds),
    )
