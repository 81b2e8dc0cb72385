"""What the PDFs of a release are written from, as it is kept with the signature."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import pytest

from analysis.results import PublishableTable
from questionnaires.canonical_json import Form
from survey_service.analyses.summaries import Summaries
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
