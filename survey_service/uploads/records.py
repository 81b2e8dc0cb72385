"""Rows of a list by our names of its columns, whatever the office calls them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from questionnaires.text import Text
from survey_service.outside.tables import read_sheet
from survey_service.tabular.harmless import as_meant
from survey_service.tabular.notices import TableNotice
from survey_service.tabular.problems import ProblemKind, TableError, TableProblem, Value, problem
from survey_service.tabular.words import Reader
from survey_service.uploads.words import InList

MOST_ROWS: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``heads``: how files call it, in small letters; the first is ours in Chinese, ``name`` is ours in English.

    ``first``: of several columns that are called so the first is taken; else two of one meaning are a fault.
    """

    name: str
    heads: tuple[str, ...]
    needed: bool = False
    first: bool = False

    @property
    def title(self) -> Text:
        return Text(self.heads[0], self.name)


@dataclass(frozen=True, slots=True)
class Record:
    """One row that says something. ``heads``: how this file calls our columns."""

    row: int
    cells: Mapping[str, str]
    heads: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.cells.get(name, "")

    def problem(self, kind: ProblemKind, column: str, **values: Value) -> TableProblem:
        """What is wrong with the cell of our column, by the head that the file gives it."""
        return problem(kind, row=self.row, column=self.heads.get(column, column), **values)


@dataclass(frozen=True, slots=True)
class Records:
    """``unread``: the heads of columns that are none of ours, in the order of the file."""

    rows: tuple[Record, ...]
    notices: tuple[TableNotice, ...]
    unread: tuple[str, ...] = ()


def read_records(source: str, data: bytes, columns: Sequence[Column]) -> Records:
    """Raises TableError: what cannot be read, a needed column that is missing, two columns of one meaning."""
    sheet = read_sheet(source, data, tuple(head for one in columns for head in one.heads))
    frame, odd = sheet.typed(labels=sheet.columns)
    known = {head: one.name for one in columns for head in one.heads}
    found = {head: known.get(unicodedata.normalize("NFKC", head).strip().lower()) for head in sheet.columns}
    taken = _taken(found, columns)
    problems = [
        problem(InList.NO_COLUMN, head=one.title) for one in columns if one.needed and one.name not in taken.values()
    ]
    problems += [
        problem(InList.COLUMN_TWICE, row=1, column=head, head=one.title)
        for one in columns
        for head in [head for head, name in taken.items() if name == one.name][1:]
    ]
    if len(frame) > MOST_ROWS:
        problems.append(problem(Reader.TOO_MANY_ROWS, most=MOST_ROWS))
    if not problems and not len(frame):
        problems.append(problem(Reader.NO_ROWS))
    if problems:
        raise TableError(source, problems)
    heads = {name: head for head, name in taken.items()}
    rows = []
    for position, values in enumerate(frame[list(taken)].fillna("").itertuples(index=False, name=None)):
        cells = {name: as_meant(str(value)) for name, value in zip(taken.values(), values, strict=True)}
        if any(cells.values()):
            rows.append(Record(sheet.row(position), cells, heads))
    if not rows:
        raise TableError(source, [problem(Reader.NO_ROWS)])
    unread = tuple(head for head in sheet.columns if head not in taken)
    return Records(tuple(rows), (*sheet.notices, *odd), unread)


def _taken(found: Mapping[str, str | None], columns: Sequence[Column]) -> dict[str, str]:
    """Heads of the file by the column that they are, one head for those of which the first is enough."""
    once = {one.name for one in columns if one.first}
    taken: dict[str, str] = {}
    for head, name in found.items():
        if name and not (name in once and name in taken.values()):
            taken[head] = name
    return taken
