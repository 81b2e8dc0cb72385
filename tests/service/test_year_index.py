"""An index of the survey's waves in a release: made of what they printed, kept, told by the API and on the sheets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient

from questionnaires.text import Text
from reports.blocks import Prose
from reports.content import IndexOfArea, IndexPartOfArea
from reports.story.area import area_story
from reports.wording.indices import sentence
from survey_service.analyses.summaries import Summaries
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Release, Survey
from survey_service.releases import service as releases
from survey_service.releases.indices import IndexPart, SurveyIndex, keep
from survey_service.settings import Settings
from tests.service.programs import Program
from tests.service.test_changes import first, next_wave
from tests.service.test_releases import release, reviewed
from tests.service.world import NOW, World

__all__ = ["first", "reviewed"]
YEAR = SurveyIndex(
    key="year",
    name=Text("年度知晓指数", "Awareness of the year"),
    source="考核办法第 3 条",
    parts=(IndexPart("2026Q3", "awareness", 0.25), IndexPart("2026Q4", "awareness", 0.75)),
)
ELSEWHERE = SurveyIndex(key="other", name=Text("别的"), source="", parts=(IndexPart("2026Q3", "awareness", 1.0),))


@pytest.fixture
def backend() -> str:
    return "sqlite"


def with_indices(database: Database, world: World, *indices: SurveyIndex) -> None:
    with database.writing.begin() as session:
        for one in indices:
            keep(session, session.get_one(Survey, world.survey_id), one, at=NOW, by=SERVICE)


def released(database: Database, world: World) -> tuple[dict[str, Any], Summaries]:
    """The record of the wave's release, and what its PDFs are written from."""
    made = release(database, world)
    with database.reading.begin() as session:
        record = json.loads(session.get_one(Release, (world.survey_id, made)).estimates)
        return record, releases.release_summaries(session, world.survey_id, made, Settings())


def printed(record: dict[str, Any], variable: str) -> float:
    [city] = [one for one in record["published"]["rows"] if not one["domain"]]
    return next(float(one["value"]) for one in city["cells"] if one["variable"] == variable)


def lines(summaries: Summaries, language: str) -> Sequence[str]:
    story = area_story(summaries.city, language)
    title = {"zh": "历次合成的指数", "en": "Indices over the waves"}[language]
    return [
        one for block in story.blocks if isinstance(block, Prose) and block.title == title for one in block.paragraphs
    ]


def test_a_release_tells_the_indices_that_name_its_wave(
    client: TestClient, database: Database, first: World, settings: Settings
) -> None:
    later = next_wave(database, first, settings, know=20)
    with_indices(database, first, YEAR, ELSEWHERE)
    record, summaries = released(database, later)
    [index] = record["indices"]
    assert index["index"] == YEAR.plain
    assert index["releases"] == {"2026Q3": index["releases"]["2026Q3"], "2026Q4": None}
    assert index["releases"]["2026Q3"]["number"] == "SATISFACTION-2026Q3-01"
    [city] = [one for one in index["figures"] if not one["domain"]]
    expected = 100 * (0.25 * 0.73 + 0.75 * printed(record, "awareness"))  # of the printed figures, in their digits
    assert city["value"] == f"{expected:.0f}"
    low, high = (float(one) for one in city["interval"].split("–"))
    assert low < expected < high
    assert index["errors_added"] is True, "both waves asked the same households"

    [told] = summaries.city.indices
    assert (told.value, told.interval, told.widest) == (city["value"], city["interval"], True)
    assert [one.weight for one in told.parts] == [0.25, 0.75]
    assert all(len(one.indices) == 1 for one in summaries.streets.values())
    zh = f"年度知晓指数：{told.value}（{told.interval}），满分 100；"
    zh += "2026年第三季度知晓率占 25%，2026年第四季度知晓率占 75%。"
    assert f"{zh}各部分的样本有相同的单元，区间取最宽。" in lines(summaries, "zh")
    assert any(
        line.startswith(f"Awareness of the year: {told.value} ({told.interval}) out of 100; 25% Awareness (")
        for line in lines(summaries, "en")
    )

    out = Program(client, database, "leader").get("/releases/SATISFACTION-2026Q4-01")
    [index_out] = out["indices"]
    assert index_out["name"]["en"] == "Awareness of the year"
    assert index_out["releases"] == {"2026Q3": "SATISFACTION-2026Q3-01", "2026Q4": None}
    [of_city] = [one for one in index_out["figures"] if one["level"] == "city"]
    assert (of_city["value"], of_city["interval"]) == (city["value"], city["interval"])
    before = Program(client, database, "leader").get("/releases/SATISFACTION-2026Q3-01")
    assert "indices" not in before, "what was signed before stays what it was"


def test_an_index_that_lacks_a_part_is_not_told(database: Database, first: World, settings: Settings) -> None:
    later = next_wave(database, first, settings, know=20)
    lacking = SurveyIndex(
        key="year", name=YEAR.name, source="", parts=(*YEAR.parts, IndexPart("2026Q4", "satisfaction_of_nobody", 0.1))
    )
    with_indices(database, first, lacking, ELSEWHERE)
    record, summaries = released(database, later)
    assert "indices" not in record
    assert summaries.city.indices == ()


def test_an_index_of_many_parts_counts_them() -> None:
    parts = tuple(
        IndexPartOfArea(wave=Text(f"第{wave}期", f"wave {wave}"), indicator=Text("甲", "A"), weight=0.2)
        for wave in range(1, 6)
    )
    index = IndexOfArea(name=Text("年终", "Year's end"), value="80.1", interval="78.0–82.3", widest=False, parts=parts)
    assert sentence(index, "zh") == "年终：80.1（78.0–82.3），满分 100；第1期到第5期的 5 项，按权重合成。"
    assert (
        sentence(index, "en")
        == "Year's end: 80.1 (78.0–82.3) out of 100; by weight, of figures from wave 1 to wave 5: 5."
    )
