"""Web pages that call themselves .xls: exports of older systems. Read from left to right, tag by tag.

Nothing here turns back: each mark is looked for once, and what is never closed ends the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from survey_service.tabular.problems import ProblemKind, TableError, problem
from survey_service.tabular.words import Reader

_HEAD = 2_048  # bytes in which a page says what it is
_STOP = re.compile(r"[>\"']")
_BLANKS = re.compile(r"\s+")
_SKIPPED = ("script", "style", "title")
_SKIPPED_END = re.compile(r"</(?:script|style|title)", re.IGNORECASE)


def is_markup(data: bytes) -> bool:
    """Whether these bytes are a web page, an XML spreadsheet or a web archive, whatever the file is called."""
    begin = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if begin.startswith(b"mime-version:"):
        return True
    return begin.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<?xml", b"<style"))


@dataclass(slots=True)
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    merged: int = 0  # the first row with cells that span others and stand beside others


def read_markup(source: str, data: bytes, most_rows: int, most_columns: int) -> tuple[list[tuple[str, ...]], int]:
    """Rows of the longest table, and how many other tables hold something. Raises TableError."""
    begin = data[:_HEAD].lower()
    if begin.lstrip().startswith(b"mime-version:"):
        raise _refused(source, Reader.WEB_ARCHIVE)
    if b"urn:schemas-microsoft-com:office:spreadsheet" in begin or b"<?xml" in begin[:64]:
        raise _refused(source, Reader.XML_OF_2003)
    tables = [one for one in _tables(source, _decoded(source, data, begin), most_rows, most_columns) if one.rows]
    if not tables:
        raise _refused(source, Reader.NO_TABLE)
    longest = max(tables, key=lambda one: (len(one.rows), sum(map(len, one.rows))))
    if longest.merged:
        raise TableError(source, [problem(Reader.WEB_MERGED, row=longest.merged)])
    return [tuple(row) for row in longest.rows], len(tables) - 1


def _refused(source: str, what: ProblemKind) -> TableError:
    return TableError(source, [problem(what)])


def _decoded(source: str, data: bytes, begin: bytes) -> str:
    from survey_service.tabular.delimited import decode

    said = begin.partition(b"charset=")[2].lstrip(b"\"' ")
    if said.startswith((b"gb2312", b"gbk", b"gb18030")):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return decode(source, data)[0]


def _tables(source: str, text: str, most_rows: int, most_columns: int) -> list[_Table]:
    found: list[_Table] = []
    table: _Table | None = None
    row: list[str] | None = None
    cell: list[str] | None = None
    spans = 0

    def end_cell() -> None:
        nonlocal cell
        if row is not None and cell is not None and len(row) <= most_columns:
            row.append(html.unescape("".join(cell)).replace("\xa0", " ").strip())
        cell = None

    def end_row() -> None:
        nonlocal row, spans
        end_cell()
        if table is not None and row and len(table.rows) < most_rows:
            table.rows.append(row)
            if spans and len(row) > 1 and not table.merged:
                table.merged = len(table.rows)
        row, spans = None, 0

    for tag, words in _parts(text):
        if not tag:
            if cell is not None:
                cell.append(_BLANKS.sub(" ", words))
        elif tag == "table":
            if cell is not None:
                raise _refused(source, Reader.TABLE_IN_TABLE)
            table = _Table()
            found.append(table)
        elif tag == "/table":
            end_row()
            table = None
        elif tag in ("tr", "/tr"):
            end_row()
            row = [] if tag == "tr" else None
        elif tag in ("td", "th"):
            end_cell()
            row, cell = [] if row is None else row, []
            spans += _spans(words)
        elif tag in ("/td", "/th"):
            end_cell()
        elif tag in ("br", "p", "div") and cell is not None:
            cell.append("\n")
    end_row()
    return found


def _spans(attributes: str) -> bool:
    """Whether a cell spans others: colspan or rowspan of more than 1."""
    low = attributes.lower()
    for name in ("colspan", "rowspan"):
        after = low.partition(name)[2].lstrip()
        if after.startswith("="):
            number = after[1:].lstrip("\"' ")[:4]
            digits = number[: len(number) - len(number.lstrip("0123456789"))]
            if digits and int(digits) > 1:
                return True
    return False


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Tags in small letters with what stands in them; texts between them with an empty tag."""
    place = 0
    while place < len(text):
        begin = text.find("<", place)
        if begin < 0:
            yield "", text[place:]
            return
        if begin > place:
            yield "", text[place:begin]
        if text.startswith("<!--", begin):
            close = text.find("-->", begin + 4)
            if close < 0:
                return
            place = close + 3
            continue
        follows = text[begin + 1 : begin + 2]
        if not (follows.isalpha() or follows in ("/", "!", "?")) or not follows:
            yield "", "<"
            place = begin + 1
            continue
        end = _end(text, begin + 1)
        if end < 0:
            return
        name, *attributes = text[begin + 1 : end].split(None, 1)
        tag = name.lower() if name.startswith("/") else name.rstrip("/").lower()
        yield tag, attributes[0] if attributes else ""
        place = end + 1
        if tag in _SKIPPED:
            match = _SKIPPED_END.search(text, place)
            if match is None:
                return
            place = match.start()


def _end(text: str, place: int) -> int:
    """Where the tag closes; what stands in quotes does not close it. -1: never."""
    while True:
        match = _STOP.search(text, place)
        if match is None:
            return -1
        if match.group() == ">":
            return match.start()
        close = text.find(match.group(), match.end())
        if close < 0:
            return -1
        place = close + 1
