"""The variance of Y - X B as a quadratic form, for many domains: V(Y) - 2 C(Y, X) B + B' V(X) B.

Y are sums per domain and unit of the last stage, X a few columns summed per unit, B a row of coefficients per domain.
V(Y) comes from the cells of the domains; units x domains are never laid out.
"""

from __future__ import annotations

from collections.abc import Iterator
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

    @staticmethod
    def of(variance: Variance, units: Any, *, fpc: bool) -> _Centred | None:
        """None where no single PSU is centred."""
        top = variance.levels[0]
        lonely = top.adjusted if fpc else top.adjusted_without_fpc
        if not lonely.any():
            return None
        counted = lonely[top.pair]
        for level in variance.levels:
            if level.from_below is not None:
                counted = counted[level.from_below]
        return _Centred(
            psus=max(float(variance.psus[0]), 1.0),
            weight=float(lonely.sum()),
            counted=counted,
            columns=np.asarray(units.sum(axis=0)).ravel(),
            counted_columns=units.T @ counted,
        )

    def difference(self, sums: Any, coefficients: Any) -> FloatArray:
        total, counted = np.asarray(sums.sum(axis=1)).ravel(), sums @ self.counted
        left, counted_left = total - coefficients @ self.columns, counted - coefficients @ self.counted_columns
        before, after = total / self.psus, left / self.psus
        squares = self.weight * (after**2 - before**2)
        return np.asarray(squares - 2 * (after * counted_left - before * counted))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WeighedLevel:
    """One stage of V(t) = sum_u weight_u t_u^2 - sum_g ratio_g (sum of t in g)^2, t the totals of its units."""

    climb: Any | None  # sparse (units of the level, units of the last stage); None: they are the same
    into_groups: Any  # sparse (groups, units of the level)
    group: IntArray  # (units of the level,)
    weight: FloatArray  # (units of the level,)
    ratio: FloatArray  # (groups,)

    @property
    def above(self) -> IntArray:
        """(units of the last stage,) the unit of the level that each lies in."""
        if self.climb is None:
            return np.arange(len(self.group), dtype=np.int64)
        return np.asarray(self.climb.tocsc().indices, dtype=np.int64)

    def up(self, units: Any) -> Any:
        """Sums of the last stage's units (units, columns) in those of the level."""
        return units if self.climb is None else self.climb @ units

    def down(self, level: Any) -> Any:
        """What stands at a unit of the level, at each unit of the last stage within it."""
        return level if self.climb is None else self.climb.T @ level

    def diagonal(self) -> FloatArray:
        """(units of the last stage,) what a total of 1 in one of them alone gives."""
        return np.asarray((self.weight - self.ratio[self.group])[self.above])

    def apply(self, units: Any) -> Any:
        """Q X, sparse (units of the last stage, columns), of X sparse over the same."""
        at_level = self.up(units)
        per_group = scaled(self.into_groups @ at_level, self.ratio)
        return self.down(scaled(at_level, self.weight) - per_group[self.group]).tocsr()


def weighed_levels(variance: Variance, *, fpc: bool) -> Iterator[WeighedLevel]:
    """From the last stage up. ``variance`` has one domain whose cells are all units of the last stage. A single PSU
    under ``adjust`` counts about 0: what its centre adds is in ``_Centred``."""
    climb: Any | None = None
    for depth in range(len(variance.levels) - 1, -1, -1):
        level = variance.levels[depth]
        if level.from_below is not None:
            step = _adder(level.from_below, level.cells)
            climb = step if climb is None else step @ climb
        if not fpc and depth > 0:
            continue
        stretch = float(variance.stretch[0]) if depth == 0 else 1.0
        factor = stretch * (level.factor if fpc else level.factor_without_fpc)
        lonely = level.adjusted if fpc else level.adjusted_without_fpc
        multiplicity = np.ones(level.cells) if level.divisor is None else np.maximum(level.divisor, 1e-300)
        yield WeighedLevel(
            climb=climb,
            into_groups=_adder(level.pair, len(level.pair_domain)),
            group=level.pair,
            weight=factor[level.pair] / multiplicity + lonely[level.pair],
            ratio=factor / level.pair_units,
        )


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
        for level in weighed_levels(variance, fpc=fpc):
            at_level = level.up(units)
            per_unit = scaled(at_level, level.weight)
            in_groups = level.into_groups @ at_level
            per_group = scaled(in_groups, level.ratio)
            squares = squares + at_level.T @ per_unit - in_groups.T @ per_group
            below = below + level.down(per_unit - per_group[level.group])
        centred = _Centred.of(variance, units, fpc=fpc)
        if below.shape[0] * below.shape[1] <= _LAID_OUT:  # a few columns: multiplied in a fraction of the time
            return QuadraticForm(crossed=below.toarray(), squares=squares.toarray(), centred=centred)
        return QuadraticForm(crossed=below.tocsr(), squares=squares.tocsr(), centred=centred)

    def difference(self, sums: Any, coefficients: Any) -> FloatArray:
        """(domains,) V(Y - X B) - V(Y), of Y sparse (domains, units of the last stage), B sparse (domains, columns)."""
        beside = coefficients @ self.squares - 2 * (sums @ self.crossed)
        found = np.asarray(coefficients.multiply(beside).sum(axis=1)).ravel()
        return found if self.centred is None else found + self.centred.difference(sums, coefficients)


def scaled(rows: Any, factor: FloatArray) -> Any:
    """Sparse ``rows`` (n, columns), each times its ``factor`` (n,)."""
    rows = rows.tocsr()
    values = rows.data * np.repeat(factor, np.diff(rows.indptr))
    return sparse.csr_array((values, rows.indices, rows.indptr), shape=rows.shape)


def _adder(place: IntArray, size: int) -> Any:
    """Sparse (size, len(place)): row p adds the entries whose place is p."""
    ones = np.ones(len(place))
    return sparse.coo_array((ones, (place, np.arange(len(place)))), shape=(size, len(place))).tocsr()
