"""Every closed question and the tests of a plan through the API: what the statistician's page says, for nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from analysis.plan import KindOfTest, PlannedTest
from survey_service.analyses.plan_history import change_plan
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.releases.question_review import of_all
from survey_service.services import Services
from survey_service.surveys import figures
from tests.service.programs import Program
from tests.service.test_changes import EACH, first
from tests.service.test_opening_figures import closed
from tests.service.test_opening_figures import reviewed as under_review
from tests.service.test_releases import reviewed, services
from tests.service.world import NOW, World

__all__ = ["closed", "first", "reviewed", "services", "under_review"]
WAVE = "/surveys/satisfaction/waves/2026Q3"


def test_it_is_what_the_page_shows(client: TestClient, database: Database, first: World, services: Services) -> None:
    found = Program(client, database, "statistician").get(
        f"/surveys/{first.survey_key}/waves/{first.wave_key}/questions"
    )
    tables = of_all(services, first.survey_id, first.wave_id)
    assert [one["variable"] for one in found["questions"]] == [one.variable for one in tables.tables]
    [city, *_] = found["questions"][0]["areas"]
    assert (city["level"], city["respondents"]) == ("city", 2 * EACH)
    shares = [(one["option"], one["figure"], one["value"], one["mark"]) for one in city["shares"]]
    assert shares == [(one.option, one.printed, one.value, one.mark) for one in tables.tables[0].areas[0].shares]
    hidden = [one for question in found["questions"] for area in question["areas"] for one in area["shares"]]
    assert {(one["value"], one["low"]) for one in hidden if one["mark"] == "hidden"} == {(None, None)}
    assert found["tests"] == []


@pytest.mark.parametrize("user", ["leader", "manager", "keyer", "interviewer", "administrator"])
def test_nobody_else_reads_it(client: TestClient, database: Database, first: World, user: str) -> None:
    status, _ = Program(client, database, user).refused(f"/surveys/{first.survey_key}/waves/{first.wave_key}/questions")
    assert status in (403, 404)


def test_nothing_before_the_figures_are_open(client: TestClient, database: Database, closed: World) -> None:
    assert Program(client, database, "statistician").refused(f"{WAVE}/questions")[0] == 404


def test_tests_of_the_plan_say_their_result_or_why_there_is_none(
    client: TestClient, database: Database, under_review: World
) -> None:
    wanted = (
        PlannedTest(kind=KindOfTest.CROSSTAB, outcome="overall", by=("know",)),
        PlannedTest(kind=KindOfTest.LOGISTIC, outcome="awareness", by=("overall",)),
    )
    of = under_review.survey_id, under_review.wave_id
    with database.writing.begin() as session:
        plan = columns_and_register(session, *of).plan
        change_plan(session, *of, plan, replace(plan, tests=wanted), reason="", at=NOW, by=SERVICE)
        figures.open_figures(session, *of, at=NOW, by=SERVICE)
    found = Program(client, database, "statistician").get(f"{WAVE}/questions")
    assert [one["title"]["en"] for one in found["tests"]] == [
        "crosstab with the Rao-Scott test: Overall by Knows",
        "logistic regression: Awareness by Overall",
    ]
    assert all(one["said"]["zh"] for one in found["tests"])
