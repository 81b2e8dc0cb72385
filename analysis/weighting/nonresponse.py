"""Nonresponse by weighting classes: those who answered carry the weight of those of their class who did not.

w' = w * sum(w of the eligible in the class) / sum(w of the respondents in the class). Source: Valliant, Dever & Kreuter
(2018), Practical Tools for Designing and Weighting Survey Samples, 2nd edition, section 13.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
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
    names = list(cells)
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
    place = {name: number for number, name in enumerate(sequence)}
    code = np.array([place[name] for name in names], dtype=np.int64)
    rows = np.argsort(code, kind="stable")
    ends = np.searchsorted(code[rows], np.arange(len(sequence) + 1))
    groups = [
        _Group([name], values, answered, rows[first:last])
        for name, first, last in zip(sequence, ends[:-1], ends[1:], strict=True)
        if last > first
    ]
    told = _collapse(groups, minimum_respondents, largest_factor)
    adjusted = np.zeros(len(values))
    for group in groups:
        inside = group.rows[answered[group.rows]]
        adjusted[inside] = values[inside] * group.factor
    record = NonresponseRecord(
        classes=tuple(
            WeightingClass(cells=tuple(g.cells), eligible=len(g.rows), respondents=g.respondents, factor=g.factor)
            for g in groups
        ),
        minimum_respondents=minimum_respondents,
        collapsed=tuple(told),
        diagnostics=diagnose(adjusted),
    )
    return adjusted, record


class _Group:
    """Cells that are joined, and their ``rows`` among all of ``weights`` and ``answered``."""

    def __init__(self, cells: list[str], weights: FloatArray, answered: BoolArray, rows: IntArray) -> None:
        self.cells, self.rows = cells, rows
        self.respondents = int(np.count_nonzero(answered[rows]))
        self._weights, self._answered = weights, answered

    @property
    def factor(self) -> float:
        inside = self._weights[self.rows]
        below = float(inside[self._answered[self.rows]].sum())
        return float(inside.sum()) / below if below > 0 else np.inf

    def join(self, other: _Group) -> None:
        self.cells += other.cells
        self.rows = np.concatenate([self.rows, other.rows])
        self.respondents += other.respondents


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
