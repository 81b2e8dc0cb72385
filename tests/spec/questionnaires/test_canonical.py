"""A stored questionnaire loads for ever: what was written comes back equal, whatever it holds."""

from __future__ import annotations

import dataclasses
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.canonical import FORMAT, NotCanonical, canonical_bytes, from_canonical, sha256, to_canonical
from questionnaires.condition_parser import parse
from questionnaires.conditions import Condition
from questionnaires.expressions import Formula
from questionnaires.formalities import Circulation, LegalKind
from questionnaires.indicators import DontKnow, Indicator, IndicatorKind, Part, SecondBase, Sense, Target, Unranked
from questionnaires.lists import put_back
from questionnaires.loader import available, load
from questionnaires.model import (
    Accepts,
    Block,
    Calculated,
    CalculatedType,
    Contradiction,
    Draw,
    Entry,
    Header,
    Item,
    Layout,
    ListSource,
    Missing,
    Notice,
    Option,
    OptionList,
    Order,
    Precision,
    Question,
    Questionnaire,
    QuestionType,
    Repeats,
    Rule,
    Scale,
    Section,
    Severity,
    StandsFor,
)
from questionnaires.text import Text, text_of
from tests.programmes import KEYS, programme
from tests.spec.questionnaires.condition_trees import expressions, trees

