"""What fitting takes out of a variance, against the same worked out with every matrix laid out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import SurveyDesign
from analysis.engine.changes import change_tables
from analysis.engine.joined_waves import WaveFigures
from analysis.estimation import Mean
from analysis.estimation.differences import differences
from analysis.estimation.estimate import Estimator, prepare_estimator
from analysis.estimation.options import Options
from analysis.estimation.small_sample import expected_of, inflation, satterthwaite, whole_design
from analysis.plan import AnalysisPlan
from analysis.results import LonelyPsu
from analysis.weighting import Margin, calibrate_design
from tests.simulated.waves import Shape, asked, city, wave


def people(seed: int, rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    area, grid = rng.integers(0, 6, rows), rng.integers(0, 4, rows)
    return pd.DataFrame(
        {
            "area": [f"a{one}" for one in area],
            "stratum": [f"s{one // 2}" for one in area],
            "grid": [f"s{one // 2}-{other}" for one, other in zip(area, grid, strict=True)],
            "household": [f"h{number // 2}" for number in range(rows)],
            "grids": 9.0,
            "households": 40.0,
            "weight": rng.uniform(1, 9, rows).round(3),
            "age": [f"g{one}" for one in rng.integers(0, 3, rows)],
            "side": [str(one) for one in rng.integers(0, 2, rows)],
            "y": rng.normal(size=rows),
        }
    )


def estimator_of(frame: pd.DataFrame, *, margins: bool, stages: int) -> Estimator:
    design = SurveyDesign.from_frame(
        frame,
        weight="weight",
        strata=["stratum"],
        clusters=["grid", "household"][:stages],
        population_sizes=["grids", "households"] if stages == 2 else [],
        nest=True,
    )
    if margins:
        pushed = np.random.default_rng(len(frame))
        known = []
        for name in ("area", "age"):
            sums = frame.groupby(name)["weight"].sum()
            told = sums * pushed.uniform(0.8, 1.2, len(sums))
            told *= frame["weight"].sum() / told.sum()
            known.append(Margin.of(name, {str(key): float(total) for key, total in told.items()}))
        design, _ = calibrate_design(frame, design, known)
    options = Options(lonely_psu=LonelyPsu.REMOVE)
    return prepare_estimator(frame, design, [Mean("y")], by=("area", "side"), options=options)


def laid_out(estimator: Estimator) -> np.ndarray:
    """Columns a_j: what is left of respondent j's own error, in every row."""
    design, weight = estimator.design, estimator.design.weight
    if design.calibration is None:
        member = np.equal.outer(estimator.domains.code_of_row, np.arange(estimator.domains.count)).astype(float)
        before, columns = weight, member
    else:
        before, columns = design.calibration.weight_before, design.calibration.auxiliaries.matrix().toarray()
    hat = columns @ np.linalg.pinv((columns.T * before) @ columns) @ (columns.T * before)
    return np.asarray(weight[:, None] * (np.eye(len(weight)) - hat))


@pytest.mark.parametrize("stages", [1, 2])
@pytest.mark.parametrize("margins", [False, True], ids=["means", "margins"])
@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), rows=st.integers(60, 140))
def test_expected_variance_of_errors_and_residuals(margins: bool, stages: int, seed: int, rows: int) -> None:
    estimator = estimator_of(people(seed, rows), margins=margins, stages=stages)
    found, whole = expected_of(estimator), whole_design(estimator)
    unit, units = estimator.design.stages[-1].unit_of_row, estimator.design.stages[-1].units

    def variances(columns: np.ndarray) -> np.ndarray:
        sums = np.zeros((columns.shape[1], units))
        np.add.at(sums.T, unit, columns)
        return np.asarray(whole.of(sums)[0][:, 0])

    assert found.errors == pytest.approx(variances(np.diag(estimator.design.weight)), rel=1e-9, abs=1e-12)
    left = variances(laid_out(estimator))
    assert found.left == pytest.approx(left, rel=1e-8, abs=1e-9 * float(found.errors.max()))


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), rows=st.integers(60, 140))
def test_a_change_counts_it_and_loses_degrees_of_freedom(seed: int, rows: int) -> None:
    estimator = estimator_of(people(seed, rows), margins=True, stages=1)
    keys = estimator.domains.keys
    areas = [f"a{number}" for number in range(6)]
    both = [area for area in areas if all((("area", area), ("side", side)) in keys for side in "01")]
    first, second = (np.array([keys.index((("area", area), ("side", side))) for area in both]) for side in "01")
    expected = expected_of(estimator)
    plain, counted = (differences(estimator, first, second, fitted=one)[1] for one in (None, expected))
    assert counted.linearised_error == pytest.approx(plain.standard_error, nan_ok=True)
    whole, weight = whole_design(estimator), estimator.design.weight
    domain, unit = estimator.domains.code_of_row, estimator.design.stages[-1].unit_of_row
    identity = np.eye(estimator.design.stages[-1].units)
    alone = whole.of(identity)[0][:, 0]
    together = whole.of((identity[:, None] + identity[None]).reshape(-1, len(identity)))[0].reshape(identity.shape)
    form = (together - alone[:, None] - alone[None]) / 2
    for place, sides in enumerate(zip(first, second, strict=True)):
        scale = sum((domain == side) / weight[domain == side].sum() ** 2 for side in sides)
        larger = max((scale * expected.errors).sum() / (scale * expected.left).sum(), 1.0)
        size = np.bincount(unit, scale * weight**2, len(identity))
        traces = form @ np.diag(size)
        freedom = np.trace(traces) ** 2 / np.trace(traces @ traces) / larger
        assert counted.standard_error[0, place] == pytest.approx(
            plain.standard_error[0, place] * np.sqrt(larger), nan_ok=True
        )
        expected_freedom = min(freedom, plain.degrees_of_freedom[0, place])
        assert counted.degrees_of_freedom[0, place] == pytest.approx(expected_freedom)


def test_equal_units_have_psus_less_strata_degrees_of_freedom() -> None:
    frame = pd.DataFrame({"stratum": np.repeat(["a", "b"], 12), "grid": np.repeat(np.arange(8), 3), "y": 1.0})
    design = SurveyDesign.from_frame(frame, strata=["stratum"], clusters=["grid"])
    estimator = prepare_estimator(frame, design, [Mean("y")], by=(), options=Options())
    rows = np.arange(len(frame))
    whole = whole_design(estimator)
    unit = design.stages[0].unit_of_row
    assert satterthwaite(whole, unit, rows * 0, np.ones(len(frame)), 1) == pytest.approx([6.0])
    assert inflation(np.array([2.0, 1.0, 1.0]), np.array([1.0, 2.0, 0.0])).tolist() == [2.0, 1.0, 1.0]


@pytest.mark.parametrize(("grids", "corrected"), [(8, False), (4, True)])
def test_a_correction_is_there_only_where_both_waves_asked_the_same_units(grids: int, corrected: bool) -> None:
    shape = Shape(streets=1, communities=4, grids=grids, households=40, issued=12, drawn_grids=4)
    of, errors = city(shape, 3), []
    for endless in (False, True):
        waves = []
        for seed in (4, 5):
            columns = wave(of, seed)
            if endless:
                columns = replace(columns, populations=tuple(one * np.inf for one in columns.populations))
            weight = 1 / columns.probability[columns.respondents]
            waves.append(WaveFigures(columns=columns, weight=weight, calibration=None, plan=AnalysisPlan()))
        errors.append(change_tables(waves[0], waves[1], asked(shape))["city"].linearised_error)
    assert (errors[0] == pytest.approx(errors[1])) is not corrected
