"""What is wrong in a file of data: row, column, what was seen, and the way out; all of it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_SHOWN = 20
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


class TableError(ValueError):
    """The file cannot be used as it is; ``problems`` says everything that was found, ``left_undone`` what was not."""

    def __init__(self, source: str, problems: Iterable[TableProblem], left_undone: str = "read") -> None:
        self.source = source
        self.problems = tuple(problems)
        count = len(self.problems)
        seen: Counter[tuple[str | None, str]] = Counter()
        lines: list[str] = []
        for problem in self.problems:
            kind = (problem.column, problem.remedy)
            seen[kind] += 1
            if seen[kind] <= _ALIKE and len(lines) < _SHOWN:
                lines.append(f"{source}: {problem}")
        left = count - len(lines)
        more = [f"… and {left} more" + (" of the same kinds" if len(seen) < _SHOWN else "")] if left else []
        closing = f"{count} problem{'s' if count != 1 else ''}; nothing was {left_undone}."
        super().__init__("\n".join([*lines, *more, closing]))
