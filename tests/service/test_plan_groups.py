"""Any closed question, and the mode, as groups of the plan: who is in which, on the pages, and in what is published."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from fastapi.testclient import TestClient

from analysis.case_columns import Labels
from analysis.plan import MOST_GROUPS, NO_ANSWER, AnalysisPlan, group_of_question
from analysis.problems import DesignError
from questionnaires.model import Missing
from survey_service.analyses.city_groups import groups_of_city
from survey_service.analyses.closed_questions import written
from survey_service.analyses.plan_groups import with_groups
from survey_service.analyses.service import WaveEstimates, analyse_wave
from survey_service.database import Database
from survey_service.releases import service as releases
from tests.service.signed_in import get, sign_in
from tests.service.test_changes import first
from tests.service.test_opening_figures import closed
from tests.service.test_plan_pages import BOXES, PLAN, propose
from tests.service.test_releases import reviewed
from tests.service.world import World

__all__ = ["closed", "first", "reviewed"]
BY = group_of_question("know")


@pytest.fixture
def estimates(database: Database, first: World) -> WaveEstimates:
    with database.reading.begin() as session:
        return releases.prepare(session, first.survey_id, first.wave_id).estimates


def by(estimates: WaveEstimates, *groups: str) -> AnalysisPlan:
    return replace(estimates.plan, groups=groups)


def test_everybody_is_in_one_group_and_the_silent_are_one(estimates: WaveEstimates) -> None:
    """Else what is shown of the others and of all would be an equation for the few that gave no answer."""
    wave = estimates.cases
    given = wave.closed["know"]
    silent = np.arange(len(given.codes)) < 3
    names = (*given.names, written(Missing.NO_ANSWER))
    kept = Labels(np.where(silent, len(given.names), given.codes), names)
    groups = with_groups(replace(wave, closed={**wave.closed, "know": kept}), by(estimates, BY)).columns.groups[BY]
    assert (groups.codes >= 0).all()
    assert [groups.names[code] for code in groups.codes[:3]] == [NO_ANSWER] * 3
    assert NO_ANSWER not in with_groups(wave, by(estimates, BY)).columns.groups[BY].names


def test_a_question_has_figures_and_contrasts_under_its_own_names(estimates: WaveEstimates) -> None:
    found = analyse_wave(estimates.cases, by(estimates, BY))
    table = found.analysis.groups[BY]
    sizes = {(BY, label): table.respondents[0, column] for column, label in enumerate(table.labels)}
    own = {
        row.domain[-1]: row.sample_size for row in found.table.rows if len(row.domain) == 1 and row.domain[0][0] == BY
    }
    assert own
    assert all(size in (None, sizes[part]) for part, size in own.items())
    city = groups_of_city(found)
    assert city is not None
    question = next(one for one in found.cases.questionnaire.questions() if one.id == "know")
    assert {one.kind.zh for one in city.groups} == {question.short.zh}
    assert [one.name.zh for one in city.groups] == [one.label.zh for one in question.options[:2]]


def test_the_silent_have_figures_and_nobody_is_held_against_them(estimates: WaveEstimates) -> None:
    wave = estimates.cases
    given = wave.closed["know"]
    silent = np.arange(len(given.codes)) % 5 == 0
    kept = Labels(np.where(silent, len(given.names), given.codes), (*given.names, written(Missing.REFUSED)))
    found = analyse_wave(replace(wave, closed={**wave.closed, "know": kept}), by(estimates, BY))
    assert f"city.{BY}" in found.analysis.tables
    assert ((BY, NO_ANSWER),) in found.analysis.tables[f"city.{BY}"].domains
    assert NO_ANSWER not in found.analysis.groups[BY].labels


def test_what_the_questionnaire_has_not_is_no_group(estimates: WaveEstimates) -> None:
    with pytest.raises(DesignError, match="question:nothing"):
        analyse_wave(estimates.cases, by(estimates, group_of_question("nothing")))


def test_the_form_offers_questions_and_keeps_what_was_chosen(client: TestClient, closed: World) -> None:
    sign_in(client, "statistician")
    assert "按一道题的回答分" in get(client, PLAN)
    page = propose(client, BOXES | {"margins": "none", "groups": [BY]})
    assert re.search(r"没有 → know 题的回答", re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))
    assert re.search(rf'value="{BY}" checked', page)
    many = propose(client, BOXES | {"margins": "none", "groups": [str(one) for one in range(MOST_GROUPS + 1)]}, 422)
    assert f"最多选 {MOST_GROUPS} 项" in many
