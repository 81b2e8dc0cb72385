"""Auxiliary variables whose population totals are known, as the columns of a matrix that is never built dense.

A margin of K categories is one block of K columns of which a row is in at most one. Weighting makes the weights meet
the totals; the variance takes the regression on the columns out of every estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis.arrays import FloatArray, IntArray, combine_codes, first_rows, sum_by

_REDUNDANT = 1e-12
"""Relative size below which an eigenvalue of the scaled cross products is 0: margins that share their total."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AuxiliaryBlock:
    """The columns of one margin."""

    margin: str  # how messages call it
    columns: tuple[str, ...]
    code_of_row: IntArray  # (rows,) the row's column, -1 in none
    value_of_row: FloatArray | None  # (rows,) a quantity; None: 1
    totals: FloatArray  # (columns,) of the population

    def sums(self, weights: FloatArray) -> FloatArray:
        """Weighted sums of the columns, (columns,)."""
        if self.value_of_row is not None:
            weights = weights * self.value_of_row
        return _sums(self.code_of_row, weights, len(self.columns))


_Entries = tuple[IntArray, IntArray, FloatArray]


def _pair_sums(
    outer: IntArray, outers: int, inner: IntArray, inners: int, values: FloatArray, offsets: tuple[int, int]
) -> _Entries:
    """Sums by pair of codes as the entries of a sparse matrix; the pairs that occur."""
    pair, pairs = combine_codes(outer, outers, inner, inners)
    first = first_rows(pair, pairs)
    return outer[first] + offsets[0], inner[first] + offsets[1], _sums(pair, values, pairs)


def _sparse(parts: list[_Entries], shape: tuple[int, int]) -> Any:
    rows, columns, values = (np.concatenate([part[place] for part in parts]) for place in range(3))
    return sparse.coo_array((values, (rows, columns)), shape=shape).tocsr()


def _sums(codes: IntArray, values: FloatArray, size: int) -> FloatArray:
    if len(codes) and codes.min() < 0:
        return sum_by(codes + 1, values, size + 1)[1:]
    return sum_by(codes, values, size)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Auxiliaries:
    """Blocks side by side: block b has the columns from ``offsets[b]`` on."""

    rows: int
    blocks: tuple[AuxiliaryBlock, ...]
    collapsed: tuple[str, ...] = ()  # one sentence for every joining of categories

    @property
    def offsets(self) -> tuple[int, ...]:
        ends = np.cumsum([0, *(len(block.columns) for block in self.blocks)])
        return tuple(int(end) for end in ends)

    @property
    def columns(self) -> int:
        return self.offsets[-1]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for block in self.blocks for name in block.columns)

    @property
    def totals(self) -> FloatArray:
        return np.concatenate([block.totals for block in self.blocks])

    def sums(self, weights: FloatArray) -> FloatArray:
        """Weighted sums of all columns, (columns,)."""
        return np.concatenate([block.sums(weights) for block in self.blocks])

    def matrix(self) -> Any:
        """The columns as a sparse matrix (rows, columns)."""
        rows, columns, values = [], [], []
        for offset, block in zip(self.offsets, self.blocks, strict=False):
            inside = np.flatnonzero(block.code_of_row >= 0)
            rows.append(inside)
            columns.append(block.code_of_row[inside] + offset)
            values.append(np.ones(len(inside)) if block.value_of_row is None else block.value_of_row[inside])
        place = (np.concatenate(rows), np.concatenate(columns))
        return sparse.coo_array((np.concatenate(values), place), shape=(self.rows, self.columns)).tocsr()

    def group_sums(self, group_of_row: IntArray, groups: int, weights: FloatArray) -> Any:
        """Weighted sums of the columns per group of rows: sparse (groups, columns)."""
        parts = []
        for offset, block in zip(self.offsets, self.blocks, strict=False):
            values = weights if block.value_of_row is None else weights * block.value_of_row
            parts.append(_pair_sums(group_of_row, groups, block.code_of_row, len(block.columns), values, (0, offset)))
        return _sparse(parts, (groups, self.columns))

    def cross_products(self, weights: FloatArray) -> Any:
        """X' W X, sparse (columns, columns): one pass over the rows per pair of blocks."""
        parts = []
        ordered = list(zip(self.offsets, self.blocks, strict=False))
        for number, (offset, block) in enumerate(ordered):
            own = weights if block.value_of_row is None else weights * block.value_of_row
            for further, (other_offset, other) in enumerate(ordered[number:]):
                values = own if other.value_of_row is None else own * other.value_of_row
                place = (offset, other_offset)
                rows, columns, sums = _pair_sums(
                    block.code_of_row, len(block.columns), other.code_of_row, len(other.columns), values, place
                )
                parts.append((rows, columns, sums))
                if further:
                    parts.append((columns, rows, sums))
        return _sparse(parts, (self.columns, self.columns))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Calibration:
    """What the variance after calibration needs to know: Deville & Särndal (1992), section 3."""

    weight_before: FloatArray  # (rows,) of one respondent
    auxiliaries: Auxiliaries


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CrossProducts:
    """The pseudo-inverse of X' W X, block by block: columns that never meet in a row are solved apart.

    Post-strata are blocks of one column, margins within communities a block per community.
    """

    part_of_column: IntArray  # (columns,)
    place_of_column: IntArray  # (columns,) within its part
    inverses: tuple[FloatArray, ...]  # one per part

    @staticmethod
    def of(products: Any) -> CrossProducts:
        """Factor a sparse symmetric matrix (columns, columns)."""
        products = products.tocsr()
        count, part = connected_components(products, directed=False)
        order = np.argsort(part, kind="stable")
        ends = np.searchsorted(part[order], np.arange(count + 1))
        place = np.empty(len(part), dtype=np.int64)
        place[order] = np.arange(len(part)) - ends[part[order]]
        inverses = []
        diagonal = products.diagonal()
        arranged = products[order][:, order]
        for number in range(count):
            first, last = int(ends[number]), int(ends[number + 1])
            if last - first == 1:
                value = diagonal[order[first]]
                inverses.append(np.array([[1 / value if value > 0 else 0.0]]))
            else:
                inverses.append(pseudo_inverse(arranged[first:last, first:last].toarray()))
        return CrossProducts(part_of_column=part.astype(np.int64), place_of_column=place, inverses=tuple(inverses))

    def matrix(self) -> Any:
        """The inverse as one sparse block-diagonal matrix, in the order of the columns."""
        order = np.lexsort((self.place_of_column, self.part_of_column))
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        arranged: Any
        if all(len(inverse) == 1 for inverse in self.inverses):
            arranged = sparse.diags_array(np.array([inverse[0, 0] for inverse in self.inverses]))
        else:
            arranged = sparse.block_diag(self.inverses)
        return sparse.csr_array(arranged)[back][:, back]


def pseudo_inverse(products: FloatArray) -> FloatArray:
    """Of a symmetric matrix without negative eigenvalues; scaled first, so that a quantity in yuan stands beside
    indicators."""
    diagonal = np.sqrt(np.maximum(np.diagonal(products), 0.0))
    scale = np.where(diagonal > 0, 1 / np.where(diagonal > 0, diagonal, 1.0), 0.0)
    values, vectors = np.linalg.eigh(products * np.outer(scale, scale))
    kept = values > _REDUNDANT * max(float(values[-1]), 1e-300)
    inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    return np.asarray(inverse * np.outer(scale, scale))
