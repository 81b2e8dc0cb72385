"""Covariances of the figures of one design: of areas with each other and with their whole, of items of the same people.

The variance of a sum over the units of the last stage is a sum of signed squares: of every unit's total, less those of
its group, stage by stage (``variance``). The covariance of two figures has products in their place. After calibration
a figure's sums are residuals: cells, after the longest margin, and a few columns with coefficients (``calibrated``);
units x domains are never laid out. Source: Deville & Särndal (1992), section 3.4, as R's svyby(covmat = TRUE) does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray, combine_codes, first_rows, sum_by
from analysis.estimation.calibrated import CalibratedVariance, LeftOver, SparseSums
from analysis.estimation.estimate import Estimator
from analysis.estimation.variance import Variance, variance_of_cells


@dataclass(frozen=True, slots=True, eq=False)
class _Squares:
    """The sum over places of ``weight`` times the squared total of the units that lie in the place."""

    place_of_unit: IntArray  # (units of the last stage,)
    weight: FloatArray  # (places,) negative for what a group's mean takes off


@dataclass(frozen=True, slots=True, eq=False)
class _Centred:
    """Strata with a single PSU, about the mean total of all PSUs: what that takes off and adds to their squares."""

    psus: float
    weight: float  # sum over those strata
    counted: FloatArray  # (units of the last stage,) the weight of a unit's stratum


def _form(whole: Variance) -> tuple[list[_Squares], _Centred | None]:
    """``whole`` has one domain whose cells are all units of the last stage."""
    lowest = whole.levels[-1]
    units = lowest.cells if lowest.from_below is None else len(lowest.from_below)
    place = np.arange(units, dtype=np.int64)
    found: list[_Squares] = []
    centred: _Centred | None = None
    for depth in range(len(whole.levels) - 1, -1, -1):
        level = whole.levels[depth]
        if level.from_below is not None:
            place = level.from_below[place]
        stretch = float(whole.stretch[0]) if depth == 0 else 1.0
        factor, lonely = stretch * level.factor, level.adjusted
        multiplicity = np.ones(level.cells) if level.divisor is None else np.maximum(level.divisor, 1e-300)
        found.append(_Squares(place, factor[level.pair] / multiplicity + lonely[level.pair]))
        found.append(_Squares(level.pair[place], -factor / level.pair_units))
        if lonely.any():
            centred = _Centred(max(float(whole.psus[0]), 1.0), float(lonely.sum()), lonely[level.pair[place]])
    return [one for one in found if one.weight.any()], centred


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """One of the sums of squares, for all domains: cells are added up where they share domain and place."""

    target: IntArray  # (cells,)
    place: IntArray  # (targets,) domain by domain
    domain: IntArray  # (targets,)
    ends: IntArray  # (domains + 1,)
    weight: FloatArray  # (targets,)
    columns: Any  # sparse (places, columns): the further columns' totals, times the place's weight
    shape: tuple[int, int]

    @staticmethod
    def of(squares: _Squares, cells: SparseSums, domain_of_cell: IntArray, columns: Any) -> _Layer:
        domains, places = cells.shape[0], len(squares.weight)
        target, count = combine_codes(domain_of_cell, domains, squares.place_of_unit[cells.place], places)
        first = first_rows(target, count)
        order = np.lexsort((squares.place_of_unit[cells.place[first]], domain_of_cell[first]))
        back = np.empty_like(order)
        back[order] = np.arange(count)
        first = first[order]
        place, domain = squares.place_of_unit[cells.place[first]], domain_of_cell[first]
        return _Layer(
            target=back[target],
            place=place,
            domain=domain,
            ends=np.searchsorted(domain, np.arange(domains + 1)),
            weight=squares.weight[place],
            columns=(sparse.diags_array(squares.weight) @ _adder(squares.place_of_unit, places) @ columns).tocsr(),
            shape=(domains, places),
        )

    def totals(self, values: FloatArray) -> FloatArray:
        """(k, targets) of rows of cells (k, cells)."""
        return np.stack([sum_by(self.target, row, len(self.place)) for row in values])

    def matrix(self, totals: FloatArray) -> Any:
        """Sparse (domains, places) of a row of totals."""
        return sparse.csr_array((totals, self.place, self.ends), shape=self.shape)

    def laid_out(self, domains: IntArray) -> _LaidOut:
        inside = np.concatenate([np.arange(self.ends[one], self.ends[one + 1]) for one in domains])
        row = np.repeat(np.arange(len(domains)), np.diff(self.ends)[domains])
        places, column = np.unique(self.place[inside], return_inverse=True)
        weight = np.zeros(len(places))
        weight[column] = self.weight[inside]
        return _LaidOut(inside, row, column, len(domains), weight, self.columns[places])


@dataclass(frozen=True, slots=True, eq=False)
class _LaidOut:
    """A layer of few domains, with all places that any of them has."""

    inside: IntArray  # targets of the layer
    row: IntArray  # of each the domain
    column: IntArray  # and the place
    domains: int
    weight: FloatArray  # (places,)
    columns: Any  # sparse (places, columns): the further columns' totals, times the place's weight

    def totals(self, totals: FloatArray) -> FloatArray:
        """(k, domains, places) of rows of targets (k, targets)."""
        found = np.zeros((len(totals), self.domains, len(self.weight)))
        found[:, self.row, self.column] = totals[:, self.inside]
        return found

    def crossed(self, totals: FloatArray) -> FloatArray:
        """(k, domains, columns)"""
        flat = self.columns.T @ totals.reshape(-1, len(self.weight)).T
        return np.asarray(flat.T).reshape(*totals.shape[:2], -1)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Some quantities, ready to be multiplied."""

    totals: list[FloatArray]  # per layer (k, targets)
    coefficients: FloatArray  # (k, domains, columns)
    crossed: FloatArray  # (k, domains, columns); of use where it was asked for
    mean: FloatArray  # (k, domains) of all PSUs; of use where single PSUs are centred on it
    counted: FloatArray  # (k, domains)


