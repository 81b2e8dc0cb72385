"""Linear combinations of estimates of one domain, with their covariance: indices, nets, differences between items.

The influence of sum a_k R_k is sum a_k z_k, cell by cell, so the covariance needs no matrix. A part whose answers are
all alike has variance 0 that nobody believes: its one-sided half width is added in quadrature (Zou & Donner 2008,
MOVER).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.estimation.intervals import t_quantile
from analysis.estimation.requested_items import RequestedItems
from analysis.estimation.table import EstimateTable, Figures

if TYPE_CHECKING:
    pass


def combined_influence(requested: RequestedItems, influence: FloatArray) -> FloatArray:
    """The influence of every index, of rows of the quantities' influence."""
    return np.stack([coefficients @ influence[rows] for _, rows, coefficients, _ in requested.indices])


def combine(
    requested: RequestedItems,
    table: EstimateTable,
    variance: FloatArray | None,
    size: FloatArray,
    freedom: FloatArray,
) -> EstimateTable:
    """Adds the indices to the table and puts the rows into the order asked for.

    ``variance`` (indices, domains) is that of the indices; ``size`` and ``freedom`` (items, domains) are those of
    every item, so also of the union of an index's parts.
    """
    if requested.indices:
        table = _with_indices(requested, table, variance, size, freedom)
    order = np.array(requested.asked, dtype=np.int64)
    quantities = tuple(table.quantities[row] for row in order)
    return replace(table, quantities=quantities, figures=table.figures.take(order))


def _with_indices(
    requested: RequestedItems,
    table: EstimateTable,
    variance: FloatArray | None,
    size: FloatArray,
    freedom: FloatArray,
) -> EstimateTable:
    figures = table.figures
    count, domains = len(requested.indices), len(table.domains)
    assert variance is not None
    error = np.sqrt(variance)
    base = np.array([item for *_, item in requested.indices])
    df, n = freedom[base], size[base]
    value, low, high = (np.full((count, domains), np.nan) for _ in range(3))
    effective = np.full((count, domains), np.nan)
    alike, complete, hidden, unanswered = (np.zeros((count, domains), dtype=bool) for _ in range(4))
    quantile = t_quantile(table.level, df)
    for number, (quantity, rows, coefficients, _) in enumerate(requested.indices):
        parts = figures.value[rows]
        value[number] = coefficients @ parts
        complete[number] = figures.complete_enumeration[rows].all(axis=0)
        alike[number] = figures.all_alike[rows].all(axis=0)
        hidden[number] = figures.hidden_variance[rows].any(axis=0)
        unanswered[number] = figures.unanswered[rows].any(axis=0)
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
        unanswered=unanswered,
    )
    quantities = (*table.quantities, *(quantity for quantity, *_ in requested.indices))
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
