"""Rows that calculate: in which order, as what, and where they stand; and what hangs on answers beside conditions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.model import QuestionType
from survey_service.xlsform.reading import Converted
from tests.spec.xlsform.forms import YES_NO, asked, read, told

HEADS = ("calculation", "relevant", "constraint", "required", "read_only", "trigger", "default")
FIRST = [
    ["text", "family", "贵姓？", "Family name?"],
    ["integer", "n", "几个？", "How many?"],
    ["date", "born", "哪天出生？", "Born when?"],
    ["select_one yes_no", "any", "有吗？", "Any?"],
]


def form(*rows: Sequence[str]) -> Converted:
    return read([*FIRST, *rows], YES_NO, *HEADS)


def calculate(name: str, calculation: str, *more: str) -> list[str]:
    return ["calculate", name, "", "", calculation, *more]


def test_what_is_calculated_stands_behind_what_it_is_made_of() -> None:
    done = form(
        calculate("double", "${half} * 4"), calculate("half", "${n} div 2"), ["note", "x", "${double}", "${double}"]
    )
    assert done.whole
    assert [(one.id, one.expression.source) for one in asked(done).calculated] == [
        ("half", "(n / 2)"),
        ("double", "(half * 4)"),
    ]


def test_what_is_made_of_itself_is_told() -> None:
    done = form(calculate("a", "${b} + 1"), calculate("b", "${a} + ${n}"))
    assert (7, "calculation", "CALCULATION") in told(done)
    assert not done.whole


def test_words_are_calculated_and_told() -> None:
    done = form(
        calculate("title", "if(${any} = 'yes', '先生', '女士')"),
        calculate("called", "concat(${family}, ${title})"),
        ["note", "hello", "${called}好", "Good day, ${called}"],
        ["integer", "more", "几个？", "How many?", "", "${title} = '先生'"],
    )
    assert done.whole
    values = check_answers(asked(done), {"family": "王", "any": "yes"}, Policy.WEB).values
    assert values["called"] == "王先生"
    assert asked(done).question("hello").text.pattern.zh == "{called}好"


def test_what_is_the_same_for_everybody_stands_where_it_is_used() -> None:
    done = form(
        calculate("title", "'调查'"),
        calculate("least", "2 * 3"),
        calculate("version", "once('v3')"),
        ["integer", "x", "${title}：几个？", "${title}: how many?", "", "${n} > ${least} and ${version} = 'v3'"],
    )
    assert done.whole
    assert asked(done).question("x").text.zh == "调查：几个？"
    ask_if = asked(done).question("x").ask_if
    assert ask_if is not None
    assert ask_if.source == "n > 6"
    assert {(6, "calculation", "CONSTANT"), (7, "calculation", "CONSTANT"), (8, "calculation", "CONSTANT")} <= told(
        done
    )


def test_what_the_device_says_is_left_aside_and_whatever_hangs_on_it_is_told() -> None:
    done = form(
        ["start", "start", "", ""],
        calculate("seconds", "duration()"),
        calculate("minutes", "(decimal-date-time(now()) - decimal-date-time(${start})) * 1440"),
        calculate("day", "format-date(today(), '%Y-%m-%d')"),
        ["date", "x", "哪天？", "When?", "", "", ". <= ${day}"],
    )
    assert done.whole
    assert {(7, "calculation", "META"), (8, "calculation", "META"), (9, "calculation", "META")} <= told(done)
    assert [one.condition.source for one in asked(done).rules] == ["x > today"]
    told_of_it = form(calculate("seconds", "duration()"), ["note", "x", "${seconds}", "${seconds}"])
    assert (7, "label::中文 (zh)", "EXPRESSION") in told(told_of_it)
    assert not told_of_it.whole


def test_the_words_of_an_option_stand_where_the_answer_does() -> None:
    done = form(calculate("said", "jr:choice-name(${any}, '${any}')"), ["note", "x", "您说${said}", "You said ${said}"])
    assert done.whole
    assert asked(done).question("x").text.pattern.zh == "您说{any}"
    compared = form(calculate("said", "jr:choice-name(${any}, '${any}')"), calculate("twice", "concat(${said}, '!')"))
    assert (7, "calculation", "CALCULATION") in told(compared)


def test_codes_count_as_the_numbers_that_they_are() -> None:
    choices = [["points", "-1", "差", "Bad"], ["points", "0", "中", "Fair"], ["points", "2", "好", "Good"]]
    rows = [["select_one points", one, "怎样？", "How?"] for one in ("a", "b")]
    done = read([*rows, ["calculate", "score", "", "", "${a} + ${b}"]], choices, "calculation")
    assert done.whole
    values = check_answers(asked(done), {"a": "1", "b": "3"}, Policy.WEB).values
    assert values["score"] == 1, "-1 and 2: the codes of the form, which have become 1 and 3"
    assert check_answers(asked(done), {"a": "1"}, Policy.WEB).values["score"] == "no_answer"


def test_a_calculated_row_with_a_condition_is_nothing_otherwise() -> None:
    done = form(calculate("a", "${n} * 2", "${any} = 'yes'"), calculate("b", "'x' or ''"))
    values = check_answers(asked(done), {"n": 3, "any": "no"}, Policy.WEB).values
    assert values["a"] == "no_answer"
    assert check_answers(asked(done), {"n": 3, "any": "yes"}, Policy.WEB).values["a"] == 6


@pytest.mark.parametrize("row", [["note", "sum", "一共", "In all"], ["integer", "sum", "一共", "In all"]])
def test_what_is_calculated_and_shown_is_a_note_with_it(row: list[str]) -> None:
    done = form([*row, "${n} * 2", "", "", "", "yes"], ["integer", "x", "几个？", "How many?", "", "${sum} > 4"])
    assert done.whole
    note = asked(done).question("sum_shown")
    assert (note.type, note.text.pattern.zh) == (QuestionType.NOTE, "一共\n{sum}")
    assert [one.id for one in asked(done).calculated] == ["sum"]
    assert asked(done).question("x").ask_if is not None


def test_what_is_calculated_and_may_be_changed_is_asked_with_it() -> None:
    done = form(["integer", "sum", "一共几个？", "How many in all?", "${n} * 2"])
    assert done.whole
    sum_ = asked(done).question("sum")
    assert sum_.type is QuestionType.NUMBER
    assert sum_.hint is not None
    assert sum_.hint.pattern.zh == "{sum_calculated}"


def test_required_by_a_condition_is_a_rule() -> None:
    done = form(["integer", "x", "几个？", "How many?", "", "", "", "${any} = 'yes'"])
    assert done.whole
    missing = check_answers(asked(done), {"any": "yes"}, Policy.WEB).findings
    assert [(one.variable, one.parameters["id"]) for one in missing] == [("x", "x_limit")]
    assert not check_answers(asked(done), {"any": "no"}, Policy.WEB).findings
    assert not check_answers(asked(done), {"any": "yes", "x": 1}, Policy.WEB).findings


def test_who_is_never_asked_is_a_blank_to_others() -> None:
    done = form(
        ["integer", "never", "几个？", "How many?", "", "false()"],
        ["integer", "x", "${never} 几个？", "${never} how many?", "", "${never} = '' and ${n} > 1"],
        ["integer", "y", "几个？", "How many?", "", "${any} = 'perhaps'"],
    )
    assert done.whole
    assert [one.id for one in asked(done).questions()] == ["family", "n", "born", "any", "x"]
    ask_if = asked(done).question("x").ask_if
    assert ask_if is not None
    assert ask_if.source == "n > 1"
    assert {(6, "relevant", "NEVER"), (8, "relevant", "NEVER"), (8, "relevant", "NO_OPTION")} <= told(done)


def test_other_is_a_code_that_conditions_may_name() -> None:
    done = read(
        [
            ["select_one yes_no or_other", "q", "有吗？", "Any?"],
            ["text", "x", "什么？", "What?", "${q} = 'other'"],
        ],
        YES_NO,
        "relevant",
    )
    assert done.whole
    ask_if = asked(done).question("x").ask_if
    assert ask_if is not None
    (other,) = (one.code for one in asked(done).question("q").options if one.other)
    assert ask_if.source == f'q == "{other}"'


def test_a_trigger_is_told_and_loses_nothing() -> None:
    done = form(
        calculate("a", "${n} * 2", "", "", "", "", "${any}"),
        ["integer", "x", "几个？", "How many?", "", "", "", "", "", "${any}", "3"],
    )
    assert done.whole
    assert {(6, "trigger", "ALWAYS_ANEW"), (7, "trigger", "EMPTIED"), (7, "default", "DEFAULT")} <= told(done)


def test_hints_of_a_matrix_stand_behind_its_rows_and_nobody_sees_those_of_groups() -> None:
    done = read(
        [
            ["begin group", "street", "满意吗？", "Satisfied?", "table-list", ""],
            ["select_one yes_no", "lanes", "小巷", "Lanes", "", "房前屋后"],
            ["select_one yes_no", "dogs", "养犬", "Dogs"],
            ["end group"],
            ["begin group", "rest", "其他", "Rest", "", "提示"],
            ["integer", "n", "几个？", "How many?"],
            ["end group"],
        ],
        YES_NO,
        *("appearance", "hint::中文 (zh)"),
    )
    assert done.whole
    assert [one.text.zh for one in asked(done).question("street").items] == ["小巷（房前屋后）", "养犬"]
    assert {(3, "hint::中文 (zh)", "HINT_BEHIND"), (6, "hint::中文 (zh)", "NO_HINT")} <= told(done)
