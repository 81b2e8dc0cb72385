"""The recipe of a table that says itself what it knows: the same steps as a wave's, each taken only where asked.

A wave knows its communities, and ``analysis.engine.weights`` keeps what a household stands for within its own. A table
may know no more than weighting classes: then cases of unknown eligibility are shared out within the class (AAPOR RR3 by
class), and those who answered carry their class, or the inverse of a modelled chance to answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.auxiliaries import Auxiliaries
from analysis.weighting import (
    CalibrationMethod,
    CaseStatus,
    Margin,
    PropensityUse,
    WeightDiagnostics,
    calibrate,
    design_weights,
    diagnose,
    eligibility_weights,
    nonresponse_weights,
    propensity_weights,
    read_margins,
    trim_weights,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRecipe:
    """How the steps are taken; ``trim`` None: no trimming."""

    minimum_respondents: int = 20
    propensity_use: PropensityUse = PropensityUse.CLASSES
    method: CalibrationMethod = CalibrationMethod.RAKING
    bounds: tuple[float, float] | None = None
    minimum_cell: int = 0
    trim: float | None = None  # largest weight over the median


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TableCases:
    """What is known of the cases (n,). Without ``status`` everybody answered; without ``margins`` nothing is met."""

    probabilities: FloatArray | None = None  # (stages, n)
    stages: tuple[str, ...] = ()
    design_weight: FloatArray | None = None  # in place of probabilities
    status: tuple[CaseStatus, ...] | None = None
    classes: tuple[str, ...] = ()
    model: pd.DataFrame | None = None  # columns that the chance to answer is modelled from
    margins: tuple[Margin, ...] = ()
    margin_frame: pd.DataFrame | None = None


@dataclass(slots=True)
class WeightSteps:
    """Weights and records as they come; a step's name is its column."""

    columns: dict[str, FloatArray] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    diagnostics: dict[str, WeightDiagnostics] = field(default_factory=dict)

    def add(self, name: str, weights: FloatArray, record: Any) -> None:
        self.columns[name] = weights
        self.records[name] = record
        self.diagnostics[name] = diagnose(weights)

    @property
    def last(self) -> FloatArray:
        return self.columns[next(reversed(self.columns))]


def weigh_table(recipe: TableRecipe, cases: TableCases) -> WeightSteps:
    """Every step that the table allows. DesignError or CalibrationError say what keeps one from being taken."""
    steps = WeightSteps()
    if cases.design_weight is not None:
        steps.add("design_weight", cases.design_weight.copy(), None)
    else:
        assert cases.probabilities is not None
        steps.add("design_weight", *design_weights(list(cases.probabilities), stages=list(cases.stages)))
    if cases.status is not None:
        _field(recipe, cases, cases.status, steps)
    known = _margins(recipe, cases, steps) if cases.margins else None
    if recipe.trim is not None:
        _trimmed(recipe, recipe.trim, known, steps)
    return steps


def _field(recipe: TableRecipe, cases: TableCases, status: tuple[CaseStatus, ...], steps: WeightSteps) -> None:
    """Unknown eligibility, then nonresponse among the eligible."""
    told = np.array(status, dtype=object)
    if np.isin(told, [CaseStatus.UNKNOWN, CaseStatus.INELIGIBLE]).any():
        found = eligibility_weights(
            steps.last, list(status), list(cases.classes), minimum_known=recipe.minimum_respondents
        )
        steps.add("eligibility_weight", *found)
    eligible = np.isin(told, [CaseStatus.RESPONDENT, CaseStatus.NONRESPONDENT])
    answered = told == CaseStatus.RESPONDENT
    before = steps.last
    weights = np.zeros(len(before))
    record: Any
    if cases.model is not None and (answered != eligible).any():
        weights[eligible], record = propensity_weights(
            before[eligible],
            answered[eligible],
            cases.model[eligible].reset_index(drop=True),
            list(cases.model.columns),
            use=recipe.propensity_use,
            minimum_respondents=recipe.minimum_respondents,
        )
    else:
        weights[eligible], record = nonresponse_weights(
            before[eligible],
            answered[eligible],
            [one for one, keep in zip(cases.classes, eligible, strict=True) if keep],
            minimum_respondents=recipe.minimum_respondents,
        )
    steps.add("nonresponse_weight", weights, record)


def _margins(recipe: TableRecipe, cases: TableCases, steps: WeightSteps) -> Auxiliaries:
    assert cases.margin_frame is not None
    known = read_margins(
        cases.margin_frame, cases.margins, counted=steps.last > 0, minimum_respondents=recipe.minimum_cell
    )
    steps.add("calibrated_weight", *calibrate(steps.last, known, method=recipe.method, bounds=recipe.bounds))
    return known


def _trimmed(recipe: TableRecipe, multiple: float, known: Auxiliaries | None, steps: WeightSteps) -> None:
    # Bounds are on the way from the weights before; the rounds of trimming keep weights positive by raking instead.
    method = CalibrationMethod.RAKING if recipe.method is CalibrationMethod.LOGIT else recipe.method
    steps.add("trimmed_weight", *trim_weights(steps.last, median_multiple=multiple, auxiliaries=known, method=method))
