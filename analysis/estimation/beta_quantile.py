"""Quantiles of beta distributions for many pairs of parameters at once: the limits of every share of a table.

SciPy's inverse takes microseconds a value, which was most of the time of a table of 20,000 shares. Here the starting
value is that of Abramowitz & Stegun (26.5.22), the incomplete beta function is its continued fraction (Lentz's method,
all values side by side), and the quantile follows from its Taylor series about that point to the fourth power: one
evaluation where the start was near, another where it was not. What lies outside the reach of that is left to SciPy.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv, gammaln, ndtri

from analysis.arrays import BoolArray, FloatArray

_LARGEST = 300.0  # the fraction needs about the square root of the larger parameter in terms
_TERMS, _STEPS, _BLOCK = 100, 8, 8_000
_NEAR = 5e-3
"""Distance, in units of the density's own, from which the fifth power that the series leaves out is rounding."""


def beta_quantile(a: FloatArray, b: FloatArray, probability: float) -> FloatArray:
    """x with I_x(a, b) = ``probability``; NaN where a or b is. Shape of ``a`` and ``b``."""
    first, second = np.ravel(a), np.ravel(b)
    with np.errstate(invalid="ignore"):
        usual = np.flatnonzero((first >= 1) & (second >= 1) & (np.maximum(first, second) <= _LARGEST))
    found, settled = np.empty(len(first)), np.zeros(len(first), dtype=bool)
    for start in range(0, len(usual), _BLOCK):  # blocks stay in the processor's cache
        part = usual[start : start + _BLOCK]
        if probability < 0.5:
            found[part], settled[part] = _many(first[part], second[part], probability)
        else:
            mirrored, settled[part] = _many(second[part], first[part], 1 - probability)
            found[part] = 1 - mirrored
    rest = ~settled
    if rest.any():
        found[rest] = betaincinv(first[rest], second[rest], probability)
    return found.reshape(np.shape(a))


def _many(a: FloatArray, b: FloatArray, tail: float) -> tuple[FloatArray, BoolArray]:
    """Quantiles, and where the series came to rest."""
    found, settled = _start(a, b, tail), np.zeros(len(a), dtype=bool)
    constant = gammaln(a) + gammaln(b) - gammaln(a + b)  # a third of the time of betaln, and parameters are small
    waiting = np.arange(len(a))
    for _ in range(_STEPS):
        x = found[waiting]
        moved, near = _moved(x, a[waiting], b[waiting], constant[waiting], tail)
        inside = (moved > 0) & (moved < 1)  # false for NaN, which is then left to SciPy
        found[waiting] = np.where(inside, moved, np.where(moved <= 0, x / 2, (1 + x) / 2))
        settled[waiting[inside & near]] = True
        waiting = waiting[~(inside & near)]
        if not len(waiting):
            break
    return found, settled


def _start(a: FloatArray, b: FloatArray, tail: float) -> FloatArray:
    y = -float(ndtri(tail))
    below, above = 1 / (2 * a - 1), 1 / (2 * b - 1)
    h = 2 / (below + above)
    third = (y * y - 3) / 6
    w = y * np.sqrt(np.maximum(h + third, 0.0)) / h - (above - below) * (third + 5 / 6 - 2 / (3 * h))
    return np.asarray(np.clip(a / (a + b * np.exp(np.clip(2 * w, -500, 500))), 1e-300, 1 - 1e-16))


def _moved(
    x: FloatArray, a: FloatArray, b: FloatArray, constant: FloatArray, tail: float
) -> tuple[FloatArray, BoolArray]:
    """The quantile by the series about x, and whether x was near enough."""
    y = 1 - x
    with np.errstate(all="ignore"):
        density = np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - constant)
        far = x > (a + 1) / (a + b + 2)  # there the fraction is that of the other tail
        if far.any():
            fraction = _fraction(np.where(far, y, x), np.where(far, b, a), np.where(far, a, b))
            share = density * x * y * fraction / np.where(far, b, a)
            share = np.where(far, 1 - share, share)
        else:
            share = density * x * y * _fraction(x, a, b) / a
        u = (tail - share) / density
        # The first derivatives of log density.
        left, right = (a - 1) / x, (b - 1) / y
        one, two, three = left - right, -left / x - right / y, 2 * (left / (x * x) - right / (y * y))
        fourth = 7 * one * two - three - 6 * one * one * one
        moved = x + u * (1 + u * (-one / 2 + u * ((2 * one * one - two) / 6 + u * fourth / 24)))
        near = np.abs(u) * (np.abs(one) + np.sqrt(np.abs(two)) + 1 / x) < _NEAR
    return moved, near


def _fraction(x: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """The continued fraction of I_x(a, b) a B(a, b) / (x^a (1 - x)^b), which settles soon for x below the mean."""
    both, c = a + b, np.ones_like(x)
    d = 1 / (1 - both * x / (a + 1))
    h = d.copy()
    for term in range(1, _TERMS):
        twice = a + 2 * term
        x_over = x / twice
        even = (term * x_over) * (b - term) / (twice - 1)
        odd = x_over * (a + term) * (both + term) / (twice + 1)
        d = 1 / (1 + even * d)
        c = 1 + even / c
        h *= d
        h *= c
        d = 1 / (1 - odd * d)
        c = 1 - odd / c
        last = d * c
        h *= last
        if term % 3 == 0 and (np.abs(last - 1) < 1e-15).all():
            break
    return h
