"""Groups that are asked a known number of times are written out; any number of times is none."""

from __future__ import annotations

import pytest

from questionnaires.answers import Policy, check_answers
from survey_service.xlsform.reading import Converted
from tests.spec.xlsform.forms import YES_NO, asked, read, told


def form(count: str, constraint: str = "", label: str = "孩子") -> Converted:
    return read(
        [
            ["integer", "n", "几个孩子？", "How many children?", "", "", constraint],
            ["begin repeat", "child", label, "Child", count],
            ["text", "called", "叫什么？", "Name?"],
            ["integer", "age", "${called}几岁？", "How old is ${called}?", "", "${called} != ''"],
            ["end repeat"],
        ],
        YES_NO,
        *("repeat_count", "relevant", "constraint"),
    )


def test_a_number_of_times_is_written_out() -> None:
    done = form("2")
    assert done.whole
    assert [one.id for one in asked(done).questions()] == ["n", "called_1", "age_1", "called_2", "age_2"]
    assert [one.title.zh for one in asked(done).sections][1:] == ["孩子 1", "孩子 2"]
    second = asked(done).question("age_2")
    assert second.text.pattern.zh == "{called_2}几岁？"
    assert second.ask_if is not None
    assert second.ask_if.source == "answered(called_2)"
    assert (3, "type", "WRITTEN_OUT") in told(done)


def test_as_often_as_an_answer_says_up_to_what_it_may_be() -> None:
    done = form("${n}", ". >= 0 and . <= 3")
    assert done.whole
    values = check_answers(
        asked(done), {"n": 2, "called_1": "甲", "called_2": "乙", "called_3": "丙"}, Policy.WEB
    ).values
    assert values["called_2"] == "乙"
    assert values["called_3"] == "not_asked"


@pytest.mark.parametrize(
    ("count", "constraint"),
    [("", ""), ("${n}", ""), ("${n}", ". <= 100"), ("${n}", ". <= 3 or . = 99"), ("count(${x})", "")],
)
def test_nobody_knows_how_often(count: str, constraint: str) -> None:
    done = form(count, constraint)
    assert (3, "type", "REPEAT") in told(done)
    assert not done.whole
