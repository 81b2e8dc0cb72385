"""What may leave the house beside the city's figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.city_results import Priority
from analysis.disclosure import protect
from analysis.engine.drivers import DriverTable
from analysis.engine.modes import ModeTable
from analysis.published_beside import (
    published_drivers,
    published_modes,
    published_open_shares,
    published_sensitivities,
)
from analysis.results import (
    DesignSummary,
    Estimate,
    Estimates,
    Interval,
    IntervalMethod,
    PublicationRule,
    PublishableTable,
    Statistic,
)

SUMMARY = DesignSummary(strata=10, psus=70, degrees_of_freedom=60, sample_size=400)
NAN = float("nan")


def city(**shares: float) -> PublishableTable:
    """A table of the city alone, of 400 respondents."""
    estimates = tuple(
        Estimate(
            statistic=Statistic.PROPORTION,
            variable=name,
            value=value,
            standard_error=0.02,
            interval=Interval(low=value - 0.04, high=value + 0.04, level=0.95, method=IntervalMethod.KORN_GRAUBARD),
            degrees_of_freedom=60,
            sample_size=400,
            design_effect=1.2,
            effective_sample_size=330,
        )
        for name, value in shares.items()
    )
    return protect(Estimates(design=SUMMARY, estimates=estimates), hierarchy={})


MODES = ModeTable(
    indicators=("aware", "rated"),
    modes=("paper", "web_invited"),
    respondents=np.array([250.0, 150.0]),
    answers=np.array([[250.0, 150.0], [250.0, 150.0]]),
    whole=np.array([0.918, 0.504]),
    value=np.array([[0.9312, 0.8961], [0.5, 0.51]]),
    low=np.array([[0.9, 0.86], [0.45, 0.46]]),
    high=np.array([[0.95, 0.92], [0.55, 0.56]]),
    difference=np.array([[NAN, -0.0351], [NAN, 0.01]]),
    difference_low=np.array([[NAN, -0.0652], [NAN, -0.03]]),
    difference_high=np.array([[NAN, -0.0051], [NAN, 0.05]]),
)
TABLE = city(aware=0.918, rated=0.504)


def test_a_mode_is_told_in_the_digits_of_the_city_and_its_difference_of_what_is_printed() -> None:
    told = published_modes(MODES, TABLE, ["aware", "rated", "unknown"])
    assert [one.variable for one in told] == ["aware", "rated"]
    first, second = told[0].figures
    assert (first.value, first.difference) == (pytest.approx(0.931), None)
    assert second.value == pytest.approx(0.896)
    assert second.difference == pytest.approx(second.value - first.value)
    assert (second.low, second.high) == (pytest.approx(-0.066), pytest.approx(-0.005))


@pytest.mark.parametrize("sizes", [(371, 29), (250, 145)], ids=["few", "five left over"])
def test_modes_of_a_few_answers_and_modes_that_leave_a_few_over_are_not_told(sizes: tuple[int, int]) -> None:
    """Of those who are in the base: however many were asked otherwise."""
    found = replace(MODES, answers=np.array([sizes, (250, 150)], dtype=np.float64))
    assert [one.variable for one in published_modes(found, TABLE, ["aware", "rated"])] == ["rated"]


def test_where_an_area_is_guarded_a_mode_of_next_to_no_noes_is_not_told() -> None:
    """Of 150 by web 15 said no, of 250 on paper 17; 75 and more said so of the other."""
    assert [one.variable for one in published_modes(MODES, TABLE, ["aware", "rated"], {"aware", "rated"})] == ["rated"]


@pytest.mark.parametrize(("guarded", "first"), [({"rated"}, 0.500), ((), 0.501)], ids=["guarded", "not"])
def test_where_an_area_is_guarded_the_modes_give_no_further_digit_of_the_city(guarded: set[str], first: float) -> None:
    """The city's 0.5044 was printed 0.504: both modes are moved by as much."""
    found = replace(MODES, whole=np.array([0.918, 0.5044]), value=np.array([[0.93, 0.9], [0.50085, 0.51]]))
    [told] = published_modes(found, TABLE, ["rated"], guarded)
    assert [one.value for one in told.figures] == [pytest.approx(first), pytest.approx(0.510)]


