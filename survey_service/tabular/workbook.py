"""Excel workbooks (.xlsx): values as text, merged cells and formulas that were never calculated refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from survey_service.tabular import choosing
from survey_service.tabular.book import Book
from survey_service.tabular.invisible import without_invisible
from survey_service.tabular.limits import Limits
from survey_service.tabular.markup import Damaged, TooMuch
from survey_service.tabular.notices import TableNotice
from survey_service.tabular.problems import TableError, TableProblem, excerpt, problem
from survey_service.tabular.sheet_xml import Cell, RawSheet, column_letters, holds_anything, read_sheet_xml
from survey_service.tabular.table import Table
from survey_service.tabular.words import Read, Reader, long_head

_EXACT = 10**15  # Excel keeps 15 digits


def read_workbook(source: str, data: bytes, limits: Limits, wanted: Sequence[str] = ()) -> Table:
    """The sheet whose heads are ``wanted``, else the first that holds anything, shown ones before hidden ones.

    Raises TableError naming every cell that cannot be taken at its word.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise TableError(source, [problem(Reader.NO_WORKBOOK)])
    try:
        book = Book(data, limits)
        filled = [entry for entry in book.sheets if holds_anything(book, entry)]
        left_out = len(filled) - 1
        if not filled:
            raise TableError(source, [problem(Reader.WORKBOOK_EMPTY)])
        filled = [entry for entry in filled if entry.shown] or filled
        place = 0
        if len(filled) > 1 and wanted:
            found = [choosing.likeness(_begin(read_sheet_xml(book, entry)), wanted) for entry in filled]
            place = choosing.meant(source, [entry.name for entry in filled], found)
        raw = read_sheet_xml(book, filled[place])
    except TooMuch as fault:
        raise TableError(source, [fault.problem]) from fault
    except Damaged as fault:
        raise TableError(source, [problem(Reader.WORKBOOK_DAMAGED, why=str(fault))]) from fault
    notices = [TableNotice.of(Read.OTHER_SHEETS, sheet=filled[place].name, count=left_out)] if left_out else []
    return _table(source, raw, notices, limits.head)


def _begin(raw: RawSheet) -> list[list[str]]:
    rows = raw.rows[: choosing.LOOKED_AT]
    return [[_text(cell.value) for cell in cells if cell.value is not None] for _, cells in rows]


def _table(source: str, raw: RawSheet, notices: list[TableNotice], most_in_head: int) -> Table:
    head_row, head_cells = raw.rows[0] if raw.rows else (0, [])
    if head_row != 1 or not any(cell.value is not None for cell in head_cells):
        raise TableError(source, [problem(Reader.NO_HEADS, row=1)])
    width = max((cell.column for _, cells in raw.rows for cell in cells if cell.value is not None), default=0)
    unseen = _Unseen()
    heads = tuple(one.strip() for one in _texts(head_cells, width, unseen))
    if too_long := long_head(heads, most_in_head):
        raise TableError(source, [too_long])
    problems = [*_merged(raw, heads), *_uncalculated(raw, heads)]
    records, rows = [], []
    for row, cells in raw.rows[1:]:
        record = _texts(cells, width, unseen)
        if any(record):
            rows.append(row)
            records.append(record)
            problems += _cell_problems(cells, row, heads)
    if problems:
        raise TableError(source, problems)
    if unseen.count:
        notices.append(TableNotice.of(Read.UNSEEN, count=unseen.count))
    return Table(heads, tuple(rows), tuple(records), tuple(notices))


class _Unseen:
    count = 0


def _texts(cells: Sequence[Cell], width: int, unseen: _Unseen) -> tuple[str, ...]:
    """Cells as text, without zero-width characters."""
    record = [""] * width
    for cell in cells:
        if cell.value is not None:
            shown = _text(cell.value)
            if not shown.isascii():
                clean = without_invisible(shown)[0]
                unseen.count += len(shown) - len(clean)
                shown = clean
            record[cell.column - 1] = shown
    return tuple(record)


def _merged(raw: RawSheet, heads: tuple[str, ...]) -> Iterator[TableProblem]:
    for one in raw.merged:
        first, last = (f"{column_letters(place)}{row}" for place, row in ((one.left, one.top), (one.right, one.bottom)))
        yield problem(Reader.MERGED, row=one.top, column=_head(heads, one.left), range=f"{first}:{last}")


def _uncalculated(raw: RawSheet, heads: tuple[str, ...]) -> Iterator[TableProblem]:
    for row, cells in raw.rows:
        for cell in cells:
            if cell.formula and cell.value is None:
                yield problem(Reader.UNCALCULATED, row=row, column=_head(heads, cell.column))


def _head(heads: tuple[str, ...], column: int) -> str:
    return heads[column - 1] if column <= len(heads) and heads[column - 1] else column_letters(column)


def _cell_problems(cells: Sequence[Cell], row: int, heads: tuple[str, ...]) -> Iterator[TableProblem]:
    for cell in cells:
        value, head = cell.value, heads[cell.column - 1] if cell.value is not None else ""
        if (
            isinstance(value, str)
            and value.startswith("#")
            and value.rstrip("!?").isupper()
            and value.endswith(("!", "?", "A"))
        ):
            yield problem(Reader.EXCEL_ERROR, row=row, column=head, seen=excerpt(value))
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= _EXACT:
            yield problem(Reader.LONG_NUMBER, row=row, column=head, seen=f"{value:.0f}")


def _text(value: object) -> str:
    """A cell as text: whole numbers without a decimal point, dates as 2026-11-21."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
