"""Every estimator on a design that fits on a page; the expected numbers are arithmetic."""

from __future__ import annotations

from math import sqrt

import pandas as pd
import pytest
from scipy.special import stdtrit

from analysis.design import SurveyDesign
from analysis.estimation import Index, Mean, Proportion, Ratio, Total, estimate
from analysis.estimation.options import Sides, Simultaneous
from analysis.problems import DesignError, LonelyPsuError
from analysis.results import Estimate, Estimates, IntervalMethod, LonelyPsu

#  stratum A: PSU 1 = 1,1   PSU 2 = 0,1   weight 10
#  stratum B: PSU 3 = 0,0   PSU 4 = 1,0   weight 30
TOY = pd.DataFrame(
    {
        "stratum": list("AAAABBBB"),
        "psu": [1, 1, 2, 2, 3, 3, 4, 4],
        "weight": [10.0] * 4 + [30.0] * 4,
        "satisfied": [1, 1, 0, 1, 0, 0, 1, 0],
        "points": [100, 80, 0, 60, 0, 20, 60, 40],
        "persons": [1, 2, 1, 2, 1, 1, 2, 2],
        "woman": ["f", "m", "f", "m", "f", "f", "m", "f"],
        "psus_in_stratum": [4] * 4 + [8] * 4,
        "persons_in_psu": [20] * 4 + [40] * 4,
    }
)
DESIGN = SurveyDesign.from_frame(TOY, weight="weight", strata=["stratum"], clusters=["psu"])


def only(found: Estimates) -> Estimate:
    (one,) = found.estimates
    return one


def test_mean_of_a_stratified_cluster_sample() -> None:
    one = only(estimate(TOY, DESIGN, [Mean("satisfied")]))
    assert one.value == pytest.approx((10 * 3 + 30 * 1) / 160)
    assert one.degrees_of_freedom == 4 - 2
    # Residuals are 1 - 3/8 and -3/8. PSU totals of w (y - 3/8): 12.5, 2.5 | -22.5, 7.5; n/(n-1) = 2.
    variance = 2 * (5**2 + 5**2) + 2 * (15**2 + 15**2)
    assert one.standard_error == pytest.approx(sqrt(variance) / 160)
    # Simple random sampling with replacement, 8 respondents: sum w (y - m)^2 / sum w / (n - 1)
    simple = (60 * (5 / 8) ** 2 + 100 * (3 / 8) ** 2) / 160 / 7
    assert one.design_effect == pytest.approx(variance / 160**2 / simple)
    half = stdtrit(2, 0.975) * sqrt(variance) / 160
    assert one.interval is not None
    assert (one.interval.low, one.interval.high) == pytest.approx((3 / 8 - half, 3 / 8 + half))


def test_total() -> None:
    one = only(estimate(TOY, DESIGN, [Total("satisfied")]))
    assert one.value == 60
    # PSU totals 20, 10 | 0, 30
    assert one.standard_error == pytest.approx(sqrt(2 * (5**2 + 5**2) + 2 * (15**2 + 15**2)))


def test_ratio() -> None:
    one = only(estimate(TOY, DESIGN, [Ratio("points", "persons")]))
    points, persons = 10 * 240 + 30 * 120, 10 * 6 + 30 * 6
    ratio = points / persons
    assert one.value == pytest.approx(ratio)
    psu = [10 * (180 - 3 * ratio), 10 * (60 - 3 * ratio), 30 * (20 - 2 * ratio), 30 * (100 - 4 * ratio)]
    variance = 2 * 2 * ((psu[0] - psu[1]) / 2) ** 2 + 2 * 2 * ((psu[2] - psu[3]) / 2) ** 2
    assert one.standard_error == pytest.approx(sqrt(variance) / persons)


def test_a_domain_keeps_every_psu() -> None:
    men = estimate(TOY, DESIGN, [Total("satisfied"), Mean("points")], by=["woman"]).estimates[2:]
    total, mean = men
    assert total.value == 10 + 10 + 30
    # Men in PSU 1: 1, PSU 2: 1, PSU 4: 1. PSU 3 has none and is an observed zero: totals 10, 10 | 0, 30.
    assert total.standard_error == pytest.approx(sqrt(2 * 2 * 15**2))
    # PSUs with a man: three; strata with one: two.
    assert mean.degrees_of_freedom == 3 - 2
    assert mean.value == pytest.approx((10 * 80 + 10 * 60 + 30 * 60) / 50)


