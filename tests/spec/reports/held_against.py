"""The summaries of the visual target with what is held against each other: items, areas and their whole, ranks."""

from __future__ import annotations

from dataclasses import replace

from analysis.comparisons import Comparisons, PublishedDifference, PublishedItems, PublishedRanks, RankedArea
from analysis.results import Domain
from reports.content import AreaSummary, CommunitySummary
from tests.spec.reports import summaries as given


def difference(variable: str, domain: Domain, whole: Domain, by: tuple[int, int, int]) -> PublishedDifference:
    """In tenths of a point: difference, and its limits."""
    value, low, high = (each / 1000 for each in by)
    side = 1 if low > 0 else -1 if high < 0 else 0
    return PublishedDifference(
        variable=variable, domain=domain, whole=whole, difference=value, low=low, high=high, side=side, digits=1
    )


def community() -> CommunitySummary:
    """The three lowest items cannot be told apart; satisfaction is above the city, the street shows no difference."""
    usual = given.community()
    items = tuple(f"item.{number}" for number in range(12))
    own, street, city = (each.domain for each in (usual.place, usual.street, usual.city))
    told = Comparisons(
        items=(
            PublishedItems(
                group="aspects", domain=own, items=items, with_lowest=items[:3], with_highest=tuple(items[:8:-1])
            ),
        ),
        differences=(
            difference("satisfaction", own, street, (-12, -61, 37)),
            difference("satisfaction", own, city, (57, 12, 103)),
            difference("awareness", own, city, (26, 1, 52)),
        ),
    )
    return replace(usual, comparisons=told)


def ranks(summary: AreaSummary, variable: str, within: Domain, sets: list[tuple[int, int]]) -> PublishedRanks:
    """Of the first communities of a street."""
    [inside] = [inside for street, inside in summary.streets if street.domain == within]
    told = tuple(
        RankedArea(domain=one.domain, low=low, high=high) for one, (low, high) in zip(inside, sets, strict=False)
    )
    apart = sum(one != (1, len(sets)) for one in sets)
    return PublishedRanks(
        variable=variable, within=within, kind="community", level=0.95, areas=told, pairs_told_apart=apart
    )


def city() -> AreaSummary:
    """By awareness nothing is told apart, by satisfaction communities of one street, and the streets."""
    usual = given.city()
    streets = [street.domain for street, _ in usual.streets]
    told = [ranks(usual, "awareness", one, [(1, 4)] * 4) for one in streets[:2]]
    told += [ranks(usual, "satisfaction", streets[0], [(1, 4)] * 4)]
    told += [ranks(usual, "satisfaction", streets[1], [(2, 4), (1, 2), (3, 4), (1, 4)])]
    of_streets = PublishedRanks(
        variable="satisfaction",
        within=usual.place.domain,
        kind="street",
        level=0.95,
        areas=tuple(RankedArea(domain=one, low=low, high=3) for one, low in zip(streets, (1, 1, 3), strict=True)),
        pairs_told_apart=2,
    )
    return replace(usual, comparisons=Comparisons(ranks=(*told, of_streets)))


def street() -> AreaSummary:
    """The second street: two sets are narrower than all ranks, one is a single rank."""
    usual = given.city()
    at = usual.streets[1][0]
    sets = [(2, 4), (1, 1), (2, 4), (1, 4)]
    told = Comparisons(
        ranks=(ranks(usual, "awareness", at.domain, [(1, 4)] * 4), ranks(usual, "satisfaction", at.domain, sets)),
        differences=(difference("satisfaction", at.domain, usual.city.domain, (-40, -81, -2)),),
    )
    return replace(usual, place=at, streets=usual.streets[1:2], comparisons=told)
