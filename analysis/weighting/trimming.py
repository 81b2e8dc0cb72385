"""Trimming: a few very large weights are cut, and what is cut off goes to the others, so that the sum stays.

Lowers the variance at the price of some bias (Potter 1990, Proceedings of the Survey Research Methods Section, ASA;
Valliant, Dever & Kreuter 2018, chapter 14). With margins, trimming and calibration take turns until both hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.auxiliaries import Auxiliaries
from analysis.problems import DataProblem
from analysis.weighting.calibration import Bounds, calibrate
from analysis.weighting.diagnostics import WeightDiagnostics, diagnose
from analysis.weighting.records import CalibrationError, CalibrationMethod, CalibrationRecord

_REACHED = 1e-6  # relative; a weight this little above the cap is at the cap


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimmingRecord:
    cap: float
    trimmed: int  # weights above the cap before
    moved: float  # sum of what was cut off in the first round
    rounds: int
    calibration: CalibrationRecord | None  # of the last round, where there are margins
    diagnostics: WeightDiagnostics


def trim_weights(
    weights: FloatArray,
    *,
    median_multiple: float | None = None,
    cap: float | None = None,
    auxiliaries: Auxiliaries | None = None,
    method: CalibrationMethod = CalibrationMethod.RAKING,
    bounds: Bounds | None = None,
    maximum_rounds: int = 200,
) -> tuple[FloatArray, TrimmingRecord]:
    """Trimmed weights, (rows,), and the record. Give ``cap``, or ``median_multiple`` of the weights above 0.

    What is cut off is shared out in proportion to the weights below the cap. With ``auxiliaries`` the weights meet the
    margins afterwards, again and again until no weight is above the cap. Raises CalibrationError where cap and margins
    cannot both be had.
    """
    values = np.asarray(weights, dtype=np.float64)
    used = values[values > 0]
    if (cap is None) == (median_multiple is None):
        raise ValueError("give a cap or a multiple of the median, one of them")
    limit = float(cap) if cap is not None else float(median_multiple or 0.0) * float(np.median(used))
    if limit * len(used) < used.sum() * (1 - 1e-12):
        raise _impossible(limit, f"{len(used)} weights at the cap sum to less than {used.sum():,.10g}")
    if cap is None and not (median_multiple and median_multiple > 1):
        raise ValueError("a multiple of the median is above 1")
    above = values > limit * (1 + _REACHED)
    moved = float((values[above] - limit).sum())
    current, rounds = values, 0
    record: CalibrationRecord | None = None
    while rounds == 0 or float(current.max()) > limit * (1 + _REACHED):
        if rounds == maximum_rounds:
            raise _impossible(limit, f"after {rounds} rounds a weight of {current.max():,.10g} is needed")
        rounds += 1
        current = _cut(current, limit)
        if auxiliaries is not None:
            current, record = calibrate(current, auxiliaries, method=method, bounds=bounds)
    return current, TrimmingRecord(
        cap=limit,
        trimmed=int(above.sum()),
        moved=moved,
        rounds=rounds,
        calibration=record,
        diagnostics=diagnose(current),
    )


def _cut(values: FloatArray, limit: float) -> FloatArray:
    """At most ``limit`` each with the same sum; what is shared out may lift others to the limit, who pass it on."""
    current = values.copy()
    total = float(values.sum())
    for _ in range(len(values)):
        high = current >= limit * (1 - 1e-15)
        current[high] = limit
        rest = float(current[~high].sum())
        if rest <= 0:
            break
        factor = (total - limit * float(high.sum())) / rest
        current[~high] *= factor
        if not (current[~high] > limit).any():
            break
    return current


def _impossible(limit: float, reason: str) -> CalibrationError:
    return CalibrationError(
        [
            DataProblem(
                column="weight",
                rows=(),
                message=f"no weight can be kept to {limit:,.10g}: {reason}",
                remedy="Allow larger weights, join small categories, or drop a margin.",
            )
        ]
    )
