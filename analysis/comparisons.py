"""What may be published of figures held against each other. Nothing here is computed."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.results import Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedItems:
    """Items of one area that the same people rated: those that cannot be told from the lowest, and from the highest.

    Only items shown as a point are held against each other; of the others it is not known whether they are low or high.
    """

    group: str
    domain: Domain
    items: tuple[str, ...]  # from the lowest printed figure to the highest
    with_lowest: tuple[str, ...]  # the lowest first
    with_highest: tuple[str, ...]  # the highest first
    untold: int = 0  # items that are hidden, coded or shown coarsely


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDifference:
    """An area less one that it is part of, as it is printed; ``digits`` as of a cell."""

    variable: str
    domain: Domain
    whole: Domain
    difference: float
    low: float
    high: float
    side: int  # 1: shown to be higher, -1: lower, 0: neither
    digits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedArea:
    """``low`` to ``high``: the ranks that an area may have, 1 the best. No rank is told without them."""

    domain: Domain
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRanks:
    """Areas of one kind within one area, by one indicator; all sets hold together at ``level``."""

    variable: str
    within: Domain
    kind: str  # of the areas: community, village, street
    level: float
    areas: tuple[RankedArea, ...]  # in the order of their codes
    pairs_told_apart: int
    left_out: int = 0  # hidden, coded, coarse, or of too few respondents to be ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """Everything of the kind that a release publishes."""

    items: tuple[PublishedItems, ...] = ()
    differences: tuple[PublishedDifference, ...] = ()
    ranks: tuple[PublishedRanks, ...] = ()

    def items_of(self, domain: Domain, item: str) -> PublishedItems | None:
        """Those of the group that ``item`` is in; None where fewer than two are shown."""
        return next((one for one in self.items if one.domain == domain and item in one.items), None)

    def difference(self, variable: str, domain: Domain, whole: Domain) -> PublishedDifference | None:
        """None where one of the two is not shown as a point."""
        wanted = (variable, domain, whole)
        return next((one for one in self.differences if (one.variable, one.domain, one.whole) == wanted), None)

    def ranks_of(self, variable: str, within: Domain) -> tuple[PublishedRanks, ...]:
        """One for every kind of area of which two or more may be ranked."""
        return tuple(one for one in self.ranks if (one.variable, one.within) == (variable, within))
