"""Logistic regression by statsmodels, wrapped so that its types and its warnings stay in here."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.problems import DataProblem, DesignError

_SURE = 1e-8  # a fitted chance this near to 0 or 1 is a group without the other outcome


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LogisticFit:
    names: tuple[str, ...]
    coefficients: FloatArray  # (columns,) log odds
    probabilities: FloatArray  # (rows,)
    pseudo_r_squared: float  # McFadden: 1 - deviance / null deviance


def model_columns(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[FloatArray, tuple[str, ...]]:
    """An intercept, numbers standardised, categories as indicators against their first. Missing labels are one more.

    Raises DesignError for unknown columns and for numbers that are missing.
    """
    problems: list[DataProblem] = []
    parts, names = [np.ones(len(frame))], ["intercept"]
    for column in columns:
        if column not in frame.columns:
            there = ", ".join(str(name) for name in frame.columns)
            problems.append(
                DataProblem(
                    column=column, rows=(), message="there is no such column", remedy=f"The columns are: {there}."
                )
            )
            continue
        series = frame[column]
        if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(series.dtype):
            values = np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
            missing = ~np.isfinite(values)
            if missing.any():
                rows = tuple(int(row) for row in np.flatnonzero(missing)[:5])
                problems.append(
                    DataProblem(
                        column=column,
                        rows=rows,
                        message=f"the model needs a number, missing in {int(missing.sum())} rows",
                        remedy="Fill it in for respondents and nonrespondents alike, or give classes as labels.",
                    )
                )
                continue
            spread = float(values.std())
            if spread > 0:
                parts.append((values - values.mean()) / spread)
                names.append(column)
            continue
        codes, kinds = pd.factorize(series.astype("string").fillna("(missing)"), sort=True)
        for place in range(1, len(kinds)):
            parts.append((codes == place).astype(np.float64))
            names.append(f"{column}={kinds[place]}")
    if problems:
        raise DesignError(problems)
    return np.column_stack(parts), tuple(names)


def fit_logistic(
    outcome: FloatArray, columns: FloatArray, names: Sequence[str], weights: FloatArray | None = None
) -> LogisticFit:
    """Maximum (pseudo-)likelihood; ``weights`` are scaled to a mean of 1.

    Raises DesignError where a group is all of one outcome: its chance would be 0 or 1 and its weight without end.
    """
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    scaled = None if weights is None else weights / weights.mean()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # separation is told below, by name
        model = GLM(outcome, columns, family=Binomial(), freq_weights=scaled)
        result = model.fit(maxiter=100, tol=1e-12)
        null = float(result.null_deviance)
    probabilities = np.asarray(result.fittedvalues, dtype=np.float64)
    sure = (probabilities < _SURE) | (probabilities > 1 - _SURE)
    if sure.any():
        rows = np.flatnonzero(sure)
        alike = dict.fromkeys(
            name.partition("=")[0]
            for place, name in enumerate(names)
            if np.ptp(columns[sure, place]) == 0 and np.ptp(columns[:, place]) > 0
        )
        raise DesignError(
            [
                DataProblem(
                    column=", ".join(list(alike)[:3]) or "model",
                    rows=tuple(int(row) for row in rows[:5]),
                    message=f"{len(rows)} rows have a fitted chance of 0 or 1: their group is all of one outcome",
                    remedy="Join the group with another, or take the variable out of the model.",
                )
            ]
        )
    deviance = float(result.deviance)
    return LogisticFit(
        names=tuple(names),
        coefficients=np.asarray(result.params, dtype=np.float64),
        probabilities=probabilities,
        pseudo_r_squared=1 - deviance / null if null > 0 else 0.0,
    )
