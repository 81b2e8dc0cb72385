"""How often 上升 or 下降 is said of a city in which nothing changed, and of one in which it did.

Pairs of waves of one invented city, a part of whose grids are drawn in both; each wave meets the city's register. The
change to be found is the one that pairs without a change call detectable, before anything has changed. At most 5.5 %
may be said changed where nothing did, and at least 78 % found where something did (of 4,000 figures one standard
deviation of chance is 0.35 and 0.65 points): decisions 0185 and 0186 say what the error counts for that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from analysis.plan import AnalysisPlan, Level
from tests.simulated.changes import change_study
from tests.simulated.waves import Shape

PLAN = AnalysisPlan(levels=(Level.CITY, Level.COMMUNITY), sensitivity=())
# Half of the grids in every wave, so that half of those of a wave are in the other, too.
SHAPE = Shape(streets=4, communities=6, grids=8, households=60, issued=12, drawn_grids=4)
SEED = 11


@dataclass(frozen=True, slots=True)
class Limits:
    pairs: int
    falsely_changed: float
    found: float
    error_ratio: tuple[float, float]


SIZES = [
    pytest.param(Limits(25, 0.12, 0.62, (0.70, 1.45)), id="small"),
    pytest.param(Limits(1000, 0.055, 0.78, (0.95, 1.06)), marks=pytest.mark.soak, id="full"),
]


@pytest.mark.parametrize("limits", SIZES)
def test_a_change_is_seldom_said_where_there_is_none_and_mostly_found_where_there_is(limits: Limits) -> None:
    none = change_study(SHAPE, PLAN, pairs=limits.pairs, seed=SEED)
    fallen = change_study(SHAPE, PLAN, pairs=limits.pairs, seed=SEED, fallen=none.detectable.mean(axis=0))
    print(json.dumps({"nothing changed": none.figures(), "as large as is detectable": fallen.figures()}))
    assert not none.impossible
    assert none.said <= limits.falsely_changed
    assert none.communities <= limits.falsely_changed
    low, high = limits.error_ratio
    assert all(low <= one <= high for one in none.error_ratio)
    assert fallen.said >= limits.found
