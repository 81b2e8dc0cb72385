"""One adult per household: stratum by stratum, households have a finite population correction where every adult of each
was asked, and none where anybody's was not. Worked by hand."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Mean, Proportion, SurveyDesign, Total, estimate
from analysis.estimation.intervals import hypergeometric_limit
from analysis.estimation.replicates import BalancedHalfSamples, Bootstrap, Jackknife
from analysis.problems import DesignError, LonelyPsuError
from analysis.results import Estimate, Estimates

#  stratum A: 3 of 6 households, one adult of each, some have two     weights 2 x adults
#  stratum B: 2 of 4 households, both of people who live alone        weights 2
FRAME = pd.DataFrame(
    {
        "stratum": list("AAABB"),
        "home": [1, 2, 3, 4, 5],
        "homes": [6, 6, 6, 4, 4],
        "adults": [2, 1, 3, 1, 1],
        "w": [4.0, 2, 6, 2, 2],
        "y": [1.0, 2, 1, 3, 5],
        "yes": [1, 1, 0, 1, 1],
    }
)
NOTE = (
    "one adult per household: in 1 of 2 strata of households not every adult of the households was asked, so no finite "
    "population correction counts for households there, whatever share of them answered: another adult might have been "
    "asked"
)


def design_of(frame: pd.DataFrame, **more: Any) -> SurveyDesign:
    how: dict[str, Any] = {"weight": "w", "strata": ["stratum"], "clusters": ["home"], "population_sizes": ["homes"]}
    return SurveyDesign.from_frame(frame, adults="adults", **how | more)


def only(found: Estimates) -> Estimate:
    assert len(found.estimates) == 1
    return found.estimates[0]


@pytest.mark.parametrize("clusters", [["home"], []])
def test_the_correction_goes_stratum_by_stratum(clusters: list[str]) -> None:
    one = only(estimate(FRAME, design_of(FRAME, clusters=clusters), [Total("y")]))
    # Household totals 4, 4, 6 in A without correction; 6, 10 in B with 1 - 2/4.
    in_a = 3 / 2 * ((4 - 14 / 3) ** 2 * 2 + (6 - 14 / 3) ** 2)
    in_b = (1 - 2 / 4) * 2 * (2**2 + 2**2)
    assert one.standard_error == pytest.approx(sqrt(in_a + in_b))
    assert one.notes == (NOTE,)


def test_one_household_of_many_takes_the_correction_of_its_stratum() -> None:
    frame = FRAME.assign(adults=[1, 1, 2, 1, 1])
    assert np.isinf(design_of(frame).stages[0].population_size).tolist() == [True, False]
    frame = FRAME.assign(adults=1)
    assert design_of(frame).notes == ()
    assert np.isinf(design_of(frame).stages[0].population_size).tolist() == [False, False]


def test_households_that_were_asked_whole_keep_theirs() -> None:
    #  three of five households: one adult; two, both asked; three, all asked
    frame = pd.DataFrame(
        {"home": [1, 2, 2, 3, 3, 3], "homes": 5, "adults": [1, 2, 2, 3, 3, 3], "y": [1.0, 2, 0, 1, 1, 4]}
    )
    design = SurveyDesign.from_frame(frame, clusters=["home"], population_sizes=["homes"], adults="adults")
    one = only(estimate(frame, design, [Total("y")]))
    assert one.standard_error == pytest.approx(sqrt((1 - 3 / 5) * 3 / 2 * (2**2 + 1**2 + 3**2)))
    missing_one = frame.iloc[:5]
    fallen = SurveyDesign.from_frame(missing_one, clusters=["home"], population_sizes=["homes"], adults="adults")
    one = only(estimate(missing_one, fallen, [Total("y")]))
    assert one.standard_error == pytest.approx(sqrt(3 / 2 * ((1 - 5 / 3) ** 2 + 2 * (2 - 5 / 3) ** 2)))


def test_grids_keep_their_correction_and_households_lose_it_grid_by_grid() -> None:
    #  two of eight grids; grid 1: 2 of 10 households, one adult of two; grid 2: 2 of 10 households of people alone
    frame = pd.DataFrame(
        {
            "grid": [1, 1, 2, 2],
            "home": [1, 2, 3, 4],
            "grids": 8,
            "homes": 10,
            "adults": [2, 1, 1, 1],
            "y": [1.0, 4, 2, 6],
        }
    )
    design = SurveyDesign.from_frame(
        frame, clusters=["grid", "home"], population_sizes=["grids", "homes"], adults="adults"
    )
    one = only(estimate(frame, design, [Total("y")]))
    between = (1 - 2 / 8) * 2 * (1.5**2 + 1.5**2)
    within = 2 / 8 * (2 * 2 * 1.5**2 + (1 - 2 / 10) * 2 * 2 * 2**2)
    assert one.standard_error == pytest.approx(sqrt(between + within))
    assert "in 1 of 2 strata of households" in one.notes[0]


def test_all_households_drawn_and_answering_are_no_complete_enumeration() -> None:
    frame = FRAME.assign(homes=[3, 3, 3, 2, 2], w=[2.0, 1, 3, 1, 1])
    found = estimate(frame, design_of(frame), [Mean("y"), Proportion("yes", "1")], by=["stratum"]).estimates
    a, b = found[0], found[2]
    assert not a.complete_enumeration
    assert a.standard_error is not None
    assert a.standard_error > 0
    assert b.complete_enumeration  # people who live alone, all of them asked
    assert b.standard_error == 0
    whole = only(estimate(frame, design_of(frame), [Mean("y")]))
    assert not whole.complete_enumeration
    assert whole.interval is not None
    assert whole.interval.high > whole.interval.low


def test_a_domain_of_people_who_live_alone_is_none_either() -> None:
    #  everyone in the domain lives alone, yet those not asked in the other households may belong to it
    frame = pd.DataFrame(
        {
            "homes": 6,
            "adults": [1, 1, 1, 2, 3, 2],
            "w": [1.0, 1, 1, 2, 3, 2],
            "old": list("yyynnn"),
            "y": [1, 2, 3, 4, 5, 6.0],
        }
    )
    design = SurveyDesign.from_frame(frame, weight="w", population_sizes=["homes"], adults="adults")
    _, old = estimate(frame, design, [Mean("y")], by=["old"]).estimates
    assert not old.complete_enumeration
    assert old.standard_error is not None
    assert old.standard_error > 0
    # The same declared as a stage of its own: adults within households.
    declared = SurveyDesign.from_frame(
        frame.assign(home=range(6), person=0),
        weight="w",
        clusters=["home", "person"],
        population_sizes=["homes", "adults"],
    )
    _, same = estimate(frame, declared, [Mean("y")], by=["old"]).estimates
    assert not same.complete_enumeration
    assert same.standard_error == pytest.approx(old.standard_error)


@pytest.mark.parametrize("adults", [1, 2])
def test_the_hypergeometric_limit_is_for_those_who_live_alone(adults: int) -> None:
    frame = pd.DataFrame({"yes": [1] * 40, "homes": 60, "adults": adults, "w": float(adults)})
    design = SurveyDesign.from_frame(frame, weight="w", population_sizes=["homes"], adults="adults")
    interval = only(estimate(frame, design, [Proportion("yes", "1")])).interval
    assert interval is not None
    alone = hypergeometric_limit(40, 60, 0.95)
    assert interval.low == pytest.approx(alone if adults == 1 else 0.025 ** (1 / 40))


def test_replicates_take_no_correction_either() -> None:
    finite, endless = design_of(FRAME), design_of(FRAME.assign(homes=[1e9] * 3 + [4, 4]))
    for replication in (Jackknife(), Bootstrap(np.random.default_rng(3), 50)):
        again = Bootstrap(np.random.default_rng(3), 50) if isinstance(replication, Bootstrap) else replication
        one = only(estimate(FRAME, finite, [Mean("y")], replication=replication))
        other = only(estimate(FRAME, endless, [Mean("y")], replication=again))
        assert one.standard_error == pytest.approx(other.standard_error, rel=1e-6)
    paired = FRAME.assign(adults=2).iloc[[0, 1, 3, 4]].reset_index(drop=True)
    assert only(estimate(paired, design_of(paired), [Mean("y")], replication=BalancedHalfSamples())).standard_error


def test_a_stratum_of_one_household_is_lonely_unless_asked_whole() -> None:
    frame = pd.DataFrame(
        {"stratum": list("AAB"), "home": [1, 2, 3], "homes": [5, 5, 1], "adults": [1, 1, 2], "w": 1.0, "y": 1.0}
    )
    with pytest.raises(LonelyPsuError):
        estimate(frame, design_of(frame), [Mean("y")])
    assert estimate(frame, design_of(frame.assign(adults=1)), [Mean("y")]).estimates


# ------------------------------------------------------------------ what is no household
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"adults": [2, 1, 0, 1, 1]}, "not a whole number from 1 on"),
        ({"adults": [2, 1, 1.5, 1, 1]}, "not a whole number from 1 on"),
        ({"adults": [2, 1, None, 1, 1]}, "is missing in 1 rows"),
        ({"home": [1, 1, 3, 4, 5]}, "differs within one household: 1 beside 2"),
        ({"home": [1, 1, 1, 4, 5], "adults": [2, 2, 2, 1, 1]}, "the household 1 has 3 respondents and 2 adults"),
    ],
)
def test_numbers_that_cannot_be_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DesignError, match=said):
        design_of(FRAME.assign(**change))


def test_frequencies_hide_households() -> None:
    frame = FRAME.assign(times=2)
    with pytest.raises(DesignError, match="stands for several households"):
        SurveyDesign.from_frame(frame, frequency="times", adults="adults")


def test_rows_without_weight_were_not_asked() -> None:
    frame = FRAME.assign(adults=[1, 1, 3, 1, 1], w=[2.0, 2, 0, 2, 2])
    assert np.isinf(design_of(frame).stages[0].population_size).tolist() == [False, False]
