"""An export as an Excel workbook: the rows, the codebook, and how to weigh. No cell is a formula: text is written as
text, whatever it begins with. Written row by row, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import xlsxwriter

from questionnaires.text import Text
from survey_service.exports.codebook import MEASURES, ROLES
from survey_service.exports.csv_file import Told
from survey_service.exports.dataset import Dataset, Holds, Variable
from survey_service.exports.errors import TooManyRows
from survey_service.exports.formats import WORKBOOK_ROWS

MOST_ROWS: Final = WORKBOOK_ROWS
_CELL: Final = 32_767  # characters that a cell takes
_SHEETS: Final = {"zh": ("数据", "代码本", "说明"), "en": ("Data", "Codebook", "Notes")}
_HEADS: Final = (
    Text("列", "Column"),
    Text("含义", "Label"),
    Text("类别", "Role"),
    Text("测量层次", "Measure"),
    Text("问卷中的名称", "Name in the questionnaire"),
    Text("取值", "Code"),
    Text("取值的含义", "Meaning of the code"),
    Text("缺失原因", "Kind of missing"),
)


def refuse_too_many(dataset: Dataset) -> None:
    if dataset.rows > MOST_ROWS:
        raise TooManyRows(dataset.rows, MOST_ROWS)


def write_xlsx(dataset: Dataset, path: Path, told: Told, language: str) -> None:
    """TooManyRows above 100,000: Excel opens more, but nobody works with it."""
    refuse_too_many(dataset)
    book = xlsxwriter.Workbook(
        path,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "nan_inf_to_errors": False,
            "tmpdir": str(path.parent),
        },
    )
    try:
        data, codes, notes = _SHEETS["en" if language == "en" else "zh"]
        bold = book.add_format({"bold": True})
        _data(book.add_worksheet(data), dataset, told, bold, book.add_format({"num_format": "hh:mm"}))
        _lines(
            book.add_worksheet(codes), [[one.in_language(language) for one in _HEADS], *_codes(dataset, language)], bold
        )
        _lines(book.add_worksheet(notes), list(_notes(dataset, language)), None)
    finally:
        book.close()


def _data(sheet: Any, dataset: Dataset, told: Told, bold: Any, of_the_day: Any) -> None:
    sheet.freeze_panes(1, 0)
    for column, one in enumerate(dataset.variables):
        sheet.write_string(0, column, one.name, bold)
    kinds = [one.holds for one in dataset.variables]
    line = 0
    for block in dataset.blocks():
        columns = [block[one.name].tolist() for one in dataset.variables]
        for row in zip(*columns, strict=True):
            line += 1
            for column, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
                if kind is Holds.CLOCK:
                    if cell:
                        sheet.write_datetime(line, column, time.fromisoformat(cell), of_the_day)
                elif kind.in_words:
                    if cell:
                        sheet.write_string(line, column, cell[:_CELL])
                elif not np.isnan(cell):
                    sheet.write_number(line, column, cell)
        told(line)


def _codes(dataset: Dataset, language: str) -> Iterator[Sequence[object]]:
    """A line for every column, and one below it for every code."""
    for one in dataset.variables:
        head = [
            one.name,
            one.label.in_language(language),
            ROLES[one.role].in_language(language),
            MEASURES[one.measure].in_language(language),
            one.source,
        ]
        yield [*head, "", "", ""]
        if one.rule is not None:
            yield [one.name, "", "", "", "", "", one.rule.in_language(language), ""]
        yield from ([one.name, "", "", "", "", code, label, kind] for code, label, kind in _said(one, language))


def _said(one: Variable, language: str) -> Iterator[tuple[int | str, str, str]]:
    for code, label in one.values:
        yield code, label.in_language(language), ""
    for kind, missing in one.missing.items():
        yield missing, one.missing_labels[kind].in_language(language), kind.value


def _notes(dataset: Dataset, language: str) -> Iterator[Sequence[object]]:
    yield [dataset.title.in_language(language)]
    yield [f"{dataset.survey} {dataset.wave}"]
    if dataset.release is not None:
        yield [dataset.release]
    for note in dataset.notes:
        yield [note.in_language(language)]
    if dataset.cut:
        yield [Text("缩短过的名称和标签：", "Names and labels that were shortened:").in_language(language)]
        yield from ([one.of, one.what, one.whole, one.cut, one.format] for one in dataset.cut)


def _lines(sheet: Any, rows: Sequence[Sequence[object]], bold: Any) -> None:
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    sheet.write_string(line, column, cell[:_CELL], bold if line == 0 else None)
            elif cell is not None:
                sheet.write_number(line, column, cell)
