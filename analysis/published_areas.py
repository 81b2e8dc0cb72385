"""What may be published of areas held against their whole and against each other.

A difference is that of two figures both shown as points, printed as they are printed, with its limits in the coarser
steps of the two. Rank sets are of areas of one kind within one area, with LEAST_RANKED respondents or more and a figure
shown as a point; an area that is hidden or coarse stands in no set and moves none.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

import numpy as np
from scipy.special import ndtri

from analysis.arrays import BoolArray, FloatArray
from analysis.comparisons import PublishedDifference, PublishedRanks, RankedArea
from analysis.engine.areas import AreaTables, Siblings, ToWhole
from analysis.printed_figures import PrintedStep
from analysis.ranking import Chance, RankingRule, sets_by
from analysis.results import Domain, PublishableCell, PublishableTable
from analysis.second_processor import answers, processors
from analysis.tiers import shown_as_points

LEAST_RANKED = 50
"""Respondents of an area that takes part: of fewer hardly any two can be told apart."""
DRAWS, SEED = 4_000, 1
_WORTH = 3_000
"""Rank sets from which on another process is worth its start."""
Drawn: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]  # values, covariances, degrees of freedom
Sets: TypeAlias = tuple[FloatArray, FloatArray, BoolArray]


def published_differences(
    found: ToWhole, published: PublishableTable, variables: Collection[str]
) -> tuple[PublishedDifference, ...]:
    """Of ``variables``, in every part and each of its wholes that both show the figure as a point."""
    cells = shown_as_points(published)
    told = []
    for row, variable in enumerate(found.indicators):
        if variable not in variables:
            continue
        for column, (part, whole) in enumerate(zip(found.parts, found.wholes, strict=True)):
            own, above = cells.get((part, variable)), cells.get((whole, variable))
            low, high = float(found.low[row, column]), float(found.high[row, column])
            if own is not None and above is not None and not math.isnan(low + high):
                told.append(_difference(variable, (part, whole), (own, above), (low, high)))
    return tuple(told)


def _difference(
    variable: str,
    pair: tuple[Domain, Domain],
    cells: tuple[PublishableCell, PublishableCell],
    limits: tuple[float, float],
) -> PublishedDifference:
    own, above = cells
    low, high = limits
    assert own.value is not None
    assert above.value is not None
    step = PrintedStep.of(own, above)
    return PublishedDifference(
        variable=variable,
        domain=pair[0],
        whole=pair[1],
        difference=step.nearest(own.value - above.value),
        low=step.down(low),
        high=step.up(high),
        side=1 if low > 0 else -1 if high < 0 else 0,
        digits=step.digits,
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is the same for all ranks of one release."""

    cells: Mapping[tuple[Domain, str], PublishableCell]
    kinds: Mapping[Domain, str]
    level: float

    def may_be_ranked(self, domain: Domain, variable: str) -> bool:
        cell = self.cells.get((domain, variable))
        return cell is not None and (cell.sample_size or 0) >= LEAST_RANKED


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Asked:
    """Areas of one kind that are ranked by one indicator."""

    variable: str
    within: Domain
    kind: str
    rule: RankingRule
    level: float
    domains: tuple[Domain, ...]
    left_out: int
    value: FloatArray
    covariance: FloatArray
    freedom: FloatArray

    @property
    def drawn(self) -> Drawn:
        return self.value, self.covariance, self.freedom

    def told(self, low: FloatArray, high: FloatArray, better: BoolArray) -> PublishedRanks:
        return PublishedRanks(
            variable=self.variable,
            within=self.within,
            kind=self.kind,
            level=self.level,
            areas=tuple(
                RankedArea(domain=domain, low=int(least), high=int(most))
                for domain, least, most in zip(self.domains, low, high, strict=True)
            ),
            pairs_told_apart=int(better.sum()),
            left_out=self.left_out,
        )


