"""CSV: its encoding, its delimiter, its records. Every cell stays the text that it is."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from survey_service.tabular.invisible import without_invisible
from survey_service.tabular.limits import MOST_TOLD, Limits
from survey_service.tabular.notices import TableNotice, places
from survey_service.tabular.problems import TableError, TableProblem, problem
from survey_service.tabular.table import Table
from survey_service.tabular.words import Read, Reader, long_head

_DELIMITERS = (",", ";", "\t", "，", "|")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_delimited(source: str, data: bytes, limits: Limits) -> Table:
    """Raises TableError: not text, damaged bytes, a record with more or fewer cells than heads, an open quote."""
    text, encoding = decode(source, data)
    text, unseen = without_invisible(text)
    head = text.split("\n", 1)[0]
    if not head.strip():
        raise TableError(source, [problem(Reader.NO_HEADS)])
    delimiter = _delimiter(head)
    heads = _heads(source, head, delimiter)
    if len(heads) > limits.columns:
        raise TableError(source, [problem(Reader.TOO_MANY_COLUMNS, most=limits.columns)])
    if too_long := long_head(heads, limits.head):
        raise TableError(source, [too_long])
    reading = _Reading(source, heads, limits)
    for number, lines, record in reading.records(text, delimiter):
        reading.take(number, lines, record)
    if '"' not in text and (told := _misplaced_heads(text, heads, reading)):
        raise TableError(source, told)
    reading.refuse_odd()
    notices = [] if encoding == "UTF-8" else [TableNotice.of(Read.ENCODING, encoding=encoding)]
    if unseen:
        notices.append(TableNotice.of(Read.UNSEEN, count=unseen))
    if broken := reading.broken:
        notices.append(TableNotice.of(Read.LINE_BREAKS, where=places(broken[:5], more=len(broken) > 5)))
    return Table(heads, tuple(reading.rows), tuple(reading.kept), tuple(notices))


def _heads(source: str, head: str, delimiter: str) -> tuple[str, ...]:
    """The names in row 1. Raises TableError where it can hold none."""
    if head.count('"') % 2:
        raise TableError(source, [problem(Reader.HEAD_BROKEN, row=1)])
    if re.fullmatch(r"sep=.", head.strip()):
        raise TableError(source, [problem(Reader.NO_HEAD, row=1, seen=head.strip())])
    return tuple(cell.strip() for cell in next(csv.reader([head], delimiter=delimiter)))


def decode(source: str, data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: UTF-8 (with or without mark), UTF-16 with mark, else GB 18030."""
    if data.startswith((_ZIP, _OLD_EXCEL)):
        raise TableError(source, [problem(Reader.WORKBOOK_NOT_CSV)])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return _lines(data.decode("utf-16")), "UTF-16"
        except UnicodeDecodeError as error:
            row = data[: error.start].decode("utf-16", errors="ignore").count("\n") + 1
            raise TableError(source, [problem(Reader.CUT_CHARACTER, row=row)]) from None
    if b"\x00" in data:
        raise TableError(source, [problem(Reader.NOT_TEXT)])
    try:
        return _lines(data.decode("utf-8-sig")), "UTF-8"
    except UnicodeDecodeError:
        _refuse_almost_utf8(source, data)
    return _chinese(source, data)


def _refuse_almost_utf8(source: str, data: bytes) -> None:
    """Raises TableError where most is UTF-8: then a row that is not is damaged, or came from another file."""
    damaged: list[TableProblem] = []
    sound = wrong = whole = 0
    for number, line in enumerate(re.split(rb"\r\n|\n|\r", data.removeprefix(b"\xef\xbb\xbf")), start=1):
        try:
            characters = len(re.findall(r"[\u2e80-\U0003ffff]", line.decode("utf-8")))
            sound, whole = sound + characters, max(whole, characters)
        except UnicodeDecodeError as error:
            broken = line.decode("utf-8", errors="replace")
            wrong += broken.count("\ufffd")
            sound += len(re.findall(r"[\u2e80-\ufffc]", broken))
            if len(damaged) <= MOST_TOLD:
                damaged.append(problem(Reader.BROKEN_CHARACTER, row=number, byte=error.start + 1))
    # By chance, bytes of GB 18030 and of Big5 are a character of UTF-8 now and then: up to one for 6 that are none in
    # short texts, one for 25 in long ones; but not a line of six and more, and nothing else in it.
    if sound >= max(wrong, 1) or (sound >= 5 and 4 * sound >= wrong) or whole >= 6:
        raise TableError(source, damaged)


def _chinese(source: str, data: bytes) -> tuple[str, str]:
    """GB 18030, or Big5 where its common characters fit and those of GB 2312 do not."""
    pairs = re.findall(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]", data)
    simplified = sum(b"\xb0" <= pair[:1] <= b"\xf7" and pair[1:] >= b"\xa1" for pair in pairs)
    traditional = sum(b"\xa4" <= pair[:1] <= b"\xc6" for pair in pairs)
    if simplified < 0.7 * len(pairs) and traditional > 0.9 * len(pairs):
        try:
            return _lines(data.decode("big5")), "Big5"
        except UnicodeDecodeError:
            pass
    try:
        return _lines(data.decode("gb18030")), "GB 18030"
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise TableError(source, [problem(Reader.UNKNOWN_ENCODING, row=row)]) from None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _delimiter(head: str) -> str:
    """The mark that parts the heads: the commonest of the known ones outside quotes."""
    bare = re.sub(r'"[^"]*"', "", head)
    return max(_DELIMITERS, key=lambda mark: bare.count(mark))


