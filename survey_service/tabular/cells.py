"""Tables cell by cell: every cell as the text it shows, and a mark on those that a spreadsheet made something else of.

``read_sheet`` refuses what it cannot take at its word; here such a cell is handed on with its mark, because whoever
takes in answers must know whether it stands in a column that matters.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from survey_service.tabular.invisible import without_invisible
from survey_service.tabular.problems import TableError, TableProblem

MOST_ROWS = 20_000
MOST_COLUMNS = 500
MOST_UNPACKED = 300_000_000  # bytes of a workbook's XML
_EXACT = 10**15  # Excel keeps 15 digits
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f')
_UNCALCULATED = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_FAR = rb'<c r="(?:[A-Z]{3}|[T-Z][A-Z]|S[G-Z])\d+"'  # beyond SF, the 500th column
_FAR_CELL, _FAR_VALUE = re.compile(_FAR), re.compile(_FAR + rb"[^>]*>\s*<(?:v|is|f)")
_HIDDEN = re.compile(rb'<row\s(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')


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


def read_cells(source: str, data: bytes) -> Grid:
    """A .csv, .tsv, .txt, .xlsx or .xls file, told by its bytes. Raises TableError, with every problem where it can."""
    if data.startswith(_OLD_EXCEL):
        return _bounded(source, _old_workbook(source, data))
    if data.startswith(b"PK"):
        return _bounded(source, _workbook(source, data))
    if len(data) == 0:
        raise TableError(
            source, [TableProblem(message="the file is empty", remedy="Choose the file with the answers.")]
        )
    return _bounded(source, _text(source, data))


def _bounded(source: str, grid: Grid) -> Grid:
    if len(grid.records) > MOST_ROWS:
        said = f"more than {MOST_ROWS} rows"
        raise TableError(source, [TableProblem(message=said, remedy="Split the file and take in the parts.")])
    if len(grid.heads) > MOST_COLUMNS:
        raise TableError(source, [_too_wide()])
    if not any(grid.heads):
        raise TableError(source, [TableProblem(message="the file has no heads", remedy="Row 1 names the columns.")])
    if not grid.records:
        raise TableError(source, [TableProblem(message="no rows below the heads", remedy="Export the answers anew.")])
    return grid


# ------------------------------------------------------------------ text


def _text(source: str, data: bytes) -> Grid:
    from survey_service.tabular.delimited import read_delimited

    cells = read_delimited(source, data)
    frame = cells.frame.fillna("")
    records = tuple(tuple(str(cell).strip() for cell in record) for record in frame.itertuples(index=False, name=None))
    encoding = next((one.removeprefix("read as ") for one in cells.notices if one.startswith("read as ")), "UTF-8")
    return Grid(
        source=source,
        head_row=1,
        heads=cells.heads,
        rows=tuple(int(row) for row in cells.rows),
        records=records,
        encoding=encoding,
        unseen=sum(int(one.split()[0]) for one in cells.notices if "zero-width" in one),
        broken=tuple(one for one in cells.notices if one.startswith("a line break")),
    )


# ------------------------------------------------------------------ workbooks


def _workbook(source: str, data: bytes) -> Grid:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _refuse_bomb(source, data)
    faults = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, SyntaxError, EOFError, zlib.error)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if getattr(sheet, "sheet_state", "visible") == "visible"]
        filled = [sheet for sheet in sheets if _holds_anything(sheet)]
        if not filled:
            raise TableError(source, [TableProblem(message="the workbook is empty", remedy="Row 1 names the columns.")])
        sheet = filled[0]
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xml = archive.read(str(sheet._worksheet_path).lstrip("/"))  # type: ignore[attr-defined] # of the read-only sheet
        if _FAR_VALUE.search(xml):
            raise TableError(source, [_too_wide()])
        marks = _marks(xml)
        rows = [(number, record) for number, record in _rows(sheet, marks, xml) if any(record)]
    except faults as error:
        said = f"the workbook cannot be read ({type(error).__name__})"
        raise TableError(source, [TableProblem(message=said, remedy="Save it anew as .xlsx.")]) from error
    hidden = {int(row) for row in _HIDDEN.findall(xml)}
    return _grid(
        source,
        rows,
        hidden=hidden,
        other_sheets=len(filled) - 1,
        epoch_1904=book.epoch.year == 1904,
    )


def _refuse_bomb(source: str, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        said = "the workbook cannot be read (BadZipFile)"
        raise TableError(source, [TableProblem(message=said, remedy="Save it anew as .xlsx.")]) from error
    if unpacked > MOST_UNPACKED or unpacked > 300 * max(len(data), 100_000):
        said = f"the workbook unpacks to {unpacked // 1_000_000} MB"
        raise TableError(source, [TableProblem(message=said, remedy="Export the one sheet as CSV.")])


def _holds_anything(sheet: Any) -> bool:
    """Whether a cell has a value. What the file says of the sheet's size may be stale: it is not believed."""
    sheet.reset_dimensions()
    return any(cell is not None for record in sheet.iter_rows(values_only=True) for cell in record)


