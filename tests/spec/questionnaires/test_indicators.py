"""Indicators: one table per kind of what one respondent adds to the rate."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from questionnaires.answers import Policy, Value, check_answers
from questionnaires.condition_parser import parse
from questionnaires.evaluation import comparable, evaluate, evaluator
from questionnaires.indicators import DontKnow, Indicator, IndicatorKind, Part, Target, same_definition
from questionnaires.loader import available, check, load
from questionnaires.model import Missing, Questionnaire
from questionnaires.problems import Code
from questionnaires.text import Text
from tests.spec.questionnaires.examples import EVERY_TYPE, loaded, written

CITY = load(available()["civilized_city"])
SERVICES = load(available()["window_services"])


def indicator(kind: IndicatorKind = IndicatorKind.PROPORTION, **fields: object) -> Indicator:
    words = Text("率", "Rate")
    return Indicator(id="rate", name=words, definition=words, kind=kind, **fields)  # type: ignore[arg-type]


def pair(one: Indicator, values: dict[str, Value]) -> tuple[float, float] | None:
    questionnaire = dataclasses.replace(CITY, indicators=(one,))
    return evaluate(questionnaire, values)["rate"]


REFUSED, DONT_KNOW, NO_ANSWER = Missing.REFUSED, Missing.DONT_KNOW, Missing.NO_ANSWER
NOT_ASKED = Missing.NOT_ASKED
OUTSIDE = (REFUSED, NO_ANSWER, NOT_ASKED, Missing.ILLEGIBLE)


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        # rule                  满意    基本满意  不满意   说不清
        (DontKnow.IN_BASE, {"1": (1, 1), "2": (1, 1), "4": (0, 1), DONT_KNOW: (0, 1)}),
        (DontKnow.EXCLUDED, {"1": (1, 1), "2": (1, 1), "4": (0, 1), DONT_KNOW: None}),
        (DontKnow.ZERO, {"1": (1, 1), "2": (1, 1), "4": (0, 1), DONT_KNOW: (0, 1)}),
    ],
)
def test_proportion(rule: DontKnow, answers: dict[Value, tuple[float, float] | None]) -> None:
    one = indicator(variables=("q5",), numerator=("1", "2"), dont_know=rule)
    for answer, expected in answers.items():  # type: ignore[attr-defined]
        assert pair(one, {"q5": answer}) == expected
    for missing in OUTSIDE:
        assert pair(one, {"q5": missing}) is None
    assert pair(one, {}) is None


@pytest.mark.parametrize(
    ("rule", "dont_know"), [(DontKnow.EXCLUDED, None), (DontKnow.ZERO, (0.0, 1.0)), (DontKnow.IN_BASE, (0.0, 1.0))]
)
def test_mean_score(rule: DontKnow, dont_know: tuple[float, float] | None) -> None:
    scores = {"1": 100.0, "2": 75.0, "3": 55.0, "4": 55.0}
    one = indicator(IndicatorKind.MEAN_SCORE, variables=("q5",), scores=scores, dont_know=rule)
    assert [pair(one, {"q5": code}) for code in "1234"] == [(100, 1), (75, 1), (55, 1), (55, 1)]
    assert pair(one, {"q5": DONT_KNOW}) == dont_know
    assert pair(one, {"q5": REFUSED}) is None


def test_mean_of_a_number_is_the_number() -> None:
    one = indicator(IndicatorKind.MEAN_SCORE, variables=("q10",), dont_know=DontKnow.EXCLUDED)
    assert pair(one, {"q10": 45}) == (45, 1)
    assert pair(one, {"q10": NO_ANSWER}) is None


def test_net() -> None:
    one = indicator(IndicatorKind.NET, variables=("q3",), numerator=("1", "2"), against=("4",))
    answers: list[Value] = ["1", "2", "3", "4", DONT_KNOW, REFUSED]
    assert [pair(one, {"q3": answer}) for answer in answers] == [(1, 1), (1, 1), (0, 1), (-1, 1), (0, 1), None]


def test_several_choices_count_once() -> None:
    one = indicator(variables=("q4",), numerator=("1", "2", "3", "4", "5"))
    assert pair(one, {"q4": ["1", "3"]}) == (1, 1)
    assert pair(one, {"q4": ["8"]}) == (0, 1)
    assert pair(one, {"q4": DONT_KNOW}) == (0, 1)


def test_pooled_items_count_once_each() -> None:
    one = indicator(
        variables=("q6.lanes", "q6.waste", "q7.dogs", "q7.parking"),
        numerator=("1", "2"),
        dont_know=DontKnow.EXCLUDED,
        excluded=("8",),
    )
    #                          satisfied         dissatisfied      cannot say              not used
    values: dict[str, Value] = {"q6.lanes": "1", "q6.waste": "4", "q7.dogs": DONT_KNOW, "q7.parking": "8"}
    assert pair(one, values) == (1, 2)
    assert pair(one, {"q7.parking": "8"}) is None


def test_share_correct() -> None:
    one = indicator(
        IndicatorKind.SHARE_CORRECT,
        variables=("q1", "q3", "q4"),
        correct={"q1": ("1",), "q3": ("1", "2"), "q4": ("1", "2")},
    )
    assert pair(one, {"q1": "1", "q3": "2", "q4": ["1", "2"]}) == (3, 3)
    assert pair(one, {"q1": "3", "q3": DONT_KNOW, "q4": ["1"]}) == (0, 3)  # half of a set is not the set
    assert pair(one, {"q1": "1", "q3": REFUSED}) == (1, 1)


#  three questions; right is 1, 1 or 2, and {1, 2}     passes with at least: 1       2       3
PASSING: list[tuple[dict[str, Value], tuple[int | None, int | None, int | None]]] = [
    ({"q1": "1", "q3": "2", "q4": ["1", "2"]}, (1, 1, 1)),  # 3 of 3
    ({"q1": "1", "q3": "2", "q4": ["1"]}, (1, 1, 0)),  # 2: half of a set is not the set
    ({"q1": "1", "q3": "4", "q4": DONT_KNOW}, (1, 0, 0)),  # 1: not to know is not to be right
    ({"q1": "2", "q3": "4", "q4": ["8"]}, (0, 0, 0)),  # 0
    ({"q1": "1", "q3": "1"}, (1, 1, 0)),  # 2, the third left blank: not right
    ({"q1": "1", "q3": REFUSED, "q4": NO_ANSWER}, (1, 0, 0)),  # 1
    ({"q1": DONT_KNOW}, (0, 0, 0)),
    ({"q1": REFUSED, "q3": NOT_ASKED}, (None, None, None)),  # nothing was answered: not in the base
    ({}, (None, None, None)),
]


@pytest.mark.parametrize(("values", "passes"), PASSING)
def test_share_passing(values: dict[str, Value], passes: tuple[int | None, ...]) -> None:
    for pass_at, expected in enumerate(passes, start=1):
        one = indicator(
            IndicatorKind.SHARE_PASSING,
            variables=("q1", "q3", "q4"),
            correct={"q1": ("1",), "q3": ("1", "2"), "q4": ("1", "2")},
            pass_at=pass_at,
        )
        assert pair(one, values) == (None if expected is None else (expected, 1)), pass_at


def test_share_passing_where_dont_know_is_left_out_and_by_a_base() -> None:
    fields = {"variables": ("q1", "q3"), "correct": {"q1": ("1",), "q3": ("1",)}, "pass_at": 1}
    one = indicator(IndicatorKind.SHARE_PASSING, dont_know=DontKnow.EXCLUDED, **fields)
    assert pair(one, {"q1": DONT_KNOW, "q3": "1"}) == (1, 1)
    assert pair(one, {"q1": DONT_KNOW, "q3": DONT_KNOW}) is None
    one = indicator(IndicatorKind.SHARE_PASSING, base=parse("q10 >= 18"), **fields)
    assert pair(one, {"q1": "1", "q10": 18}) == (1, 1)
    assert pair(one, {"q1": "1", "q10": 17}) is None


def test_share_passing_of_people_by_hand() -> None:
    """Three of the four in the base have at least one of two right: 3 / 4, where 4 of 7 answers are right."""
    fields = {"variables": ("q1", "q3"), "correct": {"q1": ("1",), "q3": ("1",)}}
    people: list[dict[str, Value]] = [
        {"q1": "1", "q3": "1"},
        {"q1": "1", "q3": "4"},
        {"q1": "1", "q3": NO_ANSWER},
        {"q1": "2", "q3": "4"},
        {"q1": REFUSED, "q3": REFUSED},
    ]

    def total(one: Indicator) -> tuple[float, float]:
        found = [two for two in (pair(one, each) for each in people) if two is not None]
        return sum(y for y, _ in found), sum(x for _, x in found)

    assert total(indicator(IndicatorKind.SHARE_PASSING, pass_at=1, **fields)) == (3, 4)
    assert total(indicator(IndicatorKind.SHARE_PASSING, pass_at=2, **fields)) == (1, 4)
    assert total(indicator(IndicatorKind.SHARE_CORRECT, **fields)) == (4, 7)


#  answers                              no base   base: answered(q1)
BY_CONDITION: list[tuple[dict[str, Value], float | None, float | None]] = [
    ({"q1": "1", "q10": 60}, 1, 1),
    ({"q1": "1", "q10": 59}, 0, 0),
    ({"q1": "2", "q10": 60}, 0, 0),
    ({"q1": "1", "q10": NO_ANSWER}, None, 0),
    ({"q1": NO_ANSWER, "q10": 60}, None, None),
    ({"q1": "1", "q10": NOT_ASKED}, None, 0),
    ({"q1": REFUSED, "q10": REFUSED}, None, None),
    ({}, None, None),
]


@pytest.mark.parametrize(("values", "alone", "with_base"), BY_CONDITION)
def test_a_proportion_by_a_condition(values: dict[str, Value], alone: float | None, with_base: float | None) -> None:
    numerator = parse('q1 == "1" and q10 >= 60')
    for base, expected in ((None, alone), (parse("answered(q1)"), with_base)):
        one = indicator(variables=("q1", "q10"), numerator_if=numerator, base=base)
        assert pair(one, values) == (None if expected is None else (expected, 1))


def test_a_proportion_by_a_condition_and_dont_know() -> None:
    fields = {"variables": ("q3", "q10"), "numerator_if": parse('q3 == "9" or q10 > 60')}
    assert pair(indicator(**fields), {"q3": DONT_KNOW, "q10": 1}) == (1, 1), "a condition sees the code that was chosen"
    assert pair(indicator(dont_know=DontKnow.EXCLUDED, **fields), {"q3": DONT_KNOW, "q10": 61}) is None


def test_what_moves_the_figure_is_compared() -> None:
    passing = indicator(IndicatorKind.SHARE_PASSING, variables=("q1",), correct={"q1": ("1",)}, pass_at=1)
    assert same_definition(passing, passing)
    assert not same_definition(passing, dataclasses.replace(passing, pass_at=2))
    told = indicator(variables=("q1",), numerator_if=parse('q1 == "1"'))
    assert same_definition(told, dataclasses.replace(told, numerator_if=parse('q1  ==  "1"')))
    assert not same_definition(told, dataclasses.replace(told, numerator_if=parse('q1 == "2"')))


def test_both_are_written_in_a_file(tmp_path: Path) -> None:
    kinds = """
  - id: literate
    name: {zh: 知识合格率, en: Literate}
    definition: {zh: 两题都答对者所占比重。, en: Share with both right.}
    kind: share_passing
    correct: {knows: ["1"], aspects.dogs: ["1", "2"]}
    pass_at: 2
  - id: older
    name: {zh: 知道的老人, en: Older and aware}
    definition: {zh: 六十岁以上、知道的人所占比重。, en: Share who are 60 or older and know.}
    kind: proportion
    numerator_if: knows == "1" and age >= 60
    target: {value: 0.5}
