"""Which sheet of a workbook is meant: the one whose heads are known, not the instructions in front of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence

from survey_service.tabular.problems import TableError, problem
from survey_service.tabular.words import Reader

LOOKED_AT = 20  # rows of a sheet in which its heads may stand
_SHORTEST = 4  # characters of a title that may stand within a longer head
_LONGEST = 1_000  # characters of a cell that are looked at


def bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text[:_LONGEST]).split()).casefold()


def likeness(rows: Iterable[Sequence[str]], wanted: Collection[str]) -> int:
    """How many cells of one row are known heads, at most: equal to one of ``wanted``, or with one within."""
    known = {one for one in map(bare, wanted) if one}
    longer = [one for one in known if len(one) >= _SHORTEST]
    best = 0
    for row in rows:
        cells = [one for one in map(bare, row) if one]
        best = max(best, sum(one in known or any(title in one for title in longer) for one in cells))
    return best


def meant(source: str, names: Sequence[str], found: Sequence[int]) -> int:
    """The place of the one sheet with known heads; the first where none has any. Raises TableError where two have."""
    best = max(found)
    if best < 2:
        return 0
    alike = [name for name, score in zip(names, found, strict=True) if 2 * score > best]
    if len(alike) > 1:
        raise TableError(source, [problem(Reader.SHEETS_ALIKE, sheets=tuple(f"“{name}”" for name in alike[:5]))])
    return found.index(best)
