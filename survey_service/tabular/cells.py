"""Tables cell by cell: every cell as the text it shows, and a mark on those that a spreadsheet made something else of.

``read_sheet`` refuses what it cannot take at its word; here such a cell is handed on with its mark, because whoever
takes in answers must know whether it stands in a column that matters.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from survey_service.tabular import choosing, html_table
from survey_service.tabular.book import Book
from survey_service.tabular.delimited import read_delimited
from survey_service.tabular.invisible import without_invisible
from survey_service.tabular.limits import UPLOADED, Limits
from survey_service.tabular.markup import Damaged, TooMuch
from survey_service.tabular.number_formats import EPOCH_1904
from survey_service.tabular.problems import TableError, problem
from survey_service.tabular.sheet_xml import (
    Cell,
    Range,
    RawSheet,
    column_letters,
    column_number,
    holds_anything,
    read_sheet_xml,
)
from survey_service.tabular.words import Read, Reader, long_head

__all__ = ["Grid", "Mark", "Odd", "column_letters", "column_number", "read_cells"]

MOST_ROWS = 20_000
MOST_COLUMNS = 500
LIMITS: Final = replace(UPLOADED, rows=MOST_ROWS, columns=MOST_COLUMNS)
_EXACT = 10**15  # Excel keeps 15 digits
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Mark(StrEnum):
    """What a spreadsheet made of a cell."""

    DATE = "date"
    PERCENT = "percent"
    ERROR = "error"
    LONG = "long"  # a number of more than 15 digits: the last ones are zeros that nobody typed
    FORMULA = "formula"  # its calculated value
    UNCALCULATED = "uncalculated"
    MERGED = "merged"  # a cell under a merged one: its own value is unknown


class Odd(str):
    """The text of a cell with a mark. An unmarked cell is a plain string."""

    __slots__ = ("mark",)
    mark: Mark

    @classmethod
    def of(cls, text: str, mark: Mark) -> Odd:
        made = cls(text)
        made.mark = mark
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A file's heads and cells. ``rows``: the spreadsheet row of each record; heads may repeat or be empty."""

    source: str
    head_row: int
    heads: tuple[str, ...]
    rows: tuple[int, ...]
    records: tuple[tuple[str, ...], ...]
    hidden_rows: tuple[int, ...] = ()
    skipped_rows: tuple[int, ...] = ()  # title lines above the heads
    other_sheets: int = 0
    epoch_1904: bool = False
    encoding: str = ""
    unseen: int = 0  # zero-width characters left out
    broken: tuple[str, ...] = ()  # notices of the text reader: line breaks within cells
    head_rows: int = 1  # rows that the heads were joined from
    sheet: str = ""  # the name of the one that was read, where there are others


def read_cells(source: str, data: bytes, wanted: Sequence[str] = ()) -> Grid:
    """A .csv, .tsv, .txt, .xlsx or .xls file, told by its bytes. Raises TableError, with every problem where it can.

    ``wanted``: heads by which the right one of several sheets is known.
    """
    if data.startswith(_OLD_EXCEL):
        return _bounded(source, _old_workbook(source, data, wanted))
    if data.startswith(b"PK"):
        return _bounded(source, _workbook(source, data, wanted))
    if html_table.is_markup(data):
        rows, others = html_table.read_markup(source, data, MOST_ROWS + 20, MOST_COLUMNS)
        return _bounded(source, _grid(source, list(enumerate(rows, start=1)), other_sheets=others))
    if len(data) == 0:
        raise TableError(source, [problem(Reader.EMPTY_FILE)])
    return _bounded(source, _text(source, data))


def _bounded(source: str, grid: Grid) -> Grid:
    if len(grid.records) > MOST_ROWS:
        raise TableError(source, [problem(Reader.TOO_MANY_ROWS, most=MOST_ROWS)])
    if len(grid.heads) > MOST_COLUMNS:
        raise TableError(source, [problem(Reader.TOO_MANY_COLUMNS, most=MOST_COLUMNS)])
    if too_long := long_head(grid.heads, LIMITS.head):
        raise TableError(source, [too_long])
    if not any(grid.heads):
        raise TableError(source, [problem(Reader.NO_HEADS)])
    if not grid.records:
        raise TableError(source, [problem(Reader.NO_ROWS)])
    return grid


# ------------------------------------------------------------------ text


