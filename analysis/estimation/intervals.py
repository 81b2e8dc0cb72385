"""Confidence intervals: of a share (eight rules), of a score within its scale, and where all answers are alike.

All functions work on arrays of equal shape. Shares are in 0..1; ``variance`` is that of the share; ``size`` is the
number of respondents; ``freedom`` the degrees of freedom of the domain. n* = p (1 - p) / v is the effective size of the
share. Sources: Korn & Graubard (1998), Survey Methodology 24(2); R's survey::svyciprop.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import gammaln, stdtrit

from analysis.arrays import FloatArray
from analysis.estimation.beta_quantile import beta_quantile
from analysis.results import IntervalMethod

Limits = tuple[FloatArray, FloatArray]


def t_quantile(level: float, freedom: FloatArray) -> FloatArray:
    """Two-sided t quantile; NaN where there are no degrees of freedom."""
    # Many figures share few degrees of freedom, and a quantile costs more than looking one up.
    place, kinds = pd.factorize(np.ravel(freedom))
    quantiles = np.full(len(kinds) + 1, np.nan)  # the last is for those without
    usable = np.flatnonzero(kinds > 0)
    quantiles[usable] = stdtrit(kinds[usable], (1 + level) / 2)
    return quantiles[place].reshape(np.shape(freedom))


def penalty(size: FloatArray, freedom: FloatArray, level: float) -> FloatArray:
    """What few degrees of freedom leave of a sample: (t_{n-1} / t_df)^2, at most 1."""
    ratio = t_quantile(level, size - 1) / t_quantile(level, freedom)
    return np.asarray(np.minimum(np.where(np.isnan(ratio), 1.0, ratio), 1.0) ** 2)


def share_limits(
    method: IntervalMethod,
    share: FloatArray,
    variance: FloatArray,
    variance_without_fpc: FloatArray,
    size: FloatArray,
    freedom: FloatArray,
    level: float,
) -> Limits:
    """Limits of shares strictly between 0 and 1; see ``all_alike_share_limits`` for the rest."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        effective = share * (1 - share) / variance
        if method in (IntervalMethod.KORN_GRAUBARD, IntervalMethod.BETA):
            shrunk = effective * (t_quantile(level, size - 1) / t_quantile(level, freedom)) ** 2
            if method is IntervalMethod.KORN_GRAUBARD:
                shrunk = np.minimum(shrunk, size * _fpc_gain(variance, variance_without_fpc))
            return clopper_pearson(share, shrunk, level)
        if method is IntervalMethod.LIKELIHOOD:
            effective = effective * (size - 1) / size  # the dispersion n/(n-1) of the Pearson residuals, as in R
        rule = _RULES[method]
        return rule(share, variance, effective, t_quantile(level, freedom))