"""
    passing, older = loaded(tmp_path, f"{EVERY_TYPE}indicators:{kinds}").indicators
    assert (passing.variables, passing.pass_at) == (("knows", "aspects.dogs"), 2)
    assert older.variables == ("knows", "age")
    for old, new, code in (
        ("pass_at: 2", "pass_at: 3", Code.OUT_OF_LIMITS),
        ("    pass_at: 2\n", "", Code.NOT_FOR_KIND),
        ('knows == "1" and', 'know == "1" and', Code.CONDITION_UNKNOWN),
        ("and age >= 60", "and age > today", Code.DAY_OF_ANSWERING),
        ("    target", '    numerator: ["1"]\n    target', Code.NOT_FOR_KIND),
        ("    target", "    variables: [knows]\n    target", Code.NOT_FOR_KIND),
        ("    target", '    excluded: ["1"]\n    target', Code.NOT_FOR_KIND),
        ("{value: 0.5}", "{value: 50}", Code.BAD_TARGET),
        ("kind: proportion", "kind: net", Code.NOT_FOR_KIND),
    ):
        assert old in kinds
        problems = check(written(tmp_path, f"{EVERY_TYPE}indicators:{kinds.replace(old, new)}"))[1]
        assert code in [one.code for one in problems], (new, problems)


def test_base_sees_dont_know_as_the_code_that_was_chosen() -> None:
    one = indicator(variables=("q5",), numerator=("1",), base=parse('q3 == "9"'))
    assert pair(one, {"q3": DONT_KNOW, "q5": "1"}) == (1, 1)
    assert pair(one, {"q3": "1", "q5": "1"}) is None
    assert pair(one, {"q3": REFUSED, "q5": "1"}) is None


def test_an_index_has_no_pair_of_its_own() -> None:
    parts = (Part(indicator="a", weight=1.0),)
    questionnaire = dataclasses.replace(CITY, indicators=(indicator(IndicatorKind.INDEX, parts=parts),))
    assert evaluate(questionnaire, {}) == {}


def test_from_answers_to_rates() -> None:
    #              knows  supports  took part  satisfied
    respondents = [("1", "1", ["1", "2"], "1"), ("2", "9", ["8"], "9"), ("3", "4", ["9"], "3"), ("1", "", [], "")]
    pairs = evaluator(CITY)
    sums: dict[str, list[float]] = {}
    for knows, supports, activities, satisfied in respondents:
        answers = {"q1": knows, "q3": supports, "q4": activities, "q5": satisfied}
        for name, one in pairs(check_answers(CITY, answers, Policy.WEB).values).items():
            y, x = one or (0.0, 0.0)
            sums[name] = [sums.get(name, [0, 0])[0] + y, sums.get(name, [0, 0])[1] + x]
    assert sums["awareness"] == [2, 4]
    assert sums["support"] == [1, 3]
    assert sums["participation"] == [1, 3]
    assert sums["satisfaction"] == [1, 3]
    assert sums["satisfaction_score"] == [155, 2]
    assert sums["aspect_parking"] == [0, 0]


def test_not_used_is_no_rating() -> None:
    values = check_answers(SERVICES, {"q2.power": "1", "q2.water": "8", "q2.gas": "9"}, Policy.WEB).values
    rates = evaluate(SERVICES, values)
    assert (rates["power"], rates["water"], rates["gas"]) == ((1, 1), None, None)
    assert rates["all_services"] == (1, 1)


def test_what_moves_the_figure_and_what_does_not() -> None:
    one = indicator(variables=("q5",), numerator=("1", "2"), base=parse('q1 == "1"'))
    same = [
        {"numerator": ("2", "1")},
        {"target": Target(value=0.9)},
        {"headline": True},
        {"name": Text("别名")},
        {"base": parse("(q1   ==   '1')")},
    ]
    different = [
        {"numerator": ("1",)},
        {"base": None},
        {"dont_know": DontKnow.EXCLUDED},
        {"variables": ("q6",)},
        {"excluded": ("8",)},
        {"kind": IndicatorKind.NET},
        {"scores": {"1": 1.0}},
    ]
    assert all(same_definition(one, dataclasses.replace(one, **change)) for change in same)  # type: ignore[arg-type]
    assert not any(same_definition(one, dataclasses.replace(one, **change)) for change in different)  # type: ignore[arg-type]


def test_a_question_worded_anew_is_not_comparable() -> None:
    def reworded(old: str, new: str) -> Questionnaire:
        sections = tuple(
            dataclasses.replace(
                section,
                questions=tuple(
                    dataclasses.replace(one, text=Text(one.text.zh.replace(old, new), one.text.en))
                    for one in section.questions
                ),
            )
            for section in CITY.sections
        )
        return dataclasses.replace(CITY, sections=sections)

    assert comparable(CITY, reworded("没有的字", ""), "support")
    assert not comparable(CITY, reworded("您支持还是不支持", "您支持吗"), "support")
    assert comparable(CITY, reworded("您支持还是不支持", "您支持吗"), "awareness")
    assert not comparable(CITY, SERVICES, "awareness")
