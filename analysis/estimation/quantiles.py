"""Quantiles with Woodruff intervals.

The interval of the share at or below the quantile is turned back through the distribution function. Sources: Woodruff
(1952), J. American Statistical Association 47; rules as in R's survey 4.5: ``math`` (the smallest value whose share is
at least p),
``school`` (the middle of two values where the share is exactly p), ``hf7`` (Hyndman & Fan's type 7, the default of R's
``quantile``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray
from analysis.design import SurveyDesign
from analysis.estimation.domains import read_domains
from analysis.estimation.estimate import Estimator
from analysis.estimation.intervals import t_quantile
from analysis.estimation.options import Options
from analysis.estimation.requested_items import RequestedItems
from analysis.estimation.requests import Quantity, numbers_of
from analysis.estimation.table import EstimateTable, Figures
from analysis.psu_totals import Item, collapse
from analysis.results import Estimates, IntervalMethod, LonelyPsu, Statistic

_EQUAL = 1e-12  # shares nearer than this are the same share


class QuantileRule(StrEnum):
    MATH = "math"
    SCHOOL = "school"
    HF7 = "hf7"


@dataclass(frozen=True, slots=True)
class Quantile:
    """The value below which the share ``probability`` of the population lies."""

    variable: str
    probability: float = 0.5
    rule: QuantileRule = QuantileRule.MATH

    def __post_init__(self) -> None:
        if not 0 < self.probability < 1:
            raise ValueError(f"a quantile's probability lies between 0 and 1, not {self.probability!r}")

    @property
    def name(self) -> str:
        return f"{self.variable}@{self.probability:g}"


@dataclass(frozen=True, slots=True, eq=False)
class _Distribution:
    """One domain's values in order."""

    values: FloatArray
    weights: FloatArray  # of one respondent
    counts: FloatArray  # respondents at each value

    def at(self, probability: float, rule: QuantileRule) -> float:
        if np.isnan(probability) or not len(self.values):
            return float("nan")
        if rule is QuantileRule.HF7:
            return self._interpolated(probability)
        share = np.cumsum(self.weights * self.counts)
        share = share / share[-1]
        place = int(np.searchsorted(share, probability - _EQUAL))
        place = min(place, len(share) - 1)
        if rule is QuantileRule.SCHOOL and abs(share[place] - probability) <= _EQUAL and place + 1 < len(share):
            return float(self.values[place] + self.values[place + 1]) / 2
        return float(self.values[place])

    def _interpolated(self, probability: float) -> float:
        """Linear between (share of the weight before each respondent, value), the last respondent's weight left out."""
        if self.counts.sum() == 1:
            return float(self.values[0])
        total = np.cumsum(self.weights * self.counts)
        before = total - self.weights * self.counts
        last = total[-1] - self.weights[-1]
        # A row of several respondents is a flat piece from its first to its last.
        points = np.stack([before, before + self.weights * (self.counts - 1)], axis=1).ravel() / last
        return float(np.interp(probability, points, np.repeat(self.values, 2)))


def quantiles(
    frame: pd.DataFrame,
    design: SurveyDesign,
    requests: Sequence[Quantile],
    *,
    by: Sequence[str] = (),
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
    adjust_domain_lonely: bool = False,
) -> Estimates:
    """Quantiles for the whole sample or for each domain. ``category`` of a result is its probability.

    The standard error is half the interval's width over the t quantile, as in R. A limit beyond the data is not known:
    the interval is then missing, and a note says so.
    """
    options = Options(
        interval=IntervalMethod.WALD, level=level, lonely_psu=lonely_psu, adjust_domain_lonely=adjust_domain_lonely
    )
    domains = read_domains(frame, by, design.respondents)
    found = [_of_domains(frame, design, request, domains.code_of_row, domains.count) for request in requests]
    requested = RequestedItems(
        items=tuple(item for item, _, _ in found),
        quantities=tuple(_quantity(request) for request in requests),
        item_of=tuple(range(len(requests))),
        answered_by_all=np.array([item.observed is None for item, _, _ in found]),
        asked=tuple(range(len(requests))),
        indices=(),
        notes=tuple(dict.fromkeys(note for *_, note in found if note)),
    )
    totals = collapse(design, domains.code_of_row, domains.count, requested.items)
    estimator = Estimator(design, requested, domains, totals, options)
    shares = estimator.table()
    distributions = [parts for _, parts, _ in found]
    figures = _turned_back(shares.figures, requests, distributions, options.level)
    table = EstimateTable(
        quantities=requested.quantities,
        domains=domains.keys,
        figures=figures,
        level=level,
        options=options,
        design=design.summary(),
        notes=shares.notes,
        estimate_notes=shares.estimate_notes,
    )
    return table.estimates()


