"""Items against each other, areas against their whole and each other, as far as they may be published."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from analysis import published_areas
from analysis.arrays import FloatArray
from analysis.disclosure import protect
from analysis.engine.areas import AreaTables, Siblings, ToWhole
from analysis.engine.items import ItemTable
from analysis.published_areas import DRAWS, LEAST_RANKED, SEED, published_differences, published_ranks, sets_of
from analysis.published_items import holm, published_items, told_apart
from analysis.ranking import RankingRule, errors_drawn
from analysis.results import (
    DesignSummary,
    Domain,
    Estimate,
    Estimates,
    Interval,
    IntervalMethod,
    PublishableTable,
    Statistic,
)

STREET: Domain = (("street", "s"),)
AREAS: tuple[Domain, ...] = tuple((("community", name),) for name in "abcde")
VALUES = (0.30, 0.45, 0.55, 0.80, 0.90)


def estimate(variable: str, domain: Domain, value: float, size: int, half: float = 0.05) -> Estimate:
    return Estimate(
        statistic=Statistic.PROPORTION,
        variable=variable,
        domain=domain,
        value=value,
        standard_error=half / 2,
        interval=Interval(low=value - half, high=value + half, method=IntervalMethod.KORN_GRAUBARD, level=0.95),
        degrees_of_freedom=size - 1,
        sample_size=size,
        design_effect=1.0,
        effective_sample_size=float(size),
    )


def published(sizes: dict[Domain, int], variables: tuple[str, ...] = ("q",)) -> PublishableTable:
    """Communities a to e of one street, and the street, each with a figure of its own for every variable."""
    told = [
        estimate(variable, domain, VALUES[AREAS.index(domain)] if domain in AREAS else 0.6, size)
        for domain, size in sizes.items()
        for variable in variables
    ]
    design = DesignSummary(strata=1, psus=500, degrees_of_freedom=499, sample_size=500)
    return protect(Estimates(design=design, estimates=tuple(told)))


def siblings(error: float = 0.03) -> Siblings:
    return Siblings(
        indicators=("q",),
        within=STREET,
        domains=AREAS,
        value=np.array([VALUES]),
        covariance=np.eye(5)[None] * error**2,
        degrees_of_freedom=np.full((1, 5), 99.0),
        sample_size=np.full((1, 5), 100.0),
    )


def nothing() -> ToWhole:
    empty = np.zeros((1, 0))
    return ToWhole(
        indicators=("q",),
        parts=(),
        wholes=(),
        difference=empty,
        standard_error=empty,
        low=empty,
        high=empty,
        degrees_of_freedom=empty,
    )


# ------------------------------------------------------------------ several tests, one error rate


@pytest.mark.parametrize(
    ("chance", "rejected"),
    [
        ([0.01, 0.04, 0.03, 0.005], [True, False, False, True]),  # .05/4, .05/3; .03 is above .05/2
        ([0.012, 0.016, 0.024, 0.049], [True, True, True, True]),
        ([0.013, 0.001, 0.001, 0.001], [True, True, True, True]),
        ([0.2, 0.0126], [False, True]),
        ([0.051], [False]),
        ([], []),
    ],
)
def test_holm_goes_down_until_one_is_kept(chance: list[float], rejected: list[bool]) -> None:
    assert holm(np.array(chance), 0.05).tolist() == rejected


def test_a_difference_without_an_error_claims_nothing_and_one_that_is_exact_does() -> None:
    error = np.array([[0.0, np.nan, 0.0], [np.nan, 0.0, 0.1], [0.0, 0.1, 0.0]])
    found = told_apart(np.array([0.1, 0.9, 0.1001]), error, np.full(3, 50.0), 0.95)
    assert found.tolist() == [[False, False, True], [False, False, True], [True, True, False]]


# ------------------------------------------------------------------ items


def items(error: float = 0.02) -> ItemTable:
    return ItemTable(
        group="g",
        items=("w", "x", "y", "z"),
        domains=(STREET,),
        value=np.array([[0.80], [0.50], [0.52], [0.30]]),
        standard_error=np.full((4, 4, 1), error),
        degrees_of_freedom=np.full((4, 1), 200.0),
    )


def table_of_items(values: dict[str, float], wide: str = "") -> PublishableTable:
    told = [estimate(name, STREET, value, 200, half=0.25 if name == wide else 0.05) for name, value in values.items()]
    design = DesignSummary(strata=1, psus=500, degrees_of_freedom=499, sample_size=500)
    return protect(Estimates(design=design, estimates=tuple(told)))


def test_items_that_cannot_be_told_from_the_lowest_and_the_highest() -> None:
    values = {"w": 0.80, "x": 0.50, "y": 0.52, "z": 0.30}
    [sharp] = published_items([items()], table_of_items(values))
    assert (sharp.items, sharp.with_lowest, sharp.with_highest) == (("z", "x", "y", "w"), ("z",), ("w",))
    [blunt] = published_items([items(0.12)], table_of_items(values))
    assert (blunt.with_lowest, blunt.with_highest) == (("z", "x", "y"), ("w", "y", "x"))


def test_an_item_shown_coarsely_stands_in_no_set_and_moves_none() -> None:
    values = {"w": 0.80, "x": 0.50, "y": 0.52, "z": 0.30}
    [without] = published_items([items()], table_of_items(values, wide="z"))
    assert (without.items, without.with_lowest, without.untold) == (("x", "y", "w"), ("x", "y"), 1)
    moved = items()
    moved.value[3] = 0.99
    assert published_items([moved], table_of_items({**values, "z": 0.7}, wide="z")) == (without,)


# ------------------------------------------------------------------ areas


def ranks(sizes: dict[Domain, int], found: Siblings) -> dict[str, tuple[int, int]]:
    [told] = published_ranks(AreaTables(to_whole=nothing(), siblings=(found,)), published(sizes), {"q": True}, {})
    return {area.domain[0][1]: (area.low, area.high) for area in told.areas}


def test_ranks_are_sets_and_the_best_is_the_first() -> None:
    sizes = dict.fromkeys(AREAS, 100)
    assert ranks(sizes, siblings()) == {"a": (5, 5), "b": (3, 4), "c": (3, 4), "d": (1, 2), "e": (1, 2)}
    assert set(ranks(sizes, siblings(0.5)).values()) == {(1, 5)}
    [lowest_first] = published_ranks(
        AreaTables(to_whole=nothing(), siblings=(siblings(),)), published(sizes), {"q": False}, {}
    )
    assert [(one.low, one.high) for one in lowest_first.areas] == [(1, 1), (2, 3), (2, 3), (4, 5), (4, 5)]
    assert lowest_first.pairs_told_apart == 8


def test_an_area_that_is_hidden_or_has_few_respondents_moves_no_rank() -> None:
    sizes = dict.fromkeys(AREAS, 100) | {AREAS[2]: LEAST_RANKED - 1, AREAS[4]: 8}
    told = ranks(sizes, siblings())
    assert told == {"a": (3, 3), "b": (2, 2), "d": (1, 1)}
    moved = siblings()
    moved.value[0, [2, 4]] = 0.01
    assert ranks(sizes, moved) == told


def test_only_areas_of_one_kind_are_ranked_together() -> None:
    kinds = dict(zip(AREAS, ("village", "community", "community", "village", "community"), strict=True))
    tables = AreaTables(to_whole=nothing(), siblings=(siblings(),))
    told = published_ranks(tables, published(dict.fromkeys(AREAS, 100)), {"q": True}, kinds)
    assert {one.kind: [area.domain[0][1] for area in one.areas] for one in told} == {
        "community": ["b", "c", "e"],
        "village": ["a", "d"],
    }


def test_a_difference_to_the_whole_is_that_of_two_printed_figures() -> None:
    wholes = (STREET, STREET, STREET)
    found = ToWhole(
        indicators=("q",),
        parts=AREAS[:3],
        wholes=wholes,
        difference=np.array([[-0.30, -0.15, -0.05]]),
        standard_error=np.array([[0.03, 0.03, 0.03]]),
        low=np.array([[-0.3612, -0.2104, -0.1104]]),
        high=np.array([[-0.2412, -0.0904, 0.0104]]),
        degrees_of_freedom=np.full((1, 3), 99.0),
    )
    sizes = {STREET: 400, AREAS[0]: 90, AREAS[1]: 9, AREAS[2]: 200}
    told = published_differences(found, published(sizes), {"q"})
    # 90 respondents are printed in whole per cent, and so is the difference; 9 are hidden.
    assert [(one.domain, one.side, one.digits) for one in told] == [(AREAS[0], -1, 0), (AREAS[2], 0, 1)]
    assert (told[0].difference, told[0].low, told[0].high) == pytest.approx((-0.30, -0.37, -0.24))
    assert (told[1].difference, told[1].low, told[1].high) == pytest.approx((-0.05, -0.111, 0.011))
    assert published_differences(found, published(sizes), ()) == ()


# ------------------------------------------------------------------ the published algorithm, written a second time


def second_implementation(
    value: FloatArray, covariance: FloatArray, drawn: FloatArray, level: float
) -> list[list[int]]:
    """Mogstad, Romano, Shaikh & Wilhelm (2024), section 3 with the stepdown of Romano & Wolf (2005), pair by pair."""
    count = len(value)
    left = set(permutations(range(count), 2))
    better: set[tuple[int, int]] = set()
    scale = {(j, k): float(np.sqrt(covariance[j, j] + covariance[k, k] - 2 * covariance[j, k])) for j, k in left}
    while left:
        largest = [max((float(one[j]) - float(one[k])) / scale[j, k] for j, k in left) for one in drawn]
        critical = float(np.quantile(largest, level))
        now = {(j, k) for j, k in left if (value[j] - value[k]) / scale[j, k] > critical}
        if not now:
            break
        better |= now
        left -= now
    return [
        [1 + sum((k, j) in better for k in range(count)), count - sum((j, k) in better for k in range(count))]
        for j in range(count)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_rank_sets_equal_a_second_implementation_on_the_same_draws(seed: int) -> None:
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(6, 3))
    covariance = 0.0004 * (factors @ factors.T) + np.diag(rng.uniform(0.0005, 0.002, 6))
    value, freedom = 0.5 + 0.18 * rng.normal(size=6), rng.integers(5, 60, 6).astype(float)
    rule = RankingRule(draws=300)
    low, high, better = sets_of(value, covariance, freedom, 0.95, rule)
    error = np.sqrt(np.diagonal(covariance))
    drawn = errors_drawn(error, freedom, covariance / np.outer(error, error), np.random.default_rng(SEED), rule.draws)
    assert better.any()
    assert np.stack([low, high], axis=1).tolist() == second_implementation(value, covariance, drawn, 0.95)


def test_what_no_critical_value_could_tell_apart_is_not_drawn_and_would_not_be() -> None:
    covariance = np.eye(4) * 0.01
    value = np.array([0.5, 0.55, 0.6, 0.65])
    low, high, better = sets_of(value, covariance, np.full(4, 30.0), 0.95, RankingRule(draws=DRAWS))
    drawn = errors_drawn(np.full(4, 0.1), np.full(4, 30.0), np.eye(4), np.random.default_rng(SEED), 400)
    assert not better.any()
    assert np.stack([low, high], axis=1).tolist() == second_implementation(value, covariance, drawn, 0.95)


def test_sets_are_narrower_where_figures_vary_together() -> None:
    """The covariance counts: of two errors that are nearly one the difference is known well."""
    value, freedom = np.array([0.50, 0.60]), np.full(2, 60.0)
    together = np.array([[1.0, 0.9], [0.9, 1.0]]) * 0.05**2
    assert sets_of(value, together, freedom, 0.95, RankingRule(draws=2000))[2].any()
    apart = replace(siblings(), covariance=np.eye(5)[None] * 0.05**2).covariance[0, :2, :2]
    assert not sets_of(value, apart, freedom, 0.95, RankingRule(draws=2000))[2].any()


def test_ranks_are_the_same_on_one_processor_and_on_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Families of which some have their chance in common, in an order that is not that of the pieces."""
    families = [siblings(0.02), siblings(0.05), siblings(0.03), siblings(0.02)]
    families[1] = replace(families[1], degrees_of_freedom=families[1].degrees_of_freedom + 3)
    found = AreaTables(to_whole=nothing(), siblings=tuple(families))
    table = published(dict.fromkeys(AREAS, 100))
    told = []
    for number in (1, 2):
        monkeypatch.setattr(published_areas, "processors", lambda number=number: number)
        monkeypatch.setattr(published_areas, "_WORTH", 0)
        told.append(published_ranks(found, table, {"q": True}, {}))
    assert told[0] == told[1]
    assert len(told[0]) == len(families)
    assert told[0] == tuple(
        one
        for family in families
        for one in published_ranks(AreaTables(to_whole=nothing(), siblings=(family,)), table, {"q": True}, {})
    )
