"""The one reader of CSV and Excel: a file becomes columns of text, and each column what its reader asks for."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey_service.tabular.limits import OWN, UPLOADED, Limits
from survey_service.tabular.notices import TableNotice
from survey_service.tabular.problems import ProblemKind, TableError, TableProblem, excerpt, problem
from survey_service.tabular.reading import read_table
from survey_service.tabular.table import Table
from survey_service.tabular.words import Read, Reader

_MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "NULL", "null", "."})
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d{2}$")
_NUMBER = re.compile(r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$", re.ASCII)
_LONGEST = 2.0**53  # above it whole numbers differ by less than a double can tell
_DATED = re.compile(r"^(?:\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{2})$")


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A file's table. ``text`` holds every cell as text without blanks at its ends, missing ones as NaN."""

    source: str
    text: pd.DataFrame
    rows: npt.NDArray[np.int64]  # the spreadsheet row of each record
    notices: tuple[TableNotice, ...]
    joined: Mapping[str, str] = field(default_factory=dict)  # column: a text that differed from another by blanks alone

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.text.columns)

    def typed(
        self, *, numbers: Sequence[str] = (), labels: Sequence[str] = ()
    ) -> tuple[pd.DataFrame, tuple[TableNotice, ...]]:
        """The named columns: ``numbers`` as floats (NaN missing), ``labels`` as text; and what was mended or is odd.

        Raises TableError with every problem of every named column.
        """
        problems: list[TableProblem] = []
        notices: list[TableNotice] = []
        found: dict[str, pd.Series[float] | pd.Series[str]] = {}
        for name in dict.fromkeys((*numbers, *labels)):
            if name not in self.text.columns:
                problems.append(problem(Reader.NO_COLUMN, column=name, columns=self.columns))
            elif name in numbers:
                found[name] = self._numbers(name, problems, notices)
            else:
                found[name] = self._labels(name, problems, notices)
        if problems:
            raise TableError(self.source, problems)
        return pd.DataFrame(found, index=self.text.index), tuple(notices)

    def row(self, position: int) -> int:
        """The spreadsheet row of the record at ``position``."""
        return int(self.rows[position])

    def _numbers(self, name: str, problems: list[TableProblem], notices: list[TableNotice]) -> pd.Series[float]:
        text = self.text[name]
        values = pd.to_numeric(text, errors="coerce").astype(np.float64)
        doubtful = _positions(values.isna() & text.notna())
        mended = 0
        for position in doubtful:
            seen = str(text.iloc[position])
            plain = unicodedata.normalize("NFKC", seen)
            if not _NUMBER.match(plain):
                problems.append(problem(_no_number(plain), row=self.row(position), column=name, seen=excerpt(seen)))
                continue
            values.iloc[position] = float(plain)
            mended += 1
        if mended:
            notices.append(TableNotice.of(Read.FULL_WIDTH_NUMBERS, column=name, count=mended))
        problems += [
            problem(Reader.TOO_MANY_DIGITS, row=self.row(position), column=name, seen=excerpt(text.iloc[position]))
            for position in _positions(values.abs() >= _LONGEST)
            if str(text.iloc[position]).lstrip("+-").isdigit()
        ]
        infinite = _positions(values.abs() == np.inf)
        problems += [problem(Reader.INFINITE, row=self.row(position), column=name) for position in infinite]
        return values

    def _labels(self, name: str, problems: list[TableProblem], notices: list[TableNotice]) -> pd.Series[str]:
        text = self.text[name]
        kinds = text.dropna().unique()
        changed = {
            seen: unicodedata.normalize("NFKC", seen)
            for seen in kinds
            if re.search(r"[０-９]", seen) and unicodedata.normalize("NFKC", seen).isascii()
        }
        if changed:
            text = text.replace(changed)
            notices.append(TableNotice.of(Read.FULL_WIDTH_LABELS, column=name, seen=next(iter(changed))))
        rounded = text.isin([seen for seen in kinds if _SCIENTIFIC.match(seen)])
        problems.extend(
            problem(Reader.ROUNDED, row=self.row(position), column=name, seen=excerpt(text.iloc[position]))
            for position in _positions(rounded)
        )
        if (blank := self.joined.get(name)) is not None:
            notices.append(TableNotice.of(Read.BLANK_ENDS, column=name, seen=blank, plain=blank.strip()))
        dated = sorted(seen for seen in kinds if _DATED.match(seen))
        if dated:
            notices.append(TableNotice.of(Read.DATE_MADE, column=name, seen=dated[0]))
        if (short := _lost_zeros(kinds)) is not None:
            notices.append(TableNotice.of(Read.LOST_ZERO, column=name, seen=short))
        return text