def _quantity(request: Quantile) -> Quantity:
    return Quantity(
        statistic=Statistic.QUANTILE,
        variable=request.variable,
        category=f"{request.probability:g}",
        method=IntervalMethod.WOODRUFF,
    )


def _of_domains(
    frame: pd.DataFrame, design: SurveyDesign, request: Quantile, domain: IntArray, count: int
) -> tuple[Item, list[tuple[_Distribution, float]], str | None]:
    """The item "at or below the quantile", and every domain's distribution with its quantile."""
    values, observed, _ = numbers_of(frame, request.variable)
    missing = 0 if observed is None else int(design.respondents[~observed].sum())
    inside = (domain >= 0) & (design.weight > 0)
    if observed is not None:
        inside &= observed
    rows = np.flatnonzero(inside)
    order = rows[np.lexsort((values[rows], domain[rows]))]
    ends = np.searchsorted(domain[order], np.arange(count + 1))
    parts: list[tuple[_Distribution, float]] = []
    limit = np.full(count + 1, np.nan)
    for place in range(count):
        mine = order[ends[place] : ends[place + 1]]
        counts = np.ones(len(mine)) if design.frequency is None else design.frequency[mine]
        kept = mine[counts > 0]
        distribution = _Distribution(values[kept], design.weight[kept], counts[counts > 0])
        value = distribution.at(request.probability, request.rule)
        limit[place] = value
        parts.append((distribution, value))
    below = np.where(np.isnan(values), 0.0, values <= limit[domain]).astype(np.float64)
    item = Item(observed=observed, denominator=None, numerators=(below,), zero_one=True)
    note = f"{request.variable}: {missing} missing values are left out of its domain" if missing else None
    return item, parts, note


def _turned_back(
    shares: Figures, requests: Sequence[Quantile], found: list[list[tuple[_Distribution, float]]], level: float
) -> Figures:
    t = t_quantile(level, np.where(shares.degrees_of_freedom > 0, shares.degrees_of_freedom, np.nan))
    # Where the share shows no variance though answers differ, its error is that of a plain sample.
    plain = np.sqrt(shares.value * (1 - shares.value) / np.maximum(shares.sample_size - 1, 1))
    half = t * np.where(shares.silent_variance, plain, shares.standard_error)
    value, low, high = (np.full_like(shares.value, np.nan) for _ in range(3))
    for row, (request, parts) in enumerate(zip(requests, found, strict=True)):
        for column, (distribution, quantile) in enumerate(parts):
            centre, width = shares.value[row, column], half[row, column]
            value[row, column] = quantile
            if centre - width >= 0:
                low[row, column] = distribution.at(centre - width, request.rule)
            if centre + width <= 1:
                high[row, column] = distribution.at(centre + width, request.rule)
    unknown = np.full_like(value, np.nan)
    return Figures(
        value=value,
        standard_error=(high - low) / (2 * t),
        low=low,
        high=high,
        degrees_of_freedom=shares.degrees_of_freedom,
        sample_size=shares.sample_size,
        design_effect=unknown,
        effective_sample_size=unknown,
        weight=shares.weight,
        all_alike=np.zeros(value.shape, dtype=bool),
        complete_enumeration=shares.complete_enumeration,
        hidden_variance=shares.hidden_variance,
        unanswered=shares.unanswered,
        dominated=np.zeros(value.shape, dtype=bool),
        silent_variance=shares.silent_variance,
    )
