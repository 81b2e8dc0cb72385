"""What the sheet of a city says of its groups, worked out again from the release of a small wave that has some."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import delete

from analysis.plan import group_of_question
from reports.content import AreaSummary
from survey_service.analyses import plan_history
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import AccessCode, Case, Mode, Release
from survey_service.releases import service as releases
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.service import group_claims, test_changes
from tests.service.test_estimates import answer
from tests.service.test_releases import release
from tests.service.world import NOW, World

EACH = 90  # of either community
BY = group_of_question("aspects.parking")


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def told(
    database: Database, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> tuple[Release, AreaSummary]:
    """Half find parking well kept, and know far oftener; they are as satisfied as the others. Released."""
    keys = KeyRing(settings.secret_key.get_secret_value())
    monkeypatch.setattr(test_changes, "EACH", EACH)
    of = world.survey_id, world.wave_id
    with database.writing.begin() as session:
        session.execute(delete(AccessCode))
        session.execute(delete(Case))
        cases = [test_changes._case(world, community, place, False) for community in (0, 1) for place in range(EACH)]
        session.add_all(cases)
        session.flush()
        asked = replace(world, case_ids=[case.id for case in cases])
        for place in range(2 * EACH):
            well = place % 2 == 0
            given = {
                "know": "1" if place % 10 < (8 if well else 5) else "2",
                "overall": "3" if place // 2 % 4 == 0 else "1",
                "aspects.parking": "1" if well else "3",
                "age": "44",
            }
            answer(session, asked, keys, case=place, mode=Mode.WEB_INVITED, answers=given, each=EACH)
        for step in (surveys.close_wave, surveys.begin_review):
            step(session, *of, at=NOW, by=SERVICE)
        plan = columns_and_register(session, *of).plan
        plan_history.change_plan(session, *of, plan, replace(plan, groups=(BY,)), reason="", at=NOW, by=SERVICE)
        figures.open_figures(session, *of, at=NOW, by=SERVICE)
    made = release(database, world)
    with database.reading.begin() as session:
        found = session.get_one(Release, (world.survey_id, made))
        assert found.estimates  # loaded where it is read
        session.expunge(found)
        return found, releases.release_summaries(session, world.survey_id, made, settings).city


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_of_groups_is_carried_by_the_release(told: tuple[Release, AreaSummary], language: str) -> None:
    made, city = told
    claims = group_claims.assert_carried(made.estimates, city, language)
    assert len(claims) == 2
    differs, alike = claims
    higher, none = {"zh": ("高 ", "没有查出差别"), "en": ("higher by ", "no difference found")}[language]
    assert higher in differs
    assert alike.rstrip("。.").endswith({"zh": none, "en": "no difference found between groups"}[language])


def test_a_sentence_that_the_release_does_not_carry_is_found(told: tuple[Release, AreaSummary]) -> None:
    made, city = told
    record = json.loads(made.estimates)
    for one in record["groups"]["contrasts"]:
        one["high"] += 0.01
    with pytest.raises(AssertionError):
        group_claims.assert_carried(json.dumps(record), city, "zh")
