"""How much of what a regression explains goes with each of its aspects: R squared, shared out among them.

An aspect's share is what it adds to R squared, averaged over all orders in which the aspects can come in (Lindeman,
Merenda & Gold 1980; the Shapley value of the game in which a set of aspects wins its R squared). Shares are never below
0 and add up to R squared, however the aspects hang together; coefficients do neither.

Linearised: to first order a set's R squared moves with a respondent by w ((1 - R2) y2 - e2) / (W var y), with y less
its mean and e the residual of the regression on the set. A share is a weighted sum of such, so that its influence is
one quadratic form in the respondent's answers, whatever the number of sets. Groemping (2006), Journal of Statistical
Software 17(1), has the measure; the influence is derived here and held against R (tests/reference/city_drivers).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from analysis.arrays import FloatArray, IntArray

MOST = 16
"""Aspects: their sets are gone through one by one, 65,536 of them."""
_ALIKE = 1e-14  # of a variance to the mean square: less is what doubles miss


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RelativeImportance:
    """``shares`` (aspects,) add up to ``explained``, the R squared of all of them, 0..1. ``influence`` (aspects, rows)
    of the shares, weights within; the sum of its rows is that of ``explained``."""

    explained: float
    shares: FloatArray
    influence: FloatArray


def relative_importance(outcome: FloatArray, aspects: FloatArray, weight: FloatArray) -> RelativeImportance:
    """``outcome`` (rows,), ``aspects`` (aspects, rows), ``weight`` (rows,), 0 for rows that are not used.

    ValueError where there are more than ``MOST`` aspects, something does not vary, or aspects determine one another.
    """
    count = len(aspects)
    if not 0 < count <= MOST:
        raise ValueError(f"between 1 and {MOST} aspects, not {count}")
    used = weight > 0
    values = np.where(used, np.concatenate([outcome[None, :], aspects]), 0.0)
    total = float(weight.sum())
    centred = np.where(used, values - (values @ weight / total)[:, None], 0.0)
    covariance: FloatArray = np.asarray((centred * weight) @ centred.T / total)
    spread = np.diag(covariance)
    if not (spread > _ALIKE * (values**2 @ weight / total)).all():
        raise ValueError("what does not vary drives nothing")
    scale = np.sqrt(spread)
    standard = centred / scale[:, None]
    correlation = covariance / np.outer(scale, scale)
    if np.linalg.matrix_rank(correlation[1:, 1:], tol=1e-9, hermitian=True) < count:
        raise ValueError("the aspects determine one another")
    explained, forms = _sets(correlation, count)
    entered = _entering(count)  # (aspects, sets): what each set's R squared counts for in the share of each aspect
    shares = entered @ explained
    # e2 of a set is z' f f' z with z = (y, aspects) and f = (1, -b): the sets go into one matrix per aspect.
    matrices = np.einsum("as,si,sj->aij", entered, forms, forms, optimize=True)
    squares = np.stack([np.einsum("ir,ir->r", one @ standard, standard) for one in matrices])
    own = standard[0] ** 2
    # What the sets count for adds up to 0 over them all, so that only R squared stands before y2.
    influence = weight / total * (-shares[:, None] * own - squares)
    return RelativeImportance(explained=float(explained[-1]), shares=shares, influence=influence)


def _sets(correlation: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Of every set, numbered by its bits: R squared, and the residual's form (1, -b), (sets, 1 + aspects)."""
    number = np.arange(2**count)
    explained, forms = np.zeros(len(number)), np.zeros((len(number), count + 1))
    forms[:, 0] = 1.0
    bits = _bits(count)
    with_outcome, among = correlation[0, 1:], correlation[1:, 1:]
    for size in range(1, count + 1):
        sets = number[bits.sum(axis=1) == size]
        inside = np.nonzero(bits[sets])[1].reshape(len(sets), size)
        own = with_outcome[inside]
        slopes = np.linalg.solve(among[inside[:, :, None], inside[:, None, :]], own[:, :, None])[:, :, 0]
        explained[sets] = (slopes * own).sum(axis=1)
        forms[sets[:, None], inside + 1] = -slopes
    return explained, forms


def _entering(count: int) -> FloatArray:
    """(aspects, sets): with the aspect in it a set counts 1 / (p C(p-1, k-1)), without it -1 / (p C(p-1, k))."""
    bits = _bits(count)
    sizes = bits.sum(axis=1)
    gained = np.array([0.0, *(1 / (count * comb(count - 1, size - 1)) for size in range(1, count + 1))])
    lost = np.array([*(1 / (count * comb(count - 1, size)) for size in range(count)), 0.0])
    return np.asarray(np.where(bits.T == 1, gained[sizes], -lost[sizes]), dtype=np.float64)


def _bits(count: int) -> IntArray:
    """(sets, aspects), 1 where the aspect is in the set."""
    return (np.arange(2**count)[:, None] >> np.arange(count)) & 1
