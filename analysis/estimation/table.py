"""Estimates as columns of numbers, before they become one value each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.estimation.options import Options, Sides
from analysis.estimation.requests import Quantity
from analysis.results import DesignSummary, Domain, Estimate, Estimates, Interval, Statistic

ROUNDING = 1e-12
"""A variance below this share of what it is measured by is the rounding of sums that are equal."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Figures:
    """One row per quantity, one column per domain; NaN where nothing can be estimated."""

    value: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    degrees_of_freedom: FloatArray
    sample_size: FloatArray
    design_effect: FloatArray
    effective_sample_size: FloatArray
    all_alike: BoolArray
    complete_enumeration: BoolArray
    hidden_variance: BoolArray  # declared stages leave nothing to chance, yet it is no complete enumeration
    unanswered: BoolArray  # everyone there is was asked, and some did not answer
    silent_variance: BoolArray  # a sample whose variance is 0 though answers differ: the interval is a plain sample's

    def take(self, rows: IntArray) -> Figures:
        """The rows, in that order."""
        return Figures(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    @staticmethod
    def side_by_side(parts: Sequence[Figures]) -> Figures:
        """One table of all columns of these tables, in order; all have the same rows."""
        return Figures(
            **{
                column.name: np.concatenate([getattr(part, column.name) for part in parts], axis=1)
                for column in fields(Figures)
            }
        )

    def followed_by(self, other: Figures) -> Figures:
        """This table with the rows of the other below its own."""
        return Figures(
            **{
                column.name: np.concatenate([getattr(self, column.name), getattr(other, column.name)])
                for column in fields(self)
            }
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EstimateTable:
    """Figures of quantities (rows) in domains (columns), and what they were made with."""

    quantities: tuple[Quantity, ...]
    domains: tuple[Domain, ...]
    figures: Figures
    level: float  # of the two-sided interval whose limits are drawn
    options: Options
    design: DesignSummary
    notes: tuple[str, ...] = ()
    estimate_notes: tuple[str, ...] = ()  # said of every estimate

    def estimates(self) -> Estimates:
        """One value per domain and quantity, domain by domain."""
        rows = range(len(self.quantities))
        found = [self._estimate(row, column) for column in range(len(self.domains)) for row in rows]
        return Estimates(design=self.design, estimates=tuple(found), notes=self.notes)

    def _estimate(self, row: int, column: int) -> Estimate:
        quantity = self.quantities[row]
        size = int(self.figures.sample_size[row, column])
        interval = self._interval(row, column, quantity)
        return Estimate(
            statistic=quantity.statistic,
            variable=quantity.variable,
            category=quantity.category,
            domain=self.domains[column],
            value=_number(self.figures.value[row, column]),
            standard_error=_number(self.figures.standard_error[row, column]),
            interval=interval,
            degrees_of_freedom=max(int(self.figures.degrees_of_freedom[row, column]), 0),
            sample_size=size,
            design_effect=_number(self.figures.design_effect[row, column]),
            effective_sample_size=_number(self.figures.effective_sample_size[row, column]),
            all_alike=bool(self.figures.all_alike[row, column]),
            complete_enumeration=bool(self.figures.complete_enumeration[row, column]),
            scale=quantity.scale,
            notes=self._notes(row, column, quantity, size, interval),
        )

    def _interval(self, row: int, column: int, quantity: Quantity) -> Interval | None:
        low, high = _number(self.figures.low[row, column]), _number(self.figures.high[row, column])
        if low is None or high is None:
            return None
        least, most = quantity.scale or (-math.inf, math.inf)
        if self.options.sides is Sides.LOWER:
            high = most
        elif self.options.sides is Sides.UPPER:
            low = least
        method = self.options.interval if quantity.share else quantity.method
        return Interval(low=low, high=high, level=self.options.level, method=method)

    def _notes(
        self, row: int, column: int, quantity: Quantity, size: int, interval: Interval | None
    ) -> tuple[str, ...]:
        notes: list[str] = []
        figures, place = self.figures, (row, column)
        error = figures.standard_error[place]
        if size == 0:
            notes.append("not estimable: nobody in this domain answered")
        elif np.isnan(figures.value[place]):
            notes.append("not estimable: the denominator is 0")
        elif figures.complete_enumeration[place]:
            notes.append("complete enumeration: no sampling error")
        elif figures.hidden_variance[place]:
            notes.append(_UNANSWERED if figures.unanswered[place] else _HIDDEN)
        elif figures.degrees_of_freedom[place] < 1:
            what = "sampling error" if np.isnan(error) else "interval"
            notes.append(
                f"no {what} can be given: the domain has no more PSUs than strata (0 degrees of freedom)"
                + ("" if np.isnan(error) else ", so the standard error is itself hardly known")
            )
        elif np.isnan(error) and interval is None and quantity.statistic in _DIRECT:
            notes.append("no sampling error can be given: every stratum with an answer has a single PSU")
        elif figures.all_alike[place]:
            notes.append(_ALIKE if interval is not None else _ALIKE_WITHOUT_SCALE)
        elif interval is None:
            without = (
                _SILENT_EQUAL if figures.silent_variance[place] else "no interval can be given: a part of it has none"
            )
            notes.append(_NO_INTERVAL.get(quantity.statistic, without))
        elif figures.silent_variance[place]:
            notes.append(
                _SILENT if quantity.statistic in (*_DIRECT, Statistic.QUANTILE, Statistic.VARIANCE) else _SILENT_PART
            )
        equal = not figures.silent_variance[place] or interval is None
        if quantity.statistic is Statistic.TOTAL and size > 1 and equal and np.isnan(figures.design_effect[place]):
            notes += [] if np.isnan(error) else [_EQUAL_VALUES]
        return (*notes, *self.estimate_notes)


_DIRECT = (Statistic.MEAN, Statistic.TOTAL, Statistic.PROPORTION, Statistic.RATIO)
_HIDDEN = (
    "no sampling error can be given: every declared unit was drawn, yet the weights show that not everyone was asked; "
    "declare the further stage"
)
_UNANSWERED = (
    "no sampling error can be given: everyone was asked and some did not answer, which no chance explains; to take "
    "those who answered as the sample, estimate from a file of their rows alone"
)
_ALIKE = "all answers are alike: the limits are those of a sample without a dissenter, the standard error says nothing"
_ALIKE_WITHOUT_SCALE = (
    "no interval can be given: all answers are alike and nothing says how far others may lie; give the scale of the "
    "answers, such as 0 to 100"
)
_SILENT = (
    "the sample shows no variance although answers differ (equal totals in all PSUs, or margins that explain every "
    "answer), which is not believed: the interval is that of a plain sample of as many respondents, the standard error "
    "says nothing"
)
_SILENT_PART = (
    "the sample shows no variance here or in a part although answers differ, which is not believed: half the width of "
    "the parts' own intervals stands in for it, the standard error says too little"
)
_SILENT_EQUAL = (
    "no interval can be given: all values are equal, and so are the totals of the PSUs, so that nothing says how far "
    "others may lie"
)
_EQUAL_VALUES = "no design effect: all values are equal, so a simple sample would show no variance to compare with"
_NO_INTERVAL = {
    Statistic.QUANTILE: "no interval can be given: a limit lies beyond the values that were seen",
}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