def test_below_a_hundred_respondents_a_mode_is_told_in_whole_per_cent() -> None:
    [told] = published_modes(replace(MODES, answers=np.array([[360.0, 40.0]] * 2)), TABLE, ["aware"])
    assert (told.digits, [one.value for one in told.figures]) == (0, [pytest.approx(0.93), pytest.approx(0.9)])
    assert told.figures[1].low == pytest.approx(-0.07)


DRIVERS = DriverTable(
    outcome="rated",
    aspects=("lanes", "waste"),
    left_out=("markets",),
    respondents=320,
    judged=400,
    explained=(0.3, 0.2, 0.4),
    share=np.array([0.2512, 0.0488]),
    standard_error=np.array([0.03, 0.02]),
    low=np.array([0.19, 0.01]),
    high=np.array([0.31, 0.09]),
    beyond_low=np.array([0.05, -0.15]),
    beyond_high=np.array([0.15, -0.05]),
    performance=np.array([0.6, 0.8]),
    degrees_of_freedom=60,
)
WITH_ITEMS = city(rated=0.504, lanes=0.6, waste=0.8)


def test_an_item_that_matters_more_and_is_done_worse_is_to_be_mended_first() -> None:
    told = published_drivers(DRIVERS, WITH_ITEMS)
    assert told is not None
    assert [(one.variable, one.share, one.priority) for one in told.items] == [
        ("lanes", pytest.approx(0.251), Priority.MEND_FIRST),
        ("waste", pytest.approx(0.049), Priority.ENOUGH),
    ]


@pytest.mark.parametrize(
    "found",
    [
        replace(DRIVERS, beyond_low=np.array([-0.01, -0.15]), beyond_high=np.array([0.2, 0.01])),
        replace(DRIVERS, explained=(0.09, 0.01, 0.2)),
    ],
    ids=["cannot be told from the mean", "explains next to nothing"],
)
def test_without_a_difference_that_can_be_told_there_is_no_order(found: DriverTable) -> None:
    told = published_drivers(found, WITH_ITEMS)
    assert told is not None
    assert {one.priority for one in told.items} == {None}


def test_where_the_city_hides_a_figure_nothing_goes_with_it() -> None:
    assert published_drivers(DRIVERS, city(rated=0.504, lanes=0.6)) is None


def test_a_sensitivity_that_leaves_out_a_handful_is_not_told() -> None:
    rates = {"unweighted": {"aware": 0.9266}, "without_marked": {"aware": 0.91}, "without_coached": {"aware": None}}
    few = published_sensitivities(rates, {"without_marked": 9}, TABLE, ["aware"])
    assert [(one.kind, one.values[0].value) for one in few] == [("unweighted", pytest.approx(0.927))]
    assert few[0].values[0].difference == pytest.approx(0.009)
    many = published_sensitivities(rates, {"without_marked": 10}, TABLE, ["aware"])
    assert [(one.kind, one.left_out) for one in many] == [("unweighted", 0), ("without_marked", 10)]


def test_no_sum_with_other_weights_is_told_of_what_an_area_guards() -> None:
    rates = {"unweighted": {"aware": 0.9266, "rated": 0.51}}
    [told] = published_sensitivities(rates, {}, TABLE, ["aware", "rated"], {"aware"})
    assert [one.variable for one in told.values] == ["rated"]


def test_open_answers_are_shares_of_at_least_thirty() -> None:
    sums = {"few": (29.0, 29.0, 29), "some": (20.0, 30.0, 30), "many": (81.0, 120.0, 120)}
    told = published_open_shares(sums, PublicationRule())
    assert [(one.variable, one.value) for one in told] == [
        ("some", pytest.approx(0.67)),
        ("many", pytest.approx(0.675)),
    ]
