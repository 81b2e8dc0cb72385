"""The communities of a city as tiles of one size by street, or on its map: where a headline is reached, where not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.results import Verdict
from questionnaires.indicators import Indicator
from reports.blocks import Block, OnMap, Spare, Tile, TileGroup, Tiles
from reports.content import AreaSummary, CityMap
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
    """Of the headline that most communities missed, where the sheet names its communities and gives verdicts."""
    judged = [one for one in common.headline(summary.indicators) if one.target is not None]
    count = len(communities(summary))
    response = common.response_of(summary.samples.get(summary.place.code), summary.caution)
    if not is_city(summary) or not judged or response.very_low:
        return []
    if not 1 < count <= MOST_LISTED:
        return []
    which, most = missed_most(summary, judged)
    [first] = common.measured(summary.table, summary.place, [which], language)
    drawn_map = map_of(summary)
    groups = []
    for street, inside in summary.streets:
        found = [verdicts.shown_verdict(cell_at(summary, first.indicator, place)) for place in inside]
        names = [place.name.in_language(language) for place in inside]
        outlines = [() if drawn_map is None else drawn_map.outlines[place.code] for place in inside]
        made = tuple(
            replace(tile(name, one, language), rings=rings)
            for name, one, rings in zip(names, found, outlines, strict=True)
            if one is not None
        )
        if made:
            groups.append(TileGroup(street.name.in_language(language), made))
    given = {one.verdict for group in groups for one in group.tiles}
    how, hidden = say(language, "tiles_how"), Verdict.NOT_PUBLISHED in given
    why = (say(language, "tiles_most"),) if most else ()
    drawn = Tiles(
        title=say(language, "tiles_title", name=first.name),
        unit=say(language, "tiles_unit"),
        groups=tuple(groups),
        legend=tuple(legend(one, language) for one in SHADE if one in given),
        notes=common.one_note((*why, how, *((say(language, "tiles_hatched"),) if hidden else ())), language),
        in_words=common.one_note((*why, how, *((say(language, "tiles_dashed"),) if hidden else ())), language),
    )
    if drawn_map is not None:
        drawn = replace(
            drawn,
            on_map=OnMap(
                title=say(language, "map_title", name=first.name),
                size=(drawn_map.width, drawn_map.height),
                notes=(*why, say(language, "map_how"), reviewed(drawn_map, language)),
            ),
        )
    return [Spare(4, say(language, "spare_tiles"), (drawn,))] if groups else []


def missed_most(summary: AreaSummary, judged: Sequence[Indicator]) -> tuple[Indicator, bool]:
    """The headline that most communities missed, the first of several; and whether it is the only one of so many."""
    missed = [
        sum(
            verdicts.shown_verdict(cell_at(summary, one, place)) is Verdict.NOT_REACHED
            for place in communities(summary)
        )
        for one in judged
    ]
    return judged[missed.index(max(missed))], len(judged) > 1 and missed.count(max(missed)) == 1


def map_of(summary: AreaSummary) -> CityMap | None:
    """The map that the city gave, where it has every community of the sheet."""
    found = summary.city_map
    return found if found and all(place.code in found.outlines for place in communities(summary)) else None


def reviewed(found: CityMap, language: str) -> str:
    """Under which number the map was reviewed for print; without one it is not for the public."""
    if found.review_number:
        return say(language, "map_reviewed", number=found.review_number)
    return say(language, "map_internal")


def tile(name: str, verdict: Verdict, language: str) -> Tile:
    return Tile(name, verdict, verdicts.verdict_word(verdict, language), SHADE[verdict])


def legend(verdict: Verdict, language: str) -> tuple[Tile, str]:
    word = verdicts.verdict_word(verdict, language)
    meaning = say(language, f"legend_{verdict.value}")
    return Tile("", verdict, "", SHADE[verdict]), f"{word}{say(language, 'colon')}{meaning}"
