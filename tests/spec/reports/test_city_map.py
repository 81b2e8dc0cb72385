"""The map of a city: when it stands, what is drawn inside which outline, and what outlines are kept of a file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given as drawn_by
from hypothesis import settings
from hypothesis import strategies as st

from analysis.results import Verdict
from reports import style
from reports.blocks import Tiles
from reports.content import AreaSummary, CityMap
from reports.fonts import TypeSettings, typeface
from reports.layout.city_map import city_map, hatching
from reports.layout.setting import Setter
from reports.marks import Shape, Stroke, Words
from reports.outlines import inside, path_of, widest
from reports.story import area_story
from reports.typesetting.composer import Composer
from reports.wording.phrases import say
from survey_service.demonstration.city import STREETS
from survey_service.demonstration.outlines import outlines_file
from survey_service.outside.children.maps import _plain
from tests.spec.importing.maps_with_problems import SQUARE, collection, feature, outlined
from tests.spec.reports import cases
from tests.spec.reports.test_claims import blocks_of


def with_map(base: AreaSummary, number: str = "", *, without: int = 0) -> AreaSummary:
    """Its communities in a grid of squares, the first in a narrow strip that no name has room in."""
    places = [place for _, several in base.streets for place in several]
    outlines = {}
    for at, place in enumerate(places[without:]):
        x, y, wide = at % 10 * 100, at // 10 * 100, 4 if at == 0 else 100
        outlines[place.code] = (((x, y), (x + wide, y), (x + wide, y + 100), (x, y + 100)),)
    return replace(
        base, city_map=CityMap(width=1000, height=600, outlines=outlines, review_number=number, sha256="0" * 64)
    )


def tiles_of(summary: AreaSummary, language: str = "zh") -> Tiles:
    [block] = blocks_of(area_story(summary, language).blocks, Tiles)
    assert isinstance(block, Tiles)
    return block


def test_a_map_stands_where_it_has_every_community_and_says_whether_it_was_reviewed() -> None:
    base = cases.tiles_of_every_kind()
    assert tiles_of(base).on_map is None
    assert tiles_of(with_map(base, without=1)).on_map is None
    for language in ("zh", "en"):
        unreviewed = tiles_of(with_map(base), language).on_map
        assert unreviewed is not None
        assert unreviewed.notes[-1] == say(language, "map_internal")
        reviewed = tiles_of(with_map(base, "GS（2026）1234号"), language).on_map
        assert reviewed is not None
        assert "GS（2026）1234号" in reviewed.notes[-1]
        assert say(language, "map_internal") not in reviewed.notes


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_area_has_its_shade_its_hatching_and_its_name_or_a_number(
    language: str, type_settings: TypeSettings
) -> None:
    block = tiles_of(with_map(cases.tiles_of_every_kind()), language)
    setter = Setter(Composer(typeface(language, type_settings)), language)
    stack = city_map(setter, block, style.TEXT_WIDTH)
    marks = [mark for frame in stack.frames for mark in frame.marks]
    every = [tile for group in block.groups for tile in group.tiles]
    shapes = [mark for mark in marks if isinstance(mark, Shape)]
    assert [one.colour for one in shapes] == [style.SHADES[tile.shade] for tile in every]
    texts = ["".join(piece.text for piece in mark.line.pieces) for mark in marks if isinstance(mark, Words)]
    whole = "".join(texts).replace(" ", "")
    assert all(tile.name.replace(" ", "") in whole for tile in every)
    assert any(text.startswith(f"1 {every[0].name}") for text in texts), "the narrow one is in the key"
    hidden = [tile for tile in every if tile.verdict is Verdict.NOT_PUBLISHED]
    aslant = [one for one in marks if isinstance(one, Stroke) and one.x != one.to_x and one.y != one.to_y]
    assert len(aslant) > 3 * len(hidden) > 0
    assert all(0 <= one.x + x <= style.TEXT_WIDTH for one in shapes for ring in one.rings for x, _ in ring)


def test_hatching_and_names_keep_out_of_holes() -> None:
    outer, hole = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)), ((40.0, 10.0), (90.0, 10.0), (90.0, 90.0))
    for line in hatching((outer, hole)):
        x, y = (line.x + line.to_x) / 2, (line.y + line.to_y) / 2
        assert any(left - 1e-6 <= x <= right + 1e-6 for left, right in inside((outer, hole), y))
    room = widest((outer, hole), 10)
    assert room is not None
    assert any(left <= room[0] < room[1] <= right for left, right in inside((outer, hole), room[2]))
    assert path_of([((0, 0), (4, 0), (4, 3))]) == "M0 0L4 0L4 3Z"


corners = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=14)


def area(ring: list[tuple[int, int]]) -> int:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], *ring[:1]], strict=True))


@settings(derandomize=True)
@drawn_by(corners)
def test_corners_that_say_nothing_are_left_out_and_the_area_stays(ring: list[tuple[int, int]]) -> None:
    kept = _plain(ring)
    assert area(kept) == area(ring)
    assert set(kept) <= set(ring)
    if len(kept) > 2:
        for at, corner in enumerate(kept):
            before, after = kept[at - 1], kept[(at + 1) % len(kept)]
            across = (corner[0] - before[0]) * (after[1] - before[1]) - (corner[1] - before[1]) * (after[0] - before[0])
            assert across != 0


def test_holes_and_several_parts_are_kept_and_a_speck_is_one_unit() -> None:
    hole = [[105.04, 36.04], [105.06, 36.04], [105.06, 36.06], [105.04, 36.04]]
    speck = [[105.05, 36.05], [105.05001, 36.05], [105.05, 36.05001], [105.05, 36.05]]
    far = [[x + 0.3, y] for x, y in SQUARE]
    found = outlined(collection(feature([[SQUARE, hole], [far]], "MultiPolygon"), feature([speck])))
    assert not found.problems
    assert (found.width, len(found.features)) == (1000, 2)
    assert [len(ring) for ring in found.features[0].rings] == [4, 3, 4]
    assert area(list(found.features[1].rings[0])) == 2  # a square of one unit, twice


def test_the_invented_city_has_every_community_and_its_borders_are_shared() -> None:
    found = outlined(outlines_file(20261201))
    assert not found.problems
    communities = [plan.name_zh for street in STREETS for plan in street.communities]
    assert sorted(one.properties["名称"] for one in found.features) == sorted(communities)
    whole = sum(abs(area(list(ring))) for one in found.features for ring in one.rings) / 2
    rows = [y + 0.5 for y in range(found.height)]
    covered = sum(
        max(right for _, right in spans) - min(left for left, _ in spans)
        for y in rows
        if (spans := [span for one in found.features for span in inside(one.rings, y)])
    )
    assert whole == pytest.approx(covered, rel=0.01), "no gaps and nothing twice"