def _fpc_gain(variance: FloatArray, variance_without_fpc: FloatArray) -> FloatArray:
    """How much the finite population correction is worth; 1 where no variance shows at all."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = variance_without_fpc / variance
    return np.where(np.isnan(gain), 1.0, np.maximum(gain, 1.0))


def clopper_pearson(share: FloatArray, size: FloatArray, level: float) -> Limits:
    """Clopper-Pearson limits for ``share * size`` out of ``size``, which need not be whole numbers."""
    tail = (1 - level) / 2
    yes, no = share * size, (1 - share) * size
    with np.errstate(invalid="ignore"):
        low = np.where(share > 0, beta_quantile(yes, no + 1, tail), 0.0)
        high = np.where(share < 1, beta_quantile(yes + 1, no, 1 - tail), 1.0)
    endless = np.isinf(size)  # nothing left to chance
    low = np.where(endless, share, np.where(np.isnan(size), np.nan, low))
    high = np.where(endless, share, np.where(np.isnan(size), np.nan, high))
    return low, high


def _wald(share: FloatArray, variance: FloatArray, _effective: FloatArray, t: FloatArray) -> Limits:
    half = t * np.sqrt(variance)
    return share - half, share + half


def _logit(share: FloatArray, variance: FloatArray, _effective: FloatArray, t: FloatArray) -> Limits:
    middle = np.log(share / (1 - share))
    half = t * np.sqrt(variance) / (share * (1 - share))
    return 1 / (1 + np.exp(half - middle)), 1 / (1 + np.exp(-half - middle))


def _wilson(share: FloatArray, _variance: FloatArray, effective: FloatArray, t: FloatArray) -> Limits:
    """Wilson on n*, the t quantile once: no further penalty on n*."""
    square = np.where(np.isinf(effective), 0.0, t * t / effective)
    middle = (share + square / 2) / (1 + square)
    half = np.sqrt(square * share * (1 - share) + square * square / 4) / (1 + square)
    return middle - half, middle + half


def _arcsine(share: FloatArray, variance: FloatArray, _effective: FloatArray, t: FloatArray) -> Limits:
    """Wald on arcsin(sqrt(p)), held at 0 and 1 (R lets the angle turn back beyond them)."""
    middle = np.arcsin(np.sqrt(share))
    half = t * np.sqrt(variance) / (2 * np.sqrt(share * (1 - share)))
    low, high = np.maximum(middle - half, 0.0), np.minimum(middle + half, np.pi / 2)
    return np.sin(low) ** 2, np.sin(high) ** 2


def _likelihood(share: FloatArray, _variance: FloatArray, effective: FloatArray, t: FloatArray) -> Limits:
    """The exact profile: the q at which 2 n* [p log(p/q) + (1-p) log((1-p)/(1-q))] = t^2, on each side of p.

    n* is divided by the quasi-likelihood's dispersion n/(n-1). R interpolates the same curve by splines.
    """

    def beyond(limit: FloatArray) -> FloatArray:
        distance = share * np.log(share / limit) + (1 - share) * np.log((1 - share) / (1 - limit))
        return np.asarray(2 * effective * distance > t * t)

    limits = []
    for end in (0.0, 1.0):
        inner, outer = share.copy(), np.full_like(share, end)
        for _ in range(80):  # halving 80 times leaves nothing of a double
            middle = (inner + outer) / 2
            far = beyond(middle)
            outer = np.where(far, middle, outer)
            inner = np.where(far, inner, middle)
        limits.append(np.where(np.isnan(effective) | np.isnan(t), np.nan, (inner + outer) / 2))
    return limits[0], limits[1]


_RULES: dict[IntervalMethod, Callable[[FloatArray, FloatArray, FloatArray, FloatArray], Limits]] = {
    IntervalMethod.WALD: _wald,
    IntervalMethod.LOGIT: _logit,
    IntervalMethod.WILSON: _wilson,
    IntervalMethod.ARCSINE: _arcsine,
    IntervalMethod.LIKELIHOOD: _likelihood,
    IntervalMethod.XLOGIT: _logit,  # with one parameter the two are one formula
}


def all_alike_limit(size: FloatArray, freedom: FloatArray, level: float) -> FloatArray:
    """L: the Clopper-Pearson lower limit where all of ``size`` said yes, with n* = n and the t ratio of the domain.

    (alpha/2)^(1/n_df), n_df = n (t_{n-1} / t_df)^2. 30 of 30 alone: 0.884; in four grids: 0.743.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = t_quantile(level, size - 1) / t_quantile(level, freedom)
        shrunk = size * np.minimum(ratio, 1.0) ** 2
        return np.asarray(((1 - level) / 2) ** (1 / shrunk))


def hypergeometric_limit(size: int, population: int, level: float) -> float:
    """L for ``size`` of ``size`` drawn simply from a known population: the least share of yes not yet refuted.

    The smallest K with P(all drawn say yes | K of N do) >= alpha/2. 40 of 40 from 60: 57/60.
    """
    tail = float(np.log((1 - level) / 2))

    def log_probability(yes: int) -> float:
        below = gammaln(yes + 1) - gammaln(yes - size + 1)
        return float(below - gammaln(population + 1) + gammaln(population - size + 1))

    low, high = size, population  # P grows with K
    while low < high:
        middle = (low + high) // 2
        if log_probability(middle) >= tail - 1e-12:
            high = middle
        else:
            low = middle + 1
    return low / population


def score_limits(
    value: FloatArray, standard_error: FloatArray, freedom: FloatArray, level: float, low: FloatArray, high: FloatArray
) -> Limits:
    """The t interval, cut to the scale ``low`` to ``high`` (infinite where unbounded)."""
    half = t_quantile(level, freedom) * standard_error
    return np.maximum(value - half, low), np.minimum(value + half, high)


def all_alike_limits(value: FloatArray, limit: FloatArray, low: FloatArray, high: FloatArray) -> Limits:
    """Where every answer equals c: [c - (c - min)(1 - L), c + (max - c)(1 - L)], L from ``all_alike_limit``.

    For a share at 1 that is [L, 1], at 0 it is [0, 1 - L].
    """
    return value - (value - low) * (1 - limit), value + (high - value) * (1 - limit)
