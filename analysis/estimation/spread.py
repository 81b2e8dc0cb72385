"""The variance of a variable in the population, for the whole sample or for domains, with its own error.

S^2 = n/(n-1) sum w (y - m)^2 / sum w, m the domain's weighted mean; its error is that of a mean of squares, because the
derivative by m is 0. R: survey::svyvar.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray, sum_by
from analysis.design import SurveyDesign
from analysis.estimation.domains import read_domains
from analysis.estimation.estimate import Estimator
from analysis.estimation.options import Options
from analysis.estimation.requested_items import RequestedItems
from analysis.estimation.requests import Quantity, numbers_of
from analysis.psu_totals import Item, collapse
from analysis.results import Estimates, IntervalMethod, LonelyPsu, Statistic


def variances(
    frame: pd.DataFrame,
    design: SurveyDesign,
    variables: Sequence[str],
    *,
    by: Sequence[str] = (),
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
) -> Estimates:
    """Population variances, in squared units of each variable. A domain of one respondent has none."""
    domains = read_domains(frame, by)
    items, notes = [], []
    for name in variables:
        values, observed, missing = numbers_of(frame, name)
        seen = np.ones(len(values), dtype=bool) if observed is None else observed
        squares = _squares(values, seen, design, domains.code_of_row, domains.count)
        items.append(Item(observed=observed, denominator=None, numerators=(squares,)))
        if missing:
            notes.append(f"{name}: {missing} missing values are left out of its domain")
    requested = RequestedItems(
        items=tuple(items),
        quantities=tuple(Quantity(statistic=Statistic.VARIANCE, variable=name) for name in variables),
        item_of=tuple(range(len(items))),
        answered_by_all=np.array([item.observed is None for item in items]),
        asked=tuple(range(len(items))),
        indices=(),
        notes=tuple(notes),
    )
    totals = collapse(design, domains.code_of_row, domains.count, requested.items)
    options = Options(interval=IntervalMethod.WALD, level=level, lonely_psu=lonely_psu)
    return Estimator(design, requested, domains, totals, options).table().estimates()


def _squares(values: FloatArray, seen: np.ndarray, design: SurveyDesign, domain: IntArray, domains: int) -> FloatArray:
    """(y - m)^2 n/(n-1) of the row's domain; NaN in a domain of one respondent."""
    inside = np.flatnonzero(seen & (domain >= 0) & (design.weight > 0))
    codes, weight = domain[inside], design.row_weight[inside]
    counts = np.ones(len(inside)) if design.frequency is None else design.frequency[inside]
    size, total = sum_by(codes, counts, domains), sum_by(codes, weight, domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sum_by(codes, weight * values[inside], domains) / total
        factor = np.where(size > 1, size / (size - 1), np.nan)
    found = np.full(len(values), np.nan)
    found[inside] = (values[inside] - mean[codes]) ** 2 * factor[codes]
    return found
