"""The communities of a city as tiles of one size by street: where a headline is reached, and where it is not."""

from __future__ import annotations

from typing import Final

from analysis.results import Verdict
from reports.blocks import Block, Spare, Tile, TileGroup, Tiles
from reports.content import AreaSummary
from reports.story import common
from reports.story.places import MOST_LISTED, cell_at, communities, is_city
from reports.wording import verdicts
from reports.wording.phrases import say

SHADE: Final = {
    Verdict.REACHED: 0,
    Verdict.CANNOT_TELL: 1,
    Verdict.CANNOT_REACH: 1,
    Verdict.NOT_REACHED: 3,
    Verdict.NOT_PUBLISHED: 0,
}
"""The worse, the darker; apart in grey print, and light enough for a sign in its colour."""


def blocks(summary: AreaSummary, language: str) -> list[Block]:
    """Of the first headline, where it has a target and the sheet names its communities and gives verdicts."""
    shown = common.headline(summary.indicators)
    count = len(communities(summary))
    response = common.response_of(summary.samples.get(summary.place.code), summary.caution)
    if not is_city(summary) or not shown or shown[0].target is None or response.very_low:
        return []
    if not 1 < count <= MOST_LISTED:
        return []
    [first] = common.measured(summary.table, summary.place, shown[:1], language)
    groups = []
    for street, inside in summary.streets:
        found = [verdicts.shown_verdict(cell_at(summary, first.indicator, place)) for place in inside]
        names = [place.name.in_language(language) for place in inside]
        made = tuple(tile(name, one, language) for name, one in zip(names, found, strict=True) if one is not None)
        if made:
            groups.append(TileGroup(street.name.in_language(language), made))
    given = {one.verdict for group in groups for one in group.tiles}
    how, hidden = say(language, "tiles_how"), Verdict.NOT_PUBLISHED in given
    drawn = Tiles(
        title=say(language, "tiles_title", name=first.name),
        unit=say(language, "tiles_unit"),
        groups=tuple(groups),
        legend=tuple(legend(one, language) for one in SHADE if one in given),
        notes=common.one_note((how, *((say(language, "tiles_hatched"),) if hidden else ())), language),
        in_words=common.one_note((how, *((say(language, "tiles_dashed"),) if hidden else ())), language),
    )
    return [Spare(4, say(language, "spare_tiles"), (drawn,))] if groups else []


def tile(name: str, verdict: Verdict, language: str) -> Tile:
    return Tile(name, verdict, verdicts.verdict_word(verdict, language), SHADE[verdict])


def legend(verdict: Verdict, language: str) -> tuple[Tile, str]:
    word = verdicts.verdict_word(verdict, language)
    meaning = say(language, f"legend_{verdict.value}")
    return Tile("", verdict, "", SHADE[verdict]), f"{word}{say(language, 'colon')}{meaning}"
