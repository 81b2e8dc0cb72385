"""How often a group is said to differ where none does: of the city and of its streets, each against everybody else.

At most 5.5 % of contrasts, and of kinds of groups by Wald's test of all at once; of the sentences of a sheet, which ask
for both, no more. Of 28,000 contrasts of the city one standard deviation of chance is some 0.2 points.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import pytest

from analysis.plan import AnalysisPlan, Group
from tests.simulated.groups import Said, group_study
from tests.simulated.waves import Shape

PLAN = AnalysisPlan(groups=(Group.AGE, Group.SEX), sensitivity=())
SHAPE = Shape(streets=3, communities=6, grids=4, households=60, issued=12, grid_spread=0.3)
SEED = 17


@dataclass(frozen=True, slots=True)
class Limits:
    waves: int
    falsely: float
    ratio: tuple[float, float]


SIZES = [
    pytest.param(Limits(12, 0.13, (0.75, 1.3)), id="small"),
    pytest.param(Limits(1000, 0.055, (0.96, 1.04)), marks=pytest.mark.soak, id="full"),
]


@pytest.mark.parametrize("limits", SIZES)
def test_no_group_is_said_to_differ_more_often_than_chance_may(limits: Limits) -> None:
    found = group_study(SHAPE, PLAN, waves=limits.waves, seed=SEED)
    print(json.dumps(asdict(found)))
    for said in (found.city, found.streets):
        assert_seldom(said, limits)


def assert_seldom(said: Said, limits: Limits) -> None:
    low, high = limits.ratio
    assert said.of_contrasts <= limits.falsely
    assert said.of_kinds <= limits.falsely
    assert said.of_sentences <= said.of_kinds
    assert low <= said.ratio <= high
