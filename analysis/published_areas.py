"""What may be published of areas held against their whole and against each other.

A difference is that of two figures both shown as points, printed as they are printed, with its limits in the coarser
steps of the two. Rank sets are of areas of one kind within one area, with LEAST_RANKED respondents or more and a figure
shown as a point; an area that is hidden or coarse stands in no set and moves none.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from analysis.arrays import BoolArray, FloatArray
from analysis.comparisons import PublishedDifference, PublishedRanks, RankedArea
from analysis.engine.areas import AreaTables, Siblings, ToWhole
from analysis.printed_figures import PrintedStep
from analysis.ranking import Chance, RankingRule, sets_by
from analysis.results import Domain, PublishableCell, PublishableTable
from analysis.tiers import shown_as_points

LEAST_RANKED = 50
"""Respondents of an area that takes part: of fewer hardly any two can be told apart."""
DRAWS, SEED = 4_000, 1


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
    told = []
    for variable, highest in highest_first.items():
        rule = RankingRule(highest_first=highest, draws=DRAWS)
        for siblings in found.siblings:
            if variable in siblings.indicators:
                for kind in sorted({kinds.get(domain, "") for domain in siblings.domains}):
                    ranks = _ranks(siblings, variable, kind, wanted, rule)
                    told += [] if ranks is None else [ranks]
    return tuple(told)


def _ranks(siblings: Siblings, variable: str, kind: str, wanted: _Wanted, rule: RankingRule) -> PublishedRanks | None:
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
    covariance = siblings.covariance[row][np.ix_(places, places)]
    low, high, better = sets_of(siblings.value[row, places], covariance, freedom[places], wanted.level, rule)
    return PublishedRanks(
        variable=variable,
        within=siblings.within,
        kind=kind,
        level=wanted.level,
        areas=tuple(
            RankedArea(domain=siblings.domains[place], low=int(least), high=int(most))
            for place, least, most in zip(places, low, high, strict=True)
        ),
        pairs_told_apart=int(better.sum()),
        left_out=len(of_kind) - len(places),
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
