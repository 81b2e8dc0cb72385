"""Unreachable questions: never claimed wrongly (answers found by chance), and claimed where a person would see it."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.answers import Policy, check_answers
from questionnaires.condition_parser import parse
from questionnaires.conditions import (
    OPERATORS,
    And,
    Answered,
    Compare,
    Condition,
    Includes,
    Node,
    Not,
    OneOf,
    Or,
)
from questionnaires.model import Header, Missing, Notice, Option, Question, Questionnaire, QuestionType, Section
from questionnaires.reach import can_hold
from questionnaires.text import Text

WORDS = Text("字", "Words")


def options(*codes: str, exclusive: str = "") -> tuple[Option, ...]:
    return tuple(Option(code=code, label=WORDS, exclusive=code in exclusive) for code in codes)


def question(name: str, kind: QuestionType, ask_if: str = "", **fields: object) -> Question:
    condition = parse(ask_if) if ask_if else None
    return Question(id=name, type=kind, text=WORDS, short=WORDS, ask_if=condition, **fields)  # type: ignore[arg-type]


FIRST = (
    question("a", QuestionType.SINGLE_CHOICE, options=options("1", "2", "3")),
    question("b", QuestionType.MULTIPLE_CHOICE, 'a in ["1", "2"]', options=options("1", "2", "8", exclusive="8")),
    question("c", QuestionType.NUMBER, minimum=18.0, maximum=60.0, decimals=1),
    question("d", QuestionType.DATE, "c >= 20"),
    question("e", QuestionType.SHORT_TEXT, 'not "1" in b'),
)


def asking(condition: Condition) -> Questionnaire:
    last = dataclasses.replace(question("z", QuestionType.SHORT_TEXT), ask_if=condition)
    notice = Notice(purpose=WORDS, body=WORDS, retention=WORDS, contact=WORDS)
    section = Section(id="s", title=WORDS, questions=(*FIRST, last))
    return Questionnaire(key="k", version="1", title=WORDS, header=Header(), notice=notice, sections=(section,))


CASES = [
    #  condition                                       reachable
    ('a == "1"', True),
    ('a == "1" and a == "2"', False),
    ('a == "1" and b == "1"', False),  # never true of several choices
    ('a == "3" and answered(b)', False),  # b is not asked of those
    ('"1" in b and "2" in b', True),
    ('"1" in b and "8" in b', False),  # 8 rules the others out
    ('answered(b) and not "1" in b and not "2" in b and not "8" in b', False),
    ('answered(a) and not a in ["1", "2", "3"]', False),
    ('not a in ["1", "2", "3"]', True),  # left blank
    ("c > 60", False),
    ("c >= 60", True),
    ("c > 18 and c < 18.1", False),  # no number with one decimal between
    ("c > 18 and c < 18.2", True),
    ("c < 20 and answered(d)", False),
    ('d > "2026-01-01" and d < "2026-01-02"', False),
    ('d > "2026-01-01" and d < "2026-01-03"', True),
    ('answered(e) and "1" in b', False),
    ("answered(e)", True),
    ('not (answered(a) or not a == "1")', False),
]


@pytest.mark.parametrize(("source", "reachable"), CASES, ids=[row[0] for row in CASES])
def test_what_a_person_would_see(source: str, reachable: bool) -> None:
    assert can_hold(asking(parse(source)), "z") is reachable


leaves: st.SearchStrategy[Node] = st.one_of(
    st.builds(Compare, st.just("a"), st.sampled_from(["==", "!="]), st.sampled_from(["1", "2", "3"])),
    st.builds(OneOf, st.just("a"), st.lists(st.sampled_from(["1", "2", "3"]), min_size=1).map(tuple)),
    st.builds(Includes, st.just("b"), st.sampled_from(["1", "2", "8"])),
    st.builds(Compare, st.just("c"), st.sampled_from(OPERATORS), st.sampled_from([18, 30, 30.05, 60])),
    st.builds(Compare, st.just("d"), st.sampled_from(["<", ">="]), st.sampled_from(["2026-01-01", "2026-01-03"])),
    st.builds(Answered, st.sampled_from("abcde")),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)
answers = st.fixed_dictionaries(
    {},
    optional={
        "a": st.sampled_from(["1", "2", "3"]),
        "b": st.sampled_from([["1"], ["2"], ["1", "2"], ["8"]]),
        "c": st.sampled_from([18, 29.9, 30, 30.1, 45, 60]),
        "d": st.sampled_from(["2025-12-31", "2026-01-01", "2026-01-02", "2026-01-03"]),
        "e": st.just("x"),
    },
)


@given(trees, st.lists(answers, min_size=1, max_size=20))
@settings(max_examples=200)
def test_what_somebody_was_asked_is_never_called_unreachable(tree: Node, several: list[dict[str, object]]) -> None:
    questionnaire = asking(Condition("", tree))
    asked = any(
        check_answers(questionnaire, given, Policy.WEB).values["z"] is not Missing.NOT_ASKED for given in several
    )
    assert can_hold(questionnaire, "z") or not asked


def test_it_gives_up_before_it_has_tried_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    monkeypatch.setattr(Condition, "evaluate", lambda *_: tried.append(None))
    many = tuple(
        question(f"q{number}", QuestionType.SINGLE_CHOICE, options=options(*"123456789")) for number in range(12)
    )
    condition = parse(" and ".join(f'q{number} == "1"' for number in range(12)) + ' and q0 == "2"')
    last = dataclasses.replace(question("z", QuestionType.SHORT_TEXT), ask_if=condition)
    base = asking(condition)
    wide = dataclasses.replace(base, sections=(Section(id="s", title=WORDS, questions=(*many, last)),))
    assert can_hold(wide, "z"), "too many combinations: nothing is claimed"
    assert tried == []
