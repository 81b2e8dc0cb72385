"""The one reader of CSV and Excel: a file becomes columns of text, and each column what its reader asks for."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey_service.tabular.limits import OWN, UPLOADED, Limits
from survey_service.tabular.problems import TableError, TableProblem, excerpt
from survey_service.tabular.reading import read_table
from survey_service.tabular.table import Table

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
    notices: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.text.columns)

    def typed(self, *, numbers: Sequence[str] = (), labels: Sequence[str] = ()) -> tuple[pd.DataFrame, tuple[str, ...]]:
        """The named columns: ``numbers`` as floats (NaN missing), ``labels`` as text; and what was mended or is odd.

        Raises TableError with every problem of every named column.
        """
        problems: list[TableProblem] = []
        notices: list[str] = []
        found: dict[str, pd.Series[float] | pd.Series[str]] = {}
        for name in dict.fromkeys((*numbers, *labels)):
            if name not in self.text.columns:
                remedy = f"The columns are: {', '.join(self.columns)}."
                problems.append(TableProblem(column=name, message="there is no such column", remedy=remedy))
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

    def _numbers(self, name: str, problems: list[TableProblem], notices: list[str]) -> pd.Series[float]:
        text = self.text[name]
        values = pd.to_numeric(text, errors="coerce").astype(np.float64)
        doubtful = _positions(values.isna() & text.notna())
        mended = 0
        for position in doubtful:
            seen = str(text.iloc[position])
            plain = unicodedata.normalize("NFKC", seen)
            if not _NUMBER.match(plain):
                problems.append(
                    TableProblem(
                        row=self.row(position),
                        column=name,
                        message=f"“{excerpt(seen)}” is not a number",
                        remedy=_advice(plain),
                    )
                )
                continue
            values.iloc[position] = float(plain)
            mended += 1
        if mended:
            notices.append(f"{name}: {mended} numbers in full-width digits were read as plain ones")
        problems += [
            TableProblem(
                row=self.row(position),
                column=name,
                message=f"“{excerpt(text.iloc[position])}” has more digits than a number keeps",
                remedy="A number this long is a label: leave it out, or ask for shares.",
            )
            for position in _positions(values.abs() >= _LONGEST)
            if str(text.iloc[position]).lstrip("+-").isdigit()
        ]
        infinite = _positions(values.abs() == np.inf)
        problems += [
            TableProblem(
                row=self.row(position), column=name, message="the number is infinite", remedy="Write a finite number."
            )
            for position in infinite
        ]
        return values

    def _labels(self, name: str, problems: list[TableProblem], notices: list[str]) -> pd.Series[str]:
        text = self.text[name]
        kinds = text.dropna().unique()
        changed = {
            seen: unicodedata.normalize("NFKC", seen)
            for seen in kinds
            if re.search(r"[０-９]", seen) and unicodedata.normalize("NFKC", seen).isascii()
        }
        if changed:
            text = text.replace(changed)
            notices.append(f"{name}: full-width digits were read as plain ones ({next(iter(changed))})")
        rounded = text.isin([seen for seen in kinds if _SCIENTIFIC.match(seen)])
        problems.extend(
            TableProblem(
                row=self.row(position),
                column=name,
                message=f"“{excerpt(text.iloc[position])}” is a long number that Excel has rounded; its last digits "
                "are lost",
                remedy="Export anew with the column formatted as text; it cannot be mended here.",
            )
            for position in _positions(rounded)
        )
        dated = sorted(seen for seen in kinds if _DATED.match(seen))
        if dated:
            notices.append(f"{name}: “{dated[0]}” looks like a code that Excel turned into a date")
        if (short := _lost_zeros(kinds)) is not None:
            notices.append(f"{name}: “{short}” is shorter than the other codes; Excel drops leading zeros")
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
    columns = {
        place: pd.Series(list(map(str.strip, column)), dtype=str)
        for place, column in enumerate(zip(*table.records, strict=True) if table.records else ((),) * len(table.heads))
    }
    frame = pd.DataFrame(columns, columns=range(len(table.heads)))
    frame = frame.mask(frame.isin(_MISSING))
    problems = _heads(table.heads, frame)
    if problems:
        raise TableError(source, problems)
    kept = [place for place, head in enumerate(table.heads) if head]
    frame = frame.iloc[:, kept].set_axis([table.heads[place] for place in kept], axis=1)
    return Sheet(source, frame, np.asarray(table.rows, dtype=np.int64), table.notices)


def _heads(heads: tuple[str, ...], frame: pd.DataFrame) -> list[TableProblem]:
    problems = [
        TableProblem(row=1, column=head, message=f"{count} columns have this head", remedy="Give every column its own.")
        for head, count in Counter(heads).items()
        if head and count > 1
    ]
    bare = [place for place, head in enumerate(heads) if not head and frame.iloc[:, place].notna().any()]
    if bare and sum(bool(head) for head in heads) == 1:
        remedy = "Row 1 must hold the heads, one name per column: remove title lines above them."
        return [TableProblem(row=1, message=f"one head beside {len(bare)} columns of values without", remedy=remedy)]
    problems += [
        TableProblem(row=1, message=f"column {place + 1} has values but no head", remedy="Name it, or remove it.")
        for place in bare
    ]
    return problems


def _advice(seen: str) -> str:
    if seen.endswith("%"):
        return "Write a share as 0.85, without the percent sign."
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", seen):
        return "Write it without the commas between thousands."
    if re.fullmatch(r"\d+,\d+", seen):
        return "Write a decimal point, not a comma."
    return "Write a plain number such as 12.5, or leave the cell empty where it is missing."


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
