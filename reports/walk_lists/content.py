"""What a walking list says: values that the service fills and the drawing sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from questionnaires.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What every page shares."""

    title: Text  # of the survey
    wave: Text
    printed_at: datetime  # in the city's zone
    language: str  # "zh" or "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """``told``: what came of it so far; ``settled``: nobody has to go there again."""

    number: str
    door: str
    told: Text
    settled: bool
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Households that lie together, in the order of walking. ``name``: empty where the list has no grids. ``counted``:
    how many, in the word of the list: 12 户, 12 shops."""

    community: Text
    name: Text
    counted: Text
    households: Sequence[Household]
