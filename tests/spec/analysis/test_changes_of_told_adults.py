"""Change between waves that asked for the adults of a household is as sure as where the list knew them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.engine.changes import change_tables
from analysis.engine.joined_waves import WaveFigures
from analysis.plan import Adults, AnalysisPlan, BaseWeight
from tests.simulated.waves import Shape, asked, city, wave

SHAPE = Shape(streets=1, communities=2, households=16, issued=12)  # most households are drawn
LISTED = AnalysisPlan()
TOLD = replace(LISTED, base_weight=BaseWeight(adults=Adults.ASKED))


def test_no_household_that_was_asked_in_part_is_a_census_wherever_its_adults_are_known_from() -> None:
    of = city(SHAPE, 5)
    errors = []
    for plan in (LISTED, TOLD):
        waves = []
        for seed in (6, 7):
            columns = wave(of, seed)
            weight = 1 / columns.probability[columns.respondents]
            if plan is TOLD:
                columns = replace(columns, adults=np.full(columns.cases, np.nan), told=columns.adults)
            waves.append(WaveFigures(columns=columns, weight=weight, calibration=None, plan=plan))
        errors.append(change_tables(waves[0], waves[1], asked(SHAPE))["city"].standard_error)
    assert errors[1] == pytest.approx(errors[0])
