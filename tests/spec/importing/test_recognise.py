"""What a file is taken for: exports of 问卷星, plain tables, columns of contact data; and what single cells say."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import xlsxwriter

from survey_service.importing.columns_beside_answers import is_personal_head, is_platform
from survey_service.importing.heads import settled
from survey_service.importing.plan import Target, plan_from_json
from survey_service.importing.prepare import Prepared, prepare
from survey_service.importing.recognise import suggest
from survey_service.importing.words import Kind, Notice, kept_problem
from survey_service.tabular import TableError
from survey_service.tabular.cells import column_letters, column_number, read_cells
from tests.spec.importing.damaged import QUESTIONNAIRE
from tests.spec.importing.hurts import build

CASES = build(20_000, damages=0).ground
PLATFORM = (
    "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、您知道本市正在创建全国文明城市吗？,2、您是从哪里知道的？,"
    "5、您对下面各方面满意吗？—停车秩序,5、您对下面各方面满意吗？—背街小巷保洁,6、您今年多大年纪？,您的微信昵称,所在社区\n"
    "1,2026/9/3 10:11:12,65秒,微信,张三,10.1.2.3(浙江-杭州),知道,公告栏、宣传栏┋其他〖广播，喇叭〗,"
    "满意,说不清,45,张三,万寿桥社区\n"
    "2,2026/9/3 10:12:12,80秒,手机提交,,10.1.2.4,不知道,(跳过),基本满意,(空),-3,李四,万寿桥社区\n"
)


def grid(text: str, name: str = "a.csv"):
    return read_cells(name, text.encode())


def taken(text: str, **said: dict[str, str]) -> Prepared:
    """A file prepared as suggested; ``said``: values that a person explained, by variable."""
    read = grid(text)
    plan = suggest(read, QUESTIONNAIRE, CASES.cases)
    for place, column in enumerate(plan.columns):
        if column.variable in said:
            plan = plan.with_column(place, values=said[column.variable])
    return prepare(read, plan, QUESTIONNAIRE, CASES)


def test_an_export_of_the_platform_is_known_and_mapped_whole() -> None:
    read = grid(PLATFORM)
    assert is_platform(read)
    plan = suggest(read, QUESTIONNAIRE)
    assert [column.target for column in plan.columns[:6]] == [
        Target.SERIAL,
        Target.SUBMITTED,
        Target.SECONDS,
        Target.IGNORE,
        Target.PERSONAL,
        Target.PERSONAL,
    ]
    assert [column.variable for column in plan.columns[6:11]] == [
        "know",
        "channels",
        "aspects.parking",
        "aspects.lanes",
        "age",
    ]
    assert plan.columns[11].target is Target.PERSONAL
    assert plan.columns[12].target is Target.COMMUNITY
    assert all(column.sure for column in plan.columns if column.target is not Target.IGNORE)
    assert plan_from_json(plan.to_json()).to_json() == plan.to_json()


def test_the_platforms_marks_say_what_they_say() -> None:
    prepared = taken(PLATFORM)
    assert not prepared.problems
    first, second = prepared.rows
    assert first.checked.canonical == {
        "know": "1",
        "channels": ["1", "5"],
        "channels.other": "广播，喇叭",
        "aspects.parking": "1",
        "aspects.lanes": "9",
        "age": 45,
    }
    assert second.checked.canonical == {"know": "2", "aspects.parking": "2"}
    assert first.paradata == {"row": 2, "serial": "1", "submitted": "2026/9/3 10:11:12", "seconds": "65秒"}
    assert "张三" not in str(prepared.rows)
    assert "10.1.2.3" not in str(prepared.rows)
    assert first.mode.value == "import_open"


@pytest.mark.parametrize(
    "head",
    [
        "来自IP",
        "IP",
        "ip地址",
        "微信昵称",
        "12、您的姓名",
        "手机号码",
        "联系电话",
        "身份证号",
        "用户ID",
        "openid",
        "Phone",
        "邮箱",
    ],
)
def test_contact_data_are_known_by_their_heads(head: str) -> None:
    assert is_personal_head(head)
    plan = suggest(grid(f"{head},1、您知道本市正在创建全国文明城市吗？\nx,知道\n"), QUESTIONNAIRE)
    assert plan.columns[0].target is Target.PERSONAL


def test_contact_data_are_known_by_what_they_hold() -> None:
    plan = suggest(grid("备注,您还有什么建议？\n13812345678,好\n13912345678,没有\n"), QUESTIONNAIRE)
    assert plan.columns[0].target is Target.PERSONAL
    prepared = taken("表号,您还有什么建议？\n0001-001,440102199001011234\n")
    assert Kind.PERSONAL in {problem.kind for problem in prepared.problems}
    assert "440102199001011234" not in str([kept_problem(one) for one in prepared.problems])


@pytest.mark.parametrize(
    ("head", "variable", "option"),
    [
        ("Q1. 您知道本市正在创建全国文明城市吗?", "know", ""),
        ("您知道本市正在创建文明城市吗", "know", ""),
        ("know", "know", ""),
        ("1", "know", ""),
        ("Do you know that the city applies?", "know", ""),
        ("2、您是从哪里知道的？(微信)", "channels", "2"),
        ("2(4)", "channels", "5"),
        ("Q2_3", "channels", "3"),
        ("5、您对下面各方面满意吗？[停车秩序]", "aspects.parking", ""),
        ("5(2)", "aspects.lanes", ""),
        ("停车秩序", "aspects.parking", ""),
        ("aspects.lanes", "aspects.lanes", ""),
        ("备注", "", ""),
    ],
)
def test_a_column_finds_its_question(head: str, variable: str, option: str) -> None:
    column = suggest(grid(f"{head};x\n1;2\n"), QUESTIONNAIRE).columns[0]
    assert (column.variable, column.option) == (variable, option)


def test_two_columns_never_fill_one_variable() -> None:
    plan = suggest(grid("您今年多大年纪？,您今年多大年纪\n45,46\n"), QUESTIONNAIRE)
    assert [column.variable for column in plan.columns].count("age") == 1


def test_values_that_are_no_label_ask_for_an_answer() -> None:
    text = "表号,您对下面各方面满意吗？—停车秩序,您今年多大年纪？\n0001-001,比较满意,45\n0001-002,基本滿意,50\n"
    prepared = taken(text)
    assert [problem.kind for problem in prepared.problems] == [Kind.UNKNOWN_VALUE] * 2
    assert prepared.problems[1].values["near"].zh == "基本满意"
    assert [problem.row for problem in prepared.problems] == [2, 3]
    said = {"aspects.parking": {"比较满意": "2", "基本滿意": "-refused"}}
    answered = taken(text, **said)
    assert not answered.problems
    assert [row.checked.canonical["aspects.parking"] for row in answered.rows] == ["2", {"missing": "refused"}]


def test_a_code_that_lost_its_zero_is_put_back_and_one_with_two_readings_is_not() -> None:
    prepared = taken("表号,您住在哪个片区？\n0001-001,1\n0001-002,10\n0001-003,02\n")
    assert [row.checked.canonical["district"] for row in prepared.rows] == ["01", "10", "02"]
    assert {one.kind for one in prepared.notices.all()} == {Notice.LOST_ZERO}


def test_rows_without_a_case_need_a_community() -> None:
    prepared = taken("表号,您今年多大年纪？\n,45\n0001-001,46\n9999-001,47\n")
    assert [(problem.row, problem.kind) for problem in prepared.problems] == [
        (2, Kind.NO_COMMUNITY),
        (4, Kind.UNKNOWN_CASE),
    ]


def test_the_same_rows_are_the_same_captures_and_equal_rows_are_two() -> None:
    text = "所在社区,您今年多大年纪？\n万寿桥社区,45\n万寿桥社区,45\n万寿桥社区,50\n"
    once, again = taken(text), taken(text + "万寿桥社区,60\n")
    ids = [row.client_id for row in once.rows]
    assert len(set(ids)) == 3
    assert [row.client_id for row in again.rows][:3] == ids


def test_a_case_with_other_answers_further_down_is_a_problem() -> None:
    prepared = taken("表号,您今年多大年纪？\n0001-001,45\n0001-001,45\n0001-001,46\n")
    assert [(one.row, one.kind, one.values["other"]) for one in prepared.problems] == [(4, Kind.CASE_TWICE, 2)]
    assert [one.kind for one in prepared.notices.all()] == [Notice.REPEATED_ROW]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 no zip", "cannot be read"),
        (b"\xd0\xcf\x11\xe0 no workbook", "cannot be read"),
        ("表号,题\n".encode(), "no rows"),
    ],
)
def test_files_that_are_none(data: bytes, said: str) -> None:
    with pytest.raises(TableError, match=said):
        read_cells("a.xlsx", data)


def test_a_sheet_of_a_million_cells_in_a_corner_is_refused_and_not_filled_in() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write(1_048_575, 16_383, "far away")
    with pytest.raises(TableError):
        read_cells("a.xlsx", made.getvalue())


def test_letters_and_numbers_of_columns() -> None:
    assert [column_letters(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert all(column_number(column_letters(number)) == number for number in range(1, 1000))


def test_two_rows_of_one_serial_and_time_are_found_at_the_check() -> None:
    """Their client id is one: the database would refuse the file however often it is taken in."""
    head = "序号,提交答卷时间,您今年多大年纪？,所在社区\n"
    twice = taken(head + "1,2026/9/3 10:11:12,45,万寿桥社区\n1,2026/9/3 10:11:12,46,万寿桥社区\n")
    assert [(one.row, one.kind, one.values["other"]) for one in twice.problems] == [(3, Kind.SERIAL_TWICE, 2)]
    same = taken(head + "1,2026/9/3 10:11:12,45,万寿桥社区\n1,2026-09-03 10:11:12,45,万寿桥社区\n")
    assert [row.row for row in same.rows] == [2]
    assert [one.rows for one in same.notices.all() if one.kind is Notice.REPEATED_ROW] == [[3]]
    long = taken(head + f"1,{'9' * 5_000},45,万寿桥社区\n")
    assert len(long.rows) == 1


def test_words_behind_other_that_stand_in_two_places_must_agree() -> None:
    head = "表号;您是从哪里知道的？;您是从哪里知道的？—其他\n"
    text = head + "0001-001;其他〖广播〗;广播\n0001-002;其他〖广播〗;报纸\n"
    read = grid(text)
    plan = suggest(read, QUESTIONNAIRE, CASES.cases)
    plan = plan.with_column(2, target=Target.ANSWER, variable="channels.other", option="")
    prepared = prepare(read, plan, QUESTIONNAIRE, CASES)
    assert [(one.row, one.kind) for one in prepared.problems] == [(3, Kind.WORDS_TWICE)]


def test_columns_that_are_left_out_are_named() -> None:
    prepared = taken("表号,您今年多大年纪？,备注,空列,您的姓名\n0001-001,45,晚上来,,张三\n")
    said = {one.kind: one.values.get("seen") for one in prepared.notices.all()}
    assert said[Notice.COLUMNS_LEFT_OUT] == "备注"
    assert said[Notice.COLUMNS_PERSONAL] == "您的姓名"


TWO_ROWS = (
    "RespondentID,StartDate,您知道本市正在创建全国文明城市吗？,您是从哪里知道的？,,,,您对下面各方面满意吗？,,您还有什么建议？\n"
    ",,Response,公告栏、宣传栏,微信,电视,其他,停车秩序,背街小巷保洁,Open-Ended Response\n"
    "1,09/03/2026,知道,公告栏、宣传栏,,电视,广播,满意,说不清,好\n"
    "2,09/03/2026,不知道,,,,,不满意,基本满意,\n"
)


def test_a_row_of_response_under_every_head_is_no_answer() -> None:
    read = settled(grid("RespondentID,您还有什么建议？,您今年多大年纪？\n,Open-Ended Response,Response\n7,好,45\n"))
    assert (read.records, read.rows) == ((("7", "好", "45"),), (3,))


def test_a_part_of_a_question_is_not_the_question() -> None:
    """A column of an option that we have not is left out with a word, instead of pushing the known ones out."""
    question = "How did you hear of it?"
    heads = [f"{question} - {one}" for one in ("Notice board", "WeChat", "Pigeons")]
    read = settled(grid(",".join([*heads, "您今年多大年纪？"]) + "\nNotice board,,Pigeons,45\n"))
    plan = suggest(read, QUESTIONNAIRE)
    assert [(one.variable, one.option) for one in plan.columns[:3]] == [
        ("channels", "1"),
        ("channels", "2"),
        ("", ""),
    ]
    said = {one.kind: one.values.get("seen") for one in prepare(read, plan, QUESTIONNAIRE, CASES).notices.all()}
    assert "Pigeons" in said[Notice.COLUMNS_LEFT_OUT]


def test_heads_in_two_rows_are_joined_and_no_column_is_lost() -> None:
    read = settled(grid(TWO_ROWS))
    plan = replace(suggest(read, QUESTIONNAIRE), community="万寿桥社区")
    assert [(one.variable, one.option) for one in plan.columns[2:]] == [
        ("know", ""),
        ("channels", "1"),
        ("channels", "2"),
        ("channels", "3"),
        ("channels", "5"),
        ("aspects.parking", ""),
        ("aspects.lanes", ""),
        ("opinion", ""),
    ]
    prepared = prepare(read, plan, QUESTIONNAIRE, CASES)
    assert not prepared.problems, [one.in_language("zh") for one in prepared.problems]
    assert [row.checked.canonical for row in prepared.rows] == [
        {
            "know": "1",
            "channels": ["1", "3", "5"],
            "channels.other": "广播",
            "aspects.parking": "1",
            "aspects.lanes": "9",
            "opinion": "好",
        },
        {"know": "2", "aspects.parking": "3", "aspects.lanes": "2"},
    ]
    assert [row.row for row in prepared.rows] == [3, 4]
    assert Notice.TWO_HEAD_ROWS in {one.kind for one in prepared.notices.all()}


@pytest.mark.parametrize("places", [(1,), (2, 3)])
def test_a_column_without_a_head_that_holds_something_is_refused(places: tuple[int, ...]) -> None:
    """As when somebody has removed the second of two rows of heads."""
    lines = ["表号,您是从哪里知道的？,您今年多大年纪？,甲", "0001-001,微信,45,1", "0001-002,电视,46,2"]
    cells = [line.split(",") for line in lines]
    for place in places:
        cells[0][place] = ""
    with pytest.raises(TableError) as refused:
        settled(grid("\n".join(",".join(row) for row in cells)))
    assert [one.column for one in refused.value.problems] == [column_letters(place + 1) for place in places]
    assert "没有列名" in refused.value.problems[0].zh
    empty = [*lines[:1], *(line.rpartition(",")[0] + "," for line in lines[1:])]
    empty[0] = empty[0].replace("甲", "")
    assert settled(grid("\n".join(empty))).heads[3] == ""
