"""CSV: its encoding, its delimiter, its records. Every cell stays the text that it is."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey_service.tabular.problems import TableError, TableProblem

_DELIMITERS = (",", ";", "\t", "，", "|")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


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
    head = text.split("\n", 1)[0]
    if not head.strip():
        raise TableError(source, [TableProblem(message="the file has no heads", remedy="Row 1 names the columns.")])
    delimiter = _delimiter(head)
    csv.field_size_limit(1_000_000)
    heads = tuple(cell.strip() for cell in next(csv.reader([head], delimiter=delimiter)))
    problems = _ragged(text, delimiter, len(heads))
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
        raise TableError(source, [_unreadable()]) from error
    rows = np.arange(2, len(frame) + 2, dtype=np.int64)
    blank = np.asarray((frame.isna() | (frame == "")).all(axis=1))
    notices = () if encoding == "UTF-8" else (f"read as {encoding}",)
    return Cells(heads, frame.loc[~blank].reset_index(drop=True), rows[~blank], notices)


def decode(source: str, data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: UTF-8 (with or without mark), UTF-16 with mark, else GB 18030."""
    if data.startswith((_ZIP, _OLD_EXCEL)):
        raise TableError(
            source, [TableProblem(message="this is a workbook, not CSV", remedy="Save it as .xlsx under that ending.")]
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _lines(data.decode("utf-16")), "UTF-16"
    if b"\x00" in data:
        raise TableError(source, [TableProblem(message="this is not text", remedy="Export the table as CSV in UTF-8.")])
    try:
        return _lines(data.decode("utf-8-sig")), "UTF-8"
    except UnicodeDecodeError as error:
        broken = data.decode("utf-8-sig", errors="replace")
        wrong, sound = broken.count("�"), len(re.findall(r"[\u0080-\ufffc]", broken))
        if wrong * 10 <= sound:  # almost all of it is UTF-8: a damaged file, not another encoding
            before = data[: error.start].decode("utf-8-sig", errors="replace")
            problem = TableProblem(
                row=before.count("\n") + 1,
                message=f"a broken character (byte {error.start})",
                remedy="Export the table anew in UTF-8; something cut a character in two.",
            )
            raise TableError(source, [problem]) from None
    try:
        return _lines(data.decode("gb18030")), "GB 18030"
    except UnicodeDecodeError as error:
        problem = TableProblem(
            row=data[: error.start].count(b"\n") + 1,
            message="text that is neither UTF-8 nor GB 18030",
            remedy="Export the table as CSV in UTF-8.",
        )
        raise TableError(source, [problem]) from None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _delimiter(head: str) -> str:
    """The mark that parts the heads: the commonest of the known ones outside quotes."""
    bare = re.sub(r'"[^"]*"', "", head)
    return max(_DELIMITERS, key=lambda mark: bare.count(mark))


def _ragged(text: str, delimiter: str, width: int) -> list[TableProblem]:
    """Every record whose number of cells is not that of the heads; blank lines are not records."""
    remedy = 'Put a cell that holds the delimiter between quotes ("…"), and close every quote.'
    if '"' in text:
        records = csv.reader(io.StringIO(text), delimiter=delimiter)
        widths = [(number, len(record)) for number, record in enumerate(records, start=1) if record]
    else:
        widths = [(number, line.count(delimiter) + 1) for number, line in enumerate(text.split("\n"), start=1) if line]
    return [
        TableProblem(row=number, message=f"{cells} cells beside {width} heads", remedy=remedy)
        for number, cells in widths
        if cells != width
    ]


def _unreadable() -> TableProblem:
    return TableProblem(message="a quote is never closed", remedy="Close it, or write a quote inside a cell twice.")
