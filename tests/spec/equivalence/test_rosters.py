"""A section that repeats is one questionnaire on every surface too: round by round, whoever goes on or stops."""

from __future__ import annotations

import random

import pytest

from questionnaires.canonical import in_rounds
from questionnaires.loader import check_bytes
from questionnaires.model import Questionnaire
from reports.fonts import TypeSettings
from reports.paper_form.skips import numbered, skip_lines
from tests.spec.equivalence import paths, surfaces
from tests.spec.equivalence.test_equivalence import SEED, Everywhere, both_asked_and_not, walk

ROSTER = """
key: roster
version: "1"
languages: [zh]
title: 住户
notice: {purpose: 看看。, body: 某局, retention: 两年。, contact: "12345"}
scales:
  yes_no: {options: [{code: "1", label: 是}, {code: "2", label: 不是}]}
sections:
  - id: home
    title: 家
    questions:
      - {id: lived_in, type: single_choice, text: 有人住吗？, scale: yes_no}
  - id: members
    title: 家里人
    ask_if: lived_in == "1"
    repeats: {most: 3, ask_for_more: 还有别人吗？, more: 还有一位, no_more: 没有了, heading: "第 {this_round} 位"}
    questions:
      - {id: works, type: single_choice, text: 上班吗？, scale: yes_no}
      - {id: hours, type: number, text: 一天几个小时？, ask_if: works == "1", minimum: 1, maximum: 24}
  - id: rest
    title: 最后
    questions:
      - {id: enough, type: single_choice, text: 够住吗？, scale: yes_no}
"""


@pytest.fixture(scope="module")
def roster() -> Questionnaire:
    questionnaire, problems = check_bytes(ROSTER.encode(), "roster.yaml")
    assert questionnaire is not None, problems
    return questionnaire


def test_every_set_of_rounds_that_somebody_is_asked(
    roster: Questionnaire, type_settings: TypeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A device is given the rounds one by one where it asks for them.
    monkeypatch.setattr(surfaces, "stored_definition", lambda one: in_rounds(one)["questionnaire"])
    one = Everywhere(roster, type_settings)
    ways = paths.a_way_each(roster, random.Random(SEED))
    both_asked_and_not(roster, ways)
    assert {sum(name.startswith("works_") for name in way.asked) for way in ways} == {0, 1, 2, 3}
    walk(one, ways)


def test_the_printed_way_leads_past_every_further_round(roster: Questionnaire, type_settings: TypeSettings) -> None:
    """“没有了” of the first round led to the third, which only the second leads to."""
    known = numbered(roster)
    last = next(one.number for one in known if one.question.id == "enough")
    (line,) = skip_lines(known, roster.question("members_more_1"), "zh")
    assert str(last) in line


def test_fewer_rounds_are_printed_where_the_file_says_so(type_settings: TypeSettings) -> None:
    questionnaire, _ = check_bytes(ROSTER.replace("most: 3,", "most: 3, on_paper: 2,").encode(), "roster.yaml")
    assert questionnaire is not None
    form = Everywhere(questionnaire, type_settings).form
    assert {box.variable for box in form.geometry.boxes if box.variable.startswith("works")} == {"works_1", "works_2"}
