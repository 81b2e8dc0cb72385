"""Linear combinations of estimates of one domain, with their covariance: indices, nets, differences between items.

The influence of sum a_k R_k is sum a_k z_k, cell by cell, so the covariance needs no matrix. A part whose answers are
all alike has variance 0 that nobody believes: its one-sided half width is added in quadrature (Zou & Donner 2008,
MOVER). Half widths of parts whose variance is silent, and of all parts where they cancel in every PSU, are added up:
an error is at most the sum of its parts', whatever their covariance.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.estimation.intervals import t_quantile
from analysis.estimation.requested_items import RequestedItems
from analysis.estimation.table import ROUNDING, EstimateTable, Figures


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
    alike, complete, hidden, unanswered, silent = (np.zeros((count, domains), dtype=bool) for _ in range(5))
    quantile = t_quantile(table.level, df)
    for number, (quantity, rows, coefficients, _) in enumerate(requested.indices):
        parts = figures.value[rows]
        value[number] = coefficients @ parts
        complete[number] = figures.complete_enumeration[rows].all(axis=0)
        alike[number] = figures.all_alike[rows].all(axis=0)
        hidden[number] = figures.hidden_variance[rows].any(axis=0)
        unanswered[number] = figures.unanswered[rows].any(axis=0)
        effective[number] = figures.effective_sample_size[rows].min(axis=0)
        silent[number] = _cancels(figures, rows, coefficients, error[number])
        below, above = _widths(figures, rows, coefficients, silent[number])
        silent[number] |= figures.silent_variance[rows].any(axis=0)
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
        weight=np.stack([figures.weight[rows].max(axis=0) for _, rows, *_ in requested.indices]),
        all_alike=alike,
        complete_enumeration=complete,
        hidden_variance=hidden,
        unanswered=unanswered,
        dominated=np.stack([figures.dominated[rows].any(axis=0) for _, rows, *_ in requested.indices]),
        silent_variance=silent & ~complete,
    )
    quantities = (*table.quantities, *(quantity for quantity, *_ in requested.indices))
    return replace(table, quantities=quantities, figures=figures.followed_by(new))


def _cancels(figures: Figures, rows: IntArray, coefficients: FloatArray, error: FloatArray) -> BoolArray:
    """Where the parts have errors and their sum shows none, (domains,)."""
    squares = np.nansum((coefficients[:, None] * figures.standard_error[rows]) ** 2, axis=0)
    return np.asarray((squares > 0) & (error**2 <= ROUNDING * squares))


def _widths(
    figures: Figures, rows: IntArray, coefficients: FloatArray, cancels: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Squared half widths below and above that parts add whose own variance says nothing, (domains,) each."""
    sample = ~figures.complete_enumeration[rows]
    down = np.where(sample, figures.value[rows] - figures.low[rows], 0.0) * coefficients[:, None]
    up = np.where(sample, figures.high[rows] - figures.value[rows], 0.0) * coefficients[:, None]
    # A negative coefficient turns the part around: what could be higher lowers the sum.
    positive = coefficients[:, None] >= 0
    sides = np.abs(np.where(positive, down, up)), np.abs(np.where(positive, up, down))
    alike, silent = figures.all_alike[rows], figures.silent_variance[rows] | cancels
    below, above = (
        np.nansum(np.where(alike, side, 0.0) ** 2, axis=0)
        + np.nansum(np.where(silent & ~alike, side, 0.0), axis=0) ** 2
        for side in sides
    )
    return below, above
