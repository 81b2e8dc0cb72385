"""Ranges of ages as definition files and registers write them: 18-29, 75+."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"(\d{1,3})(?:-(\d{1,3})|\+)")


@dataclass(frozen=True, slots=True, order=True)
class Ages:
    """Full years from ``first`` to ``last``, both included; ``last`` is None where there is no end."""

    first: int
    last: int | None

    def __str__(self) -> str:
        return f"{self.first}+" if self.last is None else f"{self.first}-{self.last}"

    @classmethod
    def of(cls, written: str) -> Ages:
        """The range that is known to be one; ValueError for what is none."""
        found = ages(written)
        if found is None:
            raise ValueError(f"{written!r} is no range of ages")
        return found

    def holds(self, age: float) -> bool:
        """Whether somebody of this age is in the range: 29.5 years are 29."""
        return self.first <= age and (self.last is None or age < self.last + 1)

    def overlaps(self, other: Ages) -> bool:
        below = self.last is not None and self.last < other.first
        return not below and (other.last is None or self.first <= other.last)


def ages(written: str) -> Ages | None:
    """The range; None for what is none, such as 29-18."""
    match = _WRITTEN.fullmatch(written)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2]) if match[2] else None
    return None if last is not None and last < first else Ages(first, last)
