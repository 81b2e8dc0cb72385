"""Options that are offered to some: a condition at each, or a list that hangs on another; lists of any length."""

from __future__ import annotations

from collections.abc import Sequence

from questionnaires.answers import Policy, check_answers
from questionnaires.model import QuestionType
from survey_service.xlsform.reading import Converted, convert
from tests.spec.xlsform.forms import YES_NO, asked, grid, read, told

HEADS = ["type", "name", "label::中文 (zh)", "label::English (en)", "choice_filter", "relevant"]
TOWNS = [["towns", "a", "东街", "East", ""], ["towns", "b", "西街", "West", ""]]
TWO = [
    ["select_one towns", "town", "哪条街？", "Which street?"],
    ["select_one places", "place", "哪个社区？", "Which community?", "town=${town}"],
]


def form(survey: Sequence[Sequence[str]], choices: Sequence[Sequence[str]]) -> Converted:
    heads = ["list_name", "name", "label::中文 (zh)", "label::English (en)", "town"]
    return convert({"survey": grid([HEADS, *survey]), "choices": grid([heads, *choices])}, "household")


def findings(done: Converted, **answers: object) -> list[str]:
    return [one.code.value for one in check_answers(asked(done), answers, Policy.IMPORT).findings]


def test_each_option_has_the_condition_of_its_row() -> None:
    places = [["places", "c", "丙", "C", "a"], ["places", "d", "丁", "D", "b"], ["places", "e", "戊", "E", "b"]]
    done = form(TWO, [*TOWNS, *places])
    assert done.whole
    conditions = [one.offer_if and one.offer_if.source for one in asked(done).question("place").options]
    assert conditions == ['town == "a"', 'town == "b"', 'town == "b"']
    assert findings(done, town="b", place="d") == []
    assert not any(kind == "COLUMN" for _, _, kind in told(done))


def test_a_code_that_stands_below_several_is_told_apart() -> None:
    places = [["places", "c", "北", "North", "a"], ["places", "d", "丁", "D", "a"], ["places", "c", "北", "North", "b"]]
    done = form([*TWO, ["text", "x", "怎样？", "How?", "", "${place} = 'c'"]], [*TOWNS, *places])
    assert done.whole
    assert [one.code for one in asked(done).question("place").options] == ["c", "d", "3"]
    assert (6, "name", "SAME_CODE") in told(done)
    ask_if = asked(done).question("x").ask_if
    assert ask_if is not None
    assert ask_if.source == 'place in ["c", "3"]'


def test_a_row_that_stands_twice_counts_once() -> None:
    done = form(TWO[:1], [*TOWNS, TOWNS[0]])
    assert done.whole
    assert len(asked(done).question("town").options) == 2


def test_a_long_list_hangs_on_the_one_above() -> None:
    places = [["places", f"p{one}", f"第 {one}", f"No. {one}", "ab"[one % 2]] for one in range(150)]
    done = form(TWO, [*TOWNS, *places])
    assert done.whole
    place = asked(done).question("place")
    assert (place.list, place.within, len(place.options)) == ("places", "town", 150)
    assert asked(done).question("town").list == "towns"
    assert findings(done, town="a", place="p2") == []
    assert {(3, "choice_filter", "WITHIN"), (3, "type", "OPTIONS_BY_NAME")} <= told(done)


def test_a_long_list_that_hangs_on_more_than_one_answer_is_told() -> None:
    places = [["places", f"p{one}", f"第 {one}", f"No. {one}", "ab"[one % 2]] for one in range(150)]
    done = form([TWO[0], [*TWO[1][:4], "town=${town} or name='p1'"]], [*TOWNS, *places])
    assert (3, "choice_filter", "CHOICE_FILTER") in told(done)
    assert not done.whole
    assert len(asked(done).question("place").options) == 150


def test_one_option_alone_may_be_chosen() -> None:
    survey = [
        ["select_one ok", "agreed", "同意？", "Agreed?"],
        ["select_multiple ok", "ticked", "勾上", "Tick"],
        ["text", "x", "怎样？", "How?", "", "${agreed} = 'yes' and selected(${ticked}, 'yes')"],
    ]
    done = form(survey, [["ok", "yes", "同意", "I agree", ""]])
    assert done.whole
    assert asked(done).question("agreed").type is QuestionType.SINGLE_CHOICE
    assert findings(done, agreed="yes", ticked=["yes"], x="好") == []


def test_options_of_another_file_are_a_list_that_each_wave_gives() -> None:
    done = read(
        [
            ["select_one_from_file villages.csv", "village", "哪个村？", "Which village?", ""],
            ["text", "why", "为什么？", "Why?", "${village} = 'north'"],
        ],
        YES_NO,
        "relevant",
    )
    assert (2, "type", "LIST_TO_GIVE") in told(done)
    assert done.whole
    assert done.lists_to_give
    (one,) = asked(done).lists
    assert one.source.value == "wave"
    assert asked(done).question("village").list == one.id
    assert asked(done).question("why").ask_if is not None


def test_options_of_the_sheet_of_external_choices_come_with_the_form() -> None:
    sheets = {
        "survey": grid([HEADS, ["select_one_external towns", "town", "哪个镇？", "Which town?"]]),
        "external_choices": grid(
            [["list_name", "name", "label::中文 (zh)"], ["towns", "a", "甲镇"], ["towns", "b", "乙镇"]]
        ),
    }
    done = convert(sheets, "towns")
    assert done.whole, told(done)
    assert not done.lists_to_give
    assert [option.label.zh for option in asked(done).question("town").options] == ["甲镇", "乙镇"]
