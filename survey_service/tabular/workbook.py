"""Excel workbooks (.xlsx): values as text, merged cells and formulas that were never calculated refused."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd

from survey_service.tabular.delimited import Cells
from survey_service.tabular.invisible import without_invisible
from survey_service.tabular.problems import TableError, TableProblem

_MOST_BYTES = 600_000_000  # unpacked; a workbook of two million cells has about 100 MB
_MOST_RATIO = 300
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?"')
_UNCALCULATED = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')
_EXACT = 10**15  # Excel keeps 15 digits


def read_workbook(source: str, data: bytes) -> Cells:
    """The first sheet that holds anything. Raises TableError naming every cell that cannot be taken at its word."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _bounded(source, data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        problem = TableProblem(message=f"not a workbook that can be opened ({error})", remedy="Save it anew as .xlsx.")
        raise TableError(source, [problem]) from error
    notices: list[str] = []
    try:
        filled = [sheet for sheet in book.worksheets if _holds_anything(sheet)]
        records = [list(record) for record in filled[0].iter_rows(values_only=True)] if filled else []
    except (SyntaxError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:  # faults of its XML
        problem = TableProblem(message=f"the workbook is damaged ({error})", remedy="Save it anew as .xlsx.")
        raise TableError(source, [problem]) from error
    if not filled:
        raise TableError(source, [TableProblem(message="the workbook is empty", remedy="Row 1 names the columns.")])
    sheet = filled[0]
    if len(filled) > 1:
        notices.append(f'the sheet "{sheet.title}" was read, the other {len(filled) - 1} were not')
    if not any(cell is not None for cell in records[0]):
        raise TableError(source, [TableProblem(row=1, message="no heads", remedy="Row 1 names the columns.")])
    width = max((place + 1 for record in records for place, cell in enumerate(record) if cell is not None), default=0)
    records, unseen = _without_invisible(records)
    notices += unseen
    heads = tuple(_text(cell).strip() for cell in [*records[0], *[None] * width][:width])
    path = str(sheet._worksheet_path)  # type: ignore[attr-defined]  # where the read-only sheet's XML lies
    problems = _structure(data, path, heads)
    cells, rows = [], []
    for number, record in enumerate(records[1:], start=2):
        kept = [*record[:width], *[None] * (width - len(record))]
        if any(cell is not None and cell != "" for cell in kept):
            rows.append(number)
            cells.append([_text(cell) for cell in kept])
            problems += _cell_problems(kept, number, heads)
    if problems:
        raise TableError(source, problems)
    frame = pd.DataFrame(cells, columns=range(width), dtype=str)
    return Cells(heads, frame, np.array(rows, dtype=np.int64), tuple(notices))


def _without_invisible(records: list[list[Any]]) -> tuple[list[list[Any]], list[str]]:
    """The records without zero-width characters, and a notice if there were any."""
    count = 0
    for record in records:
        for place, cell in enumerate(record):
            if isinstance(cell, str) and not cell.isascii():
                record[place] = without_invisible(cell)[0]
                count += len(cell) - len(record[place])
    return records, [f"{count} invisible characters (zero-width) were left out"] if count else []


def _holds_anything(sheet: Any) -> bool:
    """Whether a cell has a value. What the file says of the sheet's size may be stale, so it is not believed."""
    sheet.reset_dimensions()
    return any(cell is not None for record in sheet.iter_rows(values_only=True) for cell in record)


def _bounded(source: str, data: bytes) -> None:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        problem = TableProblem(
            message="not an .xlsx workbook", remedy="Save it as .xlsx (old .xls and renamed files cannot be read)."
        )
        raise TableError(source, [problem])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > _MOST_BYTES or unpacked > _MOST_RATIO * max(len(data), 100_000):
        problem = TableProblem(
            message=f"the workbook unpacks to {unpacked // 1_000_000} MB", remedy="Export the one sheet as CSV."
        )
        raise TableError(source, [problem])


def _structure(data: bytes, path: str, heads: tuple[str, ...]) -> list[TableProblem]:
    """Merged cells and formulas without a value, which the values alone do not show."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(path.lstrip("/"))
    problems: list[TableProblem] = []
    for first_column, first_row, last_column, last_row in _MERGED.findall(xml):
        first, last = first_column + first_row, (last_column or first_column) + (last_row or first_row)
        problems.append(
            TableProblem(
                row=int(first_row),
                column=_head(heads, first_column.decode()),
                message=f"cells are merged ({first.decode()}:{last.decode()})",
                remedy="Unmerge them and write the value into every row.",
            )
        )
    problems += [
        TableProblem(
            row=int(row),
            column=_head(heads, column.decode()),
            message="a formula that was never calculated",
            remedy="Open the workbook in Excel, let it calculate and save it, or paste the values.",
        )
        for column, row in _UNCALCULATED.findall(xml)
    ]
    return problems


def _head(heads: tuple[str, ...], letters: str) -> str:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return heads[place - 1] if place <= len(heads) and heads[place - 1] else letters


def _cell_problems(cells: Sequence[object], row: int, heads: tuple[str, ...]) -> list[TableProblem]:
    found: list[TableProblem] = []
    for head, cell in zip(heads, cells, strict=True):
        if (
            isinstance(cell, str)
            and cell.startswith("#")
            and cell.rstrip("!?").isupper()
            and cell.endswith(("!", "?", "A"))
        ):
            found.append(
                TableProblem(row=row, column=head, message=f"Excel's error {cell}", remedy="Correct the formula.")
            )
        elif isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= _EXACT:
            found.append(
                TableProblem(
                    row=row,
                    column=head,
                    message=f"{cell:.0f} has more than 15 digits: Excel zeroed the last",
                    remedy="Format the column as text before the numbers go in, and fill it anew.",
                )
            )
    return found


def _text(cell: object) -> str:
    """A cell as text: whole numbers without a decimal point, dates as 2026-11-21."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
