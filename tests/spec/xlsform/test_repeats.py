"""Groups that are repeated become sections that repeat; how far they go here is told where nobody knows it."""

from __future__ import annotations

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.rosters import as_written
from survey_service.xlsform.reading import Converted
from survey_service.xlsform.repeats_in import CEILING
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


def household(*rows: list[str], columns: tuple[str, ...] = ("calculation", "relevant")) -> Converted:
    return read(
        [
            ["integer", "n", "几口人？", "How many?"],
            ["begin repeat", "person", "每个人", "Each"],
            ["text", "name", "怎么称呼？", "Name?"],
            ["integer", "age", "几岁？", "What age?"],
            ["select_one yes_no", "works", "上班吗？", "At work?"],
            ["end repeat"],
            *rows,
        ],
        YES_NO,
        *columns,
    )


def test_a_number_of_times() -> None:
    done = form("2")
    assert done.whole
    assert not done.ceiling
    assert [one.id for one in asked(done).questions()] == ["n", "called_1", "age_1", "called_2", "age_2"]
    assert [one.title.zh for one in asked(done).sections][1:] == ["孩子 1", "孩子 2"]
    second = asked(done).question("age_2")
    assert second.text.pattern.zh == "{called_2}几岁？"
    assert second.ask_if is not None
    assert second.ask_if.source == "answered(called_2)"
    assert (3, "type", "REPEAT") in told(done)


def test_as_often_as_an_answer_says_up_to_what_it_may_be() -> None:
    done = form("${n}", ". >= 0 and . <= 3")
    assert done.whole
    assert not done.ceiling
    values = check_answers(
        asked(done), {"n": 2, "called_1": "甲", "called_2": "乙", "called_3": "丙"}, Policy.WEB
    ).values
    assert values["called_2"] == "乙"
    assert values["called_3"] == "not_asked"


@pytest.mark.parametrize(
    ("count", "constraint", "by"),
    [
        ("", "", None),
        ("${n}", "", "n"),
        ("${n}", ". <= 100", "n"),
        ("${n}", ". <= 3 or . = 99", "n"),
        ("${n} + 1", ". <= 3", "(n + 1)"),
    ],
)
def test_where_nobody_knows_how_often_a_ceiling_is_told(count: str, constraint: str, by: str | None) -> None:
    done = form(count, constraint)
    assert {(3, "type", "REPEAT"), (3, "type", "CEILING")} <= told(done)
    assert done.whole
    assert done.ceiling
    repeats = as_written(asked(done)).sections[1].repeats
    assert repeats is not None
    assert (repeats.most, repeats.count and repeats.count.source) == (CEILING, by)


def test_a_count_that_cannot_be_read_is_lost_and_each_round_asks() -> None:
    done = form("count(${x})")
    assert (3, "repeat_count", "EXPRESSION") in told(done)
    assert not done.whole
    assert asked(done).question("child_more_1").text.zh == "还有吗？"


#   what stands behind the group                                            what it is here
OVER_ROUNDS = [
    (["calculate", "total", "", "", "sum(${age})"], "sum(each(age))"),
    (["calculate", "total", "", "", "max(${age})"], "max(each(age))"),
    (["calculate", "total", "", "", "count(${person})"], "rounds(person)"),
    (["calculate", "total", "", "", "count(${name})"], "rounds(person)"),
    (["calculate", "total", "", "", "count-non-empty(${name})"], "sum(each(if(answered(name), 1, 0)))"),
    (["calculate", "total", "", "", "indexed-repeat(${age}, ${person}, 2)"], "age_2"),
    (
        ["calculate", "total", "", "", "join(' ', ${name})"],
        'join(each(if(answered(name), join(if(this_round > 1, " ", ""), name), "")))',
    ),
]


@pytest.mark.parametrize(("row", "here"), OVER_ROUNDS)
def test_what_is_counted_over_rounds(row: list[str], here: str) -> None:
    done = household(row)
    assert done.whole, told(done)
    (one,) = as_written(asked(done)).calculated
    assert one.expression.source == here


def test_sums_over_rounds_decide_who_is_asked() -> None:
    done = household(["text", "school", "哪所学校？", "Which school?", "", "sum(${age}) > 30"])
    answers = {"age_1": 20, "person_more_1": "1", "age_2": 15, "school": "一小"}
    assert check_answers(asked(done), answers, Policy.WEB).values["school"] == "一小"
    assert check_answers(asked(done), answers | {"age_2": 5}, Policy.WEB).values["school"] == "not_asked"


