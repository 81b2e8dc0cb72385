"""What a file would do: what would be stored, every problem by row and column, what the reader mended, a picture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Generic, TypeVar

from questionnaires.text import Text
from survey_service.tabular.notices import Noticed, TableNotice, noticed
from survey_service.tabular.problems import TableError, TableProblem

Stored = TypeVar("Stored")
NOTHING: Final = Text("")
Cell = str | int | float | Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A table of what would be stored, or of its counts; ``of``: rows in all, where only the first are shown.

    Of columns, by their index: ``plain`` holds numbers of rows, which take no mark of thousands; a zero in
    ``zeros_marked`` is what somebody has to see; ``wide_only`` goes where the screen is narrow.
    """

    caption: Text
    heads: tuple[Text, ...]
    rows: Sequence[tuple[Cell, ...]]
    of: int = 0
    plain: frozenset[int] = frozenset()
    zeros_marked: frozenset[int] = frozenset()
    wide_only: frozenset[int] = frozenset()

    @property
    def numbers(self) -> frozenset[int]:
        """Indices of the columns that hold numbers, which stand to the right."""
        return frozenset(
            place
            for place in range(len(self.heads))
            if self.rows and all(row[place] is None or isinstance(row[place], int | float) for row in self.rows)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """What may be chosen otherwise once the file was seen; then it is looked at again. ``options``: value and name."""

    name: str
    label: Text
    chosen: str
    options: Sequence[tuple[str, Text]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked(Generic[Stored]):
    """``stored``: None where there is nothing to store. ``more``: the reader found more problems than it lists.

    ``choices``: how else the file may be read.
    """

    stored: Stored | None = None
    problems: Sequence[TableProblem] = ()
    more: bool = False
    notices: Sequence[Noticed] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    summary: Text = NOTHING
    remarks: Sequence[Text] = ()
    pictures: Sequence[Picture] = ()
    choices: Sequence[Select] = ()

    @property
    def sound(self) -> bool:
        """Whether it could be stored."""
        return not self.problems and self.stored is not None

    @property
    def fingerprint(self) -> str:
        """Of all that would be stored: what is confirmed is what was seen."""
        return hashlib.sha256(repr(self.stored).encode()).hexdigest()


def with_notices(looked: Looked[Stored], notices: Iterable[TableNotice]) -> Looked[Stored]:
    """The same with what the reader mended or found odd."""
    return replace(looked, notices=[*looked.notices, *map(noticed, notices)])


def unreadable(fault: TableError) -> Looked[Stored]:
    return Looked(problems=fault.problems, more=fault.more)
