"""Workbooks of several sheets: the one with known heads is read and named; two of them are refused."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from survey_service.importing.prepare import prepare
from survey_service.importing.recognise import suggest, wanted
from survey_service.importing.words import Notice
from survey_service.tabular import TableError
from survey_service.tabular.cells import read_cells
from survey_service.tabular.choosing import likeness
from survey_service.tabular.in_chinese import in_chinese
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
    said = {one.kind: one.in_language("zh") for one in prepared.notices.all()}
    assert said[Notice.OTHER_SHEETS] == "只读了工作表“答卷”，另外 1 张没有读"


def test_two_sheets_of_answers_are_refused_instead_of_one_being_dropped() -> None:
    data = workbook(东街=ANSWERS, 西街=[ANSWERS[0], ["0001-003", 33, ""]])
    with pytest.raises(TableError) as refused:
        read_cells("a.xlsx", data, HEADS)
    assert "“东街”, “西街”" in in_chinese(refused.value.problems[0])


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
