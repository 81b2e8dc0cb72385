"""Several choices within limits (限选三项): which numbers are answers, what is said of the others, what is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from questionnaires.answer_words import describe
from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import canonical_bytes
from questionnaires.codebook import codebook
from questionnaires.condition_parser import parse
from questionnaires.evaluation import comparable
from questionnaires.loader import check
from questionnaires.model import Missing, Questionnaire
from questionnaires.reach import can_hold
from tests.spec.questionnaires.examples import NOTICE, loaded, written

OPTIONS = "".join(
    f'\n          - {{code: "{code}", label: {{zh: 选项{code}, en: Option {code}}}}}' for code in range(1, 6)
)
DEFINITION = f"""\
key: limited
version: "1"
title: {{zh: 限选, en: Limited}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - id: wishes
        type: multiple_choice
        text: {{zh: 您最盼望哪几件, en: What do you wish for}}
        minimum_choices: 2
        maximum_choices: 3
        options:{OPTIONS}
          - {{code: "8", label: {{zh: 都不用, en: None}}, exclusive: true}}
indicators:
  - id: first
    name: {{zh: 第一件, en: The first}}
    definition: {{zh: 选了第一件的比重。, en: Share who chose the first.}}
    kind: proportion
    variables: [wishes]
    numerator: ["1"]
"""
#  keyed    finding
CASES = [
    ("", None),
    ("1", "too_few_choices"),
    ("8", None),  # stands alone, and is enough
    ("12", None),
    ("135", None),
    ("1234", "too_many_choices"),
    ("12345", "too_many_choices"),
    ("12348", "exclusive"),
]


@pytest.fixture(scope="module")
def questionnaire(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("limited"), DEFINITION)


@pytest.mark.parametrize(("keyed", "code"), CASES, ids=[row[0] or "blank" for row in CASES])
@pytest.mark.parametrize("policy", Policy)
def test_only_so_many_are_an_answer(questionnaire: Questionnaire, policy: Policy, keyed: str, code: str | None) -> None:
    checked = check_answers(questionnaire, {"wishes": list(keyed)}, policy)
    found = [(one.code.value, one.severity.value) for one in checked.findings]
    if code is None:
        assert found == []
        assert checked.values["wishes"] == (list(keyed) or Missing.NO_ANSWER)
    else:
        paper = policy is Policy.PAPER
        assert found == [(code, "soft" if paper else "hard")]
        assert checked.canonical.get("wishes") == (list(keyed) if paper else None)
        assert checked.values["wishes"] is Missing.NO_ANSWER


SAID = [
    ("1", "zh", "选两到三项。现在选了 1 项，还差 1 项。"),
    ("1", "en", "Choose two to three. 1 chosen so far; 1 more to go."),
    ("12345", "zh", "选两到三项。现在选了 5 项，请去掉 2 项。"),
    ("12345", "en", "Choose two to three. 5 are chosen now; remove 2."),
]


@pytest.mark.parametrize(("keyed", "language", "words"), SAID)
def test_what_is_said_counts(questionnaire: Questionnaire, keyed: str, language: str, words: str) -> None:
    (finding,) = check_answers(questionnaire, {"wishes": list(keyed)}, Policy.WEB).findings
    assert describe(finding, questionnaire, language) == words


def limited(questionnaire: Questionnaire, least: int | None, most: int | None) -> Questionnaire:
    (section,) = questionnaire.sections
    (wishes,) = section.questions
    question = replace(wishes, minimum_choices=least, maximum_choices=most)
    return replace(questionnaire, sections=(replace(section, questions=(question,)),))


LIMITS = [
    (None, 3, "最多选三项。", "Choose at most three."),
    (2, None, "至少选两项。", "Choose at least two."),
    (3, 3, "选三项。", "Choose three."),
    (None, 12, "最多选 12 项。", "Choose at most 12."),
]


@pytest.mark.parametrize(("least", "most", "zh", "en"), LIMITS)
def test_the_codebook_names_the_limit(
    questionnaire: Questionnaire, least: int | None, most: int | None, zh: str, en: str
) -> None:
    (row,) = codebook(limited(questionnaire, least, most))
    assert row.rule is not None
    assert (row.rule.zh, row.rule.en) == (zh, en)


def test_without_limits_nothing_is_written_and_waves_with_other_limits_are_not_compared(
    questionnaire: Questionnaire,
) -> None:
    free = limited(questionnaire, None, None)
    assert b"_choices" not in canonical_bytes(free)
    assert b'"maximum_choices":3' in canonical_bytes(questionnaire)
    assert codebook(free)[0].rule is None
    assert comparable(questionnaire, questionnaire, "first")
    assert not comparable(questionnaire, free, "first")


@pytest.mark.parametrize(
    ("source", "reachable"),
    [
        ('"1" in wishes and "2" in wishes and "3" in wishes', True),
        ('"1" in wishes and "2" in wishes and "3" in wishes and "4" in wishes', False),
        ('"1" in wishes and not "2" in wishes and not "3" in wishes', True),
        ('"1" in wishes and not ("2" in wishes or "3" in wishes or "4" in wishes or "5" in wishes)', False),
        ('"8" in wishes', True),
    ],
)
def test_what_leads_to_a_question_keeps_to_the_limits(
    questionnaire: Questionnaire, source: str, reachable: bool
) -> None:
    (section,) = questionnaire.sections
    follows = replace(section.questions[0], id="z", ask_if=parse(source))
    asking = replace(questionnaire, sections=(replace(section, questions=(*section.questions, follows)),))
    assert can_hold(asking, "z") is reachable


def test_limits_the_wrong_way_round_are_named(tmp_path: Path) -> None:
    (problem,) = check(written(tmp_path, DEFINITION.replace("minimum_choices: 2", "minimum_choices: 4")))[1]
    assert problem.code.number == "Q017"
