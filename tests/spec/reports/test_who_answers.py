"""Who answers, in a sentence that can be read in one way only."""

from __future__ import annotations

import pytest

from questionnaires.model import Questionnaire
from reports.paper_form.skips import numbered, who_answers
from tests.programmes import programme
from tests.spec.equivalence.joints import CONDITIONS, JOINTS
from tests.spec.questionnaires.examples import loaded

SAID = {
    'went == "2" or saw == "1"': (
        "第 1 题选“没去（忙）”者，或者第 2 题选“好”者",
        "question 1 is “No”, or question 2 is “Good”",
    ),
    'went in ["1", "2"] or went == "3"': (
        "第 1 题选“去过”或“没去（忙）”或“记不清”者",
        "question 1 is “Yes” or “No” or “Cannot say”",
    ),
    'went != "2"': ("第 1 题选“没去（忙）”以外的答案者", "question 1 is answered, but not “No”"),
    'not went != "2"': ("第 1 题选“没去（忙）”或者没有作答者", "question 1 is “No” or not answered"),
    'not (went == "1" or went == "3")': ("第 1 题没有选“去过”或“记不清”者", "question 1 is not “Yes” or “Cannot say”"),
    "not age >= 60": ("第 4 题小于 60 或者没有作答者", "question 4 is below 60 or not answered"),
    'saw == "1" and ("1" in how or "2" in how)': (
        "第 2 题选“好”者、并且第 3 题选“走路”或“公交”者",
        "question 2 is “Good” and question 3 is “On foot” or “By bus”",
    ),
    'saw == "1" and ("1" in how or age < 18)': (
        "第 2 题选“好”者、并且（第 3 题选“走路”者，或者第 4 题小于 18 者）",
        "question 2 is “Good” and (question 3 is “On foot”, or question 4 is below 18)",
    ),
}
SECTION = ("（第 2 题选“好”者，或者第 1 题选“去过”者）", "(question 2 is “Good”, or question 1 is “Yes”)")


@pytest.fixture(scope="module")
def joints(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("joints"), JOINTS)


@pytest.mark.parametrize("source", SAID)
def test_a_condition_behind_that_of_its_section(joints: Questionnaire, source: str) -> None:
    questions = numbered(joints)
    asked = next(one for one in questions if one.question.id == f"x{CONDITIONS.index(source) + 1}")
    zh, en = SAID[source]
    bracketed = "，或者" in zh and "、并且" not in zh
    assert who_answers(questions, asked, "zh") == f"（限{SECTION[0]}、并且{f'（{zh}）' if bracketed else zh}回答）"
    assert who_answers(questions, asked, "en") == (
        f"(Only for those for whom: {SECTION[1]} and {f'({en})' if bracketed else en})"
    )


def test_victims_of_any_kind() -> None:
    questions = numbered(programme("public_safety"))
    asked = next(one for one in questions if one.question.id == "told_police")
    assert who_answers(questions, asked, "zh") == ("（限第 11 题选“被偷”或“被骗”或“被抢”或“被打”者回答）")
