"""The quality of keying as a workbook: a sheet for what it is, for people, for questions and for batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import xlsxwriter

from survey_service.keying.quality import Quality

Cell = str | int | float | None
Table = tuple[str, Sequence[str], Sequence[Sequence[Cell]]]  # name of the sheet, heads, rows

_NAMES = {
    "zh": ("说明", "录入员", "题目", "批次"),
    "en": ("About", "Keyers", "Questions", "Batches"),
}
_KEYERS = {
    "zh": (
        "录入员",
        "第一次录入（份）",
        "核对（份）",
        "比对字段",
        "判错字段",
        "错误率",
        "每小时份数",
        "每份击键",
        "每小时击键",
        "录入时间（分）",
    ),
    "en": (
        "Keyer",
        "Forms keyed first",
        "Forms verified",
        "Fields compared",
        "Fields wrong",
        "Error rate",
        "Forms an hour",
        "Keystrokes a form",
        "Keystrokes an hour",
        "Minutes at the keys",
    ),
}
_QUESTIONS = {
    "zh": (
        "题号",
        "变量",
        "内容",
        "录过两次（份）",
        "不一致",
        "待裁定",
        "第一次错",
        "第二次错",
        "认不清",
        "一致率",
        "错误率",
        "估计两次错成一样（处）",
    ),
    "en": (
        "No.",
        "Variable",
        "Field",
        "Forms keyed twice",
        "Different",
        "Undecided",
        "First wrong",
        "Second wrong",
        "Illegible",
        "Agreement",
        "Error rate",
        "Expected wrong alike",
    ),
}
_BATCHES = {
    "zh": (
        "批次",
        "社区代码",
        "社区",
        "状态",
        "录入员",
        "核对员",
        "份数",
        "已录",
        "抽中核对",
        "已核对",
        "比对字段",
        "不一致",
        "待裁定",
        "判错",
        "错误率",
        "抽取种子",
    ),
    "en": (
        "Batch",
        "Code",
        "Community",
        "State",
        "Keyer",
        "Verifier",
        "Forms",
        "Keyed",
        "Drawn",
        "Verified",
        "Fields compared",
        "Different",
        "Undecided",
        "Wrong",
        "Error rate",
        "Seed of the draw",
    ),
}


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
        (
            keyers,
            _KEYERS[language],
            [
                (
                    one.name,
                    one.first_forms,
                    one.second_forms,
                    one.compared,
                    one.wrong,
                    one.error_rate,
                    one.forms_per_hour,
                    one.keystrokes_per_form,
                    one.keystrokes_per_hour,
                    round(one.seconds / 60, 1),
                )
                for one in quality.keyers
            ],
        ),
        (
            questions,
            _QUESTIONS[language],
            [
                (
                    one.row.number,
                    one.row.variable,
                    one.row.label,
                    one.forms,
                    one.different,
                    one.undecided,
                    one.wrong_first,
                    one.wrong_second,
                    one.illegible,
                    one.agreement,
                    one.error_rate,
                    one.alike,
                )
                for one in quality.questions
            ],
        ),
        (
            batches,
            _BATCHES[language],
            [
                (
                    one.batch.number,
                    one.area.code,
                    one.area.name_en if language == "en" and one.area.name_en else one.area.name_zh,
                    one.batch.state.value,
                    one.keyer,
                    one.verifier,
                    one.batch.size,
                    one.keyed,
                    one.drawn_forms,
                    one.verified,
                    one.compared,
                    one.different,
                    one.undecided,
                    one.wrong,
                    one.error_rate,
                    one.drawn.seed if one.drawn else "",
                )
                for one in quality.batches
            ],
        ),
    ]


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