_AT_ONCE = 4_000_000
"""Sums of cells of several quantities that are held at once."""


class Covariances:
    """Of the quantities asked for, in the domains of several estimators of one design, one after another."""

    def __init__(self, estimators: Sequence[Estimator]) -> None:
        design, lonely = estimators[0].design, estimators[0].options.lonely_psu
        self.domains = sum(one.domains.count for one in estimators)
        starts = np.cumsum([0, *(one.domains.count for one in estimators)])[:-1]
        cell_domain = np.concatenate([one.totals.cell_domain + at for one, at in zip(estimators, starts, strict=True)])
        cell_unit = np.concatenate([one.totals.cell_unit for one in estimators])
        influence = [one.asked_influence()[0] for one in estimators]
        own = [len(one.totals.cell_unit) for one in estimators]
        self.own = np.concatenate([rows[:, :cells] for rows, cells in zip(influence, own, strict=True)], axis=1)
        self.beside = np.concatenate([rows[:, cells:] for rows, cells in zip(influence, own, strict=True)], axis=1)
        self.left: LeftOver | None = None
        units = design.stages[-1].units
        columns: Any = sparse.csr_array((units, 0))
        if design.calibration is None:
            everyone = np.arange(units, dtype=np.int64)
            whole = variance_of_cells(design, everyone, np.zeros_like(everyone), 1, lonely)
            self.cells = SparseSums.of(cell_domain, cell_unit, (self.domains, units))
        else:
            calibrated = _calibrated(estimators, cell_domain, cell_unit, starts)
            self.left, whole = calibrated.left_over, calibrated.whole
            self.cells, columns = self.left.cells, self.left.cross.left_over(calibrated.units)
        squares, self.centred = _form(whole)
        domain_of_cell = np.repeat(np.arange(self.domains, dtype=np.int64), np.diff(self.cells.ends))
        self.layers = [_Layer.of(one, self.cells, domain_of_cell, columns) for one in squares]
        self.domain_of_cell = domain_of_cell
        self.squares = np.zeros((columns.shape[1], columns.shape[1]))
        for one in squares:
            totals = _adder(one.place_of_unit, len(one.weight)) @ columns
            self.squares += (totals.T @ sparse.diags_array(one.weight) @ totals).toarray()
        self.sum_of_columns = np.asarray(columns.sum(axis=0)).ravel()
        if self.centred is not None:
            self.counted_columns = np.asarray(columns.T @ self.centred.counted)

    # -------------------------------------------------------------- what is asked

    def of_domains(self, quantity: int, first: IntArray, second: IntArray) -> FloatArray:
        """Covariance of one quantity between domains, pair by pair, (pairs,); a pair of one domain is its variance."""
        rows = self._rows(slice(quantity, quantity + 1))
        found = np.zeros(len(first))
        for layer, totals in zip(self.layers, rows.totals, strict=True):
            matrix = layer.matrix(totals[0])
            weighted = layer.matrix(totals[0] * layer.weight)
            found += np.asarray((weighted @ matrix.T).tocsr()[first, second]).ravel()
        coefficients, crossed = rows.coefficients[0], rows.crossed[0]
        found -= (crossed[first] * coefficients[second] + coefficients[first] * crossed[second]).sum(axis=1)
        found += ((coefficients[first] @ self.squares) * coefficients[second]).sum(axis=1)
        if self.centred is not None:
            mean, counted = rows.mean[0], rows.counted[0]
            found += self.centred.weight * mean[first] * mean[second]
            found -= mean[first] * counted[second] + mean[second] * counted[first]
        return found

    def of_quantities(self, quantities: Sequence[int]) -> FloatArray:
        """Covariances between quantities within every domain, (k, k, domains)."""
        rows = self._rows(list(quantities))
        count = len(quantities)
        found = np.zeros((count, count, self.domains))
        for one in range(count):
            others = slice(one, count)
            part = np.zeros((count - one, self.domains))
            for layer, totals in zip(self.layers, rows.totals, strict=True):
                part += _by_domain(totals[others] * (totals[one] * layer.weight), layer.ends)
            own, crossed = rows.coefficients[one], rows.crossed[one]
            part -= (rows.coefficients[others] * crossed + rows.crossed[others] * own).sum(axis=2)
            part += (rows.coefficients[others] * (own @ self.squares)).sum(axis=2)
            if self.centred is not None:
                part += self.centred.weight * rows.mean[others] * rows.mean[one]
                part -= rows.mean[others] * rows.counted[one] + rows.mean[one] * rows.counted[others]
            found[one, others] = found[others, one] = part
        return found

    def of_sets(self, sets: Sequence[IntArray]) -> list[FloatArray]:
        """Covariances of every quantity between the domains of each set, (quantities, domains, domains) each: those of
        a set lie in much the same places, where they are laid out."""
        found = [np.zeros((len(self.own), len(places), len(places))) for places in sets]
        laid_out = [[layer.laid_out(places) for layer in self.layers] for places in sets]
        step = max(_AT_ONCE // max(len(self.domain_of_cell), 1), 1)
        for start in range(0, len(self.own), step):
            part = slice(start, start + step)
            rows = self._rows(part, crossed=False)
            for covariance, places, layers in zip(found, sets, laid_out, strict=True):
                covariance[part] = self._of_set(rows, places, layers)
        return found

    def _of_set(self, rows: _Rows, places: IntArray, layers: Sequence[_LaidOut]) -> FloatArray:
        own = rows.coefficients[:, places]
        found = own @ self.squares @ own.transpose(0, 2, 1)
        for layer, totals in zip(layers, rows.totals, strict=True):
            there = layer.totals(totals)
            found += (there * layer.weight) @ there.transpose(0, 2, 1)
            crossed = layer.crossed(there) @ own.transpose(0, 2, 1)
            found -= crossed + crossed.transpose(0, 2, 1)
        if self.centred is not None:
            mean, counted = rows.mean[:, places, None], rows.counted[:, places, None]
            found += self.centred.weight * mean * mean.transpose(0, 2, 1)
            found -= mean * counted.transpose(0, 2, 1) + counted * mean.transpose(0, 2, 1)
        return found

    def _rows(self, which: slice | list[int], *, crossed: bool = True) -> _Rows:
        own, beside = self.own[which], self.beside[which]
        count = len(own)
        if self.left is None:
            values, width = own[:, self.cells.order], 0
            coefficients = np.zeros((count, self.domains, 0))
        else:
            values = self.left.residuals(own, beside)[:, self.cells.order]
            width = self.squares.shape[0]
            coefficients = self.left.coefficients(beside).toarray().reshape(count, self.domains, width)
        totals = [layer.totals(values) for layer in self.layers]
        by_columns = np.zeros_like(coefficients)
        for layer, each in zip(self.layers, totals, strict=True):
            for row in range(count if width and crossed else 0):
                by_columns[row] += (layer.matrix(each[row]) @ layer.columns).toarray()
        mean = counted = np.zeros((count, self.domains))
        if self.centred is not None:
            total = np.stack([sum_by(self.domain_of_cell, row, self.domains) for row in values])
            mean = (total - coefficients @ self.sum_of_columns) / self.centred.psus
            weighed = values * self.centred.counted[self.cells.place]
            counted = np.stack([sum_by(self.domain_of_cell, row, self.domains) for row in weighed])
            counted = counted - coefficients @ self.counted_columns
        return _Rows(totals, coefficients, by_columns, mean, counted)


def _calibrated(
    estimators: Sequence[Estimator], cell_domain: IntArray, cell_unit: IntArray, starts: IntArray
) -> CalibratedVariance:
    """Of the domains of all of them."""
    first = estimators[0]
    if len(estimators) == 1 and isinstance(first.variance, CalibratedVariance):
        return first.variance
    design, lonely = first.design, first.options.lonely_psu
    domains = sum(one.domains.count for one in estimators)
    return CalibratedVariance(
        design,
        variance_of_cells(design, cell_unit, cell_domain, domains, lonely),
        _Cells(domains, cell_unit, cell_domain),
        _entries(estimators, starts),
        lonely,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    domains: int
    cell_unit: IntArray
    cell_domain: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class _Entries:
    entry_domain: IntArray
    entry_column: IntArray


def _entries(estimators: Sequence[Estimator], starts: IntArray) -> _Entries:
    """Where the estimators' sums on the margins lie, their domains one after another."""
    known = [(one.auxiliary, at) for one, at in zip(estimators, starts, strict=True) if one.auxiliary is not None]
    return _Entries(
        entry_domain=np.concatenate([sums.entry_domain + at for sums, at in known]),
        entry_column=np.concatenate([sums.entry_column for sums, _ in known]),
    )


def _by_domain(values: FloatArray, ends: IntArray) -> FloatArray:
    """Sums of consecutive columns, (k, domains); a domain without any has 0."""
    there = ends[:-1] < ends[1:]
    found = np.zeros((len(values), len(there)))
    if there.any():
        found[:, there] = np.add.reduceat(values, ends[:-1][there], axis=1)
    return found


def _adder(place: IntArray, size: int) -> Any:
    """Sparse (size, len(place)): row p adds the entries whose place is p."""
    ones = np.ones(len(place))
    return sparse.coo_array((ones, (place, np.arange(len(place)))), shape=(size, len(place))).tocsr()
