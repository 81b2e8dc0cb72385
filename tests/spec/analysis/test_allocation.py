"""Sharing out a sample: by hand, exactly to the sum, and Neyman's against every other way."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.sampling import Allocation, Stratum, allocate

TOWN = [
    Stratum(name="large", population=900, standard_deviation=0.3),
    Stratum(name="middle", population=400, standard_deviation=0.5),
    Stratum(name="small", population=100, standard_deviation=0.5),
]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Allocation.PROPORTIONAL, (64, 29, 7)),  # 64.29, 28.57, 7.14
        (Allocation.EQUAL, (34, 33, 33)),  # 33.33 each; of equal remainders the first
        (Allocation.NEYMAN, (52, 38, 10)),  # 270 : 200 : 50 -> 51.92, 38.46, 9.62
        (Allocation.SQUARE_ROOT, (50, 33, 17)),  # 30 : 20 : 10 -> 50, 33.33, 16.67
        (Allocation.POWER, (37, 42, 21)),  # 30 * .3 : 20 * .5 : 10 * .5 = 9 : 10 : 5 -> 37.5, 41.67, 20.83
    ],
)
def test_each_rule_by_hand(method: Allocation, expected: tuple[int, ...]) -> None:
    assert allocate(100, TOWN, method) == expected


def test_what_a_bound_cuts_goes_to_the_others() -> None:
    # Proportional 64.29, 28.57, 7.14 with at least 20: 80 left over 900 : 400 -> 55.38, 24.62.
    assert allocate(100, TOWN, minimum=20) == (55, 25, 20)
    # At most 50: the large stands at 50; 50 over 400 : 100 -> 40, 10.
    assert allocate(100, TOWN, maximum=50) == (50, 40, 10)
    # A list shorter than the minimum is taken whole.
    tiny = [*TOWN, Stratum(name="tiny", population=6)]
    assert allocate(100, tiny, minimum=20)[-1] == 6


def test_strata_without_spread_get_what_the_others_cannot_take() -> None:
    strata = [
        Stratum(name="a", population=30, standard_deviation=0.5),
        Stratum(name="b", population=100, standard_deviation=0.0),
        Stratum(name="c", population=100, standard_deviation=0.0),
    ]
    assert allocate(50, strata, Allocation.NEYMAN) == (30, 10, 10)
    assert allocate(20, strata, Allocation.NEYMAN) == (20, 0, 0)


strata_lists = st.lists(st.tuples(st.integers(0, 400), st.floats(0, 2)), min_size=1, max_size=12).map(
    lambda pairs: [
        Stratum(name=str(place), population=size, standard_deviation=spread)
        for place, (size, spread) in enumerate(pairs)
    ]
)


@given(strata_lists, st.sampled_from(Allocation), st.data())
def test_every_allocation_adds_up_within_its_bounds(
    strata: list[Stratum], method: Allocation, data: st.DataObject
) -> None:
    minimum = data.draw(st.integers(0, 20))
    maximum = data.draw(st.none() | st.integers(minimum, 200))
    low = [min(minimum, stratum.population) for stratum in strata]
    high = [stratum.population if maximum is None else min(maximum, stratum.population) for stratum in strata]
    total = data.draw(st.integers(sum(low), sum(high)))
    shared = allocate(total, strata, method, minimum=minimum, maximum=maximum)
    assert sum(shared) == total
    assert all(lo <= size <= hi for lo, size, hi in zip(low, shared, high, strict=True))


@given(st.lists(st.tuples(st.integers(8, 24), st.floats(0.1, 2)), min_size=2, max_size=3), st.integers(4, 8), st.data())
def test_neyman_is_near_the_best_of_all_allocations(
    pairs: list[tuple[int, float]], minimum: int, data: st.DataObject
) -> None:
    strata = [Stratum(name=str(k), population=n, standard_deviation=s) for k, (n, s) in enumerate(pairs)]
    total = data.draw(st.integers(minimum * len(strata), sum(n for n, _ in pairs)))

    def variance(sizes: tuple[int, ...]) -> float:
        return sum((n * s) ** 2 / size for (n, s), size in zip(pairs, sizes, strict=True))

    best = min(variance(sizes) for sizes in product(*(range(minimum, n + 1) for n, _ in pairs)) if sum(sizes) == total)
    # Whole numbers of at least four cost a rounded optimum no more than a tenth.
    assert variance(allocate(total, strata, Allocation.NEYMAN, minimum=minimum)) <= best * 1.10


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"total": 2000}, "lists and maximum allow 1400"),
        ({"total": 10, "minimum": 5}, "the minimum asks for 15"),
        ({"total": 10, "minimum": 5, "maximum": 4}, "above the maximum"),
        ({"total": 10, "exponent": 2.0}, "exponent is 2.0"),
    ],
)
def test_what_cannot_be_shared_out_is_refused(arguments: dict[str, int], message: str) -> None:
    total = arguments.pop("total")
    with pytest.raises(ValueError, match=message):
        allocate(total, TOWN, **arguments)  # type: ignore[arg-type]


def test_a_stratum_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="come twice: large"):
        allocate(10, [TOWN[0], TOWN[0]])
