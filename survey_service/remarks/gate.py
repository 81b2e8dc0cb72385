"""From how many answers on a sheet prints residents' words, and how their themes are counted on the city's.

Themes are counted on the sheet of the city and on no other: a street's counts, taken from the city's, would tell those
of the streets that hide theirs. Within the one table that is printed no count of fewer than five follows from the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Theme = TypeVar("Theme")

LEAST_RESPONDENTS: Final = 30  # who answered the questionnaire in the area
LEAST_ANSWERS: Final = 10  # of them, who wrote something to the question
LEAST_OF_A_THEME: Final = 5
COMMUNITY_QUOTES: Final = 3  # on the sheet of a community; those of streets and the city print one of a theme


@dataclass(frozen=True, slots=True)
class Size:
    """How many of the sample answered in an area, and how many of them wrote to a question."""

    respondents: int = 0
    answers: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(self.respondents + other.respondents, self.answers + other.answers)

    @property
    def enough(self) -> bool:
        return self.respondents >= LEAST_RESPONDENTS and self.answers >= LEAST_ANSWERS


@dataclass(frozen=True, slots=True)
class Counted(Generic[Theme]):
    """What is told of a count by theme; ``rest``: all others together. They add up to the answers."""

    themes: Mapping[Theme, int]
    rest: int


def counted(by_theme: Mapping[Theme, int], answers: int) -> Counted[Theme]:
    """Themes with enough answers, the rest together. A rest of fewer than five takes the smallest theme in."""
    told = {theme: count for theme, count in by_theme.items() if count >= LEAST_OF_A_THEME}
    while told and 0 < answers - sum(told.values()) < LEAST_OF_A_THEME:
        del told[min(told, key=lambda theme: told[theme])]
    return Counted(told, answers - sum(told.values()))
