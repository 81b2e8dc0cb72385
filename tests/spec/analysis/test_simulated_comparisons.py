"""How often items that are rated alike are told apart, and whether sets of ranks hold the true ranks.

Waves of invented cities, each weighed to the city's register. Meant are at most 5 % of waves with any wrong claim among
the items of the city, and at least 95 % in which all sets of thirty communities of sixty respondents hold at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from analysis.plan import AnalysisPlan, Level
from tests.simulated.comparisons import item_study, rank_study, rated_alike
from tests.simulated.waves import Shape, city

PLAN = AnalysisPlan(levels=(Level.COMMUNITY, Level.CITY), sensitivity=())
ITEMS = Shape(streets=2, communities=4, grids=6, households=150, issued=24, indicators=8, missing=0.0)
THIRTY = Shape(streets=1, communities=30, grids=6, households=150, issued=26, indicators=4, missing=0.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """``waves`` of each study; the share of wrong claims that a good method keeps to with so many waves."""

    waves: int
    wrong: float


SIZES = [
    pytest.param(Limits(8, 0.26), id="small"),
    pytest.param(Limits(1000, 0.064), marks=pytest.mark.soak, id="full"),  # 5 % and two standard deviations
]


@pytest.mark.parametrize("limits", SIZES)
def test_items_that_are_rated_alike_are_seldom_told_apart(limits: Limits) -> None:
    found = item_study(ITEMS, PLAN, waves=limits.waves, seed=13)
    print(json.dumps(found.figures()))
    assert found.waves == limits.waves
    assert found.city <= limits.wrong
    assert found.communities <= limits.wrong
    assert found.lowest <= limits.wrong / 2


@pytest.mark.parametrize("alike", [False, True], ids=["they differ", "all are alike"])
@pytest.mark.parametrize("limits", SIZES)
def test_sets_of_ranks_of_thirty_communities_hold_at_once(limits: Limits, alike: bool) -> None:
    of = rated_alike(THIRTY, 3) if alike else city(THIRTY, 3)
    found = rank_study(of, PLAN, waves=min(limits.waves, 400), seed=11)
    print(json.dumps(found.figures()))
    assert found.waves == min(limits.waves, 400)
    assert found.covered >= 1 - limits.wrong
    assert 0.85 < found.error_ratio < 1.25
    assert (found.told_apart > 0.001) is not alike
