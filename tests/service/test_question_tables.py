"""Every closed question as a table: what it shows beside the indicators, what it may not, on the page and as a file."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from analysis.results import Coding, PublishableRow, Suppression
from questionnaires.model import Missing
from survey_service.analyses.closed_questions import chosen, closed_variables, missing, written
from survey_service.analyses.question_tables import guarded, question_tables
from survey_service.analyses.service import WaveEstimates
from survey_service.database import Database
from survey_service.releases import service as releases
from tests.service.signed_in import get, sign_in
from tests.service.test_changes import first
from tests.service.test_opening_figures import HERE, closed
from tests.service.test_releases import reviewed
from tests.service.world import QUESTIONNAIRE, World

__all__ = ["closed", "first", "reviewed"]


@pytest.fixture
def estimates(database: Database, first: World) -> WaveEstimates:
    with database.reading.begin() as session:
        return releases.prepare(session, first.survey_id, first.wave_id).estimates


def test_every_answer_is_written_so_that_it_can_be_read() -> None:
    for value in ("1", ["2", "5"], Missing.REFUSED):
        text = written(value)
        if isinstance(value, Missing):
            assert (chosen(text), missing(text)) == (None, value)
        else:
            assert (chosen(text), missing(text)) == (frozenset(value), None)


def test_every_closed_question_has_its_table_and_an_indicator_of_one_answer_is_its_share(
    estimates: WaveEstimates,
) -> None:
    tables = {one.variable: one for one in question_tables(estimates).tables}
    assert list(tables) == [one.name for one in closed_variables(QUESTIONNAIRE)]
    know = tables["know"].areas[0]
    cell = estimates.table.row(()).cell("awareness")
    assert know.respondents == 60
    assert know.shares[0].value == pytest.approx(100 * (cell.value or 0))
    assert (know.shares[0].low, know.shares[0].high) == (100 * (cell.low or 0), 100 * (cell.high or 0))
    # Cannot say is no answer of those that are shared out.
    assert [one.option for one in tables["overall"].areas[0].shares] == ["1", "2", "3"]
    # Asked only of those who know; of these nobody answered, and both are told apart.
    counted = {why.en: count for why, count in tables["channels"].missing}
    assert counted == {"not asked": 16, "no answer": 44}
    assert {one.mark for one in tables["channels"].areas[0].shares} == {"hidden"}


@pytest.mark.parametrize("how", ["hidden", "coded"])
def test_where_the_city_itself_is_not_shown_for_somebodys_sake_no_question_is(
    estimates: WaveEstimates, how: str
) -> None:
    def without(row: PublishableRow) -> PublishableRow:
        first_cell = row.cells[0]
        changed = (
            replace(first_cell, suppression=Suppression.NOT_PUBLISHED)
            if how == "hidden"
            else replace(first_cell, coded=Coding.AT_LEAST)
        )
        return replace(row, cells=(changed, *row.cells[1:])) if row.domain == () else row

    assert guarded(estimates, ())
    table = replace(estimates.table, rows=tuple(map(without, estimates.table.rows)))
    hidden = replace(estimates, protected=replace(estimates.protected, table=table))
    found = question_tables(hidden)
    assert found.tables == ()
    assert "不列" in found.notes[0].zh


def test_a_figure_that_is_only_imprecise_hides_no_table(estimates: WaveEstimates) -> None:
    [row] = [one for one in estimates.table.rows if one.domain == ()]
    cell = replace(row.cells[0], suppression=Suppression.NOT_PUBLISHED)
    rows = [replace(one, cells=(cell, *one.cells[1:])) if one.domain == () else one for one in estimates.table.rows]
    reasons = {**estimates.reasons, ((), (cell.variable, cell.category)): Suppression.UNRELIABLE}
    table = replace(estimates.table, rows=tuple(rows))
    given = replace(estimates, protected=replace(estimates.protected, table=table, reasons=reasons))
    assert question_tables(given).tables


def test_the_page_and_the_files_say_the_same(client: TestClient, first: World) -> None:
    sign_in(client, "statistician")
    here = f"/surveys/{first.survey_key}/waves/{first.wave_key}/estimates"
    assert "各题的分布" in get(client, here)
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", get(client, f"{here}/questions?question=know")))
    assert re.search(r"示范市 73 \(60–84\) 27 \(16–40\) 60", page), page
    told = json.loads(client.get(f"{here}/questions.json").content)
    figures = {one["indicator"]: one for one in told["figures"]}
    assert (figures["know=1"]["value"], figures["know=1"]["respondents"]) == (73, 60)
    for kind in ("csv", "xlsx"):
        answer = client.get(f"{here}/questions.{kind}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_nothing_is_told_before_the_figures_are_opened(client: TestClient, closed: World) -> None:
    sign_in(client, "statistician")
    for path in ("questions", "questions.csv"):
        answer = client.get(f"{HERE}/estimates/{path}", headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert "结果还没有打开" in answer.text
