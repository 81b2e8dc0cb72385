"""The fieldwork of every area of a wave, counted from columns in one pass: outcomes, response rates, Kish's effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray, sum_by
from analysis.case_columns import DISPOSITIONS, CaseColumns
from analysis.dispositions import Disposition, response_rates_of_counts
from analysis.results import ResponseRates
from survey_service.fieldwork.outcomes import AAPOR, outcomes_recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFieldwork:
    rates: ResponseRates
    outcomes_recorded: bool
    """Whether it was noted of anybody why they did not answer, or everybody answered."""
    kish_design_effect: float | None
    kish_effective_sample_size: float | None


def fieldwork(columns: CaseColumns, weight: FloatArray, city: str) -> dict[str, AreaFieldwork]:
    """By area code: the city, every street and every community, asked or not. ``weight`` (respondents,)."""
    found = _level(columns, weight, np.zeros(columns.cases, dtype=np.int64), (city,))
    street = columns.street
    found |= _level(columns, weight, street.codes, street.names)
    return found | _level(columns, weight, columns.community.codes, columns.community.names)


def _level(columns: CaseColumns, weight: FloatArray, area: IntArray, codes: Sequence[str]) -> dict[str, AreaFieldwork]:
    size, kinds, modes = len(codes), len(DISPOSITIONS), len(columns.first_mode.names)
    outcomes = _grid(area * kinds + columns.disposition, None, size, kinds)
    by_mode = area * modes + columns.first_mode.codes
    sampled = _grid(by_mode, None, size, modes)
    complete = columns.disposition == DISPOSITIONS.index(Disposition.COMPLETE)
    completed = _grid(by_mode, complete, size, modes)
    valid = _grid(by_mode, complete & columns.responded, size, modes)
    own = area[columns.respondents]
    count, first, second = (sum_by(own, values, size) for values in (weight > 0, weight, weight * weight))
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = count * second / first**2
    found = {}
    for place, code in enumerate(codes):
        counts = {kind: int(outcomes[place, at]) for at, kind in enumerate(DISPOSITIONS)}
        found[code] = AreaFieldwork(
            rates=response_rates_of_counts(
                counts,
                valid=int(valid[place].sum()),
                by_mode={
                    name: (int(sampled[place, at]), int(completed[place, at]), int(valid[place, at]))
                    for at, name in enumerate(columns.first_mode.names)
                    if sampled[place, at]
                },
            ),
            outcomes_recorded=outcomes_recorded(own for own, kind in AAPOR.items() if counts[kind]),
            kish_design_effect=float(effect[place]) if count[place] else None,
            kish_effective_sample_size=float(count[place] / effect[place]) if count[place] else None,
        )
    return found


def _grid(codes: IntArray, values: FloatArray | np.ndarray | None, rows: int, columns: int) -> FloatArray:
    return sum_by(codes, values, rows * columns).reshape(rows, columns)
