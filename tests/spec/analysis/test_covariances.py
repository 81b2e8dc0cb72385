"""Covariances of figures: their variances are those of the tables, differences those of pairs of domains, whatever the
stages, the margins and what is done about a PSU that stands alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.case_columns import CaseColumns
from analysis.engine.figures import BY_LEVEL, frame_and_design, options_of, requests_of
from analysis.engine.run import weigh
from analysis.estimation.covariances import Covariances
from analysis.estimation.differences import differences
from analysis.estimation.estimate import Estimator, prepare_estimator
from analysis.plan import AnalysisPlan, NoCalibration, PlannedCalibration, VarianceRules
from analysis.results import LonelyPsu
from tests.simulated.waves import Shape, asked, city, wave

SMALL = Shape(streets=3, communities=3, grids=4, households=40, issued=8, indicators=3)
SHAPES = {
    "households in grids": SMALL,
    "grids, then households": replace(SMALL, grids=6, drawn_grids=3),
}
PLAIN = PlannedCalibration(margins=(), why_none=NoCalibration.BY_CHOICE)
PLANS = {
    "margins": AnalysisPlan(sensitivity=()),
    "no margins": AnalysisPlan(sensitivity=(), calibration=PLAIN),
    "no adult stage": AnalysisPlan(sensitivity=(), variance=VarianceRules(adult_stage=False)),
    "average": AnalysisPlan(sensitivity=(), variance=VarianceRules(lonely_psu=LonelyPsu.AVERAGE)),
}


def with_lonely(columns: CaseColumns) -> CaseColumns:
    """Nobody of the first stratum answers but those of one PSU."""
    first = columns.stratum.codes == 0
    kept = ~first | (columns.units[0].codes == columns.units[0].codes[first & columns.responded][0])
    responded = columns.responded & kept
    stay = responded[columns.respondents]
    groups = {name: replace(labels, codes=labels.codes[stay]) for name, labels in columns.groups.items()}
    return replace(
        columns,
        responded=responded,
        numerators=columns.numerators[:, stay],
        denominators=columns.denominators[:, stay],
        groups=groups,
    )


def estimators(shape: Shape, plan: AnalysisPlan) -> list[Estimator]:
    of = city(shape, 5)
    columns = with_lonely(wave(of, 7))
    weighed = weigh(plan, columns, of.register())
    margins = None if weighed.calibrated is None else weighed.calibrated.calibration
    frame, design = frame_and_design(columns, weighed.final, margins, asked(shape), plan)
    requests, options = requests_of(asked(shape)), options_of(plan)
    return [prepare_estimator(frame, design, requests, by=BY_LEVEL[one], options=options) for one in plan.levels]


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_what_is_on_the_diagonal_is_the_variance_of_the_tables(shape: Shape, plan: AnalysisPlan) -> None:
    made = estimators(shape, plan)
    covariances = Covariances(made)
    expected = np.concatenate([one.table().figures.standard_error for one in made], axis=1)
    places = np.arange(covariances.domains)
    of_domains = np.stack([covariances.of_domains(row, places, places) for row in range(3)])
    of_quantities = covariances.of_quantities([0, 1, 2])
    shown = ~np.isnan(expected)
    assert shown.mean() > 0.8
    assert np.sqrt(of_domains[shown]) == pytest.approx(expected[shown], rel=1e-9)
    assert np.einsum("iid->id", of_quantities) == pytest.approx(of_domains, rel=1e-9, abs=1e-18)
    assert np.array_equal(of_quantities, of_quantities.transpose(1, 0, 2))


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_two_communities_differ_as_pairs_of_domains_do(shape: Shape, plan: AnalysisPlan) -> None:
    made = estimators(shape, plan)
    covariances = Covariances(made)
    first, second = np.array([1, 3, 4]), np.array([2, 5, 8])
    _, expected = differences(made[0], first, second)
    variance = np.stack(
        [
            covariances.of_domains(row, first, first)
            + covariances.of_domains(row, second, second)
            - 2 * covariances.of_domains(row, first, second)
            for row in range(3)
        ]
    )
    shown = ~np.isnan(expected.standard_error)
    assert shown.all()
    assert np.sqrt(variance) == pytest.approx(expected.standard_error, rel=1e-9)
