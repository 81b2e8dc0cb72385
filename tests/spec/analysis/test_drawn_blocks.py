"""Figures of blocks that were drawn for each person: unbiased, and their intervals hold what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.design import SurveyDesign
from tests.coverage.blocks import FIGURES, Held, population, simulate


def clustered(samples: int) -> dict[str, Held]:
    chance = np.random.default_rng(20261201)
    return simulate(population(400, 50, chance), samples, 20, 8, chance)


def half_of_a_community(samples: int, *, corrected: bool) -> dict[str, Held]:
    chance = np.random.default_rng(20261202)
    return simulate(population(1, 160, chance, spread=0.0), samples, 1, 120, chance, corrected=corrected)


def holds(found: dict[str, Held], samples: int, least: float, apart: float) -> None:
    for name in FIGURES:
        one = found[name]
        assert abs(one.mean - one.truth) < 4 * one.deviation / np.sqrt(samples) + 0.004, name
        assert one.coverage >= least, (name, one)
        assert abs(one.error / one.deviation - 1) < apart, (name, one)


def test_intervals_of_blocks_in_a_clustered_sample() -> None:
    holds(clustered(90), 90, least=0.90, apart=0.2)


def test_three_quarters_of_a_community_are_no_census_of_blocks() -> None:
    """With the correction for people alone the intervals would claim three times too much."""
    found, corrected = (half_of_a_community(40, corrected=each) for each in (False, True))
    for name in ("of_tax", "of_post", "pooled"):
        assert found[name].coverage >= 0.9
        assert corrected[name].error < 0.6 * found[name].error
    assert corrected["of_post"].coverage < 0.9


@pytest.mark.soak
def test_intervals_of_blocks_at_full_count() -> None:
    holds(clustered(2_000), 2_000, least=0.94, apart=0.08)
    for name, one in half_of_a_community(1_000, corrected=False).items():
        assert one.coverage >= 0.945, (name, one)
        assert one.error >= 0.98 * one.deviation, (name, one)


def test_the_last_stage_alone_loses_its_correction() -> None:
    frame = pd.DataFrame(
        {"grid": [1, 1, 2, 2], "house": [1, 2, 1, 2], "grids": 4, "houses": 5, "weight": 1.0, "stratum": "a"}
    )
    design = SurveyDesign.from_frame(
        frame, weight="weight", strata=["stratum"], clusters=["grid", "house"], population_sizes=["grids", "houses"]
    )
    part = design.asked_in_part()
    assert part.stages[0].population_size.tolist() == [4]
    assert np.isinf(part.stages[1].population_size).all()
    assert any("drawn for each respondent" in one for one in part.notes)
    assert not part.asked_in_part().notes[1:], "said once"
