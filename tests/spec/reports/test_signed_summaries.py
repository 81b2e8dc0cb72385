"""What the PDFs of a release are written from, as it is kept with the signature."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import pytest
from hypothesis import given as given_at_random
from hypothesis import strategies

from analysis.results import Goal, PublishableCell, PublishableRow, PublishableTable, Suppression, Verdict
from questionnaires.canonical_json import Form
from reports.story import area_story, community_story
from survey_service.analyses.summaries import Summaries
from survey_service.releases import lined_json
from survey_service.releases.lined_json import LateMapping, LateSequence, Lines
from survey_service.releases.read_back import LateRows, read_back
from survey_service.releases.signed_summaries import packed, unpacked
from tests.bench.reports import city_of
from tests.spec.reports import summaries as given


def _summaries(communities: int = 2) -> Summaries:
    """One table, one method and one imprint for all of them, as a wave has."""
    city = given.city()
    shared = {"imprint": city.imprint, "method": city.method, "table": city.table, "city": city.city}
    made = {f"{number}": replace(given.community(), **shared) for number in range(communities)}
    return Summaries(communities=made, streets={"street": replace(given.street(), **shared)}, city=city)


def test_summaries_are_read_as_they_were_packed() -> None:
    summaries = _summaries()
    again = unpacked(packed(summaries))
    assert again == summaries
    assert again.communities["0"].table is again.city.table


def test_equal_summaries_of_different_tables_keep_their_own() -> None:
    summaries = _summaries()
    own = replace(summaries.communities["1"], table=given.community().table)
    apart = replace(summaries, communities={**summaries.communities, "1": own})
    again = unpacked(packed(apart))
    assert again == apart
    assert again.communities["1"].table != again.city.table


def test_the_table_is_written_once_however_many_communities_there_are() -> None:
    def tables(communities: int) -> int:
        return zlib.decompress(packed(_summaries(communities))).count(b'"interval_method"')

    assert "interval_method" in PublishableTable.__dataclass_fields__
    assert tables(2) == tables(20) == 1


def test_summaries_of_format_1_are_read() -> None:
    summaries = _summaries()
    form = Form(without=frozenset({"seal"}))
    kept = zlib.compress(json.dumps({"format": 1, "summaries": form.plain(summaries)}).encode())
    assert unpacked(kept) == summaries


def test_a_format_of_tomorrow_is_refused() -> None:
    document = json.loads(zlib.decompress(packed(_summaries())))
    with pytest.raises(ValueError, match="format 3"):
        unpacked(zlib.compress(json.dumps({**document, "format": 3}).encode()))


def test_a_text_without_lines_is_read_as_before() -> None:
    summaries = _summaries(3)
    document = json.loads(zlib.decompress(packed(summaries)))
    assert unpacked(zlib.compress(json.dumps(document, ensure_ascii=False).encode())) == summaries


@pytest.mark.parametrize("apart", [True, False])
@given_at_random(
    strategies.lists(strategies.text(max_size=8), max_size=5, unique=True),
    strategies.lists(strategies.text(']}[{\n"\\,:a市', max_size=8), max_size=5),
)
def test_whatever_a_document_holds_its_lines_are_its_entries(apart: bool, keys: list[str], texts: list[str]) -> None:
    several: list[object] = [{text: [text]} for text in texts]
    mapping: dict[str, object] = {key: {"in": several} for key in keys}
    document = {"a": {"b": several, "c": [1, "]\n"]}, "d": mapping, "e": "{"}
    text = lined_json.written(document, [("a", "b"), ("d",)] if apart else [])
    assert json.loads(text) == document
    found = lined_json.read(text.encode())
    if apart and several:
        assert list(LateSequence(found["a"]["b"], lambda plain: plain)) == several
        found["a"]["b"] = several
    if apart and mapping:
        assert dict(LateMapping(found["d"], lambda plain: plain)) == mapping
        found["d"] = mapping
    assert found == document


def _by_tiers(table: PublishableTable) -> PublishableTable:
    """With the digits that are printed, as every table has them that is published now."""
    rows = (replace(row, cells=tuple(replace(cell, digits=1) for cell in row.cells)) for row in table.rows)
    return replace(table, rows=tuple(rows))


def test_one_sheet_reads_its_own_lines_alone() -> None:
    """The lines of another community are broken: its sheet cannot be read, every other can."""
    summaries = _summaries()
    table = _by_tiers(given.community().table)
    places = {
        code: replace(one.place, code=code, domain=(("area", code),)) for code, one in summaries.communities.items()
    }
    whole = table.row(given.COMMUNITY.domain)
    rows = tuple(replace(whole, domain=place.domain) for place in places.values())
    shared = replace(table, rows=(*table.rows, *rows))
    made = replace(
        summaries,
        communities={
            code: replace(one, table=shared, place=places[code]) for code, one in summaries.communities.items()
        },
        streets={code: replace(one, table=shared) for code, one in summaries.streets.items()},
        city=replace(summaries.city, table=shared),
    )
    lines = zlib.decompress(packed(made)).split(b"\n")
    broken = [line[:-9] if line.startswith((b'{"domain":[["area","1"]]', b'"1":')) else line for line in lines]
    assert sum(one != other for one, other in zip(lines, broken, strict=True)) == 2
    again = unpacked(zlib.compress(b"\n".join(broken)))
    assert community_story(again.communities["0"], "zh") == community_story(made.communities["0"], "zh")
    assert again.city.table.row((("area", "0"),)) == rows[0]
    assert again.city.table.rows[0] == table.rows[0]
    assert again.city.table.rows[:2] == list(table.rows[:2])
    assert again.of("0") is again.communities["0"]
    assert again.of("street") is again.streets["street"]
    assert again.of(made.city.place.code) is again.city
    assert again.of("2") is None
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        again.communities["1"]
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        again.city.table.row((("area", "1"),))
    with pytest.raises(KeyError):
        again.city.table.row((("area", "2"),))


def _many(streets: int = 5) -> Summaries:
    """A city whose tables name no communities; some of these have a figure hidden, not judged, or none."""
    made = city_of(streets)
    rows = list(made.city.table.rows)
    first, second, third, fourth, *_ = (place for place, row in enumerate(rows) if row.domain[0][1] in made.communities)
    hidden = PublishableCell(variable="awareness", suppression=Suppression.NOT_PUBLISHED)
    beside = replace(hidden, category="yes")
    rows[first] = replace(rows[first], cells=(beside, hidden, *rows[first].cells[1:]))
    rows[second] = replace(rows[second], cells=rows[second].cells[1:])
    rows[third] = replace(rows[third], cells=tuple(replace(cell, verdict=None) for cell in rows[third].cells))
    table = replace(made.city.table, rows=(*rows[:fourth], *rows[fourth + 1 :]))
    return Summaries(
        communities={code: replace(one, table=table) for code, one in made.communities.items()},
        streets={code: replace(one, table=table) for code, one in made.streets.items()},
        city=replace(made.city, table=table),
    )


def test_the_sheet_of_a_large_city_counts_its_communities_without_reading_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    summaries = _many()
    again = unpacked(packed(summaries))
    read: list[str] = []
    item = Lines.item

    def heard(lines: Lines, place: int) -> object:
        found = item(lines, place)
        read.append(found["domain"][0][1])
        return found

    monkeypatch.setattr(Lines, "item", heard)
    for language in ("zh", "en"):
        assert area_story(again.city, language) == area_story(summaries.city, language)
    communities = set(read) & set(summaries.communities)
    assert len(communities) <= 3  # those without the figure, or without one in the form that is written
    assert set(summaries.streets) <= set(read)
    street = next(iter(summaries.streets))
    assert area_story(again.streets[street], "zh") == area_story(summaries.streets[street], "zh")


_VARIABLES = strategies.sampled_from(["a", "b", 'c"}', "满意", "\\", "a.b", '{"variable":"a","category":null,'])
_CELLS = strategies.builds(
    PublishableCell,
    variable=_VARIABLES,
    category=strategies.none() | _VARIABLES,
    scale=strategies.none() | strategies.just((0.0, 1.0)),
    suppression=strategies.none() | strategies.sampled_from(Suppression),
    verdict=strategies.none() | strategies.sampled_from(Verdict),
    goal=strategies.none() | strategies.just(Goal(value=0.9)),
)


@pytest.mark.parametrize("ordered", [False, True])
@given_at_random(strategies.lists(strategies.lists(_CELLS, max_size=4), max_size=4), _VARIABLES)
def test_a_mark_is_that_of_its_cell(ordered: bool, cells: list[list[PublishableCell]], asked: str) -> None:
    """Also of a text whose fields stand in another order."""
    rows = [
        PublishableRow(domain=(("area", str(number)),), sample_size=1, cells=tuple(inside))
        for number, inside in enumerate(cells)
    ]
    plain = Form(without=frozenset()).plain(rows)
    if ordered:
        plain = [{**row, "cells": [dict(sorted(cell.items())) for cell in row["cells"]]} for row in plain]
    late = LateRows(
        Lines([json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in plain]),
        lambda one: read_back(PublishableRow, one),
    )
    table = replace(given.community().table, rows=rows)
    for row in rows:
        try:
            mark = table.mark(row.domain, asked)
        except KeyError:
            with pytest.raises(KeyError):
                late.mark(row.domain, asked)
        else:
            assert replace(table, rows=late).mark(row.domain, asked) == mark
            assert late.mark(row.domain, asked) is late.mark(row.domain, asked)
    with pytest.raises(KeyError):
        late.mark((), asked)
