"""The questions that a plan puts to the data: crosstabs, two groups, a trend, regressions, by the wave's own weights.

Every test has the variance of the whole design and of the calibration (``analysis.association``, ``regression``). What
cannot be tested says why, and stops nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.association import TestResult, difference_test, independence, trend_test
from analysis.auxiliaries import Calibration
from analysis.case_columns import CaseColumns
from analysis.design import SurveyDesign
from analysis.engine.distributions import Answers
from analysis.engine.figures import Asked, frame_and_design, options_of
from analysis.estimation import estimate_table
from analysis.estimation.requests import Proportion
from analysis.plan import AnalysisPlan, KindOfTest, PlannedTest
from analysis.problems import DataProblem, DesignError
from analysis.regression import Family, Regression, regress
from analysis.results import Estimates

_MODELS = (KindOfTest.LINEAR, KindOfTest.LOGISTIC)
_VALUE = "value of "  # an indicator's column, which a question may be named as
_ORDER = "order of the labels"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Tested:
    """What came of one entry: a test, or a regression, or why there is neither. ``smallest``: respondents of the
    smallest class that anything is held against. ``labels``: of every classification, in their order; a difference
    is the second less the first, and a regression holds against the first. ``shares``: of a crosstab, by label of its
    second classification."""

    __test__ = False  # not a test case of pytest's

    planned: PlannedTest
    test: TestResult | None = None
    regression: Regression | None = None
    shares: Estimates | None = None
    smallest: int = 0
    labels: tuple[tuple[str, ...], ...] = ()
    problem: DataProblem | None = None


def planned_tests(
    columns: CaseColumns,
    questions: Sequence[Answers],
    weight: FloatArray,
    calibration: Calibration | None,
    indicators: Sequence[Asked],
    plan: AnalysisPlan,
) -> tuple[Tested, ...]:
    """In the order of the plan. ``questions``: closed ones that may be named; ``weight`` (respondents,).

    Outcomes of tests and regressions are indicators of persons: no index, no ratio of totals, and nothing asked by
    draw.
    """
    if not plan.tests:
        return ()
    named = {name for one in plan.tests for name in (one.outcome, *one.by)}
    places = {name: number for number, name in enumerate(columns.indicators)}
    frame, design = frame_and_design(columns, weight, calibration, (), replace(plan, groups=()))
    added: dict[str, Any] = {one.id: one.choice() for one in questions if one.id in named and not one.several}
    added |= {name: labels.categorical() for name, labels in columns.groups.items() if name in named}
    for one in indicators:
        if one.id in named and not (one.parts or one.totals or one.by_draw):
            y, x = columns.numerators[places[one.id]], columns.denominators[places[one.id]]
            with np.errstate(divide="ignore", invalid="ignore"):
                added[_VALUE + one.id] = np.where(x > 0, y / x, np.nan)
    frame = pd.concat([frame, pd.DataFrame(added)], axis=1)
    return tuple(_tested(frame, design, one, plan) for one in plan.tests)


def _tested(frame: pd.DataFrame, design: SurveyDesign, one: PlannedTest, plan: AnalysisPlan) -> Tested:
    outcome = one.outcome if one.kind is KindOfTest.CROSSTAB else _VALUE + one.outcome
    lacking = [name for name in (outcome, *one.by) if name not in frame]
    if lacking:
        problem = DataProblem(
            column=lacking[0].removeprefix(_VALUE), rows=(), message="there is no such variable", remedy="Name another."
        )
        return Tested(planned=one, problem=problem)
    smallest = min(_smallest(frame[outcome], frame[name]) for name in one.by)
    found = Tested(planned=one, smallest=smallest, labels=tuple(_labels(frame, outcome, one, name) for name in one.by))
    try:
        if one.kind is KindOfTest.CROSSTAB:
            test = independence(frame, design, one.outcome, one.by[0], lonely_psu=plan.variance.lonely_psu)
            requests = [Proportion(one.outcome)]
            shares = estimate_table(frame, design, requests, by=(one.by[0],), options=options_of(plan)).estimates()
            return replace(found, test=test, shares=shares)
        if one.kind in _MODELS:
            return replace(found, regression=_regression(frame, design, one, plan))
        return replace(found, test=_test(frame, design, one, plan))
    except DesignError as error:
        problem = error.problems[0]
        return replace(found, problem=replace(problem, column=problem.column.removeprefix(_VALUE)))


def _test(frame: pd.DataFrame, design: SurveyDesign, one: PlannedTest, plan: AnalysisPlan) -> TestResult:
    level, lonely = plan.level, plan.variance.lonely_psu
    if one.kind is KindOfTest.DIFFERENCE:
        return difference_test(frame, design, _VALUE + one.outcome, one.by[0], level=level, lonely_psu=lonely)
    codes = frame[one.by[0]].cat.codes.to_numpy()
    ordered = frame.assign(**{_ORDER: np.where(codes < 0, np.nan, codes + 1.0)})
    return trend_test(ordered, design, _VALUE + one.outcome, _ORDER, level=level, lonely_psu=lonely)


def _regression(frame: pd.DataFrame, design: SurveyDesign, one: PlannedTest, plan: AnalysisPlan) -> Regression:
    """A label that nobody has is no predictor: its column would be 0."""
    present = frame.assign(**{name: frame[name].cat.remove_unused_categories() for name in one.by})
    family = Family.LOGISTIC if one.kind is KindOfTest.LOGISTIC else Family.LINEAR
    lonely = plan.variance.lonely_psu
    return regress(present, design, _VALUE + one.outcome, one.by, family=family, level=plan.level, lonely_psu=lonely)


def _labels(frame: pd.DataFrame, outcome: str, one: PlannedTest, name: str) -> tuple[str, ...]:
    """Those that occur; of a difference among respondents with an outcome, as the test takes them."""
    column = frame[name][frame[outcome].notna()] if one.kind is KindOfTest.DIFFERENCE else frame[name]
    return tuple(map(str, column.cat.remove_unused_categories().cat.categories))


def _smallest(outcome: pd.Series[Any], by: pd.Series[Any]) -> int:
    """Respondents of the smallest class of ``by`` among those with an outcome."""
    counts = by[outcome.notna() & by.notna()].value_counts()
    counts = counts[counts > 0]
    return int(counts.min()) if len(counts) else 0
