"""What the PDFs of a release are written from, as it is kept with the signature."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import pytest
from hypothesis import given as given_at_random
from hypothesis import strategies

from analysis.results import PublishableTable
from questionnaires.canonical_json import Form
from reports.story import community_story
from survey_service.analyses.summaries import Summaries
from survey_service.releases import lined_json
from survey_service.releases.lined_json import LateMapping, LateSequence
from survey_service.releases.signed_summaries import packed, unpacked
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
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        again.communities["1"]
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        again.city.table.row((("area", "1"),))
    with pytest.raises(KeyError):
        again.city.table.row((("area", "2"),))