def _too_wide() -> TableProblem:
    return TableProblem(message=f"more than {MOST_COLUMNS} columns", remedy="Remove the columns that hold no answers.")


def _marks(xml: bytes) -> dict[tuple[int, int], Mark]:
    """Marks that the values alone do not show, by row and column from 1."""
    found: dict[tuple[int, int], Mark] = {}
    for letters, row in _FORMULA.findall(xml):
        found[int(row), column_number(letters.decode())] = Mark.FORMULA
    for letters, row in _UNCALCULATED.findall(xml):
        found[int(row), column_number(letters.decode())] = Mark.UNCALCULATED
    for first, top, last, bottom in _MERGED.findall(xml):
        columns = range(column_number(first.decode()), min(column_number(last.decode()), MOST_COLUMNS) + 1)
        for row in range(int(top), min(int(bottom), int(top) + MOST_ROWS) + 1):
            for column in columns:
                found.setdefault((row, column), Mark.MERGED)
    return found


def _rows(sheet: Any, marks: dict[tuple[int, int], Mark], xml: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    held = 0
    # Cells without a value may be formatted as far as column XFD; a bound pads every row, so it is set only for them.
    widest = MOST_COLUMNS if _FAR_CELL.search(xml) else None
    for number, record in enumerate(sheet.iter_rows(max_col=widest), start=1):
        cells = tuple(
            _cell(cell.value, str(cell.number_format or ""), marks.get((number, place)), cell.data_type == "e")
            if cell.value is not None or (number, place) in marks
            else ""
            for place, cell in enumerate(record, start=1)
        )
        if any(cells):
            held += 1
            yield number, cells
        if held > MOST_ROWS + 20:
            return


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


def _old_workbook(source: str, data: bytes) -> Grid:
    """An .xls file. Its formulas show as the values they had; percent formats do not show."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        filled = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height and sheet.width:
                filled.append(sheet)
        if not filled:
            raise TableError(source, [TableProblem(message="the workbook is empty", remedy="Row 1 names the columns.")])
        sheet = filled[0]
        merged: dict[tuple[int, int], Mark] = {}
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
            for row in range(top, bottom + 1):
                for column in range(left, min(right, MOST_COLUMNS) + 1):
                    merged[row, column] = Mark.MERGED
        values = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 20)
    except (CalamineError, OSError, ValueError) as error:
        said = f"the workbook cannot be read ({type(error).__name__})"
        raise TableError(source, [TableProblem(message=said, remedy="Save it anew as .xlsx.")]) from error
    rows = []
    for number, record in enumerate(values):
        cells = tuple(
            _cell(value if value != "" else None, "", merged.get((number, place)), _is_error(value))
            for place, value in enumerate(record[: MOST_COLUMNS + 1])
        )
        if any(cells):
            rows.append((number + 1, cells))
    return _grid(source, rows, other_sheets=len(filled) - 1)


def _is_error(value: object) -> bool:
    return isinstance(value, str) and value.startswith("#") and value.endswith(("!", "?", "/A"))


def _grid(
    source: str,
    rows: Sequence[tuple[int, tuple[str, ...]]],
    *,
    hidden: set[int] | frozenset[int] = frozenset(),
    other_sheets: int = 0,
    epoch_1904: bool = False,
) -> Grid:
    """Heads are the first row that fills two cells or more; lines above it are titles."""
    width = max((place + 1 for _, record in rows for place, cell in enumerate(record) if cell.strip()), default=0)
    skipped = []
    rows = list(rows)
    while width > 1 and rows and sum(bool(cell.strip()) for cell in rows[0][1]) == 1 and len(rows) > 2:
        skipped.append(rows.pop(0)[0])
    if not rows:
        raise TableError(source, [TableProblem(message="the workbook is empty", remedy="Row 1 names the columns.")])
    head_row, heads = rows[0]
    if any(isinstance(cell, Odd) and cell.mark is Mark.MERGED for cell in heads):
        remedy = "Write one head into each column, in one row, and unmerge the cells."
        raise TableError(source, [TableProblem(row=head_row, message="the heads are merged cells", remedy=remedy)])
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
        epoch_1904=epoch_1904,
    )


def column_number(letters: str) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