def test_finite_population_correction_over_two_stages() -> None:
    design = SurveyDesign.from_frame(
        TOY.assign(person=range(8)),
        weight="weight",
        strata=["stratum"],
        clusters=["psu", "person"],
        population_sizes=["psus_in_stratum", "persons_in_psu"],
    )
    one = only(estimate(TOY, design, [Total("satisfied")]))
    between = (1 - 2 / 4) * 2 * (5**2 + 5**2) + (1 - 2 / 8) * 2 * (15**2 + 15**2)
    # Within PSU 2 (0, 10) and PSU 4 (30, 0): f_1 (1 - f_2) n/(n-1) sum (t - mean)^2
    within = 2 / 4 * (1 - 2 / 20) * 2 * (5**2 + 5**2) + 2 / 8 * (1 - 2 / 40) * 2 * (15**2 + 15**2)
    assert one.standard_error == pytest.approx(sqrt(between + within))


def test_a_single_unit_at_stage_two_falls_back_to_the_ultimate_cluster() -> None:
    frame = pd.DataFrame(
        {"psu": [1, 1, 2, 3, 3], "home": [1, 2, 3, 4, 5], "y": [1.0, 2, 4, 3, 5], "psus": [6] * 5, "homes": [9] * 5}
    )
    design = SurveyDesign.from_frame(frame, clusters=["psu", "home"], population_sizes=["psus", "homes"])
    one = only(estimate(frame, design, [Total("y")]))
    # PSU 2 has one home: the stratum's variance is that of PSU totals 3, 4, 8 without correction.
    assert one.standard_error == pytest.approx(sqrt(3 / 2 * (2**2 + 1**2 + 3**2)))
    assert "ultimate cluster" in one.notes[0]


def test_proportions_add_up_and_a_category_nobody_chose_is_zero() -> None:
    frame = TOY.assign(opinion=pd.Categorical(list("aababbab"), categories=["a", "b", "c"]))
    a, b, c = estimate(frame, DESIGN, [Proportion("opinion")]).estimates
    assert a.value == pytest.approx((3 * 10 + 30) / 160)
    assert (a.value or 0) + (b.value or 0) == pytest.approx(1)
    assert a.standard_error == pytest.approx(b.standard_error)
    assert (c.value, c.all_alike) == (0, True)


def test_an_index_counts_the_covariance_of_its_parts() -> None:
    yes, points = Ratio("satisfied", "one", scale=(0.0, 1.0)), Ratio("points", "one", scale=(0.0, 100.0))
    frame = TOY.assign(one=1.0)
    index, mean = estimate(
        frame.assign(both=50 * TOY["satisfied"] + 0.5 * TOY["points"]),
        DESIGN,
        [Index("index", parts=((yes, 50.0), (points, 0.5))), Mean("both", scale=(0.0, 100.0))],
    ).estimates
    assert index.scale == (0.0, 100.0)
    for name in ("value", "standard_error", "degrees_of_freedom", "sample_size"):
        assert getattr(index, name) == pytest.approx(getattr(mean, name))
    assert index.interval == mean.interval


def test_a_net_is_a_ratio_of_its_own() -> None:
    frame = TOY.assign(net=[1.0, 1, -1, 0, -1, 0, 1, 0], one=1.0)
    one = only(estimate(frame, DESIGN, [Ratio("net", "one", variable="net", scale=(-1.0, 1.0))]))
    assert one.value == pytest.approx((10 * 1 + 30 * 0) / 160)
    assert one.interval is not None
    assert one.interval.low >= -1


def test_frequencies_are_respondents_of_their_own() -> None:
    cells = pd.DataFrame({"y": [1.0, 0.0], "n": [30, 20], "w": [2.0, 1.0]})
    long = cells.loc[cells.index.repeat(cells["n"])].reset_index(drop=True)
    short_design = SurveyDesign.from_frame(cells, weight="w", frequency="n")
    long_design = SurveyDesign.from_frame(long, weight="w")
    assert short_design.summary() == long_design.summary()
    short, full = (
        only(estimate(frame, design, [Mean("y")])) for frame, design in ((cells, short_design), (long, long_design))
    )
    assert short.value == pytest.approx(60 / 80)
    assert short.standard_error == pytest.approx(full.standard_error)
    assert short.design_effect == pytest.approx(full.design_effect)


# ------------------------------------------------------------------ everyone alike
def everyone(count: int, psus: int) -> tuple[pd.DataFrame, SurveyDesign]:
    frame = pd.DataFrame({"yes": [1.0] * count, "one": 1.0, "points": 100.0, "grid": [i % psus for i in range(count)]})
    return frame, SurveyDesign.from_frame(frame, clusters=["grid"])


