"""Indices over waves: written on the survey's page, made of what was signed, with what is missing, and signed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from survey_service.app import create_app
from survey_service.database import Database
from survey_service.ids import new_id
from survey_service.models import AuditEntry, Case, Release, Survey, Wave, WaveState
from survey_service.releases.indices import IndexPart, SurveyIndex, indices_of, read_parts, shown
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.generated_city import SignedCity, signed_city
from tests.service.signed_in import get, post, sign_in
from tests.service.world import NOW, once

PAGE = "/surveys/satisfaction/indices"
WAVES = {"2026Q3": ["aware", "satisfied"], "2026Q4": ["aware", "satisfied"]}
YEAR = {
    "key": "year",
    "name_zh": "年度指数",
    "name_en": "Year index",
    "source": "考核办法第 3 条",
}


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def city(database: Database, settings: Settings) -> SignedCity:
    return once(database, "signed city 3", lambda: signed_city(database, settings, 3))


@pytest.fixture
def client(settings: Settings, city: SignedCity) -> Any:
    with TestClient(create_app(settings, clock=TestClock(NOW)), follow_redirects=False) as opened:
        yield opened


def another_wave(database: Database, city: SignedCity, *, released: bool, psu: str = "") -> UUID:
    """A wave after it; with ``released`` the figures of the first one are its own. ``psu``: of its one case."""
    with database.writing.begin() as session:
        before = session.get_one(Wave, (city.survey_id, city.wave_id))
        wave = Wave(
            survey_id=city.survey_id,
            key="later",
            name_zh="下一期",
            questionnaire_version_id=before.questionnaire_version_id,
            opens_on=before.opens_on,
            closes_on=before.closes_on,
            state=WaveState.RELEASED if released else WaveState.DRAFT,
            created_at=NOW,
        )
        session.add(wave)
        session.flush()
        if released:
            first = session.get_one(Release, (city.survey_id, city.release_id))
            names = [
                column.name for column in Release.__table__.columns if column.name not in ("id", "wave_id", "number")
            ]
            session.add(
                Release(
                    id=new_id(), wave_id=wave.id, number="LATER-01", **{name: getattr(first, name) for name in names}
                )
            )
        if psu:
            case = session.scalars(select(Case).where(Case.wave_id == city.wave_id).limit(1)).one()
            session.add(
                Case(
                    survey_id=city.survey_id,
                    wave_id=wave.id,
                    area_id=case.area_id,
                    number="X-1",
                    stratum=case.stratum,
                    psu=case.psu if psu == "same" else psu,
                    stages=case.stages,
                    inclusion_probability=case.inclusion_probability,
                    first_mode=case.first_mode,
                )
            )
        return wave.id


def indicators(database: Database, city: SignedCity) -> list[str]:
    with database.reading.begin() as session:
        kept = json.loads(session.get_one(Release, (city.survey_id, city.release_id)).estimates)
    (row,) = (one for one in kept["published"]["rows"] if not one["domain"])
    return [one["variable"] for one in row["cells"] if one.get("scale") == [0.0, 1.0] and not one.get("suppression")]


def test_an_index_is_written_computed_and_signed(client: TestClient, database: Database, city: SignedCity) -> None:
    first = indicators(database, city)[0]
    another_wave(database, city, released=True, psu="somewhere else")
    sign_in(client, "manager")
    parts = f"{city.wave_key} {first} 0.4\nlater {first} 0.6"
    assert post(client, PAGE, {**YEAR, "parts": parts}).status_code == 303
    page = get(client, PAGE)
    assert "年度指数" in page
    assert "各部分的样本互相独立" in page
    with database.reading.begin() as session:
        survey = session.get_one(Survey, city.survey_id)
        (index,) = indices_of(survey)
        found = shown(session, survey, index)
        kept = json.loads(session.get_one(Release, (city.survey_id, city.release_id)).estimates)
    (row,) = (one for one in kept["published"]["rows"] if not one["domain"])
    (cell,) = (one for one in row["cells"] if one["variable"] == first)
    whole = next(one for one in found.lines if not one.domain)
    assert float(whole.value) == pytest.approx(100 * cell["value"], abs=0.051), "the same figure twice"
    low, high = (float(one) for one in whole.interval.split("–"))
    assert high - low < 100 * (cell["high"] - cell["low"]), "two independent waves know more than one"
    assert f"<b>{whole.value}</b>" in page
    sha256 = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)
    assert sha256 is not None
    assert post(client, f"{PAGE}/year/sign", {"sha256": "0" * 64}).status_code == 409
    assert post(client, f"{PAGE}/year/sign", {"sha256": sha256[1]}).status_code == 303
    assert "签过，数字没有变" in get(client, PAGE)
    content = client.get(f"{PAGE}/year/signed.json").content
    assert json.loads(content)["index"]["key"] == "year"
    with database.reading.begin() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "survey.index_signed"))
        assert entry.detail["sha256"] == sha256[1]
    other = f"{city.wave_key} {first} 0.5\nlater {first} 0.5"
    assert post(client, PAGE, {**YEAR, "parts": other}).status_code == 303
    assert "之后组成或发布有了变动" in get(client, PAGE)
    assert client.get(f"{PAGE}/year/signed.json").content == content, "what was signed stays what it was"


def test_what_is_missing_is_named_and_there_is_no_figure(
    client: TestClient, database: Database, city: SignedCity
) -> None:
    first = indicators(database, city)[0]
    another_wave(database, city, released=False)
    sign_in(client, "manager")
    post(client, PAGE, {**YEAR, "parts": f"{city.wave_key} {first} 0.5\nlater {first} 0.5"})
    page = get(client, PAGE)
    assert "还没有发布" in page
    assert 'name="sha256"' not in page
    assert post(client, f"{PAGE}/year/sign", {"sha256": "0" * 64}).status_code == 409


@pytest.mark.parametrize(("psu", "shared"), [("same", True), ("somewhere else", False)])
def test_samples_with_a_unit_in_common_are_not_independent(
    client: TestClient, database: Database, city: SignedCity, psu: str, shared: bool
) -> None:
    first = indicators(database, city)[0]
    another_wave(database, city, released=True, psu=psu)
    parts = (IndexPart(city.wave_key, first, 0.5), IndexPart("later", first, 0.5))
    with database.reading.begin() as session:
        survey = session.get_one(Survey, city.survey_id)
        from questionnaires.text import Text

        found = shown(session, survey, SurveyIndex(key="x", name=Text("指数"), source="", parts=parts))
        assert found.shared is shared
        alone = shown(
            session, survey, replace(SurveyIndex(key="x", name=Text("指数"), source="", parts=parts), key="y")
        )
    assert [line.value for line in alone.lines] == [line.value for line in found.lines]


def test_a_hidden_part_leaves_its_area_without_a_figure(
    client: TestClient, database: Database, city: SignedCity
) -> None:
    first = indicators(database, city)[0]
    another_wave(database, city, released=True)
    parts = (IndexPart(city.wave_key, first, 0.5), IndexPart("later", first, 0.5))
    with database.reading.begin() as session:
        from questionnaires.text import Text

        survey = session.get_one(Survey, city.survey_id)
        found = shown(session, survey, SurveyIndex(key="x", name=Text("指数"), source="", parts=parts))
        kept = json.loads(session.get_one(Release, (city.survey_id, city.release_id)).estimates)
    told = {
        tuple(tuple(one) for one in row["domain"]): cell
        for row in kept["published"]["rows"]
        for cell in row["cells"]
        if cell["variable"] == first and all(column in ("street", "community") for column, _ in row["domain"])
    }
    assert {line.domain for line in found.lines} == set(told)
    for line in found.lines:
        cell = told[line.domain]
        hidden = bool(cell.get("suppression")) or bool(cell.get("coded"))
        assert (line.value == "") is hidden, line
        if not hidden and cell["digits"] == 0:
            assert line.value == str(int(float(line.value))), "no finer than what it is made of"
    assert any(line.value == "" for line in found.lines)


FAULTS = [
    ("2026Q3 aware 1", "Write 2 to"),
    ("2026Q3 aware 0.5\n2026Q9 aware 0.5", "Line 2: there is no wave 2026Q9"),
    ("2026Q3 aware 0.5\n2026Q4 nobody 0.5", "Line 2: 2026Q4 has no indicator nobody"),
    ("2026Q3 aware 0.5\n2026Q4 aware half", "Line 2: a weight lies between 0 and 1, not half"),
    ("2026Q3 aware 0.5\n2026Q4 aware", "Line 2: write three things"),
    ("2026Q3 aware 0.5\n2026Q3 aware 0.5", "stands twice"),
    ("2026Q3 aware 0.5\n2026Q4 aware 0.6", "add up to 1.1"),
]


@pytest.mark.parametrize(("typed", "told"), FAULTS)
def test_faults_of_the_parts_name_line_and_way_out(typed: str, told: str) -> None:
    parts, fault = read_parts(typed, WAVES)
    assert parts == ()
    assert fault is not None
    assert told in fault.en
    assert fault.zh != fault.en


def test_bad_input_loses_nothing_and_other_pages_keep_the_index(
    client: TestClient, database: Database, city: SignedCity
) -> None:
    first = indicators(database, city)[0]
    another_wave(database, city, released=False)
    sign_in(client, "manager")
    wrong = post(client, PAGE, {**YEAR, "parts": f"{city.wave_key} {first} 0.5\nlater {first} 0.6"})
    assert wrong.status_code == 422
    assert f"later {first} 0.6" in wrong.text
    assert "权重加起来是 1.1" in wrong.text
    post(client, PAGE, {**YEAR, "parts": f"{city.wave_key} {first} 0.5\nlater {first} 0.5"})
    changed = {"title_zh": "改了名", "population_zh": "居民"}
    assert post(client, "/surveys/satisfaction/edit", changed).status_code == 303
    with database.reading.begin() as session:
        survey = session.get_one(Survey, city.survey_id)
        assert survey.title_zh == "改了名"
        assert [one.key for one in indices_of(survey)] == ["year"]
    sign_in(client, "statistician")
    assert "年度指数" in get(client, PAGE)
    assert post(client, PAGE, {**YEAR, "parts": ""}).status_code == 403
