"""What is calculated: made of answers by the judge, one by one and column by column, and by nobody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.answers import Policy, check_answers, judge
from questionnaires.answers_by_column import ColumnJudge
from questionnaires.canonical import canonical_bytes, from_canonical
from questionnaires.codebook import codebook
from questionnaires.evaluation import comparable, evaluate
from questionnaires.kinds.kind import VariableType
from questionnaires.loader import check
from questionnaires.model import Missing, Questionnaire
from questionnaires.piping import words_of
from questionnaires.problems import Code
from tests.spec.questionnaires.examples import NOTICE, loaded, written
from tests.spec.questionnaires.family import FAMILY

NO_ANSWER, NOT_ASKED = Missing.NO_ANSWER, Missing.NOT_ASKED


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("family"), FAMILY)


#  answers                                            per_head   burden     age
CALCULATED = [
    ({"people": 3, "earning": 1, "born": "1980-10-01"}, 0.33, 67, 46),
    ({"people": 3, "earning": 2, "born": "1980-10-02"}, 0.67, 33, 45),
    ({"people": 8, "earning": 1}, 0.13, 87, NO_ANSWER),  # 0.125: halves away from zero
    ({"people": 2, "earning": 2}, 1, 0, NO_ANSWER),
    ({"people": 2, "earning": 0}, 0, 100, NO_ANSWER),
    ({"people": 2}, NO_ANSWER, NO_ANSWER, NO_ANSWER),
    ({"earning": 2}, NO_ANSWER, NO_ANSWER, NOT_ASKED),  # nobody asked for the day of birth
    ({"people": {"missing": "refused"}, "earning": 2}, NO_ANSWER, NO_ANSWER, NOT_ASKED),
]


@pytest.mark.parametrize(("answers", "per_head", "burden", "age"), CALCULATED)
def test_what_comes_out(
    family: Questionnaire, answers: dict[str, object], per_head: object, burden: object, age: object
) -> None:
    checked = check_answers(family, answers, Policy.WEB)
    assert {name: checked.values[name] for name in ("per_head", "burden", "age")} == {
        "per_head": per_head,
        "burden": burden,
        "age": age,
    }
    assert not {"per_head", "burden", "age"} & checked.canonical.keys(), "answers are what people said"


def test_what_a_client_says_of_it_is_passed_over(family: Questionnaire) -> None:
    for policy in Policy:
        checked = check_answers(family, {"people": 2, "earning": 1, "per_head": 99}, policy)
        assert checked.findings == ()
        assert checked.values["per_head"] == 0.5
        assert checked.canonical == {"people": 2, "earning": 1}


def test_who_is_asked_hangs_on_it_as_it_is_kept(family: Questionnaire) -> None:
    def asked(people: int, earning: int) -> bool:
        return (
            check_answers(family, {"people": people, "earning": earning}, Policy.WEB).values["children"]
            is not NOT_ASKED
        )

    assert asked(3, 1)
    assert not asked(2, 1)
    assert not asked(201, 100), "0.4975... is 0.50 as it is kept"


def test_rules_and_indicators_see_it(family: Questionnaire) -> None:
    checked = check_answers(family, {"people": 1, "earning": 1, "born": "2015-01-01"}, Policy.WEB)
    assert [(one.variable, one.parameters["id"]) for one in checked.findings] == [("born", "worker")]
    assert evaluate(family, checked.values) == {"at_work": (1.0, 1.0), "heavy": (0.0, 1.0)}
    alone = check_answers(family, {"people": 4, "earning": 1}, Policy.WEB)
    assert evaluate(family, alone.values) == {"at_work": (0.25, 1.0), "heavy": (1.0, 1.0)}
    nobody = check_answers(family, {"people": 4}, Policy.WEB)
    assert evaluate(family, nobody.values) == {"at_work": None, "heavy": None}


def test_two_waves_are_compared_where_it_is_calculated_alike(family: Questionnaire, tmp_path: Path) -> None:
    assert comparable(family, from_canonical(json.loads(canonical_bytes(family))), "at_work")
    for old, new in (
        ("earning / people", "earning / (people + 1)"),
        ("decimals: 2", "decimals: 3"),
        ("几口人", "几个人"),
    ):
        other = loaded(tmp_path, FAMILY.replace(old, new, 1))
        assert not comparable(family, other, "at_work"), new
        assert not comparable(family, other, "heavy"), new


numbers = st.none() | st.integers(-1, 22) | st.sampled_from(["3", "x", {"missing": "illegible"}, [2]])
days = st.sampled_from([None, "1980-10-01", "2015-01-01", "2026-02-30", "1980/1/1"])
rows = st.fixed_dictionaries({"people": numbers, "earning": numbers, "born": days, "children": numbers, "age": numbers})


@given(st.lists(rows, max_size=8))
@settings(max_examples=40, deadline=None)
def test_columns_hold_what_each_answer_is_worth(family: Questionnaire, answers: list[dict[str, object]]) -> None:
    judged = judge(family)
    columns = ColumnJudge(judged).values(answers)
    for row, one in enumerate(answers):
        found = {name: column.values[column.codes[row]] for name, column in columns.items()}
        assert found == judged.check(one, Policy.IMPORT).values


def test_the_codebook_names_it_behind_the_answers(family: Questionnaire) -> None:
    last = codebook(family)[-3:]
    assert [(one.name, one.type, one.decimals) for one in last] == [
        ("per_head", VariableType.NUMBER, 2),
        ("age", VariableType.NUMBER, 0),
        ("burden", VariableType.NUMBER, 1),
    ]
    assert last[0].label.zh == "工作的人占几成（计算：earning / people）"
    assert last[1].unit is not None


FAULTS = [
    ("expression: earning / people", "expression: earning / peple", Code.CONDITION_UNKNOWN),
    ("expression: earning / people", "expression: earning / burden", Code.CONDITION_LATER),
    ("expression: earning / people", "expression: earning / per_head", Code.CONDITION_LATER),
    ("expression: earning / people", "expression: earning / wants", Code.CONDITION_KIND),
    ("expression: earning / people", "expression: born", Code.CONDITION_KIND),
    ("expression: earning / people", "expression: 1 + 1", Code.CONDITION_KIND),
    ("expression: earning / people", "expression: earning > people", Code.CONDITION_SYNTAX),
    ("expression: earning / people", "expression: round(earning, 7)", Code.CONDITION_SYNTAX),
    ("expression: earning / people", "expression: years_between(born, today)", Code.DAY_OF_ANSWERING),
    ("expression: earning / people", "expression: children / people", Code.CONDITION_LATER),  # of its own ask_if
    ("decimals: 2", "decimals: 7", Code.OUT_OF_LIMITS),
    ("id: per_head", "id: people", Code.DUPLICATE_ID),
    ("id: burden", "id: per_head", Code.DUPLICATE_ID),
    ("ask_if: per_head < 0.5", 'ask_if: per_head == "1"', Code.CONDITION_KIND),
    ("ask_if: people >= 1", "ask_if: age >= 1", Code.CONDITION_LATER),
    ("    expression: earning / people\n", "", Code.MISSING_FIELD),
]


@pytest.mark.parametrize(("old", "new", "code"), FAULTS, ids=[str(row[1]) or "nothing" for row in FAULTS])
def test_a_fault_has_a_code(tmp_path: Path, old: str, new: str, code: Code) -> None:
    assert old in FAMILY
    problems = check(written(tmp_path, FAMILY.replace(old, new, 1)))[1]
    assert code in [one.code for one in problems], problems


def test_what_doubles_at_every_step_is_refused(tmp_path: Path) -> None:
    steps = "".join(f"  - {{id: c{place}, expression: c{place - 1} + c{place - 1}}}\n" for place in range(1, 40))
    text = FAMILY.replace("calculated:\n", f"calculated:\n  - {{id: c0, expression: people + earning}}\n{steps}")
    problems = check(written(tmp_path, text))[1]
    assert Code.OUT_OF_LIMITS in [one.code for one in problems]


WORDS = f"""\
key: words
version: "1"
title: {{zh: 称呼, en: How to address}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - {{id: family, type: short_text, text: {{zh: 贵姓？, en: Family name?}}}}
      - id: sex
        type: single_choice
        text: {{zh: 性别？, en: Sex?}}
        options:
          - {{code: "1", label: {{zh: 男, en: Male}}}}
          - {{code: "2", label: {{zh: 女, en: Female}}}}
      - id: plate
        type: short_text
        text: {{zh: "{{called}}，车牌号？", en: "{{called}}, your plate?"}}
        ask_if: title == "先生"
      - id: again
        type: short_text
        text: {{zh: 再写一遍, en: Once more}}
        ask_if: fits(plate, "京[A-Z][A-Z0-9]{{5}}")
calculated:
  - {{id: title, type: text, expression: 'if(sex == "1", "先生", "女士")'}}
  - {{id: called, type: text, expression: "join(family, title)", short: {{zh: 称呼, en: Called}}}}
rules:
  - {{id: alike, condition: 'again != plate', message: {{zh: 两遍不一样。, en: They differ.}}, severity: hard}}
"""


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("words"), WORDS)


def test_words_are_calculated(addressed: Questionnaire) -> None:
    checked = check_answers(
        addressed, {"family": "王", "sex": "1", "plate": "京A12345", "again": "京A12346"}, Policy.WEB
    )
    assert (checked.values["title"], checked.values["called"]) == ("先生", "王先生")
    assert words_of(addressed, checked, "zh") == {"called": "王先生"}
    assert [(one.variable, one.parameters["id"]) for one in checked.findings] == [("again", "alike")]
    other = check_answers(addressed, {"family": "李", "sex": "2", "plate": "京A12345"}, Policy.WEB)
    assert other.values["called"] == "李女士"
    assert other.values["plate"] is NOT_ASKED
    nobody = check_answers(addressed, {}, Policy.WEB)
    assert nobody.values["called"] == "女士", "what is not 1 is otherwise, also where nothing was answered"
    assert check_answers(addressed, {"sex": "1", "plate": "京1"}, Policy.WEB).values["again"] is NOT_ASKED


def test_words_are_kept_like_open_answers(addressed: Questionnaire) -> None:
    assert [one.type for one in codebook(addressed) if one.name in ("title", "called")] == [VariableType.TEXT] * 2
    assert from_canonical(json.loads(canonical_bytes(addressed))) == addressed
    rows = [{"family": "王", "sex": "1"}, {"sex": "2"}, {}]
    columns = ColumnJudge(judge(addressed)).values(rows)
    for name in ("title", "called"):
        alone = [check_answers(addressed, row, Policy.IMPORT).values[name] for row in rows]
        assert [columns[name].values[code] for code in columns[name].codes] == alone


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('type: text, expression: "join', 'expression: "join', Code.CONDITION_KIND),
        ('"join(family, title)"', "family + 1", Code.CONDITION_KIND),
        ('if(sex == "1", "先生"', 'if(sex == "7", "先生"', Code.CONDITION_CODE),
        ('if(sex == "1", "先生"', 'if(sex == "1", 5', Code.CONDITION_KIND),
        ('"join(family, title)", short', '"join(family, title)", decimals: 2, short', Code.NOT_FOR_TYPE),
        ("again != plate", "again > plate", Code.CONDITION_KIND),
        ("again != plate", "again == 5", Code.CONDITION_KIND),
        ("again != plate", 'matches(called, "code", 3)', Code.CONDITION_KIND),
        ("again != plate", 'fits(sex, "1")', Code.CONDITION_KIND),
        ('ask_if: title == "先生"', "ask_if: length(again) > 1", Code.CONDITION_LATER),
    ],
)
def test_faults_of_words(tmp_path: Path, before: str, after: str, code: Code) -> None:
    assert before in WORDS
    _, problems = check(written(tmp_path, WORDS.replace(before, after)))
    assert [one.code for one in problems] == [code]
