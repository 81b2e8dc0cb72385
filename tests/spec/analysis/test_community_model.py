"""Communities with few respondents: what the model says, how far it is off, and where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.arrays import FloatArray
from analysis.case_columns import PopulationRegister
from analysis.design import SurveyDesign
from analysis.engine.small_areas import CommunityModel, NoModel, community_model
from analysis.estimation import estimate_table
from analysis.estimation.requests import Ratio
from analysis.estimation.table import EstimateTable
from analysis.results import Statistic

NAMES = tuple(f"C{number:02d}" for number in range(40))
SILENT = NAMES[-1]  # nobody answers there


def truth(rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Share of the oldest, and what is true of every community."""
    oldest = rng.uniform(0.1, 0.5, len(NAMES))
    angle = 0.8 + 0.6 * oldest + rng.normal(0, 0.06, len(NAMES))
    return oldest, np.asarray(np.sin(angle) ** 2)


def register(oldest: FloatArray) -> PopulationRegister:
    cells = {}
    for name, share in zip(NAMES, oldest.tolist(), strict=True):
        cells |= {(name, "60+", "f"): 1000 * share, (name, "18-59", "f"): 1000 * (1 - share)}
    return PopulationRegister(adults=dict.fromkeys(NAMES, 1000.0), cells=cells, age_groups=("18-59", "60+"))


def table(rng: np.random.Generator, true: FloatArray, communities: int = len(NAMES) - 1) -> EstimateTable:
    """Twenty or so answers of each, drawn one by one."""
    sizes = rng.integers(12, 30, communities)
    code = np.repeat(np.arange(communities), sizes)
    frame = pd.DataFrame(
        {
            "community": np.array(NAMES)[code],
            "y": (rng.random(len(code)) < true[code]).astype(float),
            "x": 1.0,
            "weight": 40.0,
        }
    )
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"])
    aware = Ratio("y", "x", variable="aware", scale=(0.0, 1.0), statistic=Statistic.PROPORTION)
    return estimate_table(frame, design, [aware], by=("community",))


def modelled(seed: int) -> tuple[CommunityModel, FloatArray]:
    rng = np.random.default_rng(seed)
    oldest, true = truth(rng)
    found = community_model(table(rng, true), "aware", NAMES, register(oldest))
    assert isinstance(found, CommunityModel)
    return found, true


def test_it_lies_between_the_communitys_answers_and_the_others_and_says_how_much_it_is_its_own() -> None:
    found, _ = modelled(3)
    assert found.communities == NAMES
    assert ((found.low < found.value) & (found.value < found.high)).all()
    assert ((found.own[:-1] > 0) & (found.own[:-1] < 1)).all()
    assert (found.own[-1], found.sample_size[-1]) == (0, 0)
    assert np.isnan(found.direct[-1])
    # Where all answered alike there is an error too.
    alike = found.direct == 1
    assert (found.error[alike] > 0.01).all()


def test_it_is_nearer_the_truth_than_the_answers_and_its_error_is_honest() -> None:
    nearer, inside, squared, said = [], [], [], []
    for seed in range(12):
        found, true = modelled(seed)
        asked = ~np.isnan(found.direct)
        nearer.append(((found.value - true)[asked] ** 2).mean() / ((found.direct - true)[asked] ** 2).mean())
        inside.append(((found.low <= true) & (true <= found.high)).mean())
        squared.append(((found.value - true)[asked] ** 2).mean())
        said.append((found.error[asked] ** 2).mean())
    assert np.mean(nearer) < 0.6
    assert np.mean(inside) > 0.9
    assert np.mean(said) == pytest.approx(np.mean(squared), rel=0.35)


def test_where_it_has_nothing_to_stand_on_there_is_none() -> None:
    rng = np.random.default_rng(1)
    oldest, true = truth(rng)
    known, found = register(oldest), table(rng, true)
    assert community_model(table(rng, true, 29), "aware", NAMES, known) is NoModel.FEW_COMMUNITIES
    assert community_model(found, "aware", NAMES, None) is NoModel.NO_COVARIATE
    assert community_model(found, "aware", NAMES, replace(known, age_groups=())) is NoModel.NO_COVARIATE
    assert community_model(found, "aware", NAMES, register(np.full(len(NAMES), 0.25))) is NoModel.NO_COVARIATE
    assert community_model(found, "another", NAMES, known) is NoModel.NO_SHARE
