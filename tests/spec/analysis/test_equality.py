"""Tests in many sets at once are those of each set by itself, whatever the sizes of the sets and the lonely PSUs."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.engine.figures import frame_and_design, options_of, requests_of
from analysis.estimation.differences import fitted_domains
from analysis.estimation.equality import equal_domains, equal_in_sets
from analysis.estimation.estimate import prepare_estimator
from analysis.estimation.small_sample import expected_of
from analysis.plan import AnalysisPlan, Group, VarianceRules
from analysis.results import LonelyPsu
from tests.reference.test_groups_against_r import INDICATORS, asked


@pytest.mark.parametrize("lonely", [LonelyPsu.ADJUST, LonelyPsu.AVERAGE, LonelyPsu.REMOVE])
@pytest.mark.parametrize("method", ["plain", "linear", "raking"])
def test_sets_at_once_are_sets_one_by_one(method: str, lonely: LonelyPsu) -> None:
    plan = AnalysisPlan(groups=(Group.AGE,), variance=VarianceRules(adult_stage=False, lonely_psu=lonely))
    frame, design = frame_and_design(*asked(method), INDICATORS, plan)
    estimator = prepare_estimator(
        frame, design, requests_of(INDICATORS), by=("street", "age"), options=options_of(plan)
    )
    streets = [key[0][1] for key in estimator.domains.keys]
    sets = [np.flatnonzero(np.array(streets) == street) for street in dict.fromkeys(streets)]
    sets[0] = sets[0][:2]  # an even number beside odd ones
    fitted = fitted_domains(estimator, expected_of(estimator))
    for given in (None, fitted):
        for at_once, places in zip(equal_in_sets(estimator, sets, given), sets, strict=True):
            alone = equal_domains(estimator, places, given)
            assert not np.isnan(alone.p_value).all()
            for name in ("statistic", "numerator", "denominator", "p_value"):
                np.testing.assert_allclose(getattr(at_once, name), getattr(alone, name), rtol=1e-9)
