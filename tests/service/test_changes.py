"""What changed since the wave released before: on the statistician's page, and no more than both waves have shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlalchemy import delete

from analysis.published_changes import published_changes
from analysis.results import ChangeVerdict, Coding, PublishableRow, PublishedChange, Suppression
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import AccessCode, Case, Mode, Release
from survey_service.releases import documents
from survey_service.releases import service as releases
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.service.signed_in import get, sign_in
from tests.service.test_estimates import answer
from tests.service.test_releases import release, reviewed
from tests.service.world import CLOSES, NOW, World

__all__ = ["reviewed"]

LATER = NOW + timedelta(days=90)
EACH = 30  # of either community, in both waves the same households


def ask(database: Database, world: World, settings: Settings, know: int, *, paper_first: bool = False) -> None:
    """``know`` of sixty know, half of them in either community; then the wave is closed and its figures opened."""
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        cases = [_case(world, community, number, paper_first) for community in (0, 1) for number in range(EACH)]
        session.add_all(cases)
        session.flush()
        asked = replace(world, case_ids=[case.id for case in cases])
        for place in range(2 * EACH):
            given = {
                "know": "1" if place % EACH < know / 2 else "2",
                "overall": "3" if place % 3 == 0 else "1",
                "age": "44",
            }
            answer(session, asked, keys, case=place, mode=Mode.WEB_INVITED, answers=given, each=EACH)
        for step in (surveys.close_wave, surveys.begin_review, figures.open_figures):
            step(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)


def _case(world: World, community: int, number: int, paper_first: bool) -> Case:
    grid, unit = f"grid {community}-{number // 10}", f"household {community}-{number}"
    return Case(
        survey_id=world.survey_id,
        wave_id=world.wave_id,
        area_id=world.community_ids[community],
        number=f"9{community}-{number:03d}",
        stratum=grid,
        psu=unit,
        stages=[
            {"unit": unit, "population": 300, "sampled": 10, "probability": 1 / 30, "variance": True},
            {"unit": "adult", "population": 2, "sampled": 1, "probability": 0.5, "variance": False},
        ],
        inclusion_probability=1 / 60,
        first_mode=Mode.PAPER if paper_first or number % 2 else Mode.WEB_INVITED,
    )


@pytest.fixture
def first(database: Database, world: World, settings: Settings) -> World:
    """Forty-four of sixty know; the wave is released."""
    with database.writing.begin() as session:
        session.execute(delete(AccessCode))
        session.execute(delete(Case))
    ask(database, world, settings, 44)
    release(database, world)
    return world


def next_wave(database: Database, world: World, settings: Settings, *, know: int, paper_first: bool = False) -> World:
    with database.writing.begin() as session:
        new = surveys.NewWave(
            key="2026Q4",
            name_zh="2026年第四季度",
            name_en="Fourth quarter 2026",
            questionnaire_version_id=world.version_id,
            opens_on=CLOSES + timedelta(days=30),
            closes_on=CLOSES + timedelta(days=60),
        )
        wave = surveys.create_wave(session, world.survey_id, new, at=NOW, by=SERVICE)
        surveys.open_wave(session, world.survey_id, wave.id, on=wave.opens_on, at=LATER, by=SERVICE)
        later = replace(world, wave_id=wave.id, wave_key=wave.key)
    ask(database, later, settings, know, paper_first=paper_first)
    return later


def change_of_city(database: Database, world: World) -> PublishedChange:
    with database.reading.begin() as session:
        prepared = releases.prepare(session, world.survey_id, world.wave_id)
    assert prepared.since.changes is not None
    assert prepared.since.changes.since.zh == "2026年第三季度"
    told = [one for one in prepared.since.changes.published if (one.variable, one.domain) == ("awareness", ())]
    [change] = told
    table = prepared.estimates.table.row(()).cell("awareness")
    assert table.value is not None
    return change


@pytest.mark.both_databases
def test_change_since_the_wave_before_is_of_printed_figures_and_of_the_same_households(
    database: Database, first: World, settings: Settings
) -> None:
    change = change_of_city(database, next_wave(database, first, settings, know=20))
    assert change.verdict is ChangeVerdict.FALLEN
    assert change.difference == pytest.approx(0.33 - 0.73)
    assert change.low is not None
    assert change.high is not None
    assert change.low < (change.difference or 0) < change.high < 0
    assert change.digits == 0


def test_modes_that_were_assigned_otherwise_leave_no_change_to_speak_of(
    database: Database, first: World, settings: Settings
) -> None:
    change = change_of_city(database, next_wave(database, first, settings, know=20, paper_first=True))
    assert (change.verdict, change.difference, change.low) == (ChangeVerdict.NOT_COMPARABLE, None, None)
    assert any("paper" in reason for reason in change.reasons)


@pytest.mark.parametrize(
    "hidden",
    [
        {"value": None, "low": None, "high": None, "suppression": Suppression.UNRELIABLE},
        {"coded": Coding.AT_LEAST},
    ],
)
def test_a_figure_that_is_hidden_or_coded_in_either_wave_has_no_change(
    database: Database, first: World, settings: Settings, hidden: dict[str, Any]
) -> None:
    later = next_wave(database, first, settings, know=20)
    with database.reading.begin() as session:
        prepared = releases.prepare(session, later.survey_id, later.wave_id)
    assert prepared.since.changes is not None
    tables, now = list(prepared.since.changes.tables.values()), prepared.estimates.table
    everything = published_changes(tables, now, now, {})
    place = ("awareness", ())
    assert place in {(one.variable, one.domain) for one in everything}
    without = replace(now, rows=tuple(_without(row, hidden) if row.domain == () else row for row in now.rows))
    for before, after in ((without, now), (now, without)):
        told = {(one.variable, one.domain) for one in published_changes(tables, before, after, {})}
        assert told == {(one.variable, one.domain) for one in everything} - {place}


def _without(row: PublishableRow, hidden: dict[str, Any]) -> PublishableRow:
    cells = tuple(replace(cell, **hidden) if cell.variable == "awareness" else cell for cell in row.cells)
    return replace(row, cells=cells)


def test_the_statisticians_page_tells_the_change_and_what_could_have_been_found(
    client: TestClient, database: Database, first: World, settings: Settings
) -> None:
    later = next_wave(database, first, settings, know=20)
    sign_in(client, "statistician")
    page = get(client, f"/surveys/{later.survey_key}/waves/{later.wave_key}/estimates?indicator=awareness")
    assert "比2026年第三季度" in page
    assert "降 40（" in page


def test_the_sheets_print_what_was_signed_of_the_change(database: Database, first: World, settings: Settings) -> None:
    later = next_wave(database, first, settings, know=20)
    release_id = release(database, later)
    with database.reading.begin() as session:
        kept = session.get_one(Release, (later.survey_id, release_id))
        signed = {
            (one["variable"], tuple(map(tuple, one["domain"]))): one
            for one in json.loads(kept.estimates)["changes"]["published"]
        }
        made = releases.release_summaries(session, later.survey_id, release_id, settings)
    assert signed["awareness", ()]["verdict"] == "fallen"
    for summary in (made.city, *made.communities.values()):
        pdf = documents.pdf(documents.Wanted(summary, "zh"), settings)
        words = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
        told = signed.get(("awareness", summary.place.domain))
        assert told is not None
        by = round(abs(told["difference"]) * 100)
        assert f"降 {by}（" in words, words
        assert "没有查出变化，不等于没有变" in words  # satisfaction is as it was


def test_what_is_told_of_change_is_kept_apart_as_the_record_has_it(
    database: Database, first: World, settings: Settings
) -> None:
    after = next_wave(database, first, settings, know=5)
    release_id = release(database, after)
    with database.reading.begin() as session:
        kept = session.get_one(Release, (after.survey_id, release_id))
        record = json.loads(kept.estimates)["changes"]
        assert kept.changes is not None
        assert kept.changes["since"] == record["since"]
        told = {(code, name): verdict for code, of in kept.changes["areas"].items() for name, verdict in of.items()}
        assert told == {
            (one["domain"][0][1] if one["domain"] else "", one["variable"]): one["verdict"]
            for one in record["published"]
        }


def test_a_first_wave_has_no_column_of_change(client: TestClient, reviewed: World) -> None:
    sign_in(client, "statistician")
    page = get(client, f"/surveys/{reviewed.survey_key}/waves/{reviewed.wave_key}/estimates")
    assert "比20" not in page


def test_the_statisticians_page_holds_the_modes_against_each_other(client: TestClient, first: World) -> None:
    """Half of the households were asked on paper first; all of either half say alike but for who they are."""
    sign_in(client, "statistician")
    page = get(client, f"/surveys/{first.survey_key}/waves/{first.wave_key}/estimates?indicator=awareness")
    assert "先用的方式不同，答得一样吗" in page
    assert "没有查出差别（" in page
