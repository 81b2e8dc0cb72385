"""Linear combinations of estimates of one domain, with their covariance: indices, nets, differences between items.

The influence of sum a_k R_k is sum a_k z_k, cell by cell, so the covariance needs no matrix. A part whose answers are
all alike has variance 0 that nobody believes: its one-sided half width is added in quadrature (Zou & Donner 2008,
MOVER).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.estimation.intervals import t_quantile
from analysis.estimation.requests import Index, Quantity, Ratio, Request, Simple
from analysis.estimation.table import EstimateTable, Figures
from analysis.estimation.variance import Variance
from analysis.problems import DataProblem, DesignError
from analysis.psu_totals import Item
from analysis.results import Statistic

if TYPE_CHECKING:
    from analysis.estimation.calibrated import CalibratedVariance


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plan:
    """The requests as items of one pass, and how their numerators become what was asked for."""

    items: tuple[Item, ...]
    quantities: tuple[Quantity, ...]  # one per numerator
    answered_by_all: BoolArray  # (items,) no answer is missing
    asked: tuple[int, ...]  # rows of the result in the order of the requests; from len(quantities) on: indices
    indices: tuple[tuple[Quantity, IntArray, FloatArray, int], ...]  # what, numerators, coefficients, item of its base
    notes: tuple[str, ...]


def plan_requests(frame: pd.DataFrame, requests: Sequence[Request]) -> Plan:
    """Reads every request, the parts of indices too, each once."""
    if not requests:
        raise ValueError("ask for at least one statistic")
    return _Planner(frame).plan(requests)


class _Planner:
    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.items: list[Item] = []
        self.quantities: list[Quantity] = []
        self.missing: list[int] = []
        self.notes: list[str] = []
        self.places: dict[Simple, tuple[int, range]] = {}

    def plan(self, requests: Sequence[Request]) -> Plan:
        asked: list[tuple[str, int]] = []
        waiting: list[Index] = []
        for request in requests:
            if isinstance(request, Index):
                asked.append(("index", len(waiting)))
                waiting.append(request)
            else:
                asked.extend(("simple", row) for row in self._place(request)[1])
        indices = [self._index(index) for index in waiting]
        simple = len(self.quantities)
        return Plan(
            items=tuple(self.items),
            quantities=tuple(self.quantities),
            answered_by_all=np.array([count == 0 for count in self.missing]),
            asked=tuple(row if kind == "simple" else simple + row for kind, row in asked),
            indices=tuple(indices),
            notes=tuple(self.notes),
        )

    def _place(self, request: Simple) -> tuple[int, range]:
        if request in self.places:
            return self.places[request]
        prepared = request.prepare(self.frame)
        rows = range(len(self.quantities), len(self.quantities) + len(prepared.quantities))
        self.places[request] = (len(self.items), rows)
        self.items.append(prepared.item)
        self.quantities.extend(prepared.quantities)
        base = isinstance(request, Ratio) and request.scale is not None
        self.missing.append(0 if base else prepared.missing)
        if prepared.missing:
            name = prepared.quantities[0].variable if prepared.quantities else "?"
            what = "rows are outside its base" if base else "missing values are left out of its domain"
            self.notes.append(f"{name}: {prepared.missing} {what}")
        return self.places[request]

    def _index(self, index: Index) -> tuple[Quantity, IntArray, FloatArray, int]:
        rows: list[int] = []
        anyone = np.zeros(len(self.frame), dtype=bool)
        for part, _ in index.parts:
            item, places = self._place(part)
            if len(places) != 1:
                raise DesignError(
                    [
                        DataProblem(
                            column=index.variable,
                            rows=(),
                            message="a part of the index is several proportions",
                            remedy="Name the category of each part.",
                        )
                    ]
                )
            rows.append(places[0])
            observed = self.items[item].observed
            anyone |= True if observed is None else observed
        coefficients = np.array([weight for _, weight in index.parts], dtype=np.float64)
        scale = index.scale or _scale([self.quantities[row].scale for row in rows], coefficients)
        quantity = Quantity(statistic=Statistic.COMBINATION, variable=index.variable, scale=scale)
        base = len(self.items)
        self.items.append(Item(observed=None if anyone.all() else anyone, denominator=None))
        self.missing.append(0)
        return quantity, np.array(rows, dtype=np.int64), coefficients, base


def _scale(parts: list[tuple[float, float] | None], coefficients: FloatArray) -> tuple[float, float] | None:
    low = high = 0.0
    for scale, coefficient in zip(parts, coefficients, strict=True):
        if scale is None:
            return None
        ends = (float(coefficient) * scale[0], float(coefficient) * scale[1])
        low, high = low + min(ends), high + max(ends)
    return low, high


def combine(
    plan: Plan,
    table: EstimateTable,
    influence: FloatArray,
    variance: Variance | CalibratedVariance,
    size: FloatArray,
    freedom: FloatArray,
) -> EstimateTable:
    """Adds the indices to the table and puts the rows into the order asked for.

    ``size`` and ``freedom`` (items, domains) are those of every item, so also of the union of an index's parts.
    """
    if plan.indices:
        table = _with_indices(plan, table, influence, variance, size, freedom)
    order = np.array(plan.asked, dtype=np.int64)
    quantities = tuple(table.quantities[row] for row in order)
    return replace(table, quantities=quantities, figures=table.figures.take(order))


def _with_indices(
    plan: Plan,
    table: EstimateTable,
    influence: FloatArray,
    variance: Variance | CalibratedVariance,
    size: FloatArray,
    freedom: FloatArray,
) -> EstimateTable:
    figures = table.figures
    count, domains = len(plan.indices), len(table.domains)
    combined = np.stack([coefficients @ influence[rows] for _, rows, coefficients, _ in plan.indices])
    error = np.sqrt(variance.of(combined)[0])
    base = np.array([item for *_, item in plan.indices])
    df, n = freedom[base], size[base]
    value, low, high = (np.full((count, domains), np.nan) for _ in range(3))
    effective = np.full((count, domains), np.nan)
    alike, complete, hidden = (np.zeros((count, domains), dtype=bool) for _ in range(3))
    quantile = t_quantile(table.level, df)
    for number, (quantity, rows, coefficients, _) in enumerate(plan.indices):
        parts = figures.value[rows]
        value[number] = coefficients @ parts
        complete[number] = figures.complete_enumeration[rows].all(axis=0)
        alike[number] = figures.all_alike[rows].all(axis=0)
        hidden[number] = figures.hidden_variance[rows].any(axis=0)
        effective[number] = figures.effective_sample_size[rows].min(axis=0)
        below, above = _alike_widths(figures, rows, coefficients)
        half = quantile[number] * error[number]
        least, most = quantity.scale or (-np.inf, np.inf)
        low[number] = np.maximum(value[number] - np.sqrt(half**2 + below), least)
        high[number] = np.minimum(value[number] + np.sqrt(half**2 + above), most)
        low[number, complete[number]] = high[number, complete[number]] = value[number, complete[number]]
        unlimited = ~complete[number] & (np.isnan(figures.low[rows]).any(axis=0) | (df[number] < 1) | hidden[number])
        low[number, unlimited] = high[number, unlimited] = np.nan
        error[number, np.isnan(figures.standard_error[rows]).any(axis=0)] = np.nan
    new = Figures(
        value=value,
        standard_error=error,
        low=low,
        high=high,
        degrees_of_freedom=df,
        sample_size=n,
        design_effect=np.full((count, domains), np.nan),
        effective_sample_size=effective,
        all_alike=alike,
        complete_enumeration=complete,
        hidden_variance=hidden,
    )
    quantities = (*table.quantities, *(quantity for quantity, *_ in plan.indices))
    return replace(table, quantities=quantities, figures=figures.followed_by(new))


def _alike_widths(figures: Figures, rows: IntArray, coefficients: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Squared half widths below and above that parts with all answers alike add, (domains,) each."""
    alike = figures.all_alike[rows] & ~figures.complete_enumeration[rows]
    down = np.where(alike, figures.value[rows] - figures.low[rows], 0.0) * coefficients[:, None]
    up = np.where(alike, figures.high[rows] - figures.value[rows], 0.0) * coefficients[:, None]
    # A negative coefficient turns the part around: what could be higher lowers the sum.
    below = np.where(coefficients[:, None] >= 0, down, up)
    above = np.where(coefficients[:, None] >= 0, up, down)
    return np.nansum(below**2, axis=0), np.nansum(above**2, axis=0)
