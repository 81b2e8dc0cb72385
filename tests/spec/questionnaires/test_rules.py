"""Rules across answers: what each policy makes of them, where they are told, and that the day comes in from outside."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from questionnaires.answer_words import describe
from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import canonical_bytes, from_canonical, to_canonical
from questionnaires.loader import check
from questionnaires.model import Questionnaire, Severity
from questionnaires.problems import Code
from tests.spec.questionnaires.examples import loaded, written
from tests.spec.questionnaires.family import FAMILY

TODAY = date(2026, 3, 1)
HARD, SOFT = Severity.HARD, Severity.SOFT


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("family"), FAMILY)


def found(
    family: Questionnaire, answers: dict[str, object], policy: Policy = Policy.WEB, **how: object
) -> list[object]:
    checked = check_answers(family, answers, policy, **{"today": TODAY, **how})  # type: ignore[arg-type]
    return [(one.variable, one.parameters["id"], one.severity) for one in checked.findings if one.code == "rule"]


#  answers                                   told at    rule           web    device paper  import
RULES = [
    ({"people": 2, "earning": 3}, "earning", "earners", (HARD, HARD, SOFT, HARD)),
    ({"people": 1, "born": "2026-03-02"}, "born", "unborn", (HARD, HARD, SOFT, HARD)),
    ({"wants": ["1", "2", "3"]}, "wants", "at_most_two", (SOFT,) * 4),
    ({"call": "明天"}, "call", "number", (SOFT,) * 4),
]


@pytest.mark.parametrize(("answers", "variable", "rule", "severities"), RULES, ids=[row[2] for row in RULES])
def test_what_each_policy_makes_of_it(
    family: Questionnaire, answers: dict[str, object], variable: str, rule: str, severities: tuple[Severity, ...]
) -> None:
    policies = (Policy.WEB, Policy.DEVICE, Policy.PAPER, Policy.IMPORT)
    assert [found(family, answers, policy) for policy in policies] == [[(variable, rule, one)] for one in severities]


@pytest.mark.parametrize(
    "answers",
    [
        {"people": 3, "earning": 3},
        {"earning": 3},
        {"people": {"missing": "refused"}, "earning": 3},
        {"people": 1, "born": "2026-03-01"},
        {"wants": ["1", "2"]},
        {"call": "010-62345678"},
        {},
    ],
)
def test_what_breaks_no_rule(family: Questionnaire, answers: dict[str, object]) -> None:
    assert found(family, answers) == []


def test_who_is_refused_and_who_is_not(family: Questionnaire) -> None:
    hard = check_answers(family, {"people": 2, "earning": 3}, Policy.WEB)
    assert not hard.accepted
    assert hard.canonical == {"people": 2, "earning": 3}, "kept as it is, for the page to show again"
    assert check_answers(family, {"wants": ["1", "2", "3"]}, Policy.WEB).accepted
    (finding,) = hard.findings
    assert describe(finding, family, "zh") == "工作的人数不会多于家里的人数。"
    assert describe(finding, family, "en") == "No more can work than there are."


def test_without_a_day_nothing_is_said_of_it(family: Questionnaire) -> None:
    assert found(family, {"people": 1, "born": "2026-03-02"}, today=None) == []


def test_the_day_is_no_answer(family: Questionnaire) -> None:
    checked = check_answers(family, {"people": 1, "today": "1999-01-01"}, Policy.WEB, today=TODAY)
    assert [one.code for one in checked.findings] == ["unknown_variable"]
    assert "today" not in checked.values
    assert "today" not in checked.canonical


def test_where_more_is_to_come_a_rule_waits_for_it(family: Questionnaire, tmp_path: Path) -> None:
    unanswered = (
        "condition: people > 5 and not answered(call)\n    message: {zh: 请写电话。, en: Please give a number.}"
    )
    text = FAMILY.replace(
        "condition: earning > people",
        f"{unanswered}\n    severity: hard\n  - id: more\n    condition: earning > people",
    )
    open_ended = loaded(tmp_path, text)
    assert found(open_ended, {"people": 6}) == [("call", "earners", HARD)]
    assert found(open_ended, {"people": 6}, Policy.DEVICE, partial=True) == []
    assert found(family, {"people": 2, "earning": 3}, Policy.DEVICE, partial=True) == [("earning", "earners", HARD)]


def test_it_is_told_at_the_last_question_that_was_asked(tmp_path: Path) -> None:
    text = FAMILY.replace("condition: earning > people", "condition: earning > 3 and not answered(born)")
    questionnaire = loaded(tmp_path, text)
    assert found(questionnaire, {"earning": 4}) == [("earning", "earners", HARD)], "nobody asked for the day of birth"
    assert found(questionnaire, {"people": 4, "earning": 4}) == [("born", "earners", HARD)]


def test_rules_are_stored_and_their_absence_is_not(family: Questionnaire) -> None:
    stored = to_canonical(family)["questionnaire"]
    assert isinstance(stored, dict)
    assert [one.get("severity") for one in stored["rules"]] == ["hard", "hard", None, None, None]
    assert from_canonical(json.loads(canonical_bytes(family))) == family


FAULTS = [
    ("severity: hard", "severity: harsh", Code.UNKNOWN_WORD),
    ("condition: earning > people", "condition: earning > peple", Code.CONDITION_UNKNOWN),
    ("condition: earning > people", "condition: 1 + 1 == 2", Code.CONDITION_KIND),
    ("condition: born > today", 'condition: today > "2026-01-01"', Code.CONDITION_KIND),
    ("condition: born > today", "condition: born > today + 1", Code.CONDITION_KIND),
    ("condition: born > today", "condition: answered(born) and today == 3", Code.CONDITION_KIND),
    ("    condition: earning > people\n", "", Code.MISSING_FIELD),
    ("id: unborn", "id: earners", Code.DUPLICATE_ID),
    ("en: Two at most.", "", Code.MISSING_TRANSLATION),
    ("ask_if: people >= 1", "ask_if: born > today", Code.CONDITION_LATER),
    ("id: people, type", "id: today, type", Code.BAD_NAME),
]


@pytest.mark.parametrize(("old", "new", "code"), FAULTS, ids=[str(row[1]) or str(row[2]) for row in FAULTS])
def test_a_fault_has_a_code(tmp_path: Path, old: str, new: str, code: Code) -> None:
    assert old in FAMILY
    problems = check(written(tmp_path, FAMILY.replace(old, new, 1)))[1]
    assert code in [one.code for one in problems], problems
