"""Options put in order: how an order may be written, what is wrong with one, and who is counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from questionnaires.answer_words import describe
from questionnaires.answers import Policy, check_answers
from questionnaires.codebook import codebook
from questionnaires.evaluation import comparable, evaluate
from questionnaires.indicators import same_definition
from questionnaires.loader import check
from questionnaires.model import Missing, Questionnaire
from tests.spec.questionnaires.examples import NOTICE, loaded, written

OPTIONS = "".join(
    f'\n          - {{code: "{code}", label: {{zh: 选项{code}, en: Option {code}}}}}' for code in range(1, 6)
)
DEFINITION = f"""\
key: ranked
version: "1"
title: {{zh: 排序, en: In order}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - id: first
        type: ranking
        text: {{zh: 先做哪几件, en: What comes first}}
        ranks: 3
        options:{OPTIONS}
      - id: every
        type: ranking
        text: {{zh: 排一排, en: Put in order}}
        options:
          - {{code: "10", label: {{zh: 甲, en: A}}}}
          - {{code: "2", label: {{zh: 乙, en: B}}}}
indicators:
  - id: named
    name: {{zh: 提到第一件, en: Named}}
    definition: {{zh: 前三位里有第一件的比重。, en: Share with the first among three.}}
    kind: proportion
    variables: [first]
    numerator: ["1"]
  - id: foremost
    name: {{zh: 第一件排第一, en: Foremost}}
    definition: {{zh: 第一位是第一件的比重。, en: Share with the first at rank one.}}
    kind: proportion
    variables: [first]
    numerator: ["1"]
    within: 1
"""
#  question, as written         the codes in order, or ""   finding
CASES: list[tuple[str, object, list[str], str | None]] = [
    ("first", "312", ["3", "1", "2"], None),
    ("first", " ３１２ ", ["3", "1", "2"], None),
    ("first", "3,1,2", ["3", "1", "2"], None),
    ("first", "3，1、2", ["3", "1", "2"], None),
    ("first", "3→1→2", ["3", "1", "2"], None),
    ("first", "3 > 1 > 2", ["3", "1", "2"], None),
    ("first", 312, ["3", "1", "2"], None),
    ("first", ["3", "1", "2"], ["3", "1", "2"], None),
    ("first", ["312"], ["3", "1", "2"], None),
    ("first", ["2:1", "1:3", "3:2"], ["3", "1", "2"], None),  # the lists of the page, in whatever order they came
    ("first", "", [], None),
    ("first", ["", None], [], None),
    ("first", "0", [], None),
    ("first", "000", [], None),
    ("first", "311", ["3", "1", "1"], "ranked_twice"),
    ("first", ["1:3", "2:3", "3:2"], ["3", "3", "2"], "ranked_twice"),
    ("first", ["1:3", "2:1", "2:2"], [], "ranked_twice"),  # two at one rank: nobody can say which is the third
    ("first", "31", ["3", "1"], "ranks_missing"),
    ("first", "310", ["3", "1"], "ranks_missing"),
    ("first", "032", ["", "3", "2"], "ranks_missing"),
    ("first", ",3,2", ["", "3", "2"], "ranks_missing"),
    ("first", ["2:3", "3:2"], ["", "3", "2"], "ranks_missing"),
    ("first", ["", "3", "2"], ["", "3", "2"], "ranks_missing"),
    ("first", "3124", ["3", "1", "2", "4"], "too_many_choices"),
    ("first", "319", [], "unknown_code"),
    ("first", "banana", [], "unknown_code"),
    ("first", [["3"], "1", "2"], [], "unknown_code"),
    ("first", ["1:3", "2"], [], "unknown_code"),
    ("first", 3.5, [], "unknown_code"),
    ("first", True, [], "unknown_code"),
    ("first", ["99999999:1"], [], "unknown_code"),
    ("every", "10,2", ["10", "2"], None),
    ("every", "2 10", ["2", "10"], None),
    ("every", "210", [], "unknown_code"),  # codes of two digits are set apart
    ("every", "10", ["10"], "ranks_missing"),
]


@pytest.fixture(scope="module")
def questionnaire(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("ranked"), DEFINITION)


@pytest.mark.parametrize(("name", "raw", "placed", "code"), CASES, ids=[f"{one[0]}={one[1]!r}" for one in CASES])
@pytest.mark.parametrize("policy", Policy)
def test_an_order_is_whole_or_it_is_none(
    questionnaire: Questionnaire, policy: Policy, name: str, raw: object, placed: list[str], code: str | None
) -> None:
    checked = check_answers(questionnaire, {name: raw}, policy)
    kept = placed if code is None or (policy is Policy.PAPER and placed) else []
    assert checked.canonical.get(name, []) == kept
    severity = "soft" if policy is Policy.PAPER and placed else "hard"
    assert [(one.code.value, one.severity.value) for one in checked.findings] == ([(code, severity)] if code else [])
    assert checked.values[name] == (placed if code is None and placed else Missing.NO_ANSWER)
    assert check_answers(questionnaire, checked.canonical, policy).canonical == checked.canonical
    for finding in checked.findings:
        assert describe(finding, questionnaire, "zh") != describe(finding, questionnaire, "en")


SAID = [
    ("311", "zh", "“选项1”排了两次。请按先后选出前三项，每项只排一次。"),
    ("311", "en", "“Option 1” has two ranks. Put the first three in order, each once."),
    ("31", "zh", "现在排了 2 项。请按先后选出前三项，每项只排一次。"),
    ("319", "en", "“319” is not an option. Choose from: 1 Option 1, 2 Option 2, 3 Option 3, 4 Option 4, 5 Option 5."),
]


@pytest.mark.parametrize(("keyed", "language", "words"), SAID)
def test_what_is_said(questionnaire: Questionnaire, keyed: str, language: str, words: str) -> None:
    (finding,) = check_answers(questionnaire, {"first": keyed}, Policy.WEB).findings
    assert describe(finding, questionnaire, language) == words


@pytest.mark.parametrize(
    ("keyed", "named", "foremost"),
    [("123", (1, 1), (1, 1)), ("312", (1, 1), (0, 1)), ("345", (0, 1), (0, 1)), ("31", None, None), ("", None, None)],
)
def test_who_is_counted(
    questionnaire: Questionnaire, keyed: str, named: tuple[float, float] | None, foremost: tuple[float, float] | None
) -> None:
    values = check_answers(questionnaire, {"first": keyed}, Policy.PAPER).values
    assert evaluate(questionnaire, values) == {"named": named, "foremost": foremost}


def test_ranks_are_part_of_what_is_compared(questionnaire: Questionnaire) -> None:
    (section,) = questionnaire.sections
    shorter = replace(section.questions[0], ranks=2)
    other = replace(questionnaire, sections=(replace(section, questions=(shorter, section.questions[1])),))
    assert comparable(questionnaire, questionnaire, "foremost")
    assert not comparable(questionnaire, other, "foremost")
    foremost = questionnaire.indicator("foremost")
    assert not same_definition(foremost, replace(foremost, within=2))


def test_a_column_for_each_rank(questionnaire: Questionnaire) -> None:
    first, every = codebook(questionnaire)
    assert [one.name for one in first.columns()] == ["first.1", "first.2", "first.3"]
    assert first.columns()[1].label.zh == "先做哪几件 — 第 2 位"
    assert [one.name for one in every.columns()] == ["every.1", "every.2"]


FAULTS = [
    ("ranks: 3", "ranks: 6", "Q016"),
    ("ranks: 3", "ranks: 1", "Q016"),
    ("label: {zh: 选项2, en: Option 2}", "label: {zh: 选项2, en: Option 2}, exclusive: true", "Q018"),
    ("label: {zh: 选项2, en: Option 2}", "label: {zh: 选项2, en: Option 2}, missing: dont_know", "Q018"),
    ("label: {zh: 选项2, en: Option 2}", "label: {zh: 选项2, en: Option 2}, other: true", "Q018"),
    ("type: ranking\n        text: {zh: 先", "type: multiple_choice\n        text: {zh: 先", "Q018"),
    (
        '    kind: proportion\n    variables: [first]\n    numerator: ["1"]\n    within: 1',
        '    kind: share_correct\n    variables: [first]\n    correct: {first: "1"}',
        "Q047",
    ),
]


@pytest.mark.parametrize(("old", "new", "number"), FAULTS, ids=[f"{one[1][:40]}" for one in FAULTS])
def test_what_cannot_be_ranked_is_named(tmp_path: Path, old: str, new: str, number: str) -> None:
    assert old in DEFINITION
    problems = check(written(tmp_path, DEFINITION.replace(old, new, 1)))[1]
    assert number in {one.code.number for one in problems}, problems
