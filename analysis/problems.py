"""What is wrong with a design or a column: which column, which rows first, and the way out; all of it at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LARGEST = 1e70
"""The largest weight or value: squares of their products must stay within a double."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProblem:
    column: str
    rows: tuple[int, ...]  # positions in the frame, from 0; the first few
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f", first in rows {', '.join(str(row) for row in self.rows)}" if self.rows else ""
        return f"{self.column}: {self.message}{where}. {self.remedy}"


class DesignError(ValueError):
    """The data and the design do not fit; ``problems`` holds every reason. Rows count from 0, as in the frame."""

    def __init__(self, problems: Iterable[DataProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class LonelyPsuError(DesignError):
    """A stratum has a single PSU, and the policy is to fail."""
