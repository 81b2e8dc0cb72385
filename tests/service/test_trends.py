"""Three waves in a row: on the statistician's page, in the record, on the sheets, in the API, as they were printed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from reports.blocks import Cards
from reports.story import area_story
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Release, Wave
from survey_service.releases import service as releases
from survey_service.settings import Settings
from survey_service.surveys import service as surveys
from tests.service.signed_in import get, sign_in
from tests.service.test_changes import LATER, ask, first, next_wave
from tests.service.test_releases import release, reviewed
from tests.service.world import CLOSES, NOW, World
from tests.spec.reports.test_claims import blocks_of

__all__ = ["first", "reviewed"]


@pytest.fixture
def third(database: Database, first: World, settings: Settings) -> World:
    """44, 20 and 30 of sixty know; the first two waves are released."""
    second = next_wave(database, first, settings, know=20)
    release(database, second)
    with database.writing.begin() as session:
        new = surveys.NewWave(
            key="2027Q1",
            name_zh="2027年第一季度",
            name_en="First quarter 2027",
            questionnaire_version_id=second.version_id,
            opens_on=CLOSES + timedelta(days=90),
            closes_on=CLOSES + timedelta(days=120),
        )
        wave = surveys.create_wave(session, second.survey_id, new, at=NOW, by=SERVICE)
        surveys.open_wave(session, second.survey_id, wave.id, on=wave.opens_on, at=LATER, by=SERVICE)
        later = replace(second, wave_id=wave.id, wave_key=wave.key)
    ask(database, later, settings, 30)
    return later


def test_a_third_wave_is_told_since_the_first_too(
    client: TestClient, database: Database, third: World, settings: Settings
) -> None:
    sign_in(client, "statistician")
    address = f"/surveys/{third.survey_key}/waves/{third.wave_key}/estimates?indicator=awareness"
    page = " ".join(get(client, address).split())
    assert ">历期<" in page
    assert ">比2026年第三季度</th>" in page  # the first
    assert '<td class="num">73*</td> <td class="num">33*</td> <td class="num">50*</td>' in page
    assert "起和以前不能比" not in page

    release_id = release(database, third)
    with database.reading.begin() as session:
        kept = session.get_one(Release, (third.survey_id, release_id))
        record, number = json.loads(kept.estimates), kept.number
        made = releases.release_summaries(session, third.survey_id, release_id, settings)
    numbers = record["trend"]["releases"]
    assert record["changes"]["since"] == numbers[-1]
    [of_city] = [
        one for one in record["trend"]["since_first"] if one["variable"] == "awareness" and one["domain"] == []
    ]
    assert of_city["since"] == numbers[0]
    assert of_city["difference"] == pytest.approx(0.50 - 0.73)
    assert of_city["verdict"] == "fallen"
    assert record["trend"]["breaks"] == {}
    cards = [card for block in blocks_of(area_story(made.city, "zh").blocks, Cards) for card in block.cards]
    rows = {card.name: card.further for card in cards}["知晓率"]
    assert [label for label, _ in rows] == ["比2026年第四季度", "比2026年第三季度"]
    assert rows[1][1].startswith("降 23（")
    assert made.city.trend is not None
    points = made.city.trend.told[0].points
    assert [point.value for point in points] == pytest.approx([0.73, 0.33, 0.50])

    told = client.get(f"/api/v1/releases/{number}").json()
    assert told["trend"] == {"releases": numbers, "breaks": {}}
    since = {(one["since"], one["variable"], one["area"]): one for one in told["changes"]}
    city = next(row["area"] for row in told["rows"] if row["level"] == "city")
    assert since[numbers[0], "awareness", city]["verdict"] == "fallen"
    assert since[numbers[1], "awareness", city]["verdict"] in ("risen", "no_detectable_change")


def test_another_list_is_a_break_with_its_reason_and_no_change_across_it(
    client: TestClient, database: Database, third: World, settings: Settings
) -> None:
    with database.writing.begin() as session:
        wave = session.get_one(Wave, (third.survey_id, third.wave_id))
        wave.method = {**wave.method, "frame": {"zh": "另一份名册", "en": "another list"}}
    sign_in(client, "statistician")
    address = f"/surveys/{third.survey_key}/waves/{third.wave_key}/estimates?indicator=awareness"
    page = " ".join(get(client, address).split())
    assert "† 2027年第一季度起和以前不能比：抽样名册不同。" in page
    assert "比2026年第三季度" not in page
    with database.reading.begin() as session:
        prepared = releases.prepare(session, third.survey_id, third.wave_id)
    trend = prepared.since.trend
    assert trend is not None
    assert trend.since_first == {}
    assert trend.breaks["awareness"] == ((), (), ("the frame differs",))