def _text(source: str, data: bytes) -> Grid:
    table = read_delimited(source, data, LIMITS)
    said = {one.kind: one.values for one in table.notices}
    return Grid(
        source=source,
        head_row=1,
        heads=table.heads,
        rows=table.rows,
        records=tuple(tuple(cell.strip() for cell in record) for record in table.records),
        encoding=str(said.get(Read.ENCODING, {}).get("encoding", "UTF-8")),
        unseen=int(str(said.get(Read.UNSEEN, {}).get("count", 0))),
        broken=tuple(str(one) for one in table.notices if one.kind is Read.LINE_BREAKS),
    )


# ------------------------------------------------------------------ workbooks


def _workbook(source: str, data: bytes, wanted: Sequence[str]) -> Grid:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise _unreadable(source, "BadZipFile")
    try:
        book = Book(data, LIMITS)
        holding = [entry for entry in book.sheets if holds_anything(book, entry)]
        filled = [entry for entry in holding if entry.shown]
        if not filled:
            raise TableError(source, [problem(Reader.WORKBOOK_EMPTY)])
        place = 0
        if len(filled) > 1 and wanted:
            begins = (_rows(read_sheet_xml(book, entry), LIMITS)[: choosing.LOOKED_AT] for entry in filled)
            found = [choosing.likeness((cells for _, cells in rows), wanted) for rows in begins]
            place = choosing.meant(source, [entry.name for entry in filled], found)
        raw = read_sheet_xml(book, filled[place])
        rows = _rows(raw, LIMITS)
    except TooMuch as fault:
        raise TableError(source, [fault.problem]) from fault
    except Damaged as fault:
        raise _unreadable(source, str(fault)) from fault
    return _grid(
        source,
        rows,
        hidden=raw.hidden,
        other_sheets=len(holding) - 1,
        sheet=filled[place].name if len(holding) > 1 else "",
        epoch_1904=book.epoch == EPOCH_1904,
    )


def _unreadable(source: str, why: str) -> TableError:
    return TableError(source, [problem(Reader.WORKBOOK_UNREADABLE, why=why)])


def _rows(raw: RawSheet, limits: Limits) -> list[tuple[int, tuple[str, ...]]]:
    """Rows that show anything, and those under a merged cell of another row."""
    under = _under_merged(raw.merged, raw.last_row, limits)
    held = dict(raw.rows)
    return [(row, _shown_row(held.get(row, ()), under.get(row, {}))) for row in sorted({*held, *under})]


def _under_merged(merged: Iterable[Range], last_row: int, limits: Limits) -> dict[int, dict[int, Mark]]:
    """By row and column. A range may claim the whole sheet: cells are counted."""
    under: dict[int, dict[int, Mark]] = {}
    count = 0
    for top, left, bottom, right in merged:
        columns = range(left, min(right, limits.columns) + 1)
        rows = range(top, min(bottom, last_row) + 1)
        count += len(columns) * len(rows)
        if count > limits.cells:
            raise TooMuch(Reader.TOO_MANY_MERGED, most=limits.cells)
        for row in rows:
            under.setdefault(row, {}).update(dict.fromkeys(columns, Mark.MERGED))
    return under


def _shown_row(cells: Iterable[Cell], under: dict[int, Mark]) -> tuple[str, ...]:
    shown: dict[int, str] = {column: Odd.of(" ", mark) for column, mark in under.items()}
    for cell in cells:
        mark = under.get(cell.column)
        if cell.formula:
            mark = Mark.UNCALCULATED if cell.value is None else Mark.FORMULA
        shown[cell.column] = _cell(cell.value, "%" if cell.percent else "", mark, cell.error)
    return tuple(shown.get(column, "") for column in range(1, max(shown, default=0) + 1))


def _cell(value: object, number_format: str, mark: Mark | None, error: bool) -> str:
    if mark is Mark.UNCALCULATED and value in (None, ""):
        return Odd.of("=", Mark.UNCALCULATED)
    text, own = _shown(value, number_format)
    if error:
        own = Mark.ERROR
    if own is not None:
        return Odd.of(text, own)
    if mark is Mark.MERGED:
        return Odd.of(text or " ", Mark.MERGED)
    return Odd.of(text, mark) if mark is not None and text else text


