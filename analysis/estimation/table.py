"""Estimates as columns of numbers, before they become one value each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.estimation.options import Options, Sides
from analysis.estimation.requests import Quantity
from analysis.results import DesignSummary, Domain, Estimate, Estimates, Interval


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

    def take(self, rows: IntArray) -> Figures:
        """The rows, in that order."""
        return Figures(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    @staticmethod
    def side_by_side(parts: Sequence[Figures]) -> Figures:
        """The columns of all, one after the other."""
        return Figures(
            **{
                column.name: np.concatenate([getattr(part, column.name) for part in parts], axis=1)
                for column in fields(Figures)
            }
        )

    def followed_by(self, other: Figures) -> Figures:
        """The rows of both."""
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
        if size == 0:
            notes.append("not estimable: nobody in this domain answered")
        elif np.isnan(self.figures.value[row, column]):
            notes.append("not estimable: the denominator is 0")
        elif self.figures.complete_enumeration[row, column]:
            notes.append("complete enumeration: no sampling error")
        elif self.figures.hidden_variance[row, column]:
            notes.append(
                "no sampling error can be given: every declared unit was drawn, yet weights or missing answers show "
                "that not everyone was asked; declare the further stage"
            )
        elif self.figures.degrees_of_freedom[row, column] < 1:
            notes.append(
                "no sampling error can be given: the domain has no more PSUs than strata (0 degrees of freedom)"
            )
        elif self.figures.all_alike[row, column] and interval is not None:
            notes.append("all answers are alike: the limit is the exact one, the standard error says nothing")
        return (*notes, *self.estimate_notes)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
