"""The cells of one sheet of a workbook, in one pass over its XML: values, formulas, merged ranges, hidden rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from survey_service.tabular.book import Book, Entry
from survey_service.tabular.limits import Limits
from survey_service.tabular.markup import Damaged, Enough, TooMuch
from survey_service.tabular.number_formats import Meaning, as_date, from_iso
from survey_service.tabular.words import Reader

Value = str | int | float | bool | datetime | date | time | timedelta
MOST_ROW, MOST_COLUMN = 1_048_576, 16_384  # of Excel itself


class Cell(NamedTuple):
    """``value`` None: a formula without its value. ``error``: one of Excel's, such as #N/A."""

    column: int  # from 1
    value: Value | None
    percent: bool
    error: bool
    formula: bool


class Range(NamedTuple):
    """Rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class RawSheet:
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)  # rows with cells that say something, ascending
    merged: list[Range] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    last_row: int = 0  # also of rows that hold nothing


def holds_anything(book: Book, entry: Entry) -> bool:
    """Whether a cell has a value. What the file says of the sheet's size may be stale: it is not believed."""
    finder = _Finder()
    book.package.walk(entry.part, finder)
    return finder.found


def read_sheet_xml(book: Book, entry: Entry) -> RawSheet:
    """Raises Damaged and TooMuch."""
    reader = _Reader(book)
    book.package.walk(entry.part, reader)
    return reader.sheet


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


class _Finder:
    def __init__(self) -> None:
        self.found = False
        self._reading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._reading = name in ("v", "t")

    def end(self, name: str) -> None:
        self._reading = False

    def text(self, characters: str) -> None:
        if self._reading:
            self.found = True
            raise Enough


class _Reader:
    """Cells as they come. Only what stands in ``sheetData`` is a cell: extensions repeat the names."""

    def __init__(self, book: Book) -> None:
        self.sheet = RawSheet()
        self._book = book
        self._limits: Limits = book.limits
        self._columns: dict[str, int] = {}
        self._within = False
        self._row = self._column = 0
        self._cells: list[Cell] = []
        self._count = 0
        self._characters = self._limits.characters
        # Of the cell that is being read:
        self._kind, self._style, self._formula, self._aside = "n", 0, False, False
        self._parts: list[str] = []
        self._reading = False

    # ------------------------------------------------------------------ elements

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._within:
            if name == "sheetData":
                self._within = True
            elif name == "mergeCell":
                self._merge(attributes.get("ref", ""))
        elif name == "c":
            self._begin_cell(attributes)
        elif name == "v":
            self._reading = self._kind != "inlineStr"
        elif name == "t":
            self._reading = self._kind == "inlineStr" and not self._aside
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._aside = True
        elif name == "row":
            self._begin_row(attributes)

    def end(self, name: str) -> None:
        if not self._within:
            return
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._reading = False
        elif name == "rPh":
            self._aside = False
        elif name == "row":
            if self._cells:
                self.sheet.rows.append((self._row, self._cells))
                if len(self.sheet.rows) > self._limits.rows + 20:
                    raise TooMuch(Reader.TOO_MANY_ROWS, most=self._limits.rows)
        elif name == "sheetData":
            self._within = False

    def text(self, characters: str) -> None:
        if self._reading:
            self._parts.append(characters)

    # ------------------------------------------------------------------ rows and cells

    def _begin_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        row = self._row + 1 if given is None else _whole(given)
        if not self._row < row <= MOST_ROW:
            raise Damaged(f"row {row} stands below row {self._row}" if row <= self._row else "it has too many rows")
        self._row, self._column, self._cells = row, 0, []
        self.sheet.last_row = row
        if attributes.get("hidden") in ("1", "true"):
            self.sheet.hidden.add(row)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = self._column + 1 if reference is None else self._column_of(reference)
        if column <= self._column:
            raise Damaged(f"two cells of row {self._row} stand in one place")
        self._column = column
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s") or 0)
        self._formula = self._aside = self._reading = False
        self._parts = []

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        found = self._columns.get(letters)
        if found is None:
            if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
                raise Damaged(f"a cell stands at {reference[:20]}")
            found = self._columns[letters] = column_number(letters.upper())
            if found > MOST_COLUMN:
                raise Damaged("it has too many columns")
        return found

    def _end_cell(self) -> None:
        raw = "".join(self._parts)
        if not raw and not self._formula and self._kind != "inlineStr":
            return
        self._count += 1
        if self._count > self._limits.cells:
            raise TooMuch(Reader.TOO_MANY_CELLS, most=self._limits.cells)
        if self._column > self._limits.columns:
            raise TooMuch(Reader.TOO_MANY_COLUMNS, most=self._limits.columns)
        value, percent, error = self._value(raw) if raw or self._kind == "inlineStr" else (None, False, False)
        if isinstance(value, str):
            self._bound(value)
        self._cells.append(Cell(self._column, value, percent, error, self._formula))

    def _bound(self, value: str) -> None:
        self._characters -= len(value)
        if len(value) > self._limits.cell:
            cell = f"{column_letters(self._column)}{self._row}"
            raise TooMuch(Reader.LONG_NAMED_CELL, cell=cell, most=self._limits.cell)
        if self._characters < 0:
            raise TooMuch(Reader.TOO_MUCH_TEXT)

    def _value(self, raw: str) -> tuple[Value | None, bool, bool]:
        """The value, whether it is shown as a percentage, whether it is an error."""
        match self._kind:
            case "n":
                return self._number(raw)
            case "s":
                shared, place = self._book.shared, _whole(raw.strip())
                if place >= len(shared):
                    raise Damaged("a cell names a text that the workbook does not hold")
                return shared[place], False, False
            case "b":
                return bool(int(raw)), False, False
            case "e":
                return raw, False, True
            case "d":
                return from_iso(raw), False, False
        return raw, False, False  # str, inlineStr

    def _number(self, raw: str) -> tuple[Value, bool, bool]:
        number = float(raw) if "." in raw or "E" in raw or "e" in raw else int(raw)
        meanings = self._book.meanings
        means = meanings[self._style] if self._style < len(meanings) else Meaning.PLAIN
        if means in (Meaning.DATE, Meaning.DURATION):
            try:
                made = as_date(number, self._book.epoch, duration=means is Meaning.DURATION)
            except (OverflowError, ValueError):
                return "#VALUE!", False, True
            return made, False, False
        return number, means is Meaning.PERCENT, False

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        corners = [(_whole(one.lstrip(_LETTERS)), self._column_of(one)) for one in (first, last or first)]
        self.sheet.merged.append(Range(*corners[0], *corners[1]))
        if len(self.sheet.merged) > self._limits.merged:
            raise TooMuch(Reader.TOO_MANY_MERGED_RANGES, most=self._limits.merged)


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Damaged("a number of a row or of a text is none")
    return int(text)
