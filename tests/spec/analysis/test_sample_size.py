"""How many to ask: textbook numbers, the way back, and the verdict's power by enumeration."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv
from scipy.stats import binom

from analysis.results import Goal, PublicationRule, Reliability, Tier
from analysis.sampling import (
    AreaField,
    FieldAssumptions,
    margin_curve,
    margin_of,
    margin_table,
    planned_design_effect,
    prospect,
    prospects,
    size_for_change,
    size_for_margin,
    size_for_verdict,
    sizes_for_areas,
    smallest_change,
)


@pytest.mark.parametrize(
    ("margin", "share", "population", "expected"),
    [
        (0.05, 0.5, None, 385),  # 1.96^2 / 4 / 0.0025 = 384.1
        (0.03, 0.5, None, 1068),  # 1067.1
        (0.05, 0.5, 3290, 345),  # 384.15 / (1 + 383.15 / 3290) = 344.1
        (0.05, 0.9, None, 139),  # 138.3
        (0.10, 0.5, 200, 66),  # 96.04 / (1 + 95.04 / 200) = 65.1
    ],
)
def test_a_margin_by_the_textbook(margin: float, share: float, population: int | None, expected: int) -> None:
    planned = size_for_margin(margin, share=share, field=FieldAssumptions(population=population))
    assert planned.completed == expected


def test_design_effect_response_and_eligibility() -> None:
    field = FieldAssumptions(design_effect=1.5, response_rate=0.6, eligibility_rate=0.9)
    planned = size_for_margin(0.05, field=field)
    assert planned.completed == 577  # 1.5 * 384.146 = 576.2
    assert planned.cases == math.ceil(577 / 0.54)
    # 5 questionnaires a grid with rho 0.05, weights that vary by half their mean: 1.2 * 1.25.
    assert planned_design_effect(per_psu=5, intraclass_correlation=0.05, weight_variation=0.5) == pytest.approx(1.5)


@given(
    st.floats(0.01, 0.3),
    st.floats(0.02, 0.98),
    st.integers(2, 100_000),
    st.floats(0.5, 4.0),
)
def test_the_size_is_the_least_that_keeps_the_margin(
    margin: float, share: float, population: int, effect: float
) -> None:
    field = FieldAssumptions(population=population, design_effect=effect)
    completed = size_for_margin(margin, share=share, field=field).completed
    assert completed is not None
    assert completed <= population or effect < 1
    assert margin_of(completed, share=share, field=field) <= margin + 1e-9
    if completed > 1:
        assert margin_of(completed - 1, share=share, field=field) > margin - 1e-9


def exact_power(size: int, share: float, target: float, level: float = 0.95) -> float:
    """Chance that the Clopper-Pearson interval lies wholly on the right side of the target, by enumeration."""
    yes = np.arange(size + 1)
    tail = (1 - level) / 2
    low = np.where(yes > 0, betaincinv(np.maximum(yes, 1), size - yes + 1, tail), 0.0)
    high = np.where(yes < size, betaincinv(yes + 1, np.maximum(size - yes, 1), 1 - tail), 1.0)
    settled = low >= target if share > target else high < target
    return float(binom.pmf(yes, size, share)[settled].sum())


@pytest.mark.parametrize(
    ("share", "target"),
    [(0.95, 0.9), (0.93, 0.9), (0.85, 0.9), (0.98, 0.9), (0.99, 0.9), (0.8, 0.9), (0.6, 0.8), (0.5, 0.4), (0.2, 0.3)],
)
def test_the_size_for_a_verdict_has_the_power_it_promises(share: float, target: float) -> None:
    completed = size_for_verdict(share, Goal(value=target)).completed
    assert completed is not None
    # The power of an exact interval is a saw tooth: over the next twenty sizes it averages what was promised.
    powers = [exact_power(completed + more, share, target) for more in range(20)]
    assert np.mean(powers) > 0.79
    assert min(powers) > 0.73
    # And it is not bought by asking many too many: with a fifth fewer it falls short.
    assert np.mean([exact_power(round(completed * 0.8) - more, share, target) for more in range(10)]) < 0.82


def test_what_no_sample_can_settle() -> None:
    assert size_for_verdict(0.9, Goal(value=0.9)).completed is None
    assert size_for_verdict(0.99, Goal(value=1.0)).reason == "no sample can show a target of 0 % or 100 %"
    small = size_for_verdict(0.92, Goal(value=0.9), field=FieldAssumptions(population=1200))
    assert small.completed is None
    assert small.reason is not None
    assert "1200 adults" in small.reason


def test_a_change_between_waves() -> None:
    # Fleiss: 0.8 to 0.9, two-sided 5 %, power 80 %: (1.96 sqrt(2 * .85 * .15) + .8416 sqrt(.16 + .09))^2 / .01 = 198.96
    assert size_for_change(0.8, 0.9).completed == 199
    # Half the variance is shared when the PSUs are the same and correlate 0.5.
    assert size_for_change(0.8, 0.9, correlation=0.5).completed == 100
    assert size_for_change(0.8, 0.8).completed is None
    # A first wave of 100: .16/100 alone exceeds (.1 / 2.8016)^2 = .001274, so no second wave can do it.
    assert size_for_change(0.8, 0.9, first_wave=100).completed is None
    # A first wave of 400: .09 / (.0012741 - .0004) = 102.96.
    assert size_for_change(0.8, 0.9, first_wave=400).completed == 103


def test_the_smallest_change_is_the_way_back() -> None:
    change = smallest_change(199, before=0.8)
    assert change is not None
    assert change == pytest.approx(0.1, abs=1e-4)
    assert smallest_change(5, before=0.9) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"response_rate": 0.0}, "response rate is 0.0"),
        ({"eligibility_rate": 60.0}, "as 0.6"),
        ({"design_effect": 0.0}, "design effect is 0.0"),
        ({"population": 0}, "population is 0"),
    ],
)
def test_an_assumption_that_cannot_be_is_refused(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FieldAssumptions(**arguments)  # type: ignore[arg-type]


def test_the_planner_warns_before_the_field() -> None:
    few, loose, fine = (prospect(size, share=0.8) for size in (8, 20, 400))
    assert (few.tier, few.warnings) == (Tier.NOT_ALONE, ("not alone: fewer than 10 respondents",))
    assert (loose.tier, loose.warnings) == (Tier.COARSE, ("coarse: effective sample 20 below 30, interval 38% wide",))
    assert (fine.tier, fine.warnings) == (Tier.SHOWN, ())
    # Of ten who are split the interval is 63 points wide: nothing to go by.
    assert prospect(10).tier is Tier.NOT_ALONE
    assert prospect(12).tier is Tier.COARSE
    strict = PublicationRule(reliability=Reliability.SUPPRESS)
    assert prospect(20, rule=strict).tier is Tier.NOT_ALONE
    assert prospect(10, rule=PublicationRule(reliability=Reliability.FLAG)).tier is Tier.COARSE
    # The foretold interval is the exact one: 16 of 20 gives 56.3 % to 94.3 % (Clopper-Pearson).
    assert (loose.low, loose.high) == pytest.approx((0.5634, 0.9427), abs=1e-4)


def test_thirty_of_thirty_is_foretold_as_it_will_be_printed() -> None:
    assert prospect(30, share=1.0).low == pytest.approx(0.025 ** (1 / 30))


def test_a_census_leaves_no_margin() -> None:
    everyone = prospect(60, share=0.7, field=FieldAssumptions(population=60))
    assert (everyone.low, everyone.high, everyone.margin) == (0.7, 0.7, 0.0)


def test_the_table_and_the_curve_fall() -> None:
    rows = margin_table([20, 60, 200, 400], field=FieldAssumptions(population=300))
    assert [row.completed for row in rows] == [20, 60, 200]
    curve = margin_curve(smallest=10, largest=1000)
    sizes, margins = zip(*curve, strict=True)
    assert list(sizes) == sorted(set(sizes))
    assert (sizes[0], sizes[-1]) == (10, 1000)
    assert all(later < earlier for earlier, later in pairwise(margins))


def test_communities_and_the_whole() -> None:
    areas = [
        AreaField(name="A", field=FieldAssumptions(population=1000), share=0.5),
        AreaField(name="B", field=FieldAssumptions(population=3000), share=0.8),
    ]
    assert dict(sizes_for_areas(areas, 0.1))["A"].completed == 88  # 96.04 / (1 + 95.04 / 1000)
    *communities, whole = prospects(areas, [50, 50])
    assert [row.name for row in communities] == ["A", "B"]
    # W^2 p q / n (N - n) / (N - 1), by hand.
    variance = 0.25**2 * 0.25 / 50 * 950 / 999 + 0.75**2 * 0.16 / 50 * 2950 / 2999
    assert whole.prospect.margin == pytest.approx(1.959964 * math.sqrt(variance), rel=1e-6)
    assert whole.prospect.share == pytest.approx(0.25 * 0.5 + 0.75 * 0.8)
    assert [row.name for row in prospects(areas, [50, 0])] == ["A"]