def _positions(mask: pd.Series[bool]) -> list[int]:
    return [int(position) for position in np.flatnonzero(np.asarray(mask))]


def read_sheet(path: Path) -> Sheet:
    """Reads a .csv, .tsv, .txt or .xlsx file. Raises TableError, and OSError where the file cannot be opened."""
    return read_sheet_bytes(path.name, path.read_bytes(), OWN)


def read_sheet_bytes(source: str, data: bytes, limits: Limits = UPLOADED) -> Sheet:
    """The same for a file that was handed over; ``source`` is its name, whose ending tells a workbook from text."""
    return sheet_of(source, read_table(source, data, limits))


def sheet_of(source: str, table: Table) -> Sheet:
    """The columns of a table. Raises TableError for heads that are missing or stand twice."""
    raw = list(zip(*table.records, strict=True)) if table.records else [()] * len(table.heads)
    columns = {place: list(map(str.strip, column)) for place, column in enumerate(raw)}
    joined = {table.heads[place]: _joined(column, columns[place]) for place, column in enumerate(raw)}
    typed = {place: pd.Series(column, dtype=str) for place, column in columns.items()}
    frame = pd.DataFrame(typed, columns=range(len(table.heads)))
    frame = frame.mask(frame.isin(_MISSING))
    problems = _heads(table.heads, frame)
    if problems:
        raise TableError(source, problems)
    kept = [place for place, head in enumerate(table.heads) if head]
    frame = frame.iloc[:, kept].set_axis([table.heads[place] for place in kept], axis=1)
    known = {head: seen for head, seen in joined.items() if head and seen is not None}
    return Sheet(source, frame, np.asarray(table.rows, dtype=np.int64), table.notices, known)


def _joined(raw: Sequence[str], stripped: Sequence[str]) -> str | None:
    """A text with blanks at its ends that is another text of the column without them; None where there is none."""
    forms: dict[str, set[str]] = {}
    for seen, plain in zip(raw, stripped, strict=True):
        if seen is not plain and plain not in _MISSING:  # strip gives the text itself where nothing was there
            forms.setdefault(plain, set()).add(seen)
    if not forms:
        return None
    bare = set(raw)
    return min((min(seen) for plain, seen in forms.items() if plain in bare or len(seen) > 1), default=None)


def _heads(heads: tuple[str, ...], frame: pd.DataFrame) -> list[TableProblem]:
    problems = [
        problem(Reader.HEAD_TWICE, row=1, column=head, count=count)
        for head, count in Counter(heads).items()
        if head and count > 1
    ]
    bare = [place for place, head in enumerate(heads) if not head and frame.iloc[:, place].notna().any()]
    if bare and sum(bool(head) for head in heads) == 1:
        return [problem(Reader.ONE_HEAD_BESIDE, row=1, count=len(bare))]
    problems += [problem(Reader.HEADLESS, row=1, place=place + 1) for place in bare]
    return problems


def _no_number(seen: str) -> ProblemKind:
    if seen.endswith("%"):
        return Reader.NUMBER_WITH_PERCENT
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", seen):
        return Reader.NUMBER_WITH_COMMAS
    if re.fullmatch(r"\d+,\d+", seen):
        return Reader.NUMBER_WITH_DECIMAL_COMMA
    return Reader.NOT_A_NUMBER


def _lost_zeros(kinds: npt.NDArray[np.object_]) -> str | None:
    """The first code that is one digit shorter than nearly all others, or None."""
    codes = sorted(seen for seen in kinds if seen.isascii() and seen.isdigit())
    if len(codes) < 3 or len(codes) < len(kinds):
        return None
    lengths = Counter(len(code) for code in codes)
    usual, count = lengths.most_common(1)[0]
    if usual < 6 or count * 2 < len(codes):
        return None
    return next((code for code in codes if len(code) == usual - 1), None)
