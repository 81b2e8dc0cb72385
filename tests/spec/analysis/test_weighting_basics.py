"""Design weights, nonresponse by weighting classes, diagnostics, response rates."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.dispositions import Disposition, response_rates
from analysis.problems import DesignError
from analysis.weighting import design_weights, diagnose, kish_design_effect, nonresponse_weights


def test_design_weight_is_the_inverse_of_the_inclusion_probability_over_all_stages() -> None:
    weights, record = design_weights(
        [np.array([0.5, 0.25]), np.array([0.1, 0.1]), np.array([1.0, 1 / 3])], stages=["grid", "household", "adult"]
    )
    assert weights == pytest.approx([20, 120])
    assert record.stages == ("grid", "household", "adult")
    assert record.diagnostics.total == pytest.approx(140)


def test_a_probability_beyond_its_bounds_is_named() -> None:
    with pytest.raises(DesignError, match=r"household: an inclusion probability is 0, first in rows 1"):
        design_weights([np.array([0.5, 0.5]), np.array([0.5, 0.0])], stages=["grid", "household"])


def test_respondents_carry_the_weight_of_their_class() -> None:
    weights, record = nonresponse_weights(
        np.array([10.0, 10, 20, 30, 30]),
        np.array([True, False, True, True, False]),
        ["a", "a", "a", "b", "b"],
        minimum_respondents=1,
    )
    # class a: 40 over 30 respondents' weight; class b: 60 over 30
    assert weights == pytest.approx([10 * 4 / 3, 0, 20 * 4 / 3, 60, 0])
    assert [one.factor for one in record.classes] == pytest.approx([4 / 3, 2])
    assert weights.sum() == pytest.approx(100)
    assert record.collapsed == ()


def test_small_classes_join_their_smaller_neighbour_and_say_so() -> None:
    cells = ["a"] * 6 + ["b"] * 2 + ["c"] * 3
    weights, record = nonresponse_weights(
        np.ones(11),
        np.array([True] * 6 + [True, False] + [True, True, False]),
        cells,
        order=["a", "b", "c"],
        minimum_respondents=3,
    )
    assert [one.cells for one in record.classes] == [("a",), ("b", "c")]
    assert record.collapsed == ("b (1 respondents) joined with c (2)",)
    assert weights.sum() == pytest.approx(11)


def test_nobody_answered() -> None:
    with pytest.raises(DesignError, match="nobody answered"):
        nonresponse_weights(np.ones(2), np.array([False, False]), ["a", "a"])


def test_diagnostics_by_hand() -> None:
    found = diagnose(np.array([1.0, 1, 2, 4, 0]))
    assert (found.count, found.total, found.minimum, found.maximum, found.median) == (4, 8, 1, 4, 1.5)
    assert found.maximum_over_median == pytest.approx(4 / 1.5)
    assert found.kish_design_effect == pytest.approx(4 * 22 / 64)
    assert found.kish_effective_sample_size == pytest.approx(64 / 22)
    assert found.top_percent_share == pytest.approx(0.5)


def test_equal_weights_have_no_effect() -> None:
    assert kish_design_effect(np.full(7, 1e-200)) == pytest.approx(1)


def test_response_rates_by_the_standard_definitions() -> None:
    outcome = {
        Disposition.COMPLETE: 50,
        Disposition.PARTIAL: 5,
        Disposition.REFUSAL: 15,
        Disposition.NON_CONTACT: 8,
        Disposition.OTHER_NONRESPONSE: 2,
        Disposition.UNKNOWN_HOUSEHOLD: 12,
        Disposition.UNKNOWN_PERSON: 4,
        Disposition.NOT_ELIGIBLE: 20,
    }
    cases = [code for code, count in outcome.items() for _ in range(count)]
    modes = ["paper" if place % 2 else "web_invited" for place in range(len(cases))]
    found = response_rates(cases, modes=modes, valid=[place != 0 for place in range(len(cases))])
    e = 80 / (80 + 20)
    assert (found.sampled, found.completed, found.valid) == (116, 50, 49)
    assert found.e == pytest.approx(e)
    assert found.eligible == pytest.approx(80 + 16 * e)
    assert found.rr1 == pytest.approx(50 / 96)
    assert found.rr3 == pytest.approx(50 / (80 + 16 * e))
    assert found.by_mode == {"web_invited": (58, 25, 24), "paper": (58, 25, 25)}


def test_no_case_no_rate() -> None:
    found = response_rates([])
    assert (found.sampled, found.rr1, found.rr3, found.e) == (0, None, None, None)
