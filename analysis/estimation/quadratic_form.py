"""The variance of Y - X B as a quadratic form, for many domains: V(Y) - 2 C(Y, X) B + B' V(X) B.

Y are sums per domain and unit of the last stage, X a few columns summed per unit, B a row of coefficients per domain.
V(Y) comes from the cells of the domains; units x domains are never laid out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray
from analysis.estimation.variance import Variance

_LAID_OUT = 5_000_000
"""Units x columns up to which X is no sparse matrix."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Centred:
    """Strata with a single PSU about the mean of all PSUs: sum a_g (t_g - mean t)^2, beside the sum a_g t_g^2."""

    psus: float
    weight: float  # sum of a_g
    counted: FloatArray  # (units of the last stage,) a_g of its stratum
    columns: FloatArray  # (columns,) X of all units
    counted_columns: FloatArray  # (columns,) the same, each unit times a_g

    def difference(self, sums: Any, coefficients: Any) -> FloatArray:
        total, counted = np.asarray(sums.sum(axis=1)).ravel(), sums @ self.counted
        left, counted_left = total - coefficients @ self.columns, counted - coefficients @ self.counted_columns
        before, after = total / self.psus, left / self.psus
        squares = self.weight * (after**2 - before**2)
        return np.asarray(squares - 2 * (after * counted_left - before * counted))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class QuadraticForm:
    """V of Y - X B less V of Y, where ``units`` is X."""

    crossed: Any  # (units of the last stage, columns): what a unit's Y is multiplied by in C(Y, X)
    squares: Any  # (columns, columns): V(X)
    centred: _Centred | None

    @staticmethod
    def of(variance: Variance, units: Any, *, fpc: bool) -> QuadraticForm:
        """``variance`` has one domain whose cells are all units of the last stage; ``units`` is X there, sparse."""
        below: Any = sparse.csr_array(units.shape)
        squares = sparse.csr_array((units.shape[1], units.shape[1]))
        centred: _Centred | None = None
        climb = sparse.eye_array(units.shape[0], format="csr")  # (units of the level, units of the last stage)
        for depth in range(len(variance.levels) - 1, -1, -1):
            level = variance.levels[depth]
            if level.from_below is not None:
                climb = _adder(level.from_below, level.cells) @ climb
            if not fpc and depth > 0:
                continue
            stretch = float(variance.stretch[0]) if depth == 0 else 1.0
            factor = stretch * (level.factor if fpc else level.factor_without_fpc)
            lonely = level.adjusted if fpc else level.adjusted_without_fpc
            at_level = climb @ units
            multiplicity = np.ones(level.cells) if level.divisor is None else np.maximum(level.divisor, 1e-300)
            into_groups = _adder(level.pair, len(level.pair_domain))
            weight = factor[level.pair] / multiplicity + lonely[level.pair]
            per_unit = (sparse.diags_array(weight) @ at_level).tocsr()
            per_group = (sparse.diags_array(factor / level.pair_units) @ (into_groups @ at_level)).tocsr()
            squares = squares + at_level.T @ per_unit - (into_groups @ at_level).T @ per_group
            below = below + climb.T @ per_unit - (into_groups @ climb).T @ per_group
            if lonely.any():
                counted = np.asarray(climb.T @ lonely[level.pair])
                centred = _Centred(
                    psus=max(float(variance.psus[0]), 1.0),
                    weight=float(lonely.sum()),
                    counted=counted,
                    columns=np.asarray(units.sum(axis=0)).ravel(),
                    counted_columns=units.T @ counted,
                )
        if below.shape[0] * below.shape[1] <= _LAID_OUT:  # a few columns: multiplied in a fraction of the time
            return QuadraticForm(crossed=below.toarray(), squares=squares.toarray(), centred=centred)
        return QuadraticForm(crossed=below.tocsr(), squares=squares.tocsr(), centred=centred)

    def difference(self, sums: Any, coefficients: Any) -> FloatArray:
        """(domains,) V(Y - X B) - V(Y), of Y sparse (domains, units of the last stage), B sparse (domains, columns)."""
        beside = coefficients @ self.squares - 2 * (sums @ self.crossed)
        found = np.asarray(coefficients.multiply(beside).sum(axis=1)).ravel()
        return found if self.centred is None else found + self.centred.difference(sums, coefficients)


def _adder(place: IntArray, size: int) -> Any:
    """Sparse (size, len(place)): row p adds the entries whose place is p."""
    ones = np.ones(len(place))
    return sparse.coo_array((ones, (place, np.arange(len(place)))), shape=(size, len(place))).tocsr()
