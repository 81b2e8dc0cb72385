"""What is calculated, on every surface: written out for phone, keying and paper; a column of its own in exports."""

from __future__ import annotations

import json

import pytest

from questionnaires.answers import judge
from questionnaires.answers_by_column import ColumnJudge
from questionnaires.model import Missing, Questionnaire
from reports.paper_form.skips import numbered, who_answers
from survey_service.collection.resident_steps import screens
from survey_service.exports.answers import answer_columns
from survey_service.keying.sheets import build_sheet
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.family import FAMILY

SHARE = ["round", ["/", ["value", "earning"], ["value", "people"]], 2]


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("family"), FAMILY)


def test_the_phone_and_the_keyer_get_the_condition_of_answers(family: Questionnaire) -> None:
    steps = {one.question.id: one.ask_if for one in screens(family, 0).steps}
    assert json.loads(steps["children"]) == ["<", SHARE, 0.5]
    rows = {row.variable: row.asked_if for row in build_sheet(family, "zh").rows}
    assert rows["children"] == (["<", SHARE, 0.5],)
    told = {message: (tree, variable) for tree, variable, message in build_sheet(family, "zh").contradictions}
    tree, variable = told["不到十六岁，家里却人人工作。"]
    assert tree[2] == ["==", SHARE, 1]
    assert variable == "born", "the last box of those that it is about"


def test_paper_says_it_in_the_numbers_of_its_questions(family: Questionnaire) -> None:
    questions = numbered(family)
    assert who_answers(questions, questions[-1], "zh") == "（限第 2 题 ÷ 第 1 题小于0.5者回答）"
    assert "question 2 ÷ question 1 is below 0.5" in who_answers(questions, questions[-1], "en")


def test_an_export_has_its_column(family: Questionnaire) -> None:
    columns = dict(answer_columns(family, texts=False))
    assert list(columns)[-3:] == ["per_head", "age", "burden"]
    values = ColumnJudge(judge(family)).values([{"people": 3, "earning": 1}, {"people": 3}, {}])["per_head"]
    cells = columns["per_head"].read([values.values[code] for code in values.codes])
    lost = columns["per_head"].variable.missing
    assert cells == [0.33, lost[Missing.NO_ANSWER], lost[Missing.NO_ANSWER]]
    assert columns["per_head"].variable.decimals == 2
    assert columns["age"].variable.unit is not None
