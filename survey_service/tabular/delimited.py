"""CSV: its encoding, its delimiter, its records. Every cell stays the text that it is."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey_service.tabular.invisible import without_invisible
from survey_service.tabular.problems import TableError, TableProblem

_DELIMITERS = (",", ";", "\t", "，", "|")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_HEADS = "Row 1 must hold the heads, one line, one name per column: remove title lines above them."


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A file's cells as text, NaN where a cell is absent; ``rows``: the spreadsheet row of each."""

    heads: tuple[str, ...]
    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    notices: tuple[str, ...]


def read_delimited(source: str, data: bytes) -> Cells:
    """Raises TableError: not text, damaged bytes, a record with more or fewer cells than heads, an open quote."""
    text, encoding = decode(source, data)
    text, unseen = without_invisible(text)
    head = text.split("\n", 1)[0]
    if not head.strip():
        raise TableError(source, [TableProblem(message="the file has no heads", remedy="Row 1 names the columns.")])
    delimiter = _delimiter(head)
    heads = _heads(source, head, delimiter)
    broken, problems = _ragged(text, delimiter, heads)
    if problems:
        raise TableError(source, problems)
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=None,
            names=range(len(heads)),
            skiprows=1,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            index_col=False,
        )
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame({place: pd.Series(dtype=str) for place in range(len(heads))})
    except pd.errors.ParserError as error:
        raise TableError(source, [_open_quote(text, delimiter, heads)]) from error
    rows = np.arange(2, len(frame) + 2, dtype=np.int64)
    blank = np.asarray((frame.isna() | (frame == "")).all(axis=1))
    notices = [] if encoding == "UTF-8" else [f"read as {encoding}"]
    notices += unseen
    if broken:
        where = "; ".join(broken[:5]) + (" …" if len(broken) > 5 else "")
        notices.append(
            f"a line break stands within a cell: {where}. Where a quote was left open by mistake, the lines up to the "
            "next quote were taken as one cell"
        )
    return Cells(heads, frame.loc[~blank].reset_index(drop=True), rows[~blank], tuple(notices))


def _heads(source: str, head: str, delimiter: str) -> tuple[str, ...]:
    """The names in row 1. Raises TableError where it can hold none."""
    if head.count('"') % 2:
        problem = TableProblem(row=1, message="a head has a line break or an open quote", remedy=_HEADS)
        raise TableError(source, [problem])
    if re.fullmatch(r"sep=.", head.strip()):
        raise TableError(source, [TableProblem(row=1, message=f"“{head.strip()}” is no head", remedy=_HEADS)])
    return tuple(cell.strip() for cell in next(csv.reader([head], delimiter=delimiter)))


def decode(source: str, data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: UTF-8 (with or without mark), UTF-16 with mark, else GB 18030."""
    if data.startswith((_ZIP, _OLD_EXCEL)):
        raise TableError(
            source, [TableProblem(message="this is a workbook, not CSV", remedy="Save it as .xlsx under that ending.")]
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return _lines(data.decode("utf-16")), "UTF-16"
        except UnicodeDecodeError as error:
            row = data[: error.start].decode("utf-16", errors="ignore").count("\n") + 1
            problem = TableProblem(
                row=row, message="a character is cut in two", remedy="Export the table anew; its end may be missing."
            )
            raise TableError(source, [problem]) from None
    if b"\x00" in data:
        raise TableError(source, [TableProblem(message="this is not text", remedy="Export the table as CSV in UTF-8.")])
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
            damaged.append(
                TableProblem(
                    row=number,
                    message=f"a broken character (byte {error.start + 1} of the row), while other rows are UTF-8",
                    remedy="Export the table anew in UTF-8; a character was cut in two, or two encodings were mixed.",
                )
            )
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
        problem = TableProblem(
            row=data[: error.start].count(b"\n") + 1,
            message="text that is neither UTF-8 nor GB 18030 nor Big5",
            remedy="Export the table as CSV in UTF-8.",
        )
        raise TableError(source, [problem]) from None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _delimiter(head: str) -> str:
    """The mark that parts the heads: the commonest of the known ones outside quotes."""
    bare = re.sub(r'"[^"]*"', "", head)
    return max(_DELIMITERS, key=lambda mark: bare.count(mark))


def _ragged(text: str, delimiter: str, heads: tuple[str, ...]) -> tuple[list[str], list[TableProblem]]:
    """Where cells hold line breaks, and every record whose number of cells is not that of the heads.

    Blank lines are not records.
    """
    remedy = 'Put a cell that holds the delimiter between quotes ("…"), and close every quote.'
    width = len(heads)
    broken: list[str] = []
    problems: list[TableProblem] = []
    if '"' in text:
        widths = []
        for number, lines, record in _records(text, delimiter):
            if len(record) != width and record:
                widths.append((number, len(record)))
            for place, cell in enumerate(record if lines > 1 else ()):
                if "\n" in cell:
                    name = heads[place] if place < width else str(place + 1)
                    broken.append(f'row {number}, column "{name}"')
                    if len(record) != width:
                        said = "a quote is opened and not closed in its line"
                        problems.append(TableProblem(row=number, column=name, message=said, remedy=remedy))
    else:
        counted = [(number, line.count(delimiter) + 1) for number, line in enumerate(text.split("\n"), start=1) if line]
        widths = [(number, cells) for number, cells in counted if cells != width]
        if width == 1 and not widths and len(counted) > 1:
            _refuse_title(text, problems)
        if len(widths) > 1 and len(widths) == len(counted) - 1 and len({cells for _, cells in widths}) == 1:
            said = f"{width} heads, while the rows below all have {widths[0][1]} cells"
            return broken, [TableProblem(row=1, message=said, remedy=_HEADS)]
    problems += [
        TableProblem(row=number, message=f"{cells} cells beside {width} heads", remedy=remedy)
        for number, cells in widths
        if not any(problem.row == number for problem in problems)
    ]
    return broken, problems


def _refuse_title(text: str, problems: list[TableProblem]) -> None:
    """A title without any delimiter above heads: the lines below are parted by one."""
    below = text.split("\n", 1)[1].strip("\n").split("\n")
    for mark in _DELIMITERS:
        counts = {line.count(mark) for line in below if line}
        if len(counts) == 1 and counts != {0} and len(below) > 1:
            said = f"one head, while the rows below all have {counts.pop() + 1} cells"
            problems.append(TableProblem(row=1, message=said, remedy=_HEADS))
            return


def _records(text: str, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Every record with its number and how many lines it spans."""
    csv.field_size_limit(max(len(text) + 1, 1_000_000))  # an open quote may swallow all the rest
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    before = 0
    for number, record in enumerate(reader, start=1):
        yield number, reader.line_num - before, record
        before = reader.line_num


def _open_quote(text: str, delimiter: str, heads: tuple[str, ...]) -> TableProblem:
    """The last record: its last cell began with the quote that is never closed."""
    row, _, record = deque(_records(text, delimiter), maxlen=1)[0]
    return TableProblem(
        row=row,
        column=heads[min(len(record), len(heads)) - 1],
        message="a quote is never closed",
        remedy="Close it, or write a quote inside a cell twice.",
    )
