"""A list of households to draw from, in the order of walking."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Households:
    """The list in its order, which is that of walking. All columns are as long as the list."""

    units: tuple[str, ...]
    communities: tuple[UUID, ...]
    grids: tuple[str, ...] | None
    adults: tuple[int, ...] | None
    doors: tuple[str, ...] | None = None  # sealed when they are stored; "" where the list has none for a household

    def count(self) -> Counter[UUID]:
        return Counter(self.communities)
