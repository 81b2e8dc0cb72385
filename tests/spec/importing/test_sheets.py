"""Workbooks of several sheets: the one with known heads is read and named; two of them are refused."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from survey_service.areas.area_file import COLUMNS
from survey_service.importing.prepare import prepare
from survey_service.importing.recognise import suggest, wanted
from survey_service.sampling import case_files
from survey_service.tabular import TableError
from survey_service.tabular.cells import read_cells
from survey_service.tabular.choosing import likeness
from survey_service.tabular.words import Read, Reader
from survey_service.uploads.records import read_records
from tests.spec.importing.damaged import QUESTIONNAIRE
from tests.spec.importing.hurts import build

CASES = build(20_000, damages=0).ground
HEADS = wanted(QUESTIONNAIRE)
ANSWERS = [["表号", "您今年多大年纪？", "您还有什么建议？"], ["0001-001", 45, "好"], ["0001-002", 61, ""]]
EXPLAINED = [["填写说明", "示例"], ["请填写年龄", "45"], ["表号照名单写", "0001-001"], ["多选用┋隔开", "微信┋电视"]]


def workbook(hidden: tuple[str, ...] = (), **sheets: list[list[object]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            if name in hidden:
                sheet.hide()
        first = next(name for name in sheets if name not in hidden)
        book.get_worksheet_by_name(first).activate()
        book.get_worksheet_by_name(first).set_first_sheet()
    return made.getvalue()


def test_answers_on_the_second_sheet_are_read_and_the_sheet_is_named() -> None:
    grid = read_cells("a.xlsx", workbook(填写说明=EXPLAINED, 答卷=ANSWERS), HEADS)
    assert grid.heads == ("表号", "您今年多大年纪？", "您还有什么建议？")
    prepared = prepare(grid, suggest(grid, QUESTIONNAIRE, CASES.cases), QUESTIONNAIRE, CASES)
    assert not prepared.problems
    said = {one.kind: one.zh for one in prepared.notices.all()}
    assert said[Read.OTHER_SHEETS] == "只读了工作表“答卷”，另外 1 张没有读"


def test_two_sheets_of_answers_are_refused_instead_of_one_being_dropped() -> None:
    data = workbook(东街=ANSWERS, 西街=[ANSWERS[0], ["0001-003", 33, ""]])
    with pytest.raises(TableError) as refused:
        read_cells("a.xlsx", data, HEADS)
    assert "“东街”、“西街”" in refused.value.problems[0].zh


def test_a_hidden_sheet_is_told() -> None:
    grid = read_cells("a.xlsx", workbook(("旧",), 旧=ANSWERS, 答卷=ANSWERS), HEADS)
    assert (grid.sheet, grid.other_sheets) == ("答卷", 1)


def test_where_no_head_is_known_the_first_sheet_is_read_and_named() -> None:
    data = workbook(一=[["甲", "乙"], [1, 2]], 二=[["丙", "丁"], [1, 2]])
    grid = read_cells("a.xlsx", data, HEADS)
    assert (grid.heads, grid.sheet, grid.other_sheets) == (("甲", "乙"), "一", 1)
    assert read_cells("a.xlsx", workbook(一=ANSWERS), HEADS).sheet == ""


def test_heads_are_known_whole_or_within_longer_ones() -> None:
    assert likeness([["3、您今年多大年纪？[填空]", "表 号", "x"], ["y"]], HEADS) == 2
    assert likeness([["表号码", "吗"]], HEADS) == 0


AREAS = [["代码", "名称", "级别", "上级代码"], ["110101001002", "万寿桥社区", "社区", "110101001"]]
SAMPLE = [
    ["case", "issued", "community", "stratum", "psu", "stage_1_unit", "stage_1_probability", "inclusion_probability"],
    ["h-1", 1, "110101001002", "s", "p", "u", 0.2, 0.2],
]


def test_files_of_areas_and_of_the_sample_may_begin_with_instructions() -> None:
    """The first sheet was read whatever it held, hidden ones too."""
    records = read_records("a.xlsx", workbook(填写说明=EXPLAINED, 地区=AREAS), COLUMNS)
    assert [(one.row, one.get("code")) for one in records.rows] == [(2, "110101001002")]
    assert [one.text.zh for one in records.notices] == ["只读了工作表“地区”，另外 1 张没有读"]
    sheet = case_files.read_file("a.xlsx", workbook(("旧",), 旧=EXPLAINED, 说明=EXPLAINED, 样本=SAMPLE))
    assert "inclusion_probability" in sheet.columns
    assert sheet.notices == ('the sheet "样本" was read, the other 2 were not',)


def test_two_sheets_of_areas_or_of_a_sample_are_refused() -> None:
    with pytest.raises(TableError) as refused:
        read_records("a.xlsx", workbook(东=AREAS, 西=AREAS), COLUMNS)
    assert [one.kind for one in refused.value.problems] == [Reader.SHEETS_ALIKE]
    with pytest.raises(TableError) as refused:
        case_files.read_file("a.xlsx", workbook(东=SAMPLE, 西=SAMPLE))
    assert "“东”、“西”" in refused.value.problems[0].zh


def test_a_column_without_a_head_is_named_in_files_of_areas_and_of_the_sample() -> None:
    bare = [[*AREAS[0][:3], ""], AREAS[1]]
    with pytest.raises(TableError) as refused:
        read_records("a.xlsx", workbook(地区=bare), COLUMNS)
    assert "第 4 列有内容，却没有列名" in refused.value.problems[0].zh
    with pytest.raises(TableError) as refused:
        case_files.read_file("a.xlsx", workbook(样本=[[*SAMPLE[0][:3], "", *SAMPLE[0][4:]], SAMPLE[1]]))
    assert "第 4 列有内容，却没有列名" in refused.value.problems[0].zh


@pytest.mark.parametrize("code", [110101001002000123, "1.10101E+17"])
def test_long_numbers_that_excel_rounded_are_refused_there_too(code: object) -> None:
    with pytest.raises(TableError) as refused:
        read_records("a.xlsx", workbook(地区=[AREAS[0], [code, *AREAS[1][1:]]]), COLUMNS)
    assert [(one.row, one.column) for one in refused.value.problems] == [(2, "代码")]
    sample = [SAMPLE[0], [code, *SAMPLE[1][1:]]]
    with pytest.raises(TableError) as refused:
        case_files.read_cases(case_files.read_file("a.xlsx", workbook(样本=sample)), {}, ())
    assert (2, "case") in {(one.row, one.column) for one in refused.value.problems}