def published_ranks(
    found: AreaTables,
    published: PublishableTable,
    highest_first: Mapping[str, bool],
    kinds: Mapping[Domain, str],
) -> tuple[PublishedRanks, ...]:
    """Of areas of one kind within one area, where two or more may be ranked.

    ``highest_first``: indicator -> whether a high figure is the good one; others have no ranks. ``kinds`` of the areas.
    """
    wanted = _Wanted(shown_as_points(published), kinds, published.level)
    asked: list[_Asked] = []
    for variable, highest in highest_first.items():
        rule = RankingRule(highest_first=highest, draws=DRAWS)
        for siblings in found.siblings:
            if variable in siblings.indicators:
                for kind in sorted({kinds.get(domain, "") for domain in siblings.domains}):
                    one = _asked(siblings, variable, kind, wanted, rule)
                    asked += [] if one is None else [one]
    return tuple(one.told(*sets) for one, sets in zip(asked, _sets(asked, published.level), strict=True))


def _sets(asked: Sequence[_Asked], level: float) -> list[Sets]:
    """Of every one its ``sets_of``: those that have their chance in common together, half of these elsewhere."""
    alike: dict[bytes, list[int]] = {}
    for number, one in enumerate(asked):
        alike.setdefault(one.freedom.tobytes(), []).append(number)
    pieces = [[(asked[number].drawn, level, asked[number].rule) for number in those] for those in alike.values()]
    found = answers(_sets_of, pieces, shared=len(asked) >= _WORTH and processors() > 1)
    by_number = dict(zip(chain(*alike.values()), chain(*found), strict=True))
    return [by_number[number] for number in range(len(asked))]


def _sets_of(piece: Sequence[tuple[Drawn, float, RankingRule]]) -> list[Sets]:
    return [sets_of(*drawn, level, rule) for drawn, level, rule in piece]


def _asked(siblings: Siblings, variable: str, kind: str, wanted: _Wanted, rule: RankingRule) -> _Asked | None:
    row = siblings.indicators.index(variable)
    of_kind = [place for place, domain in enumerate(siblings.domains) if wanted.kinds.get(domain, "") == kind]
    spread = np.diagonal(siblings.covariance[row])
    freedom = siblings.degrees_of_freedom[row]
    places = [
        place
        for place in of_kind
        if wanted.may_be_ranked(siblings.domains[place], variable) and spread[place] > 0 and freedom[place] >= 1
    ]
    if len(places) < 2:
        return None
    return _Asked(
        variable=variable,
        within=siblings.within,
        kind=kind,
        rule=rule,
        level=wanted.level,
        domains=tuple(siblings.domains[place] for place in places),
        left_out=len(of_kind) - len(places),
        value=siblings.value[row, places],
        covariance=siblings.covariance[row][np.ix_(places, places)],
        freedom=freedom[places],
    )


def sets_of(
    value: FloatArray, covariance: FloatArray, freedom: FloatArray, level: float, rule: RankingRule
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """``rank_sets`` of areas with covariances; not drawn where no critical value could tell two apart.

    The largest of several studentised errors is at least that of any one pair, so nothing is shown below the two-sided
    quantile of one.
    """
    count, error = len(value), np.sqrt(np.diagonal(covariance))
    apart = np.abs(np.subtract.outer(value, value))
    squares = np.add.outer(error**2, error**2) - 2 * covariance
    np.fill_diagonal(squares, 1.0)
    if not (apart > ndtri((1 + level) / 2) * np.sqrt(np.maximum(squares, 0.0))).any():
        return np.ones(count), np.full(count, float(count)), np.zeros((count, count), dtype=bool)
    chance = _chance(freedom.tobytes(), rule.draws)
    return sets_by(value, error, chance, correlation=covariance / np.outer(error, error), level=level, rule=rule)


@lru_cache(maxsize=256)
def _chance(freedom: bytes, draws: int) -> Chance:
    """The seed is one for all, so what is drawn depends on the degrees of freedom (doubles) alone: indicators that were
    asked of the same people have it in common."""
    known = np.frombuffer(freedom)
    return Chance.drawn(np.random.default_rng(SEED), len(known), known, draws)