@pytest.mark.parametrize(("psus", "least"), [(30, 0.884), (4, 0.7425)])
@pytest.mark.parametrize("method", [method for method in IntervalMethod if method != "woodruff"])
def test_thirty_of_thirty_is_not_everyone(psus: int, least: float, method: IntervalMethod) -> None:
    frame, design = everyone(30, psus)
    one = only(estimate(frame, design, [Ratio("yes", "one", scale=(0.0, 1.0))], interval=method))
    ratio = (stdtrit(29, 0.975) / stdtrit(psus - 1, 0.975)) ** 2
    assert one.interval is not None
    assert one.interval.low == pytest.approx(0.025 ** (1 / (30 * ratio)))
    assert one.interval.low == pytest.approx(least, abs=5e-4)
    assert one.interval.high == 1
    assert one.all_alike


def test_thirty_times_a_hundred_points_is_not_a_hundred() -> None:
    frame, design = everyone(30, 30)
    one = only(estimate(frame, design, [Mean("points", scale=(0.0, 100.0))]))
    assert one.interval is not None
    assert (one.interval.low, one.interval.high) == pytest.approx((100 * 0.025 ** (1 / 30), 100))


def test_forty_of_forty_from_sixty() -> None:
    frame, _ = everyone(40, 1)
    frame["there"] = 60
    design = SurveyDesign.from_frame(frame, population_sizes=["there"])
    one = only(estimate(frame, design, [Proportion("yes", "1")]))
    # With 57 of 60 saying yes, forty yes in a row still happen to 3.3 %; with 56 to 1.0 %.
    assert one.interval is not None
    assert one.interval.low == pytest.approx(57 / 60)


def test_a_complete_enumeration_says_what_it_found() -> None:
    frame = pd.DataFrame({"yes": [1.0] * 39 + [0.0], "there": 40})
    design = SurveyDesign.from_frame(frame, population_sizes=["there"])
    one = only(estimate(frame, design, [Proportion("yes", "1")]))
    assert one.complete_enumeration
    assert one.interval is not None
    assert (one.interval.low, one.interval.high, one.standard_error) == (39 / 40, 39 / 40, 0)


def test_a_census_of_households_with_one_adult_each_is_no_census() -> None:
    frame = pd.DataFrame({"yes": [1.0, 0, 1, 1], "there": 4, "adults": [1.0, 2, 2, 3]})
    design = SurveyDesign.from_frame(frame, weight="adults", population_sizes=["there"])
    one = only(estimate(frame, design, [Proportion("yes", "1")]))
    assert not one.complete_enumeration
    assert one.interval is None
    assert "not everyone was asked" in one.notes[0]


# ------------------------------------------------------------------ what cannot be estimated, and lonely PSUs
def test_a_domain_in_one_psu_has_a_mean_but_no_error() -> None:
    frame = TOY.assign(where=["x", "x", *"yyyyyy"])
    mean, total = estimate(frame, DESIGN, [Mean("points"), Total("points")], by=["where"]).estimates[:2]
    assert (mean.value, mean.standard_error, mean.interval) == (90, None, None)
    assert mean.degrees_of_freedom == 0
    assert "0 degrees of freedom" in mean.notes[0]
    # PSU 2 is an observed zero beside it.
    assert total.standard_error == pytest.approx(sqrt(2 * 2 * 900**2))


LONELY = pd.DataFrame({"stratum": list("AABBC"), "y": [1.0, 3, 2, 8, 5]})
LONELY_DESIGN = SurveyDesign.from_frame(LONELY, strata=["stratum"])


@pytest.mark.parametrize(
    ("policy", "variance"),
    [
        # Strata A and B add 2 (1 + 1) and 2 (9 + 9); their PSUs, and C's, have the mean total 19 / 5.
        (LonelyPsu.CERTAINTY, 4 + 36),
        (LonelyPsu.REMOVE, 4 + 36),
        (LonelyPsu.ADJUST, 4 + 36 + (5 - 19 / 5) ** 2),
        (LonelyPsu.AVERAGE, (4 + 36) * 3 / 2),
    ],
)
def test_lonely_psu(policy: LonelyPsu, variance: float) -> None:
    one = only(estimate(LONELY, LONELY_DESIGN, [Total("y")], lonely_psu=policy))
    assert one.standard_error == pytest.approx(sqrt(variance))


def test_lonely_psu_fails_by_default_and_names_the_stratum() -> None:
    with pytest.raises(LonelyPsuError, match=r"stratum: 1 stratum has a single PSU: C, first in rows 4\..*certainty"):
        estimate(LONELY, LONELY_DESIGN, [Total("y")])