class _Reading:
    """The records below the heads, and whatever is odd about them. Blank lines are not records."""

    def __init__(self, source: str, heads: tuple[str, ...], limits: Limits) -> None:
        self._source, self._heads, self._limits = source, heads, limits
        self.rows: list[int] = []
        self.kept: list[tuple[str, ...]] = []
        self.broken: list[tuple[int, str]] = []  # cells with a line break
        self.filled = 0  # lines that are not blank, the heads too
        self.widths: list[tuple[int, int]] = []  # row and cells of the first records that are too short or too long
        self.other_widths: set[int] = set()
        self.problems: list[TableProblem] = []
        self.odd = 0

    def records(self, text: str, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
        """Every record with its number and how many lines it spans. Raises TableError for a quote that stays open."""
        csv.field_size_limit(max(len(text) + 1, 1_000_000))  # an open quote may swallow all the rest
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter)
        before = 0
        for number, record in enumerate(reader, start=1):
            if lines.ended:  # the reader wanted more of this record and there was none
                column = self._heads[min(len(record), len(self._heads)) - 1]
                if len(record) != len(self._heads):
                    self.take(number, 2, record)
                self.refuse_odd()
                raise TableError(self._source, [_open_quote(number, column)])
            yield number, reader.line_num - before, record
            before = reader.line_num

    def take(self, number: int, lines: int, record: list[str]) -> None:
        if not record:
            return
        self.filled += 1
        width = len(self._heads)
        if len(record) != width:
            self.other_widths.add(len(record))
            self.odd += 1
            if self.odd <= MOST_TOLD + 1:
                self.widths.append((number, len(record)))
        if lines > 1:
            self._note_breaks(number, record)
        if number > 1 and len(record) == width and any(record):
            self._bound(number, record)
            self.rows.append(number)
            self.kept.append(tuple(record))

    def _note_breaks(self, number: int, record: list[str]) -> None:
        width = len(self._heads)
        for place, cell in enumerate(record):
            if "\n" in cell:
                name = self._heads[place] if place < width else str(place + 1)
                self.broken.append((number, name))
                if len(record) != width and len(self.problems) <= MOST_TOLD:
                    self.problems.append(problem(Reader.QUOTE_LEFT_OPEN, row=number, column=name))

    def _bound(self, number: int, record: list[str]) -> None:
        limits = self._limits
        if max(map(len, record)) > limits.cell:
            head = next(head for head, cell in zip(self._heads, record, strict=True) if len(cell) > limits.cell)
            raise TableError(self._source, [problem(Reader.LONG_CELL, row=number, column=head, most=limits.cell)])
        if len(self.rows) >= limits.rows:
            raise TableError(self._source, [problem(Reader.TOO_MANY_ROWS, most=limits.rows)])
        if (len(self.rows) + 1) * len(record) > limits.cells:
            raise TableError(self._source, [problem(Reader.TOO_MANY_CELLS, most=limits.cells)])

    def refuse_odd(self) -> None:
        told = {one.row for one in self.problems}
        width = len(self._heads)
        self.problems += [
            problem(Reader.CELLS_BESIDE_HEADS, row=number, cells=cells, heads=width)
            for number, cells in self.widths
            if number not in told
        ]
        if self.problems:
            raise TableError(self._source, self.problems)


class _Lines:
    """The lines of a text; ``ended`` once somebody has asked for one more than there are."""

    def __init__(self, text: str) -> None:
        self._lines = iter(io.StringIO(text))
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            return next(self._lines)
        except StopIteration:
            self.ended = True
            raise


def _misplaced_heads(text: str, heads: tuple[str, ...], reading: _Reading) -> list[TableProblem]:
    """Where all rows agree with each other and not with the first: the heads stand in another row."""
    if len(heads) == 1 and not reading.widths and reading.filled > 1:
        return _title(text)
    others = reading.other_widths
    if reading.odd > 1 and reading.odd == reading.filled - 1 and len(others) == 1:
        return [problem(Reader.HEADS_UNLIKE_ROWS, row=1, heads=len(heads), cells=next(iter(others)))]
    return []


def _title(text: str) -> list[TableProblem]:
    """A title without any delimiter above heads: the lines below are parted by one."""
    below = text.split("\n", 1)[1].strip("\n").split("\n")
    for mark in _DELIMITERS:
        counts = {line.count(mark) for line in below if line}
        if len(counts) == 1 and counts != {0} and len(below) > 1:
            return [problem(Reader.ONE_HEAD, row=1, cells=counts.pop() + 1)]
    return []


def _open_quote(row: int, column: str) -> TableProblem:
    """The last record: its last cell began with the quote that is never closed."""
    return problem(Reader.QUOTE_NEVER_CLOSED, row=row, column=column)
