"""What a design's errors share: it ends with the design, and both arrangements of the margins give one variance."""

from __future__ import annotations

import gc
from dataclasses import replace

import numpy as np
import pytest

from analysis.engine.figures import Respondents
from analysis.estimation import calibrated_design as shared
from analysis.estimation.calibrated import CalibratedVariance, LeftOver
from analysis.estimation.estimate import Estimator
from analysis.plan import AnalysisPlan, Group, VarianceRules
from analysis.results import LonelyPsu
from tests.reference.test_groups_against_r import INDICATORS, asked

POLICIES = [LonelyPsu.ADJUST, LonelyPsu.AVERAGE, LonelyPsu.REMOVE]


def estimator(method: str, lonely: LonelyPsu) -> Estimator:
    plan = AnalysisPlan(groups=(Group.AGE,), variance=VarianceRules(adult_stage=False, lonely_psu=lonely))
    return Respondents.of(*asked(method), INDICATORS, plan).estimator("street", "age")


@pytest.mark.parametrize("lonely", POLICIES)
@pytest.mark.parametrize("method", ["plain", "linear", "raking"])
def test_the_variance_with_its_correction_is_the_first_of_the_two(method: str, lonely: LonelyPsu) -> None:
    made = estimator(method, lonely)
    influence, counts = made.asked_influence()
    seen = None if isinstance(made.variance, CalibratedVariance) else counts
    both = made.variance.of(influence, seen)
    np.testing.assert_array_equal(made.variance.corrected(influence, seen), both[0])
    assert (both[0] > 0).any()


@pytest.mark.parametrize("lonely", POLICIES)
def test_the_longest_margin_may_come_first_or_with_the_others(lonely: LonelyPsu) -> None:
    made = estimator("raking", lonely)
    one = made.variance
    assert isinstance(one, CalibratedVariance)
    influence = made.asked_influence()[0]
    cells = len(made.totals.cell_unit)
    design = shared.calibrated_design(made.design, lonely)
    assert one.by_margins is design.longest_first
    first = one.left_over.variances(influence[:, :cells], influence[:, cells:], (True, False))
    one.by_margins, one.cross = design.all_alike, design.all_alike.cross
    together = LeftOver.of(one).variances(influence[:, :cells], influence[:, cells:], (True, False))
    for found, other in zip(first, together, strict=True):
        np.testing.assert_allclose(found, other, rtol=1e-9, atol=1e-15)


def test_it_is_made_once_for_a_design_and_ends_with_it() -> None:
    made = estimator("linear", LonelyPsu.ADJUST)
    before = len(shared._OF_DESIGNS)
    kept = shared.calibrated_design(made.design, LonelyPsu.ADJUST)
    assert shared.calibrated_design(made.design, LonelyPsu.ADJUST) is kept
    assert shared.calibrated_design(made.design, LonelyPsu.REMOVE) is not kept
    assert shared.calibrated_design(replace(made.design), LonelyPsu.ADJUST) is not kept
    del made
    gc.collect()
    assert len(shared._OF_DESIGNS) < before
