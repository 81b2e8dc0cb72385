"""What a wave claims of itself, held against a thousand waves of one city whose truth is known.

Response rises with age and so do the answers, so that who answers is no picture of the city. The default plan has to
mend that, to say how far off it can be, and to call 达标 seldom what is not. ``make test`` runs few waves with wide
limits; ``make soak`` the full count with the limits that the design gives (analysis plan: standard errors within 0.90
to 1.10 of what they are, Wald-t 93 to 97 %, each tail of the drawn interval and false 达标 at most 3.5 and 3 %).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from analysis.plan import AnalysisPlan, Level, Trimming
from tests.simulated.study import IN_EVERY_COMMUNITY, UNCALIBRATED, Study, study
from tests.simulated.waves import Shape

PLAN = AnalysisPlan(levels=(Level.CITY,), sensitivity=())
FEW, MANY = Shape(issued=14), Shape(issued=35)  # 20 to 25, and 50 to 60 respondents a community
SEED = 7


@dataclass(frozen=True, slots=True)
class Limits:
    waves: int
    error_ratio: tuple[float, float]
    coverage: tuple[float, float]
    tail: float
    falsely_reached: float


FULL = Limits(1000, (0.90, 1.10), (0.93, 0.97), 0.035, 0.030)
SMALL = Limits(30, (0.70, 1.45), (0.88, 1.00), 0.070, 0.070)
SIZES = [pytest.param(SMALL, id="small"), pytest.param(FULL, marks=pytest.mark.soak, id="full")]


def faults(found: Study, limits: Limits) -> list[str]:
    """What of a study's claims does not hold."""
    above, below = found.tails
    told = [
        f"standard error over deviation {one:.3f}"
        for one in found.error_ratio
        if not limits.error_ratio[0] <= one <= limits.error_ratio[1]
    ]
    if not limits.coverage[0] <= found.wald_coverage <= limits.coverage[1]:
        told.append(f"Wald-t coverage {found.wald_coverage:.4f}")
    if found.impossible:
        told.append(f"{found.impossible} waves could not be weighed")
    if max(above, below) > limits.tail:
        told.append(f"tails {above:.4f}, {below:.4f}")
    if above > limits.falsely_reached:
        told.append(f"false 达标 at p = target {above:.4f}")
    return told


@pytest.mark.parametrize("limits", SIZES)
@pytest.mark.parametrize("shape", [pytest.param(FEW, id="20-25"), pytest.param(MANY, id="50-60")])
def test_the_default_plan_keeps_what_its_intervals_say(shape: Shape, limits: Limits) -> None:
    found = study(shape, PLAN, waves=limits.waves, seed=SEED)
    bare = study(shape, replace(PLAN, calibration=UNCALIBRATED), waves=limits.waves, seed=SEED)
    print(json.dumps({"default": found.figures(), "without margins": bare.figures()}))
    assert not faults(found, limits)
    assert abs(found.bias).mean() < abs(bare.bias).mean() / 2
    assert faults(bare, limits), "without margins the study must see that the intervals are wrong"


@pytest.mark.soak
def test_margins_of_age_and_sex_in_every_community_do_not() -> None:
    """The same study sees it where standard errors are too small: it could fail."""
    plan = replace(PLAN, calibration=IN_EVERY_COMMUNITY, trimming=Trimming(median_multiple=None))
    found = study(FEW, plan, waves=FULL.waves, seed=SEED)
    print(json.dumps(found.figures()))
    assert min(found.error_ratio) < FULL.error_ratio[0]
    assert found.wald_coverage < FULL.coverage[0]
