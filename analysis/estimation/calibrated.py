"""Variance after calibration: the regression on the margins is taken out of the influence values.

The influence of respondent i becomes w_i (z_i - x_i' B) with B = (X' D X)^-1 X' D z, where D holds the weights before
calibration and w those after. Source: Deville & Särndal (1992), section 3.4; R's survey::svyrecvar does the same.

For a domain z is 0 outside, the residual is not: the PSU value is Y_ud - X_u B_d for every PSU u of the design. The
first part is sparse (the cells of the domain), the second has as many dimensions as margin cells; PSUs x domains are
never laid out (``quadratic_form``). Where figures are few the values are simply worked out, which keeps every digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray, combine_codes, first_rows, sum_by
from analysis.auxiliaries import AuxiliaryBlock, CrossProducts
from analysis.design import SurveyDesign
from analysis.estimation.calibrated_design import calibrated_design
from analysis.estimation.quadratic_form import QuadraticForm
from analysis.estimation.variance import Variance, variance_of_cells
from analysis.psu_totals import Item
from analysis.results import LonelyPsu

_FEW, _LAID_OUT = 400, 20_000_000
"""Quantities x domains, and values of them in units and columns, up to which residuals are worked out one by one."""
_AT_ONCE = 1_000_000
"""Residuals of several quantities that are worked out together."""
_WIDEST = 20
"""Residuals for each cell and unit up to which the longest margin is taken off unit by unit."""
_NOISE = 1e-13
"""A variance below this share of the one without margins is rounding: the margins fix the figure."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AuxiliarySums:
    """Sums of the items per domain x margin cell that occurs, with the weights before calibration."""

    entry_domain: IntArray  # (entries,)
    entry_column: IntArray  # (entries,)
    numerators: FloatArray  # (numerators, entries) sum of d y x
    denominators: FloatArray  # (items, entries)


def auxiliary_sums(design: SurveyDesign, domain: IntArray, domains: int, items: Sequence[Item]) -> AuxiliarySums:
    """One pass per item over the rows, which are first told apart by domain and margin cells."""
    assert design.calibration is not None
    auxiliaries = design.calibration.auxiliaries
    weight = design.calibration.weight_before
    if design.frequency is not None:
        weight = weight * design.frequency
    inside = np.flatnonzero((domain >= 0) & (weight > 0))
    kind, kinds = combine_codes(np.zeros(len(inside), dtype=np.int64), 1, domain[inside], domains)
    for block in auxiliaries.blocks:
        kind, kinds = combine_codes(kind, kinds, block.code_of_row[inside] + 1, len(block.columns) + 1)
    first = inside[first_rows(kind, kinds)]
    entries = _Entries([], [], [])
    for offset, block in zip(auxiliaries.offsets, auxiliaries.blocks, strict=False):
        entries.add(domain[first], domains, block, block.code_of_row[first], offset)
    sums = _ItemSums(kind, kinds, entries, [block.value_of_row for block in auxiliaries.blocks], inside)
    numerators: list[FloatArray] = []
    denominators: list[FloatArray] = []
    everyone = weight[inside]
    shared: FloatArray | None = None  # the denominator of every item that all have answered
    for item in items:
        plain = item.observed is None and item.denominator is None
        kept = everyone if item.observed is None else everyone * item.observed[inside]
        if plain and shared is not None:
            denominators.append(shared)
        else:
            below = kept if item.denominator is None else kept * _known(item.denominator[inside])
            denominators.append(sums.of(below))
            shared = denominators[-1] if plain else shared
        if item.codes is not None:
            codes = item.codes[inside]
            numerators += [sums.of(kept * (codes == category)) for category in range(item.categories)]
        else:
            numerators += [sums.of(kept * _known(values[inside])) for values in item.numerators]
    count = len(sums.domain)
    return AuxiliarySums(
        entry_domain=sums.domain,
        entry_column=sums.column,
        numerators=np.stack(numerators) if numerators else np.zeros((0, count)),
        denominators=np.stack(denominators) if denominators else np.zeros((0, count)),
    )


