"""THE pass over the rows: weighted sums per PSU x domain x item. Everything later works on these sums.

A cell is one unit of the last declared stage within one domain. A domain has no cell for a unit without a member of it:
such a unit is an observed zero, which the variance counts without storing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, combine_codes, first_rows, sum_by
from analysis.design import SurveyDesign


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Item:
    """Numerators that share one denominator and one set of rows.

    Either ``numerators`` (each (rows,)) or ``codes`` with ``categories``: then numerator k is 1 where the code is k.
    """

    observed: BoolArray | None  # (rows,) rows in the item's domain; None: all
    denominator: FloatArray | None  # (rows,); None: 1
    numerators: tuple[FloatArray, ...] = ()
    codes: IntArray | None = None
    categories: int = 0
    zero_one: bool = False  # every numerator is 0 or 1 and the denominator 1: squares need no pass

    @property
    def width(self) -> int:
        return self.categories if self.codes is not None else len(self.numerators)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PsuTotals:
    """Sums per cell and per domain. Items have one row each in ``denominators``, numerators one each in
    ``numerators``."""

    domains: int
    cell_unit: IntArray  # (cells,) unit of the last stage
    cell_domain: IntArray  # (cells,)
    item_of: IntArray  # (numerators,) the item a numerator belongs to
    numerators: FloatArray  # (numerators, cells) sum of w y
    denominators: FloatArray  # (items, cells) sum of w x
    counts: FloatArray  # (items, cells) respondents, unweighted
    weights: FloatArray  # (items, domains) sum of w
    squared_weights: FloatArray  # (items, domains) sum of w^2
    centres: FloatArray  # (numerators,) c: squares are of u = y - c x, which keeps their digits
    squares: FloatArray  # (numerators, domains) sum of w u^2
    products: FloatArray  # (numerators, domains) sum of w u x
    denominator_squares: FloatArray  # (items, domains) sum of w x^2
    respondents: FloatArray  # (domains,) all of them, also those without an answer


def collapse(design: SurveyDesign, domain: IntArray, domains: int, items: Sequence[Item]) -> PsuTotals:
    """Sums of ``items`` by unit and domain. ``domain`` (rows,) holds codes, -1 for rows in none."""
    return _Pass(design, domain, domains).run(items)


class _Pass:
    def __init__(self, design: SurveyDesign, domain: IntArray, domains: int) -> None:
        inside = (domain >= 0) & (design.weight > 0)
        if design.frequency is not None:
            inside &= design.frequency > 0
        last = design.stages[-1]
        self.rows: IntArray | None = None if inside.all() else np.flatnonzero(inside)
        unit = self._take(last.unit_of_row)
        self.domain = self._take(domain)
        self.domains = domains
        self.row_weight = self._take(design.row_weight)
        self.frequency = None if design.frequency is None else self._take(design.frequency)
        self.weight = self._take(design.weight)
        self.cell, self.cells = _cells(unit, last.units, self.domain, domains)
        first = first_rows(self.cell, self.cells)
        self.cell_unit = unit[first]
        self.cell_domain = self.domain[first]

    def _take(self, values: np.ndarray) -> np.ndarray:
        return values if self.rows is None else values[self.rows]

    def run(self, items: Sequence[Item]) -> PsuTotals:
        width = sum(item.width for item in items)
        count = len(items)
        item_of = np.repeat(np.arange(count, dtype=np.int64), [item.width for item in items])
        totals = PsuTotals(
            domains=self.domains,
            cell_unit=self.cell_unit,
            cell_domain=self.cell_domain,
            item_of=item_of,
            numerators=np.zeros((width, self.cells)),
            denominators=np.zeros((count, self.cells)),
            counts=np.zeros((count, self.cells)),
            weights=np.zeros((count, self.domains)),
            squared_weights=np.zeros((count, self.domains)),
            centres=np.zeros(width),
            squares=np.zeros((width, self.domains)),
            products=np.zeros((width, self.domains)),
            denominator_squares=np.zeros((count, self.domains)),
            respondents=sum_by(self.domain, self.frequency, self.domains),
        )
        whole: int | None = None  # the first item that all rows have answered: later ones copy its denominator
        place = 0
        for number, item in enumerate(items):
            plain = item.observed is None and item.denominator is None
            if plain and whole is not None:
                for array in (totals.denominators, totals.counts, totals.weights, totals.squared_weights):
                    array[number] = array[whole]
                totals.denominator_squares[number] = totals.denominator_squares[whole]
                self._numerators(totals, item, place, None, None)
            else:
                self._item(totals, item, number, place)
                whole = number if plain else whole
            place += item.width
        return totals

    def _item(self, totals: PsuTotals, item: Item, number: int, place: int) -> None:
        observed = None if item.observed is None else self._take(item.observed)
        keep = None if observed is None or observed.all() else np.flatnonzero(observed)
        cell, domain, weight = (
            (self.cell, self.domain, self.row_weight)
            if keep is None
            else (self.cell[keep], self.domain[keep], self.row_weight[keep])
        )
        single = self.weight if keep is None else self.weight[keep]
        frequency = self.frequency if keep is None or self.frequency is None else self.frequency[keep]
        totals.counts[number] = sum_by(cell, frequency, self.cells)
        totals.weights[number] = sum_by(domain, weight, self.domains)
        totals.squared_weights[number] = sum_by(domain, weight * single, self.domains)
        denominator: FloatArray | None = None
        if item.denominator is None:
            totals.denominators[number] = sum_by(cell, weight, self.cells)
            totals.denominator_squares[number] = totals.weights[number]
        else:
            denominator = self._take(item.denominator)
            denominator = denominator if keep is None else denominator[keep]
            weighted = weight * denominator
            totals.denominators[number] = sum_by(cell, weighted, self.cells)
            totals.denominator_squares[number] = sum_by(domain, weighted * denominator, self.domains)
        self._numerators(totals, item, place, keep, denominator)

    def _numerators(
        self, totals: PsuTotals, item: Item, place: int, keep: IntArray | None, denominator: FloatArray | None
    ) -> None:
        cell, domain, weight = (
            (self.cell, self.domain, self.row_weight)
            if keep is None
            else (self.cell[keep], self.domain[keep], self.row_weight[keep])
        )
        if item.codes is not None:
            codes = self._take(item.codes)
            codes = codes if keep is None else codes[keep]
            size = item.categories
            sums = sum_by(cell * size + codes, weight, self.cells * size)
            totals.numerators[place : place + size] = sums.reshape(self.cells, size).T
            self._zero_one_squares(totals, place, size)
            return
        for offset, values in enumerate(item.numerators):
            y = self._take(values)
            y = y if keep is None else y[keep]
            weighted = weight * y
            row = place + offset
            totals.numerators[row] = sum_by(cell, weighted, self.cells)
            if item.zero_one:
                self._zero_one_squares(totals, row, 1)
                continue
            x = 1.0 if denominator is None else denominator
            below = float(len(y)) if denominator is None else float(denominator.sum())
            centre = float(y.sum()) / below if below else 0.0
            u = y - centre * x
            weighted = weight * u
            totals.centres[row] = centre
            if self.domains == 1:
                totals.squares[row], totals.products[row] = weighted @ u, float(np.sum(weighted * x))
                continue
            totals.squares[row] = sum_by(domain, weighted * u, self.domains)
            totals.products[row] = sum_by(domain, weighted * x, self.domains)

    def _zero_one_squares(self, totals: PsuTotals, place: int, size: int) -> None:
        # y = y^2 = x y: the squares are the sums themselves, about a centre of 0.
        for row in range(place, place + size):
            sums = sum_by(self.cell_domain, totals.numerators[row], self.domains)
            totals.squares[row] = sums
            totals.products[row] = sums


def _cells(unit: IntArray, units: int, domain: IntArray, domains: int) -> tuple[IntArray, int]:
    """Codes of the pairs unit x domain that occur. Where every unit lies in one domain the unit is the cell."""
    domain_of = np.full(units, -1, dtype=np.int64)
    domain_of[unit] = domain
    if (domain_of[unit] == domain).all():
        occurs = domain_of >= 0
        if occurs.all():
            return unit, units
        return (np.cumsum(occurs, dtype=np.int64) - 1)[unit], int(occurs.sum())
    return combine_codes(unit, units, domain, domains)


def by_domain(totals: PsuTotals, sums: FloatArray) -> FloatArray:
    """Adds rows of cell sums (k, cells) over the cells of each domain: (k, domains)."""
    return np.stack([sum_by(totals.cell_domain, row, totals.domains) for row in sums])
