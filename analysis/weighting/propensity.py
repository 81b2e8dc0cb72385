"""Nonresponse by response propensity: the chance to answer is modelled from what is known of everyone.

Either within classes of the fitted chance (quintiles; the factor is that of a weighting class, which forgives a wrong
model), or directly by 1 / chance. Source: Valliant, Dever & Kreuter (2018), Practical Tools for Designing and Weighting
Survey Samples, 2nd edition, chapter 13; Rosenbaum & Rubin (1984), JASA 79, for five classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray
from analysis.problems import DataProblem, DesignError
from analysis.weighting.diagnostics import WeightDiagnostics, diagnose
from analysis.weighting.logistic import fit_logistic, model_columns
from analysis.weighting.nonresponse import WeightingClass, nonresponse_weights


class PropensityUse(StrEnum):
    CLASSES = "classes"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class PropensityRecord:
    use: PropensityUse
    odds_ratios: tuple[tuple[str, float], ...]  # of one standard deviation for numbers, against the first category
    pseudo_r_squared: float
    lowest_probability: float
    median_probability: float
    highest_probability: float
    classes: tuple[WeightingClass, ...]  # empty when used directly
    collapsed: tuple[str, ...]
    diagnostics: WeightDiagnostics


def propensity_weights(
    weights: FloatArray,
    responded: BoolArray,
    frame: pd.DataFrame,
    columns: Sequence[str],
    *,
    use: PropensityUse = PropensityUse.CLASSES,
    classes: int = 5,
    minimum_respondents: int = 20,
    weighted: bool = True,
) -> tuple[FloatArray, PropensityRecord]:
    """Weights after nonresponse, (cases,), 0 for those who did not answer, and the record.

    ``frame`` holds ``columns`` for every eligible case, respondents or not. ``weighted``: the model is fitted with the
    weights, so that it describes the population. Raises DesignError where nobody answered, everybody did, or a group is
    all of one outcome.
    """
    values = np.asarray(weights, dtype=np.float64)
    answered = np.asarray(responded, dtype=bool)
    if not len(values) == len(answered) == len(frame):
        raise ValueError("weights, responses and frame have one entry per case")
    if not answered.any() or answered.all():
        message = "everybody answered" if answered.all() else "nobody answered"
        raise DesignError(
            [DataProblem(column="responded", rows=(), message=message, remedy="There is no propensity to model.")]
        )
    matrix, names = model_columns(frame, columns)
    fit = fit_logistic(answered.astype(np.float64), matrix, names, values if weighted else None)
    chance = fit.probabilities
    used: tuple[WeightingClass, ...] = ()
    collapsed: tuple[str, ...] = ()
    if use is PropensityUse.DIRECT:
        adjusted = np.where(answered, values / chance, 0.0)
    else:
        cells = propensity_classes(chance, classes)
        order = sorted(set(cells), key=int)
        adjusted, record = nonresponse_weights(
            values, answered, cells, order=order, minimum_respondents=minimum_respondents
        )
        used, collapsed = record.classes, record.collapsed
    return adjusted, PropensityRecord(
        use=use,
        odds_ratios=tuple(
            (name, float(np.exp(value))) for name, value in zip(fit.names[1:], fit.coefficients[1:], strict=True)
        ),
        pseudo_r_squared=fit.pseudo_r_squared,
        lowest_probability=float(chance.min()),
        median_probability=float(np.median(chance)),
        highest_probability=float(chance.max()),
        classes=used,
        collapsed=collapsed,
        diagnostics=diagnose(adjusted),
    )


def propensity_classes(chance: FloatArray, classes: int) -> list[str]:
    """The class of each case, "1" with the lowest chance: equal numbers of cases, cases of equal chance together."""
    ends = np.quantile(chance, np.arange(1, classes) / classes)
    return [str(place + 1) for place in np.searchsorted(ends, chance, side="left")]
