"""The tiles of a city: which communities have one, what is hatched, and where there are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.results import Domain, PublishableRow, Verdict
from reports import style
from reports.blocks import Spare, Tiles
from reports.content import AreaSummary
from reports.fonts import TypeSettings, typeface
from reports.layout.setting import Setter
from reports.layout.tiles import tiles
from reports.marks import Fill, Stroke
from reports.story import area_story, common
from reports.story import tiles as story
from reports.story.places import communities
from reports.typesetting.composer import Composer
from reports.word.tables import tile_grid
from tests.spec.reports import cases
from tests.spec.reports import summaries as given
from tests.spec.reports.test_claims import blocks_of


def drawn(summary: AreaSummary, language: str = "zh") -> list[Tiles]:
    return blocks_of(area_story(summary, language).blocks, Tiles)


def test_each_community_has_a_tile_below_its_street() -> None:
    summary = cases.tiles_of_every_kind()
    for language in ("zh", "en"):
        [block] = drawn(summary, language)
        assert [(group.name, len(group.tiles)) for group in block.groups] == [
            (street.name.in_language(language), 6) for street, _ in summary.streets
        ]
        every = [tile for group in block.groups for tile in group.tiles]
        assert {tile.verdict: tile.shade for tile in every} == {
            Verdict.REACHED: 0,
            Verdict.CANNOT_TELL: 1,
            Verdict.NOT_REACHED: 3,
            Verdict.NOT_PUBLISHED: 0,
        }
        assert [tile.verdict for tile, _ in block.legend] == [
            Verdict.REACHED,
            Verdict.CANNOT_TELL,
            Verdict.NOT_REACHED,
            Verdict.NOT_PUBLISHED,
        ]


def test_there_are_none_where_no_verdict_may_stand_or_too_many() -> None:
    city = given.city()
    assert drawn(city)
    assert not drawn(given.street())
    assert not drawn(replace(city, indicators=tuple(replace(one, target=None) for one in city.indicators)))
    assert not drawn(replace(city, caution=replace(city.caution, no_headline_below=0.99)))
    street, inside = city.streets[0]
    for count, wanted in ((120, 1), (121, 0)):
        many = replace(city, streets=((street, tuple(inside[0] for _ in range(count))),))
        assert len(story.blocks(many, "zh")) == wanted
    assert not story.blocks(replace(city, streets=((street, inside[:1]),)), "zh")
    [spare] = [one for one in area_story(city, "zh").blocks if isinstance(one, Spare) and blocks_of(one, Tiles)]
    assert spare.rank > 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_hidden_is_hatched_and_all_are_of_one_size(language: str, type_settings: TypeSettings) -> None:
    [block] = drawn(cases.tiles_of_every_kind(), language)
    setter = Setter(Composer(typeface(language, type_settings)), language)
    stack = tiles(setter, block, style.TEXT_WIDTH)
    marks = [mark for frame in stack.frames for mark in frame.marks]
    grounds = [one for one in marks if isinstance(one, Fill) and one.width > 30]
    assert len(grounds) == 60
    assert len({(round(one.width, 6), round(one.height, 6)) for one in grounds}) == 1
    assert all(one.x + one.width <= style.TEXT_WIDTH + 1e-6 for one in grounds)
    aslant = [one for one in marks if isinstance(one, Stroke) and one.x != one.to_x and one.y != one.to_y]
    hidden = sum(tile.verdict is Verdict.NOT_PUBLISHED for group in block.groups for tile in group.tiles)
    assert hidden
    assert len(aslant) > 5 * hidden
    assert all(0 <= one.x < one.to_x <= style.TEXT_WIDTH + 1e-6 for one in aslant)


def test_word_has_the_tiles_as_a_table() -> None:
    [block] = drawn(cases.tiles_of_every_kind())
    grid = tile_grid(block)
    assert len(grid.rows) == 10 * 3  # a street and its six in two rows
    texts = ["".join(piece.text for line in box.lines for piece in line) for row in grid.rows for box in row]
    assert sum(text.endswith("未达标") for text in texts) == sum(
        tile.verdict is Verdict.NOT_REACHED for group in block.groups for tile in group.tiles
    )


def test_they_are_of_what_most_communities_missed() -> None:
    """Said where that is one alone; of several the first is drawn."""
    city = given.city()
    judged = [one for one in common.headline(city.indicators) if one.target is not None]
    places = [place.domain for place in communities(city)]
    for which, only in ((judged[1:], False), (judged[2:3], True)):
        low = {one.id for one in which}
        made = replace(
            city, table=replace(city.table, rows=tuple(lowered(row, low, places) for row in city.table.rows))
        )
        [block] = drawn(made)
        assert block.title.startswith(f"各社区的{which[0].name.zh}")
        assert all(tile.verdict is Verdict.NOT_REACHED for group in block.groups for tile in group.tiles)
        assert any(one.startswith("画的是未达标的社区最多的一项。") for one in block.notes) is only


def lowered(row: PublishableRow, low: set[str], places: list[Domain]) -> PublishableRow:
    """A community that missed what is ``low`` and reached the rest."""
    if row.domain not in places:
        return row
    cells = []
    for cell in row.cells:
        value, verdict = (0.1, Verdict.NOT_REACHED) if cell.variable in low else (0.99, Verdict.REACHED)
        cells.append(replace(given.share(cell.variable, value, value, value, 300), verdict=verdict))
    return replace(row, cells=tuple(cells))