def _known(values: FloatArray) -> FloatArray:
    """Without the missing ones, whose rows have no weight in the item."""
    return np.nan_to_num(values)


@dataclass(slots=True)
class _Entries:
    """Per block: the entry each kind adds to (-1: none), and what the entries are."""

    of_kind: list[IntArray]
    domain: list[IntArray]
    column: list[IntArray]

    def add(self, domain: IntArray, domains: int, block: AuxiliaryBlock, code: IntArray, offset: int) -> None:
        entry, count = combine_codes(domain, domains, code, len(block.columns))
        first = first_rows(entry, count)
        self.of_kind.append(entry)
        self.domain.append(domain[first])
        self.column.append(code[first] + offset)


class _ItemSums:
    def __init__(
        self,
        kind: IntArray,
        kinds: int,
        entries: _Entries,
        values: Sequence[FloatArray | None],
        inside: IntArray,
    ) -> None:
        self.kind, self.kinds, self.entries = kind, kinds, entries
        self.values = [None if given is None else given[inside] for given in values]
        self.domain = np.concatenate(entries.domain)
        self.column = np.concatenate(entries.column)

    def of(self, weighted: FloatArray) -> FloatArray:
        """The sums of ``weighted`` (rows inside,) per entry, (entries,)."""
        plain = sum_by(self.kind, weighted, self.kinds)
        found = []
        for entry, domain, values in zip(self.entries.of_kind, self.entries.domain, self.values, strict=True):
            per_kind = plain if values is None else sum_by(self.kind, weighted * values, self.kinds)
            found.append(sum_by(entry + 1, per_kind, len(domain) + 1)[1:])
        return np.concatenate(found)


class Cells(Protocol):
    """Where sums lie: unit of the last stage by domain."""

    @property
    def domains(self) -> int: ...
    @property
    def cell_unit(self) -> IntArray: ...
    @property
    def cell_domain(self) -> IntArray: ...


class Entries(Protocol):
    """Where sums on the margins lie: domain by margin cell."""

    @property
    def entry_domain(self) -> IntArray: ...
    @property
    def entry_column(self) -> IntArray: ...


