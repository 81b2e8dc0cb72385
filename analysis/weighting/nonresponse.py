"""Nonresponse by weighting classes: those who answered carry the weight of those of their class who did not.

w' = w * sum(w of the eligible in the class) / sum(w of the respondents in the class). Source: Valliant, Dever & Kreuter
(2018), Practical Tools for Designing and Weighting Survey Samples, 2nd edition, section 13.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.problems import DataProblem, DesignError
from analysis.weighting.diagnostics import WeightDiagnostics, diagnose


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightingClass:
    """One class as it was used, after collapsing."""

    cells: tuple[str, ...]  # the cells of the plan that were joined in it
    eligible: int
    respondents: int
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NonresponseRecord:
    classes: tuple[WeightingClass, ...]
    minimum_respondents: int
    collapsed: tuple[str, ...]  # one sentence for every joining
    diagnostics: WeightDiagnostics


def nonresponse_weights(
    weights: FloatArray,
    responded: BoolArray,
    cells: Sequence[str],
    *,
    order: Sequence[str] | None = None,
    minimum_respondents: int = 20,
    largest_factor: float | None = None,
) -> tuple[FloatArray, NonresponseRecord]:
    """Weights after nonresponse, (cases,), 0 for those who did not answer, and the record.

    ``weights``: of the eligible cases, respondents or not. ``cells``: the weighting class of each case. ``order`` is
    the collapsing order: a class with fewer than ``minimum_respondents``, or a factor above ``largest_factor``, is
    joined with its smaller neighbour in that order (default: the order of the names). Raises DesignError when nobody
    answered.
    """
    values = np.asarray(weights, dtype=np.float64)
    answered = np.asarray(responded, dtype=bool)
    names = np.asarray(list(cells), dtype=object)
    if not len(values) == len(answered) == len(names):
        raise ValueError("weights, responses and cells have one entry per case")
    if not answered.any():
        raise DesignError(
            [DataProblem(column="responded", rows=(), message="nobody answered", remedy="There is nothing to weight.")]
        )
    sequence = list(dict.fromkeys(order)) if order is not None else sorted(set(names))
    absent = sorted(set(names) - set(sequence))
    if absent:
        raise DesignError(
            [
                DataProblem(
                    column="cells",
                    rows=(),
                    message=f"cells without a place in the collapsing order: {', '.join(absent)}",
                    remedy="Name every cell in the order.",
                )
            ]
        )
    groups = [
        _Group([name], values[names == name], answered[names == name]) for name in sequence if (names == name).any()
    ]
    told = _collapse(groups, minimum_respondents, largest_factor)
    adjusted = np.zeros(len(values))
    for group in groups:
        inside = np.isin(names, group.cells) & answered
        adjusted[inside] = values[inside] * group.factor
    record = NonresponseRecord(
        classes=tuple(
            WeightingClass(cells=tuple(g.cells), eligible=len(g.weights), respondents=g.respondents, factor=g.factor)
            for g in groups
        ),
        minimum_respondents=minimum_respondents,
        collapsed=tuple(told),
        diagnostics=diagnose(adjusted),
    )
    return adjusted, record


@dataclass(slots=True)
class _Group:
    cells: list[str]
    weights: FloatArray
    answered: BoolArray

    @property
    def respondents(self) -> int:
        return int(self.answered.sum())

    @property
    def factor(self) -> float:
        below = float(self.weights[self.answered].sum())
        return float(self.weights.sum()) / below if below > 0 else np.inf

    def join(self, other: _Group) -> None:
        self.cells += other.cells
        self.weights = np.concatenate([self.weights, other.weights])
        self.answered = np.concatenate([self.answered, other.answered])


def _collapse(groups: list[_Group], minimum: int, largest: float | None) -> list[str]:
    """Joins neighbours in place until every class will do, or one is left; says what it did."""
    told: list[str] = []
    while len(groups) > 1:
        poor = [
            place
            for place, group in enumerate(groups)
            if group.respondents < minimum or (largest is not None and group.factor > largest)
        ]
        if not poor:
            break
        place = min(poor, key=lambda position: groups[position].respondents)
        beside = [position for position in (place - 1, place + 1) if 0 <= position < len(groups)]
        neighbour = min(beside, key=lambda position: groups[position].respondents)
        first, second = sorted((place, neighbour))
        told.append(
            f"{' + '.join(groups[place].cells)} ({groups[place].respondents} respondents) joined with "
            f"{' + '.join(groups[neighbour].cells)} ({groups[neighbour].respondents})"
        )
        groups[first].join(groups[second])
        del groups[second]
    return told
