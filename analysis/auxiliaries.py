"""Auxiliary variables whose population totals are known, as the columns of a matrix that is never built dense.

A margin of K categories is one block of K columns of which a row is in at most one. Weighting makes the weights meet
the totals; the variance takes the regression on the columns out of every estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
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
    notes: tuple[str, ...] = ()  # how labels were read

    @property
    def offsets(self) -> tuple[int, ...]:
        ends = np.cumsum([0, *(len(block.columns) for block in self.blocks)])
        return tuple(int(end) for end in ends)

    @property
    def columns(self) -> int:
        return self.offsets[-1]

    @property
    def longest(self) -> slice:
        """The columns of the margin with the most: a row is in one of them at most."""
        widths = [len(block.columns) for block in self.blocks]
        place = int(np.argmax(widths))
        return slice(self.offsets[place], self.offsets[place] + widths[place])

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
    """X' W X taken apart, so that it can be solved: the longest margin first, then what is left of the others.

    Of the K columns of the longest margin a row is in one at most: their block D is diagonal. With C their products
    with the r other columns and E those among the others, the others less what the longest margin explains of them,
    Z = X_rest - X_longest D^-1 C, have the products S = E - C' D^-1 C (the Schur complement), and Z meets no column of
    the longest margin. So 5,000 communities beside twelve groups by age and sex are 5,000 divisions and a matrix of
    twelve. Margins share their total, so S is singular: its pseudo-inverse is taken, block by block of columns that
    never meet in a row. Fitted values X b are those of the pseudo-inverse of the whole.
    """

    longest: IntArray  # (K,) its columns
    others: IntArray  # (r,)
    reciprocal: FloatArray  # (K,) 1 / D, 0 where no row has a weight
    explained: Any  # sparse (K, r), D^-1 C
    inverse: Any  # sparse (r, r), of S

    @staticmethod
    def of(products: Any, longest: slice) -> CrossProducts:
        """Of a sparse symmetric matrix (columns, columns), whose block ``longest`` is diagonal."""
        products = products.tocsr()
        columns = np.arange(products.shape[0], dtype=np.int64)
        first, others = columns[longest], np.delete(columns, longest)
        diagonal = products.diagonal()
        reciprocal = np.divide(1.0, diagonal[first], out=np.zeros(len(first)), where=diagonal[first] > 0)
        across = products[longest][:, others]
        explained = across.multiply(reciprocal[:, None]).tocsr()
        rest = products[others][:, others] - across.T @ explained
        inverse = _inverse_by_blocks(rest.tocsr(), diagonal[others])
        return CrossProducts(longest=first, others=others, reciprocal=reciprocal, explained=explained, inverse=inverse)

    def solve(self, right: FloatArray) -> FloatArray:
        """Some b with X' W X b = ``right``, (columns,) or (columns, k)."""
        found = np.empty_like(right)
        first = (right[self.longest].T * self.reciprocal).T
        rest = self.inverse @ (right[self.others] - self.explained.T @ right[self.longest])
        found[self.others] = rest
        found[self.longest] = first - self.explained @ rest
        return found

    def left_over(self, rows: Any) -> Any:
        """Z of sparse rows (k, columns) of X: the other columns less what the longest margin explains, (k, r)."""
        return (rows[:, self.others] - rows[:, self.longest] @ self.explained).tocsr()


def _inverse_by_blocks(products: Any, scale: FloatArray) -> Any:
    """The pseudo-inverse of a sparse symmetric matrix; ``scale`` are the squared sizes of its columns."""
    columns = products.shape[0]
    if not columns:
        return sparse.csr_array((0, 0))
    count, part = connected_components(products, directed=False)
    order = np.argsort(part, kind="stable")
    ends = np.searchsorted(part[order], np.arange(count + 1))
    arranged = products[order][:, order]
    inverses = [
        pseudo_inverse(arranged[first:last, first:last].toarray(), scale[order[first:last]])
        for first, last in pairwise(ends)
    ]
    back = np.empty_like(order)
    back[order] = np.arange(columns)
    return sparse.csr_array(sparse.block_diag(inverses))[back][:, back]


def pseudo_inverse(products: FloatArray, squared_sizes: FloatArray) -> FloatArray:
    """Of a symmetric matrix without negative eigenvalues; scaled first, so that a quantity in yuan stands beside
    indicators.

    ``squared_sizes`` are those of the columns before anything was taken off: what is left of one that others explain
    is rounding, and counts as 0.
    """
    sizes = np.sqrt(np.maximum(squared_sizes, 0.0))
    scale = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    values, vectors = np.linalg.eigh(products * np.outer(scale, scale))
    kept = values > _REDUNDANT * max(float(values[-1]), 1.0)
    inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    return np.asarray(inverse * np.outer(scale, scale))
