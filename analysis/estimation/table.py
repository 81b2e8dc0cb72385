"""Estimates as columns of numbers, before they become one value each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import NamedTuple

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
    weight: FloatArray  # weighted number of those who answered: what the figure counts for in that of its whole
    all_alike: BoolArray
    complete_enumeration: BoolArray
    hidden_variance: BoolArray  # declared stages leave nothing to chance, yet it is no complete enumeration
    unanswered: BoolArray  # everyone there is was asked, and some did not answer
    dominated: BoolArray  # one respondent's number makes up a total of it
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
        """One value per domain and quantity, domain by domain; ``figures`` are the same facts without objects."""
        columns = [getattr(self.figures, name).T.ravel().tolist() for name in _Figure._fields]
        places = product(self.domains, self.quantities)
        found = [
            self._estimate(quantity, domain, _Figure(*numbers))
            for (domain, quantity), numbers in zip(places, zip(*columns, strict=True), strict=True)
        ]
        return Estimates(design=self.design, estimates=tuple(found), notes=self.notes)

    def estimate(self, row: int, column: int) -> Estimate:
        """The value of one quantity in one domain."""
        numbers = (getattr(self.figures, name)[row, column].item() for name in _Figure._fields)
        return self._estimate(self.quantities[row], self.domains[column], _Figure(*numbers))

    def _estimate(self, quantity: Quantity, domain: Domain, one: _Figure) -> Estimate:
        interval = self._interval(quantity, one)
        return Estimate(
            statistic=quantity.statistic,
            variable=quantity.variable,
            category=quantity.category,
            domain=domain,
            value=_known(one.value),
            standard_error=_known(one.standard_error),
            interval=interval,
            degrees_of_freedom=max(int(one.degrees_of_freedom), 0),
            sample_size=int(one.sample_size),
            design_effect=_known(one.design_effect),
            effective_sample_size=_known(one.effective_sample_size),
            all_alike=one.all_alike,
            complete_enumeration=one.complete_enumeration,
            dominated=one.dominated,
            scale=quantity.scale,
            weight=_known(one.weight),
            notes=(*_notes(quantity, one, interval), *self.estimate_notes),
        )

    def _interval(self, quantity: Quantity, one: _Figure) -> Interval | None:
        low, high = one.low, one.high
        if low != low or high != high:
            return None
        least, most = quantity.scale or (-math.inf, math.inf)
        if self.options.sides is Sides.LOWER:
            high = most
        elif self.options.sides is Sides.UPPER:
            low = least
        method = self.options.interval if quantity.share else quantity.method
        return Interval(low=low, high=high, level=self.options.level, method=method)


class _Figure(NamedTuple):
    """One place of ``Figures``, as plain numbers."""

    value: float
    standard_error: float
    low: float
    high: float
    degrees_of_freedom: float
    sample_size: float
    design_effect: float
    effective_sample_size: float
    weight: float
    all_alike: bool
    complete_enumeration: bool
    hidden_variance: bool
    unanswered: bool
    dominated: bool
    silent_variance: bool


def _notes(quantity: Quantity, one: _Figure, interval: Interval | None) -> list[str]:
    """What cannot be given, and why."""
    notes: list[str] = []
    unknown = one.standard_error != one.standard_error
    if one.sample_size < 1:
        notes.append("not estimable: nobody in this domain answered")
    elif one.value != one.value:
        notes.append("not estimable: the denominator is 0")
    elif one.complete_enumeration:
        notes.append("complete enumeration: no sampling error")
    elif one.hidden_variance:
        notes.append(_UNANSWERED if one.unanswered else _HIDDEN)
    elif one.degrees_of_freedom < 1:
        what = "sampling error" if unknown else "interval"
        notes.append(
            f"no {what} can be given: the domain has no more PSUs than strata (0 degrees of freedom)"
            + ("" if unknown else ", so the standard error is itself hardly known")
        )
    elif unknown and interval is None and quantity.statistic in _DIRECT:
        notes.append("no sampling error can be given: every stratum with an answer has a single PSU")
    elif one.all_alike:
        notes.append(_ALIKE if interval is not None else _ALIKE_WITHOUT_SCALE)
    elif interval is None:
        without = _SILENT_EQUAL if one.silent_variance else "no interval can be given: a part of it has none"
        notes.append(_NO_INTERVAL.get(quantity.statistic, without))
    elif one.silent_variance:
        parts = (*_DIRECT, Statistic.QUANTILE, Statistic.VARIANCE)
        notes.append(_SILENT if quantity.statistic in parts else _SILENT_PART)
    equal = not one.silent_variance or interval is None
    no_effect = one.design_effect != one.design_effect
    if quantity.statistic is Statistic.TOTAL and int(one.sample_size) > 1 and equal and no_effect and not unknown:
        notes.append(_EQUAL_VALUES)
    return notes


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


def _known(value: float) -> float | None:
    """None for NaN, which alone differs from itself."""
    return value if value == value else None
