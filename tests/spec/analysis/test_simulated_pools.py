"""How often the interval of waves put together has what is true: of the city, and of communities with fifteen answers a
wave.

Waves of one invented city in which nothing changes; each wave meets the city's register. Households are drawn anew in
all grids, or a part of the grids is drawn, so that some are in several waves and some are not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from analysis.plan import AnalysisPlan, Level
from tests.simulated.pooled import pooled_study
from tests.simulated.waves import Shape

PLAN = AnalysisPlan(levels=(Level.CITY, Level.COMMUNITY), sensitivity=())
ANEW = Shape(streets=3, communities=4, grids=3, households=100, issued=12, indicators=3)
SOME_GRIDS = Shape(streets=3, communities=4, grids=8, households=60, issued=9, drawn_grids=4, grid_spread=0.3)


@dataclass(frozen=True, slots=True)
class Limits:
    pools: int
    city: float  # at least covered
    communities: float
    error_ratio: tuple[float, float]


SIZES = [
    pytest.param(Limits(15, 0.80, 0.91, (0.5, 2.0)), id="small"),
    pytest.param(Limits(600, 0.92, 0.945, (0.85, 1.15)), marks=pytest.mark.soak, id="full"),
]


@pytest.mark.parametrize("limits", SIZES)
@pytest.mark.parametrize(("shape", "seed"), [(ANEW, 21), (SOME_GRIDS, 22)], ids=["drawn anew", "some grids"])
def test_the_interval_has_what_is_true(limits: Limits, shape: Shape, seed: int) -> None:
    found = pooled_study(shape, PLAN, waves=3, pools=limits.pools, seed=seed)
    print(json.dumps(found.figures()))
    assert not found.impossible
    assert 13 <= found.size <= 18
    assert found.coverage(Level.CITY) >= limits.city
    assert found.coverage(Level.COMMUNITY) >= limits.communities
    low, high = limits.error_ratio
    assert all(low <= one <= high for one in found.error_ratio)
