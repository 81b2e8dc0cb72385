"""What a step of weighting says of itself: did it converge, how far is the worst margin, what became of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.arrays import FloatArray
from analysis.auxiliaries import Auxiliaries
from analysis.problems import DataProblem, DesignError
from analysis.weighting.diagnostics import WeightDiagnostics, diagnose


class CalibrationMethod(StrEnum):
    POSTSTRATIFY = "poststratify"
    RAKING = "raking"
    LINEAR = "linear"
    LOGIT = "logit"


class CalibrationError(DesignError):
    """The weights cannot be made to meet the margins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginLine:
    """One cell of one margin, before and after."""

    margin: str
    cell: str
    population: float
    before: float
    after: float

    @property
    def gap(self) -> float:
        """Of the population total, relative; of a total of 0 the sum itself."""
        return abs(self.after - self.population) / (abs(self.population) or 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRecord:
    method: CalibrationMethod
    converged: bool
    iterations: int
    worst_gap: float  # relative to the population total
    worst_cell: str
    lowest_factor: float  # smallest and largest ratio of a weight after to the weight before
    highest_factor: float
    margins: tuple[MarginLine, ...]
    collapsed: tuple[str, ...]  # one sentence for every joining of cells
    diagnostics: WeightDiagnostics
    notes: tuple[str, ...] = ()  # how labels were read


def relative_gaps(sums: FloatArray, totals: FloatArray) -> FloatArray:
    """|sum - total| / |total|, a total of 0 counting as 1."""
    return np.asarray(np.abs(sums - totals) / np.where(totals == 0, 1.0, np.abs(totals)))


def record_of(
    method: CalibrationMethod,
    auxiliaries: Auxiliaries,
    before: FloatArray,
    after: FloatArray,
    iterations: int,
) -> CalibrationRecord:
    """The record of a calibration that converged."""
    sums_before, sums_after = auxiliaries.sums(before), auxiliaries.sums(after)
    margins = [block.margin for block in auxiliaries.blocks for _ in block.columns]
    gaps = relative_gaps(sums_after, auxiliaries.totals)
    worst = int(np.argmax(gaps))
    used = before > 0
    factors = after[used] / before[used]
    return CalibrationRecord(
        method=method,
        converged=True,
        iterations=iterations,
        worst_gap=float(gaps[worst]),
        worst_cell=auxiliaries.names[worst],
        lowest_factor=float(factors.min()),
        highest_factor=float(factors.max()),
        margins=tuple(
            MarginLine(margin=margin, cell=cell, population=float(total), before=float(low), after=float(high))
            for margin, cell, total, low, high in zip(
                margins, auxiliaries.names, auxiliaries.totals, sums_before, sums_after, strict=True
            )
        ),
        collapsed=auxiliaries.collapsed,
        diagnostics=diagnose(after),
        notes=auxiliaries.notes,
    )


def not_converged(auxiliaries: Auxiliaries, sums: FloatArray, iterations: int, remedy: str) -> CalibrationError:
    """Names the margin and the gap."""
    gaps = relative_gaps(sums, auxiliaries.totals)
    gaps = np.where(np.isfinite(gaps), gaps, np.inf)
    worst = int(np.argmax(gaps))
    margin = [block.margin for block in auxiliaries.blocks for _ in block.columns][worst]
    return CalibrationError(
        [
            DataProblem(
                column=margin,
                rows=(),
                message=f"the weights do not meet the margins after {iterations} iterations: "
                f"{auxiliaries.names[worst]} stands at {sums[worst]:,.10g} instead of "
                f"{auxiliaries.totals[worst]:,.10g} (gap {gaps[worst]:.2g})",
                remedy=remedy,
            )
        ]
    )
