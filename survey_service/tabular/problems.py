"""What is wrong in a file of data: row, column, what was seen, and the way out; all of it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from survey_service.tabular.limits import MOST_TOLD

_SHOWN = 20
_EXCERPT = 80  # characters of a cell
_ALIKE = 5  # of one column with one remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProblem:
    """``row`` as a spreadsheet counts: the heads are row 1. None: the file or the whole column."""

    message: str
    remedy: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        where = [] if self.row is None else [f"row {self.row}"]
        if self.column is not None:
            where.append(f'column "{self.column}"')
        return f"{', '.join(where)}{': ' if where else ''}{self.message}\n    {self.remedy}"


def long_head(heads: Iterable[str], most: int) -> TableProblem | None:
    """The first head of more than ``most`` characters."""
    for place, head in enumerate(heads, start=1):
        if len(head) > most:
            said = f"the head of column {place} holds more than {most} characters"
            return TableProblem(message=said, remedy="Shorten it.")
    return None


def excerpt(cell: object) -> str:
    """A cell as a message shows it: nobody reads more of it there."""
    text = str(cell)
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


class TableError(ValueError):
    """The file cannot be used as it is.

    ``problems``: what was found, the first MOST_TOLD of it (``more``: there are others); ``left_undone``: what was not.
    """

    def __init__(
        self, source: str, problems: Iterable[TableProblem], left_undone: str = "read", *, more: bool = False
    ) -> None:
        self.source = source
        found = tuple(islice(problems, MOST_TOLD + 1))
        self.problems = found[:MOST_TOLD]
        self.more = more or len(found) > MOST_TOLD
        count = len(self.problems)
        seen: Counter[tuple[str | None, str]] = Counter()
        lines: list[str] = []
        for problem in self.problems:
            kind = (problem.column, problem.remedy)
            seen[kind] += 1
            if seen[kind] <= _ALIKE and len(lines) < _SHOWN:
                lines.append(f"{source}: {problem}")
        left = count - len(lines)
        least = "at least " if self.more else ""
        rest = [f"… and {least}{left} more" + (" of the same kinds" if len(seen) < _SHOWN else "")] if left else []
        told = f"{'more than ' if self.more else ''}{count} problem{'s' if count != 1 else ''}"
        closing = f"{told}; nothing was {left_undone}."
        super().__init__("\n".join([*lines, *rest, closing]))
