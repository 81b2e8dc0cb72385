"""A survey over its released waves: every figure as it was printed, and where two waves cannot be compared and why.

What one wave hid is a gap, what it told by an end stays told so. Nothing is computed here but breaks; a change to the
first comparable wave is made of both waves' rows, as that to the wave before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from analysis.change import WaveConditions, differences_of
from analysis.results import Domain, PublishableTable, PublishedChange, PublishedTrend, TrendPoint
from questionnaires import comparable
from questionnaires.model import Questionnaire
from questionnaires.text import Text

MOST_WAVES: Final = 12
Figure = tuple[Domain, str]  # domain, indicator


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveInTrend:
    """One wave with what it published, and how it was asked."""

    name: Text
    release_number: str  # empty of a wave that is not signed yet
    questionnaire: Questionnaire
    conditions: WaveConditions
    points: Mapping[Figure, TrendPoint]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveTrend:
    """The waves, the oldest first and the one that is told about last. ``breaks``: by indicator, one entry per wave."""

    waves: tuple[WaveInTrend, ...]
    breaks: Mapping[str, tuple[tuple[str, ...], ...]]
    firsts: Mapping[str, int]  # indicator -> place of the first wave from which on nothing broke
    since_first: Mapping[Figure, PublishedChange] = field(default_factory=dict)

    def of(self, domain: Domain, variable: str) -> PublishedTrend | None:
        """None where no wave but the last asked for it, or none shows it."""
        if variable not in self.breaks:
            return None
        breaks, key = self.breaks[variable], (domain, variable)
        points = tuple(
            replace(wave.points.get(key, TrendPoint()), breaks=why)
            for wave, why in zip(self.waves, breaks, strict=True)
        )
        if all(one.value is None for one in points):
            return None
        return PublishedTrend(
            variable=variable,
            domain=domain,
            points=points,
            first=self.firsts[variable],
            since_first=self.since_first.get(key),
        )


def trend_of(waves: Sequence[WaveInTrend]) -> WaveTrend:
    """Of the indicators that the last wave and at least one before it have."""
    now = [one.id for one in waves[-1].questionnaire.estimated()]
    there = [{one.id for one in wave.questionnaire.estimated()} for wave in waves]
    told = [one for one in now if any(one in ids for ids in there[:-1])]
    breaks = {one: _breaks(waves, there, one) for one in told}
    return WaveTrend(waves=tuple(waves), breaks=breaks, firsts={one: _first(there, breaks[one], one) for one in told})


def waves_alike(
    waves: Sequence[WaveInTrend], indicator: str, most: int
) -> tuple[tuple[int, ...], tuple[int, tuple[str, ...]] | None]:
    """Places among the ``most`` last waves that asked the indicator as the very last one did, that one among them; and
    the place of the first, counted back, that did not, with why. Beyond it nothing is looked at."""
    last, found = waves[-1], [len(waves) - 1]
    for place in range(len(waves) - 2, max(len(waves) - most, 0) - 1, -1):
        if indicator not in {one.id for one in waves[place].questionnaire.estimated()}:
            continue
        if why := _between(waves[place], last, indicator):
            return tuple(sorted(found)), (place, why)
        found.append(place)
    return tuple(sorted(found)), None


def points_of(table: PublishableTable) -> dict[Figure, TrendPoint]:
    """What a wave shows, as it prints it."""
    return {
        (row.domain, cell.variable): TrendPoint(
            value=cell.value,
            low=cell.low,
            high=cell.high,
            scale=cell.scale,
            all_alike=cell.all_alike,
            tier=cell.tier,
            coded=cell.coded,
            digits=cell.digits,
        )
        for row in table.rows
        for cell in row.cells
        if cell.category is None and cell.suppression is None and cell.value is not None
    }


def _breaks(waves: Sequence[WaveInTrend], there: Sequence[set[str]], indicator: str) -> tuple[tuple[str, ...], ...]:
    found: list[tuple[str, ...]] = []
    last: WaveInTrend | None = None
    for wave, ids in zip(waves, there, strict=True):
        found.append(() if last is None or indicator not in ids else _between(last, wave, indicator))
        last = wave if indicator in ids else last
    return tuple(found)


def _between(before: WaveInTrend, after: WaveInTrend, indicator: str) -> tuple[str, ...]:
    alike = comparable(before.questionnaire, after.questionnaire, indicator)
    return (*(() if alike else ("the definition differs",)), *differences_of(before.conditions, after.conditions))


def _first(there: Sequence[set[str]], breaks: Sequence[tuple[str, ...]], indicator: str) -> int:
    """Back from the last wave to the one that broke with those before it, or to the first that asked."""
    first = len(there) - 1
    for place in range(len(there) - 1, -1, -1):
        if indicator not in there[place]:
            continue
        first = place
        if breaks[place]:
            break
    return first