def test_a_single_psu_that_is_all_there_is_is_not_lonely() -> None:
    frame = LONELY.assign(there=[5, 5, 5, 5, 1])
    design = SurveyDesign.from_frame(frame, strata=["stratum"], population_sizes=["there"])
    one = only(estimate(frame, design, [Total("y")]))
    assert one.standard_error == pytest.approx(sqrt((1 - 2 / 5) * (4 + 36)))


# ------------------------------------------------------------------ designs that are refused
@pytest.mark.parametrize(
    ("change", "arguments", "said"),
    [
        (
            {"w": [1.0, -1, 1, 1]},
            {"weight": "w"},
            r"w: the weight is negative in 1 rows, first in rows 1\. .*calibrate",
        ),
        ({"w": [1.0, None, 1, 1]}, {"weight": "w"}, r"w: the weight is missing in 1 rows, first in rows 1"),
        ({"w": ["1", "x", "1", "1"]}, {"weight": "w"}, r"w: the weight is not a number: 'x', first in rows 1"),
        ({}, {"weight": "v"}, r"v: there is no such column\. The columns are: "),
        (
            {"u": [1, 1, 1, 2]},
            {"strata": ["s"], "clusters": ["u"]},
            r"u: the unit .* lies in two strata, first in rows 2",
        ),
        (
            {"n": [1, 1, 5, 5]},
            {"strata": ["s"], "population_sizes": ["n"]},
            r"n: stage 1 has 2 sampled units out of .* 1",
        ),
        ({"n": [4, 5, 5, 5]}, {"strata": ["s"], "population_sizes": ["n"]}, r"n: it differs within one stratum"),
        ({"s": ["A", None, "B", "B"]}, {"strata": ["s"]}, r"s: the label is missing in 1 rows, first in rows 1"),
        ({"n": [9] * 4}, {"population_sizes": ["n", "n"]}, r"given for 2 stages"),
    ],
)
def test_a_faulty_design_names_column_rows_and_remedy(
    change: dict[str, list[object]], arguments: dict[str, object], said: str
) -> None:
    frame = pd.DataFrame({"s": ["A", "A", "B", "B"], "y": [1.0, 2, 3, 4]}).assign(**change)
    with pytest.raises(DesignError, match=said):
        SurveyDesign.from_frame(frame, **arguments)  # type: ignore[arg-type]


def test_every_problem_is_named_at_once() -> None:
    frame = pd.DataFrame({"w": [-1.0, 1], "s": [None, "A"]})
    with pytest.raises(DesignError) as caught:
        SurveyDesign.from_frame(frame, weight="w", strata=["s"])
    assert [problem.column for problem in caught.value.problems] == ["w", "s"]


def test_labels_that_start_anew_in_every_stratum() -> None:
    frame = pd.DataFrame({"s": ["A", "A", "B", "B"], "u": [1, 2, 1, 2], "y": [1.0, 2, 3, 4]})
    assert SurveyDesign.from_frame(frame, strata=["s"], clusters=["u"], nest=True).summary().psus == 4


# ------------------------------------------------------------------ one side, several domains at once
def test_a_one_sided_limit_is_an_end_of_the_wider_interval() -> None:
    request = [Ratio("satisfied", "one", scale=(0.0, 1.0))]
    frame = TOY.assign(one=1.0)
    both = only(estimate(frame, DESIGN, request, level=0.90)).interval
    least = only(estimate(frame, DESIGN, request, level=0.95, sides=Sides.LOWER)).interval
    most = only(estimate(frame, DESIGN, request, level=0.95, sides=Sides.UPPER)).interval
    assert both is not None
    assert least is not None
    assert most is not None
    assert (least.low, least.high, least.level) == (pytest.approx(both.low), 1.0, 0.95)
    assert (most.low, most.high) == (0.0, pytest.approx(both.high))


@pytest.mark.parametrize(
    ("how", "level"), [(Simultaneous.BONFERRONI, 1 - 0.05 / 2), (Simultaneous.SIDAK, 0.95 ** (1 / 2))]
)
def test_intervals_that_hold_jointly(how: Simultaneous, level: float) -> None:
    jointly = estimate(TOY, DESIGN, [Mean("points")], by=["woman"], simultaneous=how)
    singly = estimate(TOY, DESIGN, [Mean("points")], by=["woman"], level=level)
    for one, other in zip(jointly.estimates, singly.estimates, strict=True):
        assert one.interval is not None
        assert other.interval is not None
        assert (one.interval.low, one.interval.high) == pytest.approx((other.interval.low, other.interval.high))
        assert one.interval.level == 0.95
    assert f"intervals hold jointly over 2 domains ({how})" in jointly.notes
