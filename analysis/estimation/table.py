"""Estimates as columns of numbers, before they become one value each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import cycle, product
from typing import Any, NamedTuple

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
        figures = self.figures
        numbers = zip(
            _known(figures.value),
            _known(figures.standard_error),
            self._intervals(),
            _known(figures.design_effect),
            _known(figures.effective_sample_size),
            _known(figures.weight),
            strict=True,
        )
        others = zip(
            _listed(np.maximum(figures.degrees_of_freedom.astype(np.int64), 0)),
            _listed(figures.sample_size.astype(np.int64)),
            _listed(figures.all_alike),
            _listed(figures.complete_enumeration),
            _listed(figures.dominated),
            self._notes(),
            strict=True,
        )
        places = product(self.domains, self.quantities)
        found = [
            Estimate(
                statistic=quantity.statistic,
                variable=quantity.variable,
                category=quantity.category,
                domain=domain,
                value=value,
                standard_error=error,
                interval=interval,
                degrees_of_freedom=freedom,
                sample_size=size,
                design_effect=effect,
                effective_sample_size=effective,
                all_alike=alike,
                complete_enumeration=complete,
                dominated=dominated,
                scale=quantity.scale,
                weight=weight,
                notes=notes,
            )
            for (domain, quantity), number, other in zip(places, numbers, others, strict=True)
            for value, error, interval, effect, effective, weight in (number,)
            for freedom, size, alike, complete, dominated, notes in (other,)
        ]
        return Estimates(design=self.design, estimates=tuple(found), notes=self.notes)

    def _intervals(self) -> list[Interval | None]:
        low, high = self.figures.low, self.figures.high
        missing = np.isnan(low) | np.isnan(high)
        scales = [quantity.scale or (-math.inf, math.inf) for quantity in self.quantities]
        if self.options.sides is Sides.LOWER:
            high = np.repeat([[most] for _, most in scales], low.shape[1], axis=1)
        elif self.options.sides is Sides.UPPER:
            low = np.repeat([[least] for least, _ in scales], high.shape[1], axis=1)
        methods = [self.options.interval if one.share else one.method for one in self.quantities]
        level = self.options.level
        return [
            None if absent else Interval(low=least, high=most, level=level, method=method)
            for absent, least, most, method in zip(_listed(missing), _listed(low), _listed(high), cycle(methods))
        ]

    def _notes(self) -> list[tuple[str, ...]]:
        """What cannot be given, and why; of most there is nothing to say."""
        figures, quiet = self.figures, self.estimate_notes
        unknown = np.isnan(figures.value) | np.isnan(figures.standard_error) | np.isnan(figures.low + figures.high)
        few = (figures.sample_size < 1) | (figures.degrees_of_freedom < 1)
        odd = figures.complete_enumeration | figures.hidden_variance | figures.all_alike | figures.silent_variance
        effect = np.isnan(figures.design_effect)
        found = [quiet] * figures.value.size
        for place in np.flatnonzero((unknown | few | odd | effect).T).tolist():
            column, row = divmod(place, len(self.quantities))
            numbers = _Figure(*(getattr(figures, name)[row, column].item() for name in _Figure._fields))
            found[place] = (*_notes(self.quantities[row], numbers), *quiet)
        return found


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


def _notes(quantity: Quantity, one: _Figure) -> list[str]:
    notes: list[str] = []
    unknown = one.standard_error != one.standard_error
    interval = one.low == one.low and one.high == one.high
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
    elif unknown and not interval and quantity.statistic in _DIRECT:
        notes.append("no sampling error can be given: every stratum with an answer has a single PSU")
    elif one.all_alike:
        notes.append(_ALIKE if interval else _ALIKE_WITHOUT_SCALE)
    elif not interval:
        without = _SILENT_EQUAL if one.silent_variance else "no interval can be given: a part of it has none"
        notes.append(_NO_INTERVAL.get(quantity.statistic, without))
    elif one.silent_variance:
        parts = (*_DIRECT, Statistic.QUANTILE, Statistic.VARIANCE)
        notes.append(_SILENT if quantity.statistic in parts else _SILENT_PART)
    equal = not one.silent_variance or not interval
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


def _listed(values: np.ndarray[Any, Any]) -> list[Any]:
    """Domain by domain, as plain numbers."""
    found: list[Any] = values.T.ravel().tolist()
    return found


def _known(values: FloatArray) -> list[float | None]:
    """None for NaN."""
    missing = np.isnan(values)
    if not missing.any():
        return _listed(values)
    known = values.astype(object)
    known[missing] = None
    return _listed(known)
