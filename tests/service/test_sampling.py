"""Households are drawn with the probabilities that their weights will claim."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_service.models import Mode
from survey_service.sampling.selection import proportional, simple_random, systematic
from survey_service.sampling.service import Address, GridList, draw_in_every_grid, draw_in_some_grids


def grid(code: str, size: int, adults: int = 2) -> GridList:
    return GridList(code=code, addresses=[Address(id=f"{code}-{n:03d}", adults=adults) for n in range(size)])


@given(st.integers(1, 400), st.data(), st.integers(0, 2**32 - 1))
def test_a_systematic_draw_is_spread_evenly_over_the_list(population: int, data: st.DataObject, seed: int) -> None:
    size = data.draw(st.integers(0, population))
    drawn = systematic(population, size, np.random.default_rng(seed))
    assert len(set(drawn)) == size
    assert drawn == sorted(drawn)
    # Of any two neighbours in the sample the distance is the interval, rounded down or up.
    interval = population / max(size, 1)
    steps = {later - earlier for earlier, later in pairwise(drawn)}
    assert steps <= {math.floor(interval), math.ceil(interval)}


def test_every_unit_has_the_same_chance_in_a_systematic_draw() -> None:
    rng = np.random.default_rng(1)
    seen = Counter(position for _ in range(7000) for position in systematic(7, 3, rng))
    # 7,000 draws of 3 of 7: 3,000 each, standard deviation 41.
    assert all(abs(seen[position] - 3000) < 5 * 41 for position in range(7))


@given(st.lists(st.integers(2, 500), min_size=1, max_size=12), st.data())
def test_an_allocation_gives_out_exactly_the_total_and_two_to_each(sizes: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(2 * len(sizes), sum(sizes)))
    given_out = proportional(total, sizes)
    assert sum(given_out) == total
    assert all(2 <= count <= size for count, size in zip(given_out, sizes, strict=True))


def test_an_allocation_by_hand() -> None:
    # 10 over 50, 30, 20 is 5, 3, 2; over 500, 300, 10 largest remainders give 6, 4, 0, and two to the last.
    assert proportional(10, [50, 30, 20]) == [5, 3, 2]
    assert proportional(10, [500, 300, 10]) == [5, 3, 2]
    with pytest.raises(ValueError, match="11 units cannot be drawn from 10"):
        proportional(11, [5, 5])


def test_households_in_every_grid_keep_the_probability_of_both_stages() -> None:
    drawn = draw_in_every_grid([grid("A", 40), grid("B", 60)], 10, paper_share=0.5, rng=np.random.default_rng(3))
    assert Counter(one.stratum for one in drawn) == {"A": 4, "B": 6}
    for one in drawn:
        household, adult = one.stages
        assert one.psu == one.address.id == household["unit"]
        assert (household["population"], household["sampled"]) == ((40, 4) if one.stratum == "A" else (60, 6))
        assert (adult["probability"], adult["variance"]) == (0.5, False)
        assert one.inclusion_probability == pytest.approx(0.1 * 0.5)
    assert Counter(one.first_mode for one in drawn) == {Mode.PAPER: 5, Mode.WEB_INVITED: 5}


def test_grids_as_psus_keep_the_probability_of_three_stages() -> None:
    grids = [grid(f"G{number:02d}", 100, adults=3) for number in range(30)]
    drawn = draw_in_some_grids(
        "C", grids, grids_drawn=10, size_per_grid=5, paper_share=0.55, rng=np.random.default_rng(4)
    )
    assert Counter(Counter(one.psu for one in drawn).values()) == {5: 10}
    assert {one.stratum for one in drawn} == {"C"}
    for one in drawn:
        assert [stage["probability"] for stage in one.stages] == pytest.approx([10 / 30, 5 / 100, 1 / 3])
        assert one.inclusion_probability == pytest.approx(10 / 30 * 5 / 100 / 3)


def test_an_address_where_nobody_is_registered_can_be_drawn() -> None:
    (one,) = draw_in_every_grid([grid("A", 1, adults=0)], 1, paper_share=0, rng=np.random.default_rng(5))
    assert one.inclusion_probability == 1.0


def test_the_same_seed_draws_the_same() -> None:
    first, second = (simple_random(1000, 20, np.random.default_rng(6)) for _ in range(2))
    assert first == second
    assert len(set(first)) == 20
