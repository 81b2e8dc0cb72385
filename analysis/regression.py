"""Design-based linear and logistic regression: coefficients that maximise the weighted likelihood, sandwich covariance.

Influence of a respondent: w x (y - mu) A^-1 with A the weighted information (Binder 1983, International Statistical
Review 51), over the full multi-stage design. R: survey::svyglm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, stdtr, stdtrit

from analysis.arrays import BoolArray, FloatArray
from analysis.design import SurveyDesign
from analysis.estimation.influence import whole_variance
from analysis.estimation.requests import label_codes, numbers_of
from analysis.problems import DataProblem, DesignError
from analysis.results import LonelyPsu

_STEPS = 50
_FARTHEST = 30.0
"""On the logit scale: beyond 36 a chance is 1 to the last digit, so that steps towards infinity would end there."""


class Family(StrEnum):
    LINEAR = "linear"
    LOGISTIC = "logistic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    name: str
    value: float
    standard_error: float
    statistic: float  # t
    p_value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """``degrees_of_freedom``: PSUs minus strata, plus 1, minus coefficients, as in R."""

    family: Family
    coefficients: tuple[Coefficient, ...]
    covariance: tuple[tuple[float, ...], ...]
    degrees_of_freedom: int
    sample_size: int

    def coefficient(self, name: str) -> Coefficient:
        for one in self.coefficients:
            if one.name == name:
                return one
        raise KeyError(name)


def regress(
    frame: pd.DataFrame,
    design: SurveyDesign,
    outcome: str,
    predictors: Sequence[str],
    *,
    family: Family = Family.LINEAR,
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
) -> Regression:
    """Regression of ``outcome`` on ``predictors`` with an intercept, of the rows where none is missing.

    Columns of labels become one indicator for each but their first category, named ``column=label``. Raises DesignError
    where the predictors are collinear, a logistic outcome is not 0 or 1, or the likelihood has no maximum.
    """
    y, used = _numbers(frame, outcome)
    names, columns = ["(intercept)"], [np.ones(len(frame))]
    for predictor in predictors:
        if predictor in frame.columns and _is_label(frame[predictor]):
            codes, labels = label_codes(frame[predictor])
            used &= codes >= 0
            names += [f"{predictor}={label}" for label in labels[1:]]
            columns += [(codes == place).astype(np.float64) for place in range(1, len(labels))]
        else:
            values, seen = _numbers(frame, predictor)
            used &= seen
            names.append(predictor)
            columns.append(values)
    used &= design.weight > 0
    matrix = np.where(used[:, None], np.stack(columns, axis=1), 0.0)
    weight = np.where(used, design.row_weight, 0.0)
    y = np.where(used, y, 0.0)
    if np.linalg.matrix_rank(matrix[used]) < matrix.shape[1]:
        raise _refused(", ".join(predictors), "the predictors determine one another", "Leave one of them out.")
    if family is Family.LOGISTIC:
        if not np.isin(y[used], (0.0, 1.0)).all():
            raise _refused(outcome, "a logistic outcome is 0 or 1", "Code it so, or take the linear family.")
        beta, residual, information = _logistic(matrix, y, weight, outcome)
    else:
        information = matrix.T @ (matrix * weight[:, None])
        beta = np.linalg.solve(information, matrix.T @ (weight * y))
        residual = y - matrix @ beta
    influence = np.asarray(np.linalg.solve(information, (matrix * (weight * residual)[:, None]).T), dtype=np.float64)
    variance = whole_variance(design, used, lonely_psu)
    covariance = variance.covariance(influence)
    freedom = variance.degrees_of_freedom + 1 - len(names)
    size = int(used.sum() if design.frequency is None else design.frequency[used].sum())
    return Regression(
        family=family,
        coefficients=_coefficients(names, beta, covariance, freedom, level),
        covariance=tuple(tuple(float(value) for value in row) for row in covariance),
        degrees_of_freedom=freedom,
        sample_size=size,
    )


def _logistic(
    matrix: FloatArray, y: FloatArray, weight: FloatArray, outcome: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Newton's steps to the maximum of the weighted likelihood."""
    beta = np.zeros(matrix.shape[1])
    mean = float(weight @ y / weight.sum())
    if not 0 < mean < 1:
        raise _refused(outcome, "everyone has the same outcome", "There is nothing to explain.")
    beta[0] = np.log(mean / (1 - mean))
    scale = weight.sum()
    for _ in range(_STEPS):
        chance = expit(matrix @ beta)
        information = matrix.T @ (matrix * (weight * chance * (1 - chance))[:, None])
        step = np.linalg.solve(information, matrix.T @ (weight * (y - chance)))
        beta = beta + step
        if np.abs(matrix @ beta).max() > _FARTHEST:
            break
        if float(step @ information @ step) / scale < 1e-26:
            chance = expit(matrix @ beta)
            information = matrix.T @ (matrix * (weight * chance * (1 - chance))[:, None])
            return beta, y - chance, information
    raise _refused(outcome, "a predictor separates the outcomes, so the likelihood has no maximum", "Join categories.")


def _coefficients(
    names: Sequence[str], beta: FloatArray, covariance: FloatArray, freedom: int, level: float
) -> tuple[Coefficient, ...]:
    errors = np.sqrt(np.diag(covariance))
    t = float(stdtrit(freedom, (1 + level) / 2)) if freedom > 0 else float("nan")
    found = []
    for name, value, error in zip(names, beta, errors, strict=True):
        statistic = float(value / error) if error > 0 else float("nan")
        p_value = 2 * float(stdtr(freedom, -abs(statistic))) if freedom > 0 else float("nan")
        found.append(
            Coefficient(
                name=name,
                value=float(value),
                standard_error=float(error),
                statistic=statistic,
                p_value=p_value,
                low=float(value - t * error),
                high=float(value + t * error),
            )
        )
    return tuple(found)


def _is_label(column: pd.Series[Any]) -> bool:
    return not pd.api.types.is_numeric_dtype(column.dtype)


def _numbers(frame: pd.DataFrame, name: str) -> tuple[FloatArray, BoolArray]:
    values, observed, _ = numbers_of(frame, name)
    return values, np.ones(len(frame), dtype=bool) if observed is None else observed.copy()


def _refused(column: str, message: str, remedy: str) -> DesignError:
    return DesignError([DataProblem(column=column, rows=(), message=message, remedy=remedy)])
