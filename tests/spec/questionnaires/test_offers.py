"""Options that hang on an earlier answer, judged: one table of what is offered and what becomes of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.answer_words import describe
from questionnaires.answers import Checked, Policy, check_answers, judge
from questionnaires.answers_by_column import ColumnJudge
from questionnaires.lists import filled
from questionnaires.model import Missing, Questionnaire
from questionnaires.offers import offer_of
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.listed import ENTRIES, LISTED
from tests.spec.questionnaires.test_answers_by_column import told

YUEHAI, XILI = "440305001", "440305002"
HAIZHU, WEILAN, DAXUE = "440305001001", "440305001002", "440305002001"
Answers = Mapping[str, Any]


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return filled(loaded(tmp_path_factory.mktemp("listed"), LISTED), ENTRIES)


#  question, what was answered before, codes offered (None: the question is not asked)
OFFERED: list[tuple[str, Answers, list[str] | None]] = [
    ("community", {"street": YUEHAI}, [HAIZHU, WEILAN, "98", "99"]),
    ("community", {"street": XILI}, [DAXUE, "98", "99"]),
    ("community", {}, [HAIZHU, WEILAN, DAXUE, "98", "99"]),
    ("community", {"street": "99"}, [HAIZHU, WEILAN, DAXUE, "98", "99"]),
    ("community", {"street": {"missing": "refused"}}, [HAIZHU, WEILAN, DAXUE, "98", "99"]),
    ("matter", {"field": ["a"]}, ["a1", "a2"]),
    ("matter", {"field": ["a", "b"]}, ["a1", "a2", "b1"]),
    ("best", {"used": ["01", "03"]}, ["01", "03", "97", "99"]),
    ("best", {"used": ["02"]}, ["02", "99"]),  # 都差不多 is offered for two and more
    ("best", {"used": ["0"]}, None),  # 都没有 is nothing to go on with
    ("best", {}, None),
    ("order", {"used": ["01", "02", "04"]}, ["01", "02", "04"]),
    ("how", {"field": ["a"]}, ["1", "2", "3"]),
    ("how", {"field": ["b"]}, ["1"]),  # what hangs on nothing is there
    ("community", {"street": "440305003"}, ["98", "99"]),  # a street without communities
]


@pytest.mark.parametrize(("question", "before", "codes"), OFFERED)
def test_what_is_offered(listed: Questionnaire, question: str, before: Answers, codes: list[str] | None) -> None:
    offer = offer_of(listed, listed.question(question))
    assert offer is not None
    assert [one.code for one in offer.narrowed(before).options] == (codes or [])
    asked = check_answers(listed, before, Policy.WEB).values[question] is not Missing.NOT_ASKED
    assert asked is (codes is not None)


@pytest.mark.parametrize(("question", "before", "codes"), OFFERED)
def test_conditions_say_the_same(
    listed: Questionnaire, question: str, before: Answers, codes: list[str] | None
) -> None:
    """What browsers and devices are given: a condition an option, and one for the question."""
    offer = offer_of(listed, listed.question(question))
    assert offer is not None
    asked = offer.asked()
    assert (asked is None or asked.evaluate(before)) is (codes is not None)
    if codes is not None:
        conditions = [(one.code, offer.condition(one)) for one in offer.question.options]
        assert [code for code, one in conditions if one is None or one.evaluate(before)] == codes


#  answers, the question, its value, what is found
CASES: list[tuple[Answers, str, object, list[str]]] = [
    ({"street": YUEHAI, "community": WEILAN}, "community", WEILAN, []),
    ({"street": XILI, "community": WEILAN}, "community", Missing.NO_ANSWER, ["not_offered"]),
    ({"street": "99", "community": WEILAN}, "community", WEILAN, []),
    ({"community": WEILAN}, "community", WEILAN, []),
    ({"street": XILI, "community": "99"}, "community", Missing.DONT_KNOW, []),
    ({"street": XILI, "community": {"missing": "dont_know"}}, "community", Missing.DONT_KNOW, []),
    ({"street": XILI, "community": "98", "community.other": "新社区"}, "community", "98", []),
    ({"street": XILI, "community": "7"}, "community", Missing.NO_ANSWER, ["unknown_code"]),
    ({"used": ["01", "02"], "best": "02"}, "best", "02", []),
    ({"used": ["01", "02"], "best": "03"}, "best", Missing.NO_ANSWER, ["not_offered"]),
    ({"used": ["01"], "best": "97"}, "best", Missing.NO_ANSWER, ["not_offered"]),
    ({"used": ["01", "02", "03", "04"], "order": ["04", "01", "02"]}, "order", ["04", "01", "02"], []),
    ({"used": ["01", "02"], "order": ["02", "01"]}, "order", ["02", "01"], []),  # two were ticked: two are ranked
    ({"used": ["01", "02"], "order": ["02"]}, "order", Missing.NO_ANSWER, ["ranks_missing"]),
    ({"used": ["01", "02"], "order": ["02", "03"]}, "order", Missing.NO_ANSWER, ["not_offered"]),
    ({"used": ["01"], "order": ["01"]}, "order", ["01"], []),
    ({"field": ["a"], "how": ["2"]}, "how", Missing.NO_ANSWER, ["too_few_choices"]),
    ({"field": ["b"], "how": ["1"]}, "how", ["1"], []),  # two are wanted, one is offered
    ({"field": ["b"], "how": ["1", "3"]}, "how", Missing.NO_ANSWER, ["not_offered"]),
]


def found(checked: Checked, question: str) -> list[str]:
    return [one.code.value for one in checked.findings if one.question == question]


@pytest.mark.parametrize(("answers", "question", "value", "codes"), CASES)
def test_an_answer_is_read_by_what_was_offered(
    listed: Questionnaire, answers: Answers, question: str, value: object, codes: list[str]
) -> None:
    for policy in (Policy.WEB, Policy.DEVICE, Policy.IMPORT):
        checked = check_answers(listed, answers, policy)
        assert checked.values[question] == value
        assert found(checked, question) == codes
        assert checked.accepted is not bool(codes)
        again = check_answers(listed, checked.canonical, policy)
        assert again.canonical == checked.canonical


@pytest.mark.parametrize(("answers", "question", "value", "codes"), CASES)
def test_paper_keeps_what_is_written_and_does_not_count_it(
    listed: Questionnaire, answers: Answers, question: str, value: object, codes: list[str]
) -> None:
    checked = check_answers(listed, answers, Policy.PAPER)
    assert checked.values[question] == value
    if codes and codes != ["unknown_code"]:
        assert checked.accepted
        assert checked.canonical[question] == answers[question]
        assert check_answers(listed, checked.canonical, Policy.PAPER).canonical == checked.canonical


def test_the_words_name_both(listed: Questionnaire) -> None:
    def words(answers: Answers, language: str) -> str:
        (finding,) = check_answers(listed, answers, Policy.WEB).findings
        return describe(finding, listed, language)

    place = {"street": XILI, "community": WEILAN}
    assert words(place, "zh") == (
        "“您住在哪个街道？”选的是“西丽街道”，这里没有“蔚蓝海岸社区”。请另选，或者改前面那道题。"
    )
    assert words(place, "en") == (
        "The answer to “In which street do you live?” is “西丽街道”: “蔚蓝海岸社区” is not offered here. "
        "Choose another, or change that answer."
    )
    assert "“公安局、教育局”，这里没有“卫生健康局”" in words({"used": ["01", "02"], "best": "03"}, "zh")


@given(st.lists(st.sampled_from([case[0] for case in CASES] + [case[1] for case in OFFERED]), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_by_column_and_one_by_one_are_worth_the_same(listed_answers: list[Answers]) -> None:
    questionnaire = _whole()
    columns = ColumnJudge(judge(questionnaire)).values(listed_answers)
    for row, one in enumerate(listed_answers):
        single = judge(questionnaire).check(one, Policy.IMPORT).values
        by_column = {name: column.values[column.codes[row]] for name, column in columns.items()}
        assert {name: told(value) for name, value in by_column.items()} == {
            name: told(value) for name, value in single.items()
        }


_MADE: list[Questionnaire] = []


def _whole() -> Questionnaire:
    return _MADE[0]


@pytest.fixture(scope="module", autouse=True)
def _made(listed: Questionnaire) -> None:
    _MADE[:] = [listed]
