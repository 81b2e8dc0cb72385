"""Areas and items held against each other: on the statistician's page, in the release and in the summaries, and no more
than is shown."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from analysis.comparisons import Comparisons
from survey_service.analyses.service import community_domain
from survey_service.database import Database
from survey_service.models import Release, ReleaseDocument, Role
from survey_service.releases import service as releases
from survey_service.releases.canonical_estimates import estimates_text
from survey_service.releases.signed_summaries import unpacked
from survey_service.settings import Settings
from tests.service.programs import Program, person_at
from tests.service.signed_in import get, sign_in
from tests.service.test_changes import first, next_wave
from tests.service.test_releases import reviewed
from tests.service.world import World

__all__ = ["first", "reviewed"]
EACH = 60  # of either community: enough for their figures to be shown as points


@pytest.fixture
def shown(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> World:
    """A released wave of which the communities have figures of their own."""
    monkeypatch.setattr("tests.service.test_changes.EACH", EACH)
    world: World = request.getfixturevalue("first")
    return world


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_release_keeps_what_may_be_told_and_each_claim_follows_from_its_printed_figures(
    database: Database, shown: World
) -> None:
    with database.reading.begin() as session:
        [release] = session.scalars(select(Release))
        kept, summaries = json.loads(release.estimates), unpacked(release.printed or b"")
    told = kept["comparisons"]["differences"]
    cells = {
        (json.dumps(row["domain"]), cell["variable"]): cell
        for row in kept["published"]["rows"]
        for cell in row["cells"]
    }
    assert told
    for one in told:
        own, whole = (cells[json.dumps(one[place]), one["variable"]] for place in ("domain", "whole"))
        step = 10.0 ** -(2 + one["digits"])
        assert one["difference"] == pytest.approx(round((own["value"] - whole["value"]) / step) * step)
        assert one["low"] <= one["difference"] <= one["high"]
        assert one["side"] == (1 if one["low"] > 0 else -1 if one["high"] < 0 else 0)
    [code] = [
        code
        for code, summary in summaries.communities.items()
        if summary.place.domain == tuple(map(tuple, told[0]["domain"]))
    ]
    of_sheet = summaries.communities[code].comparisons
    assert of_sheet is not None
    assert {one.domain for one in of_sheet.differences} == {community_domain(code)}


def test_older_releases_keep_their_bytes(database: Database, shown: World) -> None:
    """What cannot be compared leaves no key behind."""
    with database.reading.begin() as session:
        prepared = releases.prepare(session, shown.survey_id, shown.wave_id)
    without = json.loads(estimates_text(replace(prepared.estimates, comparisons=Comparisons()), prepared.since))
    assert "comparisons" not in without
    both = json.loads(estimates_text(prepared.estimates, prepared.since))
    assert {**without, "comparisons": both["comparisons"]} == both


def test_the_statistician_sees_differences_and_sets_of_ranks(
    client: TestClient, database: Database, shown: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = next_wave(database, shown, settings, know=44)
    sign_in(client, "statistician")
    page = words(get(client, f"/surveys/{later.survey_key}/waves/{later.wave_key}/estimates?indicator=awareness"))
    part = page[page.index("互相比较") :]
    assert re.search(r"没有查出差别（−\d+ … \d+）", part), part
    assert "1–2 / 2" in part
    monkeypatch.setattr("analysis.published_areas.LEAST_RANKED", EACH + 1)
    page = words(get(client, f"/surveys/{later.survey_key}/waves/{later.wave_key}/estimates?indicator=awareness"))
    assert "1–2 / 2" not in page


def test_programs_are_told_of_their_own_areas(client: TestClient, database: Database, shown: World) -> None:
    with database.reading.begin() as session:
        [release] = session.scalars(select(Release))
        kept, number = json.loads(release.estimates)["comparisons"], release.number
    told = Program(client, database, "statistician").get(f"/releases/{number}")["comparisons"]
    assert len(told["differences"]) == len(kept["differences"])
    assert [one["pairs_told_apart"] for one in told["ranks"]] == [one["pairs_told_apart"] for one in kept["ranks"]]
    person_at(database, "at-one", Role.LEADER, shown.community_ids[0])
    with database.writing.begin() as session:
        made = session.scalars(select(Release)).one()
        sheet = ReleaseDocument(
            survey_id=made.survey_id,
            release_id=made.id,
            area_id=shown.community_ids[0],
            language="zh",
            file_name="a.pdf",
            blob_sha256="0" * 64,
            pages=1,
        )
        session.add(sheet)
    leader = Program(client, database, "at-one").get(f"/releases/{number}")["comparisons"]
    assert "110101000002" not in json.dumps(leader)
    assert {one["area"] for one in leader["differences"]} < {one["area"] for one in told["differences"]}
    assert all(len(one["areas"]) < one["ranked"] for one in leader["ranks"] if one["kind"] == "community")