def test_a_name_from_outside_is_that_of_the_first_round() -> None:
    done = household(["text", "school", "${name}在哪里上学？", "Where?", "", "${age} < 16"])
    assert {(8, "label::中文 (zh)", "FIRST_ROUND"), (8, "relevant", "FIRST_ROUND")} <= {
        *told(done),
        (8, "label::中文 (zh)", "FIRST_ROUND"),
    }
    school = asked(done).question("school")
    assert school.ask_if is not None
    assert school.ask_if.source == "age_1 < 16"
    assert done.whole


def test_what_is_calculated_in_a_round_and_its_number() -> None:
    done = read(
        [
            ["begin repeat", "person", "每个人", "Each"],
            ["calculate", "place", "", "", "position(..)"],
            ["calculate", "called", "", "", "concat('第', ${place}, '位')"],
            ["integer", "age", "${called}几岁？", "What age?"],
            ["calculate", "decade", "", "", "${age} div 10"],
            ["end repeat"],
            ["calculate", "oldest", "", "", "max(${decade})"],
        ],
        YES_NO,
        "calculation",
    )
    assert done.whole, told(done)
    values = check_answers(asked(done), {"age_1": 40, "person_more_1": "1", "age_2": 5}, Policy.WEB).values
    assert (values["called_1"], values["called_2"], values["called_3"]) == ("第1位", "第2位", "not_asked")
    assert (values["decade_1"], values["decade_2"], values["oldest"]) == (4, 0.5, 4)


def test_a_group_goes_on_behind_the_one_that_repeats_in_it() -> None:
    done = read(
        [
            ["select_one yes_no", "home", "在家吗？", "At home?"],
            ["begin group", "house", "房子", "House", "${home} = 'yes'"],
            ["integer", "rooms", "几间房？", "Rooms?"],
            ["begin repeat", "person", "每个人", "Each"],
            ["integer", "age", "几岁？", "What age?"],
            ["end repeat"],
            ["integer", "cars", "几辆车？", "Cars?"],
            ["end group"],
        ],
        YES_NO,
        "relevant",
    )
    assert done.whole, told(done)
    written = as_written(asked(done)).sections
    assert [[one.id for one in section.questions] for section in written] == [["home"], ["rooms"], ["age"], ["cars"]]
    assert len({section.ask_if and section.ask_if.source for section in written[1:]}) == 1


def test_one_inside_of_another_is_written_out() -> None:
    done = read(
        [
            ["begin repeat", "mother", "母亲", "Mother"],
            ["text", "called", "怎么称呼？", "Name?"],
            ["begin repeat", "child", "孩子", "Child"],
            ["integer", "age", "几岁？", "What age?"],
            ["end repeat"],
            ["end repeat"],
        ],
        YES_NO,
    )
    assert done.whole, told(done)
    assert {(4, "type", "WRITTEN_OUT"), (4, "type", "CEILING"), (2, "type", "CEILING")} <= told(done)
    ids = [one.id for one in as_written(asked(done)).sections[0].questions if one.variables()]
    assert ids == [
        *("called", "age_1", "child_more_1", "age_2", "child_more_2", "age_3", "child_more_3", "age_4"),
    ]
    assert asked(done).question("age_2_3").ask_if is not None


def test_names_of_rounds_are_free() -> None:
    done = read(
        [
            ["integer", "age_2", "您几岁？", "Your age?"],
            ["begin repeat", "person", "每个人", "Each"],
            ["integer", "age", "几岁？", "What age?"],
            ["end repeat"],
            ["integer", "age_1", "再问一次几岁？", "Your age again?"],
        ],
        YES_NO,
    )
    assert done.whole, told(done)
    assert (4, "name", "RENAMED") in told(done)


def test_ifs_inside_of_ifs_take_no_time_to_speak_of() -> None:
    deep = "0"
    for number in range(15):
        deep = f"if(${{n}} = {number}, '{number}', {deep})"
    assert household(["calculate", "word", "", "", deep]).definition


def test_an_empty_repeat_constant_is_no_form_of_its_own() -> None:
    done = form("1")
    assert done.whole
    assert [one.id for one in asked(done).questions()] == ["n", "called_1", "age_1"]
