"""Design weights: 1 / inclusion probability over all stages, down to the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.problems import DataProblem, DesignError
from analysis.weighting.diagnostics import WeightDiagnostics, diagnose


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignWeightRecord:
    stages: tuple[str, ...]  # columns of the inclusion probabilities, in order
    diagnostics: WeightDiagnostics


def design_weights(
    probabilities: Sequence[FloatArray], *, stages: Sequence[str] = ()
) -> tuple[FloatArray, DesignWeightRecord]:
    """1 / product of the stages' inclusion probabilities, (cases,), and its record.

    The last probability of one adult drawn per household is 1 / adults. Raises DesignError where a probability is
    missing, not above 0 or above 1.
    """
    if not probabilities:
        raise ValueError("give the inclusion probability of at least one stage")
    names = tuple(stages) or tuple(f"stage {number + 1}" for number in range(len(probabilities)))
    problems: list[DataProblem] = []
    product = np.ones(len(probabilities[0]))
    for name, given in zip(names, probabilities, strict=True):
        values = np.asarray(given, dtype=np.float64)
        wrong = ~((values > 0) & (values <= 1))
        if wrong.any():
            rows = np.flatnonzero(wrong)
            problems.append(
                DataProblem(
                    column=name,
                    rows=tuple(int(row) for row in rows[:5]),
                    message=f"an inclusion probability is {values[rows[0]]:g}",
                    remedy="It lies above 0 and at most at 1; a case that could not be drawn is not of the sample.",
                )
            )
        product = product * values
    if problems:
        raise DesignError(problems)
    weights = 1 / product
    return weights, DesignWeightRecord(stages=names, diagnostics=diagnose(weights))