def _shown(value: object, number_format: str = "") -> tuple[str, Mark | None]:
    """The text of a value: whole numbers without a point, dates as 2026-11-21; and its mark."""
    match value:
        case None:
            return "", None
        case bool():
            return ("TRUE" if value else "FALSE"), None
        case int() | float():
            return _number(value, number_format)
        case datetime():
            day = value.date().isoformat()
            return (day if value.time() == time() else value.isoformat(sep=" ")), Mark.DATE
        case date() | time() | timedelta():
            return str(value), Mark.DATE
    text = without_invisible(str(value))[0].replace("_x000D_", "").strip()
    return text, None


def _number(value: int | float, number_format: str) -> tuple[str, Mark | None]:
    if abs(value) >= _EXACT:
        return f"{value:.0f}", Mark.LONG
    text = str(int(value)) if float(value).is_integer() else f"{value:.15g}"
    return text, Mark.PERCENT if "%" in number_format else None


def _old_workbook(source: str, data: bytes, wanted: Sequence[str]) -> Grid:
    """An .xls file. Its formulas show as the values they had; percent formats do not show."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = {one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible}
        holding = [one for one in map(book.get_sheet_by_name, book.sheet_names) if one.height and one.width]
        filled = [one for one in holding if one.name in shown]
        if not filled:
            raise TableError(source, [problem(Reader.WORKBOOK_EMPTY)])
        place = 0
        if len(filled) > 1 and wanted:
            begins = (one.to_python(skip_empty_area=False, nrows=choosing.LOOKED_AT) for one in filled)
            found = [choosing.likeness(([str(cell) for cell in row] for row in rows), wanted) for rows in begins]
            place = choosing.meant(source, [one.name for one in filled], found)
        sheet = filled[place]
        values = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 20)
        ranges = [
            Range(top + 1, left + 1, bottom + 1, right + 1)
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        ]
        under = _under_merged(ranges, len(values), LIMITS)
    except TooMuch as fault:
        raise TableError(source, [fault.problem]) from fault
    except (CalamineError, OSError, ValueError) as fault:
        raise _unreadable(source, type(fault).__name__) from fault
    rows = []
    for number, record in enumerate(values, start=1):
        marks = under.get(number, {})
        cells = tuple(
            _cell(value if value != "" else None, "", marks.get(place), _is_error(value))
            for place, value in enumerate(record[: MOST_COLUMNS + 1], start=1)
        )
        if any(cells):
            rows.append((number, cells))
    return _grid(source, rows, other_sheets=len(holding) - 1, sheet=sheet.name if len(holding) > 1 else "")


def _is_error(value: object) -> bool:
    return isinstance(value, str) and value.startswith("#") and value.endswith(("!", "?", "/A"))


def _grid(
    source: str,
    rows: Sequence[tuple[int, tuple[str, ...]]],
    *,
    hidden: set[int] | frozenset[int] = frozenset(),
    other_sheets: int = 0,
    sheet: str = "",
    epoch_1904: bool = False,
) -> Grid:
    """Heads are the first row that fills two cells or more; lines above it are titles."""
    width = max((place + 1 for _, record in rows for place, cell in enumerate(record) if cell.strip()), default=0)
    skipped = []
    rows = list(rows)
    while width > 1 and rows and sum(bool(cell.strip()) for cell in rows[0][1]) == 1 and len(rows) > 2:
        skipped.append(rows.pop(0)[0])
    if not rows:
        raise TableError(source, [problem(Reader.WORKBOOK_EMPTY)])
    head_row, heads = rows[0]
    if any(isinstance(cell, Odd) and cell.mark is Mark.MERGED for cell in heads):
        raise TableError(source, [problem(Reader.HEADS_MERGED, row=head_row)])
    full = [(number, (*record, *[""] * (width - len(record)))[:width]) for number, record in rows[1:]]
    full = [(number, record) for number, record in full if any(cell.strip() for cell in record)]
    return Grid(
        source=source,
        head_row=head_row,
        heads=tuple(str(cell).strip() for cell in (*heads, *[""] * width)[:width]),
        rows=tuple(number for number, _ in full),
        records=tuple(record for _, record in full),
        hidden_rows=tuple(number for number, _ in full if number in hidden),
        skipped_rows=tuple(skipped),
        other_sheets=other_sheets,
        sheet=sheet,
        epoch_1904=epoch_1904,
    )
