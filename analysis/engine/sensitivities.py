"""The rates of the city once more, each time with one step of the plan left out, or without some of the respondents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.case_columns import CaseColumns
from analysis.engine.figures import Asked, city_rates
from analysis.engine.margins import Calibrated
from analysis.engine.weights import FieldWeights
from analysis.plan import AnalysisPlan, Sensitivity

COACHED: Final = "coached"
"""The indicator by which every questionnaire that asks it tells who was shown what to answer."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sensitivities:
    """By kind: rates by indicator, and how many respondents are left out of them."""

    rates: Mapping[Sensitivity, Mapping[str, float | None]] = field(default_factory=dict)
    left_out: Mapping[Sensitivity, int] = field(default_factory=dict)


def sensitivities(
    plan: AnalysisPlan,
    columns: CaseColumns,
    indicators: Sequence[Asked],
    weighed: tuple[FieldWeights, Calibrated | None, FloatArray],
) -> Sensitivities:
    """Only what differs from the plan: without margins nothing stands before them, and where nobody is left out the
    rates are those of the plan. ``weighed``: the field's weights, the margins, the final weight (respondents,)."""
    weights, final = _weights(columns, *weighed), weighed[2]
    taken = {one: found for one in plan.sensitivity if (found := weights[one]) is not None}
    return Sensitivities(
        rates={one: city_rates(columns, found, indicators) for one, found in taken.items()},
        left_out={one: int(((final > 0) & (found <= 0)).sum()) for one, found in taken.items()},
    )


def _weights(
    columns: CaseColumns, field_weights: FieldWeights, margins: Calibrated | None, final: FloatArray
) -> dict[Sensitivity, FloatArray | None]:
    rows = columns.respondents
    return {
        Sensitivity.UNWEIGHTED: np.ones(len(rows)),
        Sensitivity.DESIGN_WEIGHT: field_weights.design_weight[rows],
        Sensitivity.BEFORE_CALIBRATION: None if margins is None else field_weights.nonresponse_weight[rows],
        Sensitivity.BEFORE_TRIMMING: None if margins is None or margins.trimming is None else margins.before_trimming,
        Sensitivity.WITHOUT_DRAWN_AGES: None if margins is None else _without(final, margins.drawn_rows),
        Sensitivity.WITHOUT_MARKED: None if columns.marked is None else _without(final, columns.marked),
        Sensitivity.WITHOUT_COACHED: _without(final, _coached(columns)),
    }


def _without(final: FloatArray, some: BoolArray) -> FloatArray | None:
    """The others keep the weights that they have."""
    return final * ~some if some.any() else None


def _coached(columns: CaseColumns) -> BoolArray:
    if COACHED not in columns.indicators:
        return np.zeros(len(columns.respondents), dtype=bool)
    return np.asarray(columns.numerators[columns.indicators.index(COACHED)] > 0)
