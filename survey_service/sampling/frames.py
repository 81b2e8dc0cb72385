"""A sampling frame from a file: one row a household, everything that cannot be one refused by its row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from survey_service.sampling.words import InFrame
from survey_service.tabular import Sheet, TableError, TableProblem
from survey_service.tabular.notices import TableNotice
from survey_service.tabular.problems import Value, by_cause, excerpt, problem

if TYPE_CHECKING:
    import pandas as pd

PROVINCES = frozenset(
    str(province)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82), (99, 99))
    for province in range(first, last + 1)
)
"""First two digits of a statistical code (GB/T 2260); 99 is no province: the demonstration city lies there."""
_USUAL = 0.9  # a form that so many codes share is the form
_LONG = 9  # shorter household keys may be plain counts, whose length grows


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Frame:
    """The list in drawing order. All columns are as long as the list."""

    units: tuple[str, ...]
    communities: tuple[str, ...]
    grids: tuple[str, ...] | None
    kept: pd.DataFrame  # what is printed on the lists
    notices: tuple[TableNotice, ...]


def read_frame(
    sheet: Sheet,
    *,
    unit: str,
    community: str,
    grid: str | None = None,
    order: Sequence[str] = (),
    keep: Sequence[str] = (),
    known_communities: Sequence[str] | None = None,
) -> Frame:
    """Raises TableError with every duplicate, gap and impossible code, each by its spreadsheet row."""
    names = [unit, community, *([grid] if grid else [])]
    labels, odd = sheet.typed(labels=(*names, *order, *keep))
    problems: list[TableProblem] = []
    for name in names:
        problems += _missing(sheet, labels[name])
    problems += _repeated(sheet, labels[unit])
    for name in (community, unit):
        problems += _impossible(sheet, labels[name], statistical=name == community)
    if known_communities is not None:
        problems += _unknown(sheet, labels[community], known_communities)
    if grid:
        problems += _split(sheet, labels[grid], labels[community])
    if not len(labels):
        problems.append(problem(InFrame.NO_ROWS))
    if problems:
        raise TableError(sheet.source, by_cause(problems))
    ordered = labels
    if order:
        keys = labels[list(order)].map(_natural)
        ordered = labels.loc[keys.sort_values(list(order), kind="stable").index]
    return Frame(
        units=tuple(ordered[unit]),
        communities=tuple(ordered[community]),
        grids=tuple(ordered[grid]) if grid else None,
        kept=ordered[list(keep)].fillna("").reset_index(drop=True),
        notices=(*sheet.notices, *odd),
    )


def _natural(text: object) -> tuple[tuple[int, int, str], ...]:
    """2 before 10, whether alone or within an address; gaps first."""
    if not isinstance(text, str):
        return ()
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.findall(r"\d+|\D+", text))


def _missing(sheet: Sheet, column: pd.Series[str]) -> list[TableProblem]:
    return [_problem(sheet, position, column, InFrame.EMPTY) for position, empty in enumerate(column.isna()) if empty]


def _repeated(sheet: Sheet, column: pd.Series[str]) -> list[TableProblem]:
    first: dict[str, int] = {}
    problems = []
    for position, key in enumerate(_cells(column)):
        if key is None:
            continue
        if key in first:
            twice = _problem(sheet, position, column, InFrame.TWICE, seen=excerpt(key), other=sheet.row(first[key]))
            problems.append(twice)
        else:
            first[key] = position
    return problems


def _impossible(sheet: Sheet, column: pd.Series[str], *, statistical: bool) -> list[TableProblem]:
    """Codes of digits that nearly all have one length: a shorter or longer one has lost or gained something."""
    kinds = column.dropna()
    digits = kinds[kinds.str.fullmatch(r"\d+")]
    if not len(kinds) or len(digits) < _USUAL * len(kinds):
        return []
    length, count = Counter(digits.str.len()).most_common(1)[0]
    if count < _USUAL * len(kinds) or (not statistical and length < _LONG):
        return []
    problems = []
    for position, code in enumerate(_cells(column)):
        if code is None:
            continue
        if not code.isdecimal() or len(code) != length:
            problems.append(_problem(sheet, position, column, InFrame.OTHER_LENGTH, seen=excerpt(code), length=length))
        elif statistical and length in (6, 9, 12) and code[:2] not in PROVINCES:
            problems.append(_problem(sheet, position, column, InFrame.NO_PROVINCE, seen=code, province=code[:2]))
    return problems


def _unknown(sheet: Sheet, column: pd.Series[str], known: Sequence[str]) -> list[TableProblem]:
    allowed = set(known)
    return [
        _problem(sheet, position, column, InFrame.NOT_AMONG_SIZES, seen=excerpt(code))
        for position, code in enumerate(_cells(column))
        if code is not None and code not in allowed
    ]


def _split(sheet: Sheet, grids: pd.Series[str], communities: pd.Series[str]) -> list[TableProblem]:
    home: dict[str, tuple[str, int]] = {}
    problems = []
    for position, (grid, community) in enumerate(zip(_cells(grids), _cells(communities), strict=True)):
        if grid is None or community is None:
            continue
        first, row = home.setdefault(grid, (community, sheet.row(position)))
        if first != community:
            said: dict[str, Value] = {"here": community, "there": first, "other": row}
            problems.append(_problem(sheet, position, grids, InFrame.GRID_IN_TWO, seen=excerpt(grid), **said))
    return problems


def _cells(column: pd.Series[str]) -> list[str | None]:
    """Text, or None where there is none."""
    values: list[Any] = column.tolist()
    return [cell if isinstance(cell, str) else None for cell in values]


def _problem(sheet: Sheet, position: int, column: pd.Series[str], kind: InFrame, **values: Value) -> TableProblem:
    return problem(kind, row=sheet.row(position), column=str(column.name), **values)