class CalibratedVariance:
    """Takes influence rows (k, cells + entries): sums per cell, then per domain x margin cell. Else as ``Variance``."""

    def __init__(
        self, design: SurveyDesign, plain: Variance, totals: Cells, sums: Entries, lonely_psu: LonelyPsu
    ) -> None:
        assert design.calibration is not None
        auxiliaries = design.calibration.auxiliaries
        units = design.stages[-1].units
        self.design, self.plain, self.totals, self.sums, self.lonely_psu = design, plain, totals, sums, lonely_psu
        self.levels, self.notes = plain.levels, plain.notes
        shared = calibrated_design(design, lonely_psu)
        self.whole, self.units = shared.whole, shared.units
        longest = auxiliaries.longest
        wide = _spread(self.units[:, longest].tocsr(), sums, longest) > _WIDEST * (units + len(totals.cell_unit))
        self.by_margins = shared.all_alike if wide else shared.longest_first
        self.cross = self.by_margins.cross
        self.cells = SparseSums.of(totals.cell_domain, totals.cell_unit, (totals.domains, units))
        self.entries = SparseSums.of(sums.entry_domain, sums.entry_column, (totals.domains, auxiliaries.columns))
        self._left: LeftOver | None = None

    @property
    def left_over(self) -> LeftOver:
        """Made once, when it is first needed."""
        self._left = LeftOver.of(self) if self._left is None else self._left
        return self._left

    def touched(self, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
        return self.plain.touched(counts)

    def of(self, influence: FloatArray, _counts: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Variances with and without finite population correction, each (k, domains).

        The margins give every stratum a residual, so ``average`` counts all of them, as in R.
        """
        return self._of(influence, fpc=(True, False))  # type: ignore[return-value]  # two in, two out

    def corrected(self, influence: FloatArray, _counts: FloatArray | None = None) -> FloatArray:
        """The first of the two alone, in half the time."""
        return self._of(influence, fpc=(True,))[0]

    def _of(self, influence: FloatArray, fpc: tuple[bool, ...]) -> tuple[FloatArray, ...]:
        cells = len(self.totals.cell_unit)
        own, beside = influence[:, :cells], influence[:, cells:]
        figures = len(influence) * self.totals.domains
        if figures <= _FEW and figures * sum(self.units.shape) <= _LAID_OUT:
            found = self._laid_out(own, beside, fpc)
        else:
            found = self.left_over.variances(own, beside, fpc)
        return tuple(
            np.where(variance <= _NOISE * plain, 0.0, variance)
            for variance, plain in zip(found, _variances(self.plain, own, fpc), strict=True)
        )

    def explained(self, coefficients: FloatArray, beside: FloatArray) -> FloatArray:
        """What the margins explain of a quantity's linear combination of domains, (units of the last stage,).

        ``coefficients`` (domains,) of the combination, ``beside`` (entries,) of the quantity's influence.
        """
        return np.asarray(self.units @ self.cross.solve(coefficients @ self.entries.matrix(beside)))

    def _laid_out(self, own: FloatArray, beside: FloatArray, fpc: tuple[bool, ...]) -> tuple[FloatArray, ...]:
        """Few figures: the residual of every unit."""
        found = []
        for cells, entries in zip(own, beside, strict=True):
            right = self.entries.matrix(entries).toarray().T
            residuals = self.cells.matrix(cells).toarray() - (self.units @ self.cross.solve(right)).T
            found.append(_variances(self.whole, residuals, fpc))
        return tuple(np.stack([kinds[place][:, 0] for kinds in found]) for place in range(len(fpc)))


def _variances(of: Variance, rows: FloatArray, fpc: tuple[bool, ...]) -> tuple[FloatArray, ...]:
    """With finite population correction, and without where that is wanted too."""
    return of.of(rows) if len(fpc) > 1 else (of.corrected(rows),)


def _spread(units: Any, sums: Entries, longest: slice) -> float:
    """Units x domains in which a domain touches a column of the longest margin that a unit touches."""
    inside = (sums.entry_column >= longest.start) & (sums.entry_column < longest.stop)
    per_column = sum_by(units.indices, None, longest.stop - longest.start)
    return float(per_column[sums.entry_column[inside] - longest.start].sum())


@dataclass(frozen=True, slots=True, eq=False)
class SparseSums:
    """Where sums per domain and unit (or column) stand in a sparse matrix: sorted once for all quantities."""

    order: IntArray
    place: IntArray
    ends: IntArray
    shape: tuple[int, int]

    @staticmethod
    def of(domain: IntArray, place: IntArray, shape: tuple[int, int]) -> SparseSums:
        order = np.lexsort((place, domain))
        return SparseSums(order, place[order], np.searchsorted(domain[order], np.arange(shape[0] + 1)), shape)

    def matrix(self, values: FloatArray) -> Any:
        """The sums as a sparse matrix; of rows of values (k, sums) one below the other: (k x domains, units)."""
        values = np.atleast_2d(values)
        count, sums = len(values), len(self.order)
        ends = (self.ends[:-1] + sums * np.arange(count)[:, None]).ravel()
        place = (values[:, self.order].ravel(), np.tile(self.place, count), np.append(ends, count * sums))
        return sparse.csr_array(place, shape=(count * self.shape[0], self.shape[1]))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LeftOver:
    """Many figures: the longest margin is taken off unit by unit, the few other columns by the quadratic form.

    A domain touches few columns of a long margin, and each of those few units: the residuals Y - X_D B_D are cells
    again, of the domain with every unit of the areas it touches. What is left of the other columns is not sparse, and
    narrow.
    """

    cross: CrossProducts
    cells: SparseSums  # every (domain, unit) with a member or a residual
    place_of_cell: IntArray  # (cells of the totals,) its place among those
    taken: Any  # sparse (cells, entries of the longest margin): X_D of the cell's unit
    inside: IntArray  # entries of the longest margin
    reciprocal: FloatArray  # one for each of them
    entries: SparseSums
    of_cells: Variance
    forms: tuple[QuadraticForm, ...]  # with and without finite population correction; one where they are the same

    @staticmethod
    def of(one: CalibratedVariance) -> LeftOver:
        units, cross = one.units, one.cross
        entry_domain, entry_column = one.sums.entry_domain, one.sums.entry_column
        place_in_longest = np.full(units.shape[1], -1, dtype=np.int64)
        place_in_longest[cross.longest] = np.arange(len(cross.longest))
        inside = np.flatnonzero(place_in_longest[entry_column] >= 0)
        column = place_in_longest[entry_column[inside]]
        met = units[:, cross.longest].tocsc()
        entry, position = _ranges(met.indptr[column], met.indptr[column + 1])
        domain = np.concatenate([one.totals.cell_domain, entry_domain[inside][entry]])
        unit = np.concatenate([one.totals.cell_unit, met.indices[position]])
        place, count = combine_codes(domain, one.totals.domains, unit, units.shape[0])
        first, own = first_rows(place, count), len(one.totals.cell_unit)
        taken = sparse.coo_array((met.data[position], (place[own:], entry)), shape=(count, len(inside)))
        of_cells = variance_of_cells(one.design, unit[first], domain[first], one.totals.domains, one.lonely_psu)
        stretch = np.full(one.totals.domains, one.whole.stretch[0])
        return LeftOver(
            cross=cross,
            cells=SparseSums.of(domain[first], unit[first], (one.totals.domains, units.shape[0])),
            place_of_cell=place[:own],
            taken=taken.tocsr(),
            inside=inside,
            reciprocal=cross.reciprocal[column],
            entries=one.entries,
            of_cells=replace(of_cells, stretch=stretch, averaged=None),
            forms=one.by_margins.forms,
        )

    def variances(self, own: FloatArray, beside: FloatArray, fpc: tuple[bool, ...]) -> tuple[FloatArray, ...]:
        """With and without finite population correction, or with it alone, each (k, domains)."""
        shape = (len(own), self.of_cells.domains)
        results = tuple(np.empty(shape) for _ in fpc)
        step = max(_AT_ONCE // max(self.taken.shape[0], 1), 1)
        for start in range(0, len(own), step):
            part = slice(start, start + step)
            residuals = self.residuals(own[part], beside[part])
            sums = self.cells.matrix(residuals)
            coefficients = self.coefficients(beside[part])
            differences = [form.difference(sums, coefficients).reshape(-1, shape[1]) for form in self.forms[: len(fpc)]]
            for result, variance, difference in zip(
                results, _variances(self.of_cells, residuals, fpc), differences * 2, strict=False
            ):
                result[part] = variance + difference
        return results

    def residuals(self, own: FloatArray, beside: FloatArray) -> FloatArray:
        """What the longest margin leaves of every quantity, (k, cells)."""
        found = (self.taken @ (-self.reciprocal * beside[:, self.inside]).T).T
        found[:, self.place_of_cell] += own
        return np.asarray(found)

    def coefficients(self, beside: FloatArray) -> Any:
        """Of what is left of the other columns, sparse (k x domains, columns)."""
        return (self.cross.left_over(self.entries.matrix(beside)) @ self.cross.inverse).tocsr()


def _ranges(starts: IntArray, stops: IntArray) -> tuple[IntArray, IntArray]:
    """Every number from each start up to its stop, and which of the ranges it is of."""
    lengths = (stops - starts).astype(np.int64)
    which = np.repeat(np.arange(len(starts), dtype=np.int64), lengths)
    return which, np.arange(len(which), dtype=np.int64) + (starts - (np.cumsum(lengths) - lengths))[which]
