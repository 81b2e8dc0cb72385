"""Sheets of a workbook by their names, every row as it shows: for files whose sheets mean different things."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from survey_service.tabular.book import Book
from survey_service.tabular.cells import LIMITS, MOST_COLUMNS, MOST_ROWS
from survey_service.tabular.invisible import without_invisible
from survey_service.tabular.markup import Damaged, TooMuch
from survey_service.tabular.problems import TableError, problem
from survey_service.tabular.sheet_xml import read_sheet_xml
from survey_service.tabular.words import Reader

Rows = list[tuple[int, tuple[str, ...]]]
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"


def read_named_sheets(source: str, data: bytes) -> dict[str, Rows]:
    """By name, in the order of the workbook: numbers and cells of the rows that show anything. Raises TableError.

    A merged range shows its text in its first cell, as a spreadsheet does; a formula the value it had.
    """
    try:
        if data.startswith(_OLD_EXCEL):
            return _old(source, data)
        if not zipfile.is_zipfile(io.BytesIO(data)):
            raise TableError(source, [problem(Reader.NO_WORKBOOK)])
        book = Book(data, LIMITS)
        found: dict[str, Rows] = {}
        for entry in book.sheets:
            raw = read_sheet_xml(book, entry)
            rows: Rows = []
            for number, cells in raw.rows:
                shown = {cell.column: _shown(cell.value) for cell in cells}
                rows.append((number, tuple(shown.get(place, "") for place in range(1, max(shown, default=0) + 1))))
            found[entry.name] = _bounded(source, rows)
    except TooMuch as fault:
        raise TableError(source, [fault.problem]) from fault
    except Damaged as fault:
        raise TableError(source, [problem(Reader.WORKBOOK_UNREADABLE, why=str(fault))]) from fault
    return found


def _old(source: str, data: bytes) -> dict[str, Rows]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found: dict[str, Rows] = {}
        for name in book.sheet_names:
            values = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MOST_ROWS + 20)
            rows = [(number, tuple(map(_shown, record[:MOST_COLUMNS]))) for number, record in enumerate(values, 1)]
            found[name] = _bounded(source, rows)
    except (CalamineError, OSError, ValueError) as fault:
        raise TableError(source, [problem(Reader.WORKBOOK_UNREADABLE, why=type(fault).__name__)]) from fault
    return found


def _bounded(source: str, rows: Rows) -> Rows:
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if len(rows) > MOST_ROWS:
        raise TableError(source, [problem(Reader.TOO_MANY_ROWS, most=MOST_ROWS)])
    if any(len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]) for _, cells in rows):
        raise TableError(source, [problem(Reader.TOO_MANY_COLUMNS, most=MOST_COLUMNS)])
    return rows


def _shown(value: object) -> str:
    """Whole numbers without a point, what is true as TRUE, days as 2026-11-21."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    text = str(value).removesuffix(" 00:00:00")
    return without_invisible(text.replace("_x000D_", ""))[0].strip()
