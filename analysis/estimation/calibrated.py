"""Variance after calibration: the regression on the margins is taken out of the influence values.

The influence of respondent i becomes w_i (z_i - x_i' B) with B = (X' D X)^-1 X' D z, where D holds the weights before
calibration and w those after. Source: Deville & Särndal (1992), section 3.4; R's survey::svyrecvar does the same.

For a domain z is 0 outside, the residual is not: the PSU value is Y_ud - X_u B_d for every PSU u of the design. The
first part is sparse (the cells of the domain), the second has as many dimensions as margin cells; PSUs x domains are
never laid out. Where domains are few the values are simply worked out, which keeps every digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray, combine_codes, first_rows, sum_by
from analysis.auxiliaries import AuxiliaryBlock, CrossProducts
from analysis.design import SurveyDesign
from analysis.estimation.variance import Variance, variance_of_cells
from analysis.psu_totals import Item, PsuTotals
from analysis.results import LonelyPsu

_LAID_OUT = 30_000_000
"""Values of quantities x domains x units x margins up to which they are worked out one by one."""
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


class CalibratedVariance:
    """Takes influence rows (k, cells + entries): sums per cell, then per domain x margin cell. Else as ``Variance``."""

    def __init__(
        self, design: SurveyDesign, plain: Variance, totals: PsuTotals, sums: AuxiliarySums, lonely_psu: LonelyPsu
    ) -> None:
        assert design.calibration is not None
        calibration = design.calibration
        auxiliaries = calibration.auxiliaries
        last = design.stages[-1]
        self.plain, self.totals, self.sums = plain, totals, sums
        self.levels, self.notes = plain.levels, plain.notes
        everyone = np.arange(last.units, dtype=np.int64)
        self.whole = variance_of_cells(design, everyone, np.zeros_like(everyone), 1, lonely_psu)
        before = calibration.weight_before
        if design.frequency is not None:
            before = before * design.frequency
        self.inverse = CrossProducts.of(auxiliaries.cross_products(before)).matrix()
        self.units = auxiliaries.group_sums(last.unit_of_row, last.units, design.row_weight)
        self.margins = len(auxiliaries.blocks)
        self._form: tuple[_Form, _Form] | None = None

    def touched(self, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
        return self.plain.touched(counts)

    def of(self, influence: FloatArray, _counts: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Variances with and without finite population correction, each (k, domains).

        The margins give every stratum a residual, so ``average`` counts all of them, as in R.
        """
        cells = len(self.totals.cell_unit)
        domains = self.totals.domains
        own, beside = influence[:, :cells], influence[:, cells:]
        work = len(influence) * domains * self.units.shape[0] * (self.margins + 10)
        special = bool(self.whole.levels[0].adjusted.any()) or bool((self.whole.stretch != 1).any())
        raw = self.plain.of(own)
        laid_out = special or work <= _LAID_OUT
        with_fpc, without = self._laid_out(own, beside) if laid_out else self._low_rank(own, beside, raw)
        return tuple(  # type: ignore[return-value]  # two in, two out
            np.where(found <= _NOISE * plain, 0.0, found) for found, plain in zip((with_fpc, without), raw, strict=True)
        )

    def coefficients(self, beside: FloatArray) -> Any:
        """B of one quantity for every domain: sparse (domains, columns)."""
        shape = (self.totals.domains, self.inverse.shape[0])
        place = (self.sums.entry_domain, self.sums.entry_column)
        return sparse.coo_array((beside, place), shape=shape).tocsr() @ self.inverse

    def _laid_out(self, own: FloatArray, beside: FloatArray) -> tuple[FloatArray, FloatArray]:
        domains = self.totals.domains
        with_fpc, without = np.zeros((len(own), domains)), np.zeros((len(own), domains))
        order = np.argsort(self.totals.cell_domain, kind="stable")
        ends = np.searchsorted(self.totals.cell_domain[order], np.arange(domains + 1))
        for number, values in enumerate(own):
            coefficients = self.coefficients(beside[number])
            for domain in range(domains):
                inside = order[ends[domain] : ends[domain + 1]]
                residual = sum_by(self.totals.cell_unit[inside], values[inside], self.units.shape[0])
                residual -= self.units @ coefficients[[domain]].toarray().ravel()
                found, plain = self.whole.of(residual[None, :])
                with_fpc[number, domain], without[number, domain] = found[0, 0], plain[0, 0]
        return with_fpc, without

    def _low_rank(
        self, own: FloatArray, beside: FloatArray, raw: tuple[FloatArray, FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        """V(Y - X B) = V(Y) - 2 C(Y, X) B + B' V(X) B, domain by domain."""
        if self._form is None:
            self._form = _Form.of(self.whole, self.units, fpc=True), _Form.of(self.whole, self.units, fpc=False)
        shape = (self.totals.domains, self.units.shape[0])
        place = (self.totals.cell_domain, self.totals.cell_unit)
        results = raw[0].copy(), raw[1].copy()
        for number, values in enumerate(own):
            coefficients = self.coefficients(beside[number])
            cells = sparse.coo_array((values, place), shape=shape).tocsr()
            for form, result in zip(self._form, results, strict=True):
                crossed = coefficients.multiply(form.crossed(cells)).sum(axis=1)
                squared = coefficients.multiply(coefficients @ form.squares).sum(axis=1)
                result[number] += np.asarray(squared).ravel() - 2 * np.asarray(crossed).ravel()
        return results


@dataclass(frozen=True, slots=True, eq=False)
class _Form:
    """The variance of sums over units as a quadratic form in the columns of X."""

    units: Any  # (units of the last stage, columns) X weighted by the factors of the groups above
    groups: tuple[tuple[Any, Any], ...]  # per stage: units -> groups transposed, and X of the groups weighted
    squares: Any  # (columns, columns) V(X)

    @staticmethod
    def of(variance: Variance, units: Any, *, fpc: bool) -> _Form:
        """``variance`` has one domain whose cells are all units of the last stage; ``units`` is X there."""
        below: Any = sparse.csr_array(units.shape)
        groups = []
        squares = sparse.csr_array((units.shape[1], units.shape[1]))
        climb = sparse.eye_array(units.shape[0], format="csr")  # (units of the level, units of the last stage)
        for depth in range(len(variance.levels) - 1, -1, -1):
            level = variance.levels[depth]
            if level.from_below is not None:
                climb = _adder(level.from_below, level.cells) @ climb
            if not fpc and depth > 0:
                continue
            factor = level.factor if fpc else level.factor_without_fpc
            at_level = climb @ units
            multiplicity = np.ones(level.cells) if level.divisor is None else np.maximum(level.divisor, 1e-300)
            into_groups = _adder(level.pair, len(level.pair_domain))
            per_unit = (sparse.diags_array(factor[level.pair] / multiplicity) @ at_level).tocsr()
            per_group = (sparse.diags_array(factor / level.pair_units) @ (into_groups @ at_level)).tocsr()
            squares = squares + at_level.T @ per_unit - (into_groups @ at_level).T @ per_group
            below = below + climb.T @ per_unit
            groups.append(((into_groups @ climb).T.tocsr(), per_group))
        return _Form(below.tocsr(), tuple(groups), squares)

    def crossed(self, cells: Any) -> Any:
        """C(Y, X) of sums Y (domains, units of the last stage): sparse (domains, columns)."""
        total = cells @ self.units
        for into_groups, per_group in self.groups:
            total = total - (cells @ into_groups) @ per_group
        return total


def _adder(place: IntArray, size: int) -> Any:
    """Sparse (size, len(place)): row p adds the entries whose place is p."""
    ones = np.ones(len(place))
    return sparse.coo_array((ones, (place, np.arange(len(place)))), shape=(size, len(place))).tocsr()