words = st.text(max_size=8).filter(lambda text: not any("\ud800" <= one <= "\udfff" for one in text))
texts = st.builds(
    lambda zh, more: text_of({"zh": zh, **more}), words, st.dictionaries(st.sampled_from(["en", "ug", "bo"]), words)
)
conditions = st.none() | st.sampled_from(
    [parse('q1 == "1"'), parse('not ("2" in q2 or answered(q3))'), parse("age >= 18 and age < 60.5")]
)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-99, 99).map(float)
dates = st.dates(date(1900, 1, 1), date(2100, 1, 1))
codes = st.lists(words, max_size=3).map(tuple)
options = st.builds(
    Option,
    code=words,
    label=texts,
    value=st.none() | numbers,
    missing=st.none() | st.sampled_from(Missing),
    exclusive=st.booleans(),
    other=st.booleans(),
    stands_for=st.none() | words,
    parent=st.none() | words,
    offer_if=conditions,
)
questions = st.builds(
    Question,
    id=words,
    type=st.sampled_from(QuestionType),
    text=texts,
    short=texts,
    hint=st.none() | texts,
    required=st.booleans(),
    options=st.lists(options, max_size=3).map(tuple),
    scale=st.none() | words,
    list=st.none() | words,
    within=st.none() | words,
    chosen_in=st.none() | words,
    items=st.lists(st.builds(Item, id=words, text=texts, short=texts), max_size=2).map(tuple),
    rows=st.none() | words,
    precision=st.sampled_from(Precision),
    because=st.none() | texts,
    order=st.sampled_from(Order),
    layout=st.sampled_from(Layout),
    minimum=st.none() | numbers | dates,
    maximum=st.none() | numbers | dates,
    minimum_choices=st.none() | st.integers(1, 9),
    maximum_choices=st.none() | st.integers(2, 9),
    ranks=st.none() | st.integers(2, 9),
    decimals=st.integers(0, 6),
    unit=st.none() | texts,
    max_length=st.none() | st.integers(1, 1000),
    entry=st.sampled_from(Entry),
    accepts=st.lists(st.sampled_from(Accepts), max_size=2, unique=True).map(tuple),
    maximum_files=st.integers(1, 9),
    maximum_megabytes=st.integers(1, 19),
    ask_if=conditions,
    stands_for=st.none() | st.sampled_from(StandsFor),
)
indicators = st.builds(
    Indicator,
    id=words,
    name=texts,
    definition=texts,
    kind=st.sampled_from(IndicatorKind),
    variables=codes,
    numerator=codes,
    against=codes,
    numerator_if=conditions,
    pass_at=st.none() | st.integers(1, 100),
    correct=st.dictionaries(words, codes, max_size=2),
    scores=st.dictionaries(words, numbers, max_size=3),
    within=st.none() | st.integers(1, 9),
    numerator_total=st.none() | words,
    denominator_total=st.none() | words,
    per=st.integers(1, 10_000),
    option=st.none() | words,
    unranked=st.sampled_from(Unranked),
    second_base=st.none()
    | st.builds(SecondBase, own=texts, name=texts, dont_know=st.none() | st.sampled_from(DontKnow), excluded=codes),
    base=conditions,
    excluded=codes,
    dont_know=st.sampled_from(DontKnow),
    parts=st.lists(st.builds(Part, indicator=words, weight=numbers), max_size=2).map(tuple),
    target=st.none() | st.builds(Target, value=numbers, sense=st.sampled_from(Sense)),
    headline=st.booleans(),
    group=st.none() | words,
    each=st.none() | words,
)
questionnaires = st.builds(
    Questionnaire,
    key=words,
    version=words,
    title=texts,
    header=st.builds(
        Header,
        form_number=words,
        issuing_body=words,
        approval_number=words,
        valid_until=st.none() | dates,
        legal_kind=st.sampled_from(LegalKind),
        circulation=st.sampled_from(Circulation),
    ),
    notice=st.builds(
        Notice, purpose=texts, body=texts, retention=texts, contact=texts, minutes=st.none() | st.integers(1, 99)
    ),
    sections=st.lists(
        st.builds(
            Section,
            id=words,
            title=texts,
            questions=st.lists(questions, max_size=2).map(tuple),
            ask_if=conditions,
            repeats=st.none()
            | st.builds(
                Repeats,
                most=st.integers(2, 4),
                count=st.none() | st.builds(Formula, words, expressions()),
                ask_for_more=st.none() | texts,
                more=st.none() | texts,
                no_more=st.none() | texts,
                heading=st.none() | texts,
                on_paper=st.none() | st.integers(1, 2),
            ),
            handed_over=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    scales=st.lists(st.builds(Scale, id=words, options=st.lists(options, max_size=2).map(tuple)), max_size=1).map(
        tuple
    ),
    indicators=st.lists(indicators, max_size=2).map(tuple),
    repeated=st.lists(indicators, max_size=1).map(tuple),
    languages=st.sampled_from([("zh",), ("zh", "en"), ("zh", "ug")]),
    calculated=st.lists(
        st.builds(
            Calculated,
            id=words,
            expression=st.builds(Formula, words, expressions()),
            text=texts,
            short=texts,
            decimals=st.integers(0, 6),
            unit=st.none() | texts,
            type=st.sampled_from(CalculatedType),
            each=st.none() | words,
        ),
        max_size=1,
    ).map(tuple),
    rules=st.lists(
        st.builds(
            Rule,
            id=words,
            condition=st.builds(Condition, words, trees()),
            message=texts,
            severity=st.sampled_from(Severity),
        ),
        max_size=1,
    ).map(tuple),
    contradictions=st.lists(
        st.builds(Contradiction, id=words, condition=conditions.filter(bool), message=texts), max_size=1
    ).map(tuple),
    lists=st.lists(
        st.builds(
            OptionList,
            id=words,
            title=texts,
            source=st.sampled_from(ListSource),
            level=st.none() | words,
            parent=st.none() | words,
            options=st.lists(options, max_size=2).map(tuple),
        ),
        max_size=1,
    ).map(tuple),
    draws=st.lists(
        st.builds(
            Draw,
            id=words,
            label=texts,
            take=st.integers(1, 9),
            blocks=st.lists(
                st.builds(Block, id=words, label=texts, sections=codes, questions=codes, belongs_if=conditions),
                max_size=2,
            ).map(tuple),
        ),
        max_size=1,
    ).map(tuple),
).map(put_back)


@given(questionnaires)
@settings(max_examples=60)
def test_what_was_written_comes_back_equal(questionnaire: Questionnaire) -> None:
    stored = json.loads(canonical_bytes(questionnaire))
    again = from_canonical(stored)
    assert again == questionnaire
    assert canonical_bytes(again) == canonical_bytes(questionnaire)


def test_the_strategy_covers_every_field() -> None:
    """A field added to the model later must be added above, else its round trip is not tested."""
    named = {
        Questionnaire: 16,
        Draw: 4,
        Block: 5,
        Section: 7,
        Repeats: 7,
        Question: 31,
        Item: 3,
        Option: 9,
        OptionList: 6,
        Scale: 2,
        Header: 6,
        Notice: 5,
        Contradiction: 3,
        Rule: 4,
        Calculated: 8,
        Indicator: 26,
        Part: 2,
        Target: 2,
        Text: 3,
    }
    assert {kind: len(dataclasses.fields(kind)) for kind in named} == named


@pytest.mark.parametrize("key", KEYS)
def test_shipped_definitions_survive(key: str) -> None:
    questionnaire = programme(key)
    assert from_canonical(json.loads(canonical_bytes(questionnaire))) == questionnaire


def test_the_fingerprint_follows_the_content_only() -> None:
    questionnaire = load(available()["civilized_city"])
    assert sha256(questionnaire) == sha256(load(available()["civilized_city"]))
    assert len(sha256(questionnaire)) == 64
    assert sha256(dataclasses.replace(questionnaire, version="1.1")) != sha256(questionnaire)


def test_equal_questionnaires_have_equal_bytes() -> None:
    questionnaire = programme("civilized_city")
    turned = tuple(
        dataclasses.replace(one, scores=dict(reversed(list(one.scores.items())))) for one in questionnaire.indicators
    )
    same = dataclasses.replace(questionnaire, indicators=turned)
    assert same == questionnaire
    assert canonical_bytes(same) == canonical_bytes(questionnaire)


def test_defaults_are_left_out_so_that_a_new_field_moves_no_fingerprint() -> None:
    question = Question(id="q", type=QuestionType.NUMBER, text=Text("一"), short=Text("一"))
    stored = to_canonical(
        Questionnaire(
            key="k",
            version="1",
            title=Text("题"),
            header=Header(),
            notice=Notice(purpose=Text("一"), body=Text("一"), retention=Text("一"), contact=Text("一")),
            sections=(Section(id="s", title=Text("一"), questions=(question,)),),
        )
    )
    one = {"zh": "一"}
    assert stored == {
        "format": 1,
        "questionnaire": {
            "key": "k",
            "version": "1",
            "title": {"zh": "题"},
            "header": {},
            "notice": {"purpose": one, "body": one, "retention": one, "contact": one},
            "sections": [
                {"id": "s", "title": one, "questions": [{"id": "q", "type": "number", "text": one, "short": one}]}
            ],
        },
    }


BEFORE_QUESTIONS_STOOD_FOR_ANYTHING = {
    "civilized_city": "9cd07777f09e357660f46e9dce53c771f5864ad5d7d9399e40eca9f545866b61",
    "window_services": "35c6e7c3406b4527aaf87635bddea3d25233d2e5f4ea0751d06e0be015e5b838",
}


@pytest.mark.parametrize("key", sorted(BEFORE_QUESTIONS_STOOD_FOR_ANYTHING))
def test_a_definition_without_marks_of_age_and_sex_keeps_its_fingerprint(key: str) -> None:
    """Waves were opened with these before the mark existed, and their answers name the definition by its hash."""
    marked = programme(key)
    plain = dataclasses.replace(
        marked,
        sections=tuple(
            dataclasses.replace(section, questions=tuple(map(without_marks, section.questions)))
            for section in marked.sections
        ),
    )
    assert plain != marked
    assert sha256(plain) == BEFORE_QUESTIONS_STOOD_FOR_ANYTHING[key]


def without_marks(question: Question) -> Question:
    options = tuple(dataclasses.replace(one, stands_for=None) for one in question.options)
    return dataclasses.replace(question, stands_for=None, options=options)


BROKEN: list[object] = [
    {},
    {"format": FORMAT + 1, "questionnaire": {}},
    {"format": FORMAT},
    {"format": FORMAT, "questionnaire": None},
    {"format": FORMAT, "questionnaire": {"key": 1}},
    {"format": FORMAT, "questionnaire": {"key": "k", "unknown": 1}},
    {"format": FORMAT, "questionnaire": {"sections": {}}},
    {"format": FORMAT, "questionnaire": {"sections": [{"ask_if": {"source": "", "tree": ["eval", "x"]}}]}},
]


@pytest.mark.parametrize("stored", BROKEN)
def test_what_is_no_questionnaire_is_refused_by_name(stored: dict[str, object]) -> None:
    with pytest.raises(NotCanonical):
        from_canonical(stored)
