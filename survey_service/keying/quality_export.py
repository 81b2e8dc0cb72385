"""The quality of keying as a workbook: a sheet for what it is, for people, for questions and for batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Generic, TypeVar

import xlsxwriter

from questionnaires.text import Text
from survey_service.keying.quality import KeyerLine, Quality, QuestionLine
from survey_service.keying.schemas import BatchLine

Cell = str | int | float | None
Line = TypeVar("Line")
Table = tuple[str, Sequence[str], Sequence[Sequence[Cell]]]  # name of the sheet, heads, rows

_NAMES = {
    "zh": ("说明", "录入员", "题目", "批次"),
    "en": ("About", "Keyers", "Questions", "Batches"),
}


@dataclass(frozen=True, slots=True)
class Column(Generic[Line]):
    """One column of a sheet: its head in both languages, and what a line says in it."""

    zh: str
    en: str
    cell: Callable[[Line, str], Cell]


_KEYERS: Sequence[Column[KeyerLine]] = (
    Column("录入员", "Keyer", lambda one, _: one.name),
    Column("第一次录入（份）", "Forms keyed first", lambda one, _: one.first_forms),
    Column("核对（份）", "Forms verified", lambda one, _: one.second_forms),
    Column("比对字段", "Fields compared", lambda one, _: one.compared),
    Column("判错字段", "Fields wrong", lambda one, _: one.wrong),
    Column("错误率", "Error rate", lambda one, _: one.error_rate),
    Column("每小时份数", "Forms an hour", lambda one, _: one.forms_per_hour),
    Column("每份击键", "Keystrokes a form", lambda one, _: one.keystrokes_per_form),
    Column("每小时击键", "Keystrokes an hour", lambda one, _: one.keystrokes_per_hour),
    Column("录入时间（分）", "Minutes at the keys", lambda one, _: round(one.seconds / 60, 1)),
)
_QUESTIONS: Sequence[Column[QuestionLine]] = (
    Column("题号", "No.", lambda one, _: one.row.number),
    Column("变量", "Variable", lambda one, _: one.row.variable),
    Column("内容", "Field", lambda one, _: one.row.label),
    Column("录过两次（份）", "Forms keyed twice", lambda one, _: one.forms),
    Column("不一致", "Different", lambda one, _: one.different),
    Column("待裁定", "Undecided", lambda one, _: one.undecided),
    Column("第一次错", "First wrong", lambda one, _: one.wrong_first),
    Column("第二次错", "Second wrong", lambda one, _: one.wrong_second),
    Column("认不清", "Illegible", lambda one, _: one.illegible),
    Column("一致率", "Agreement", lambda one, _: one.agreement),
    Column("错误率", "Error rate", lambda one, _: one.error_rate),
    Column("估计两次错成一样（处）", "Expected wrong alike", lambda one, _: one.alike),
)
_BATCHES: Sequence[Column[BatchLine]] = (
    Column("批次", "Batch", lambda one, _: one.batch.number),
    Column("社区代码", "Code", lambda one, _: one.area.code),
    Column("社区", "Community", lambda one, language: Text(one.area.name_zh, one.area.name_en).in_language(language)),
    Column("状态", "State", lambda one, _: one.batch.state.value),
    Column("录入员", "Keyer", lambda one, _: one.keyer),
    Column("核对员", "Verifier", lambda one, _: one.verifier),
    Column("份数", "Forms", lambda one, _: one.batch.size),
    Column("已录", "Keyed", lambda one, _: one.keyed),
    Column("抽中核对", "Drawn", lambda one, _: one.drawn_forms),
    Column("已核对", "Verified", lambda one, _: one.verified),
    Column("比对字段", "Fields compared", lambda one, _: one.compared),
    Column("不一致", "Different", lambda one, _: one.different),
    Column("待裁定", "Undecided", lambda one, _: one.undecided),
    Column("判错", "Wrong", lambda one, _: one.wrong),
    Column("错误率", "Error rate", lambda one, _: one.error_rate),
    Column("抽取种子", "Seed of the draw", lambda one, _: one.drawn.seed if one.drawn else ""),
)


def workbook(quality: Quality, language: str, *, title: str, wave: str, at: datetime) -> bytes:
    """An Excel file. Shares are numbers in 0..1; text is never read as a formula."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": at.replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    for name, heads, rows in _tables(quality, language, title, wave, at):
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
            widths = [len(head) * 2, *(len(str(row[column] or "")) * 1.6 for row in rows)]
            sheet.set_column(column, column, min(max(*widths, 6), 60))
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, column, cell)
                elif cell is not None:
                    sheet.write_number(line, column, cell)
    book.close()
    return file.getvalue()


def _tables(quality: Quality, language: str, title: str, wave: str, at: datetime) -> list[Table]:
    about, keyers, questions, batches = _NAMES[language]
    return [
        (about, (title, wave), _about(quality, language, at)),
        _table(keyers, _KEYERS, quality.keyers, language),
        _table(questions, _QUESTIONS, quality.questions, language),
        _table(batches, _BATCHES, quality.batches, language),
    ]


def _table(name: str, columns: Sequence[Column[Line]], lines: Sequence[Line], language: str) -> Table:
    heads = [one.zh if language == "zh" else one.en for one in columns]
    return name, heads, [[one.cell(line, language) for one in columns] for line in lines]


def _about(quality: Quality, language: str, at: datetime) -> list[tuple[str, Cell]]:
    figures: list[tuple[str, str, Cell]] = [
        ("制表时间", "Made at", f"{at:%Y-%m-%d %H:%M}"),
        ("已录（份）", "Forms keyed", quality.keyed),
        ("录过两次（份）", "Forms keyed twice", quality.verified),
        ("比对字段", "Fields compared", quality.compared),
        ("不一致字段", "Fields different", quality.different),
        ("待裁定字段", "Fields undecided", quality.undecided),
        ("一致率", "Agreement", quality.agreement),
        ("第一次录入错误率", "Error rate of the first keying", quality.first_error_rate),
        ("第二次录入错误率", "Error rate of the second keying", quality.second_error_rate),
        ("估计仍有错的字段比重", "Estimated share of fields still wrong", quality.residual),
        ("估计方法", "How it is estimated", _METHOD[language]),
    ]
    return [(zh if language == "zh" else en, value) for zh, en, value in figures]


_METHOD = {
    "zh": "录过两次的：两次独立出错、错成同一个答案的期望数；只录一次的：按本批抽样核对的错误率。"
    "假定两人各错各的，错成各个答案机会相同。",
    "en": "Keyed twice: expected fields that both got wrong alike. Keyed once: the error rate of the batch's own "
    "sample. Assumes that the two err independently and that every wrong answer is equally likely.",
}
