"""Households are drawn with the probabilities that their weights will claim."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from survey_service.models import Mode
from survey_service.sampling.service import Address, GridList, draw_in_every_grid, draw_in_some_grids


def grid(code: str, size: int, adults: int = 2) -> GridList:
    return GridList(code=code, addresses=[Address(id=f"{code}-{n:03d}", adults=adults) for n in range(size)])


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
    lists = [grid("A", 40), grid("B", 60)]
    first, second = (draw_in_every_grid(lists, 10, paper_share=0.5, rng=np.random.default_rng(6)) for _ in range(2))
    assert first == second
    assert len({one.address.id for one in first}) == 10
