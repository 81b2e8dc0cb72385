"""A time of the day: how it may be written, its limits, what conditions compare it with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from questionnaires.answer_words import describe
from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import canonical_bytes, from_canonical, to_canonical
from questionnaires.condition_parser import parse
from questionnaires.loader import check
from questionnaires.model import Missing, Questionnaire
from questionnaires.reach import can_hold
from tests.spec.questionnaires.examples import NOTICE, loaded, written

DEFINITION = f"""\
key: clock
version: "1"
title: {{zh: 时刻, en: Times}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - {{id: any, type: time, text: {{zh: 几点, en: When}}}}
      - {{id: open, type: time, text: {{zh: 几点开门, en: Opens}}, minimum: "07:00", maximum: "21:30"}}
      - {{id: early, type: note, text: {{zh: 早, en: Early}}, ask_if: 'open < "07:30"'}}
      - {{id: later, type: note, text: {{zh: 早, en: Early}}, ask_if: any > open}}
"""
#  as written, as kept; "" where it is no time
FORMS = [
    ("830", "08:30"),
    ("0830", "08:30"),
    ("8:30", "08:30"),
    ("08:30", "08:30"),
    ("８：３０", "08:30"),
    ("8：30", "08:30"),
    ("8.30", "08:30"),
    ("08:30:00", "08:30"),
    (830, "08:30"),
    ("8点半", "08:30"),
    ("8点30", "08:30"),
    ("8点30分", "08:30"),
    ("8时5分", "08:05"),
    ("8點一刻", "08:15"),
    ("8点三刻", "08:45"),
    ("8点", "08:00"),
    ("8点整", "08:00"),
    ("八点半", "08:30"),
    ("八点", "08:00"),
    ("两点", "02:00"),
    ("下午三点一刻", "15:15"),
    ("三点三刻", "03:45"),
    ("十点钟", "10:00"),
    ("十二点零五分", "12:05"),
    ("十二点〇五", "12:05"),
    ("二十一点三十分", "21:30"),
    ("二十三点五十九", "23:59"),
    ("零点", "00:00"),
    ("晚上八點四十五", "20:45"),
    ("8点十分", "08:10"),
    ("八点5分", "08:05"),
    ("八", ""),
    ("八点三五", ""),
    ("八点十三刻", ""),
    ("三十点", ""),
    ("二三点", ""),
    ("八点六十分", ""),
    ("八点零十分", ""),
    ("十十点", ""),
    ("百点", ""),
    ("20点钟", "20:00"),
    ("上午8点半", "08:30"),
    ("早上 8:30", "08:30"),
    ("凌晨12点", "00:00"),
    ("凌晨2点", "02:00"),
    ("上午12点", "12:00"),
    ("中午12点", "12:00"),
    ("中午1点", "13:00"),
    ("下午3点", "15:00"),
    ("下午12点半", "12:30"),
    ("下午15:00", "15:00"),
    ("傍晚6点一刻", "18:15"),
    ("晚上8点", "20:00"),
    ("晚上20点", "20:00"),
    ("晚上12点", "00:00"),
    ("夜里1点", "01:00"),
    ("3pm", "15:00"),
    ("3:30 PM", "15:30"),
    ("12 a.m.", "00:00"),
    ("12pm", "12:00"),
    ("0:00", "00:00"),
    ("23:59", "23:59"),
    ("", None),
    ("　", None),
    ("8", ""),  # an hour, or a slip
    ("24:00", ""),
    ("2400", ""),
    ("8:60", ""),
    ("860", ""),
    ("8:3", ""),
    ("8:30:15", ""),
    ("上午15点", ""),
    ("下午0点", ""),
    ("中午8点", ""),
    ("下午3点pm", ""),
    ("13pm", ""),
    ("0am", ""),
    ("25点", ""),
    ("12345", ""),
    ("8:30-9:00", ""),
    ("早上", ""),
    (8.5, ""),
    (True, ""),
    (["8:30", "9:30"], ""),
]


@pytest.fixture(scope="module")
def questionnaire(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("clock"), DEFINITION)


@pytest.mark.parametrize(("raw", "kept"), FORMS, ids=[repr(one[0]) for one in FORMS])
@pytest.mark.parametrize("policy", Policy)
def test_one_form_for_each_time(questionnaire: Questionnaire, policy: Policy, raw: object, kept: str | None) -> None:
    checked = check_answers(questionnaire, {"any": raw}, policy)
    assert checked.canonical.get("any") == (kept or None)
    found = [(one.code.value, one.severity.value) for one in checked.findings]
    assert found == ([("not_a_time", "hard")] if kept == "" else [])
    assert checked.values["any"] == (kept or Missing.NO_ANSWER)


@pytest.mark.parametrize(
    ("raw", "fits"), [("659", False), ("700", True), ("21:30", True), ("21:31", False), ("晚上10点", False)]
)
def test_a_time_beyond_the_limits_is_kept_from_paper_only(questionnaire: Questionnaire, raw: str, fits: bool) -> None:
    for policy in Policy:
        checked = check_answers(questionnaire, {"open": raw}, policy)
        severity = "soft" if policy is Policy.PAPER else "hard"
        found = [(one.code.value, one.severity.value) for one in checked.findings]
        assert found == ([] if fits else [("time_out_of_range", severity)])
        assert ("open" in checked.canonical) == (fits or policy is Policy.PAPER)
        assert (checked.values["open"] is Missing.NO_ANSWER) != fits


def test_what_is_expected_is_said(questionnaire: Questionnaire) -> None:
    (finding,) = check_answers(questionnaire, {"open": "23点"}, Policy.WEB).findings
    assert describe(finding, questionnaire, "zh") == ("写几点几分，07:00 到 21:30 之间，例如 14:00。不愿回答，请留空。")
    assert describe(finding, questionnaire, "en") == (
        "Write hour and minute, from 07:00 to 21:30, for example 14:00. Leave it blank if you prefer not to answer."
    )


def test_limits_are_stored_as_they_are_written(questionnaire: Questionnaire) -> None:
    assert b'"maximum":"21:30","minimum":"07:00"' in canonical_bytes(questionnaire)
    assert from_canonical(to_canonical(questionnaire)) == questionnaire


@pytest.mark.parametrize(
    ("source", "reachable"),
    [('open < "07:00"', False), ('open < "07:01"', True), ('open > "08:00" and open < "08:01"', False)],
)
def test_what_leads_to_a_question_keeps_to_the_limits(tmp_path: Path, source: str, reachable: bool) -> None:
    made = loaded(tmp_path, DEFINITION)
    question = made.question("early")
    section = made.sections[0]
    asking = replace(
        made, sections=(replace(section, questions=(*section.questions[:2], replace(question, ask_if=parse(source)))),)
    )
    assert can_hold(asking, "early") is reachable


FAULTS = [
    ('minimum: "07:00"', "minimum: 07:00", "Q006"),
    ('minimum: "07:00"', 'minimum: "7:00"', "Q006"),
    ('minimum: "07:00"', 'minimum: "24:00"', "Q006"),
    ('minimum: "07:00"', 'minimum: "22:00"', "Q017"),
    ('open < "07:30"', 'open < "7:30"', "Q034"),
    ('open < "07:30"', "open < 7", "Q034"),
    ("any > open", 'any > "2026-01-01"', "Q034"),
]


@pytest.mark.parametrize(("old", "new", "number"), FAULTS, ids=[one[1] for one in FAULTS])
def test_faults_are_named(tmp_path: Path, old: str, new: str, number: str) -> None:
    assert old in DEFINITION
    problems = check(written(tmp_path, DEFINITION.replace(old, new, 1)))[1]
    assert [one.code.number for one in problems] == [number]
