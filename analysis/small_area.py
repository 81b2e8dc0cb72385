"""Small areas: what a model adds where a community has few respondents. Fay-Herriot, by area.

direct_i = x_i' beta + u_i + e_i, u_i with variance A (estimated), e_i with the direct estimate's own variance, smoothed
first. The EBLUP weighs the direct estimate and the model's by A / (A + psi_i). It stands beside the direct estimate,
never instead; no verdict and no rank is made of it. Areas without respondents get the model's value alone, marked
synthetic.

Sources: Fay & Herriot (1979), JASA 74; Datta & Lahiri (2000), Statistica Sinica 10, for the mean squared error with A
by REML and by ML; Rao & Molina (2015), Small Area Estimation, 2nd edition, section 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.arrays import FloatArray


class FitMethod(StrEnum):
    REML = "reml"
    ML = "ml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallAreaEstimate:
    """One area. Shares in 0..1 or points, as the direct estimates."""

    name: str
    direct: float | None  # None: nobody was asked there
    smoothed_variance: float | None
    value: float  # EBLUP; for an area without respondents the model's value
    mean_squared_error: float
    shrinkage: float  # weight of the direct estimate, 0 where synthetic
    synthetic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallAreaModel:
    """The fit and its areas. ``model_variance`` 0 says that the model explains all of the areas' differences."""

    method: FitMethod
    coefficients: tuple[float, ...]
    standard_errors: tuple[float, ...]
    model_variance: float
    steps: int
    areas: tuple[SmallAreaEstimate, ...]
    notes: tuple[str, ...] = ()


def smoothed_share_variances(
    shares: FloatArray, sample_sizes: FloatArray, design_effects: FloatArray | None = None
) -> FloatArray:
    """Direct variances that do not hang on 20 answers: pooled design effect x pooled p (1 - p) / n.

    p is the mean share weighted by respondents, the design effect the mean weighted by them (1 where none is given), so
    that an area in which all said yes has an error too. Shares in 0..1.
    """
    size = np.asarray(sample_sizes, dtype=np.float64)
    share = np.asarray(shares, dtype=np.float64)
    if not ((size > 0).all() and ((share >= 0) & (share <= 1)).all()):
        raise ValueError("shares lie in 0..1 and every area has at least one respondent; give the others as unsampled")
    pooled = float(size @ share / size.sum())
    effect = 1.0
    if design_effects is not None:
        known = np.isfinite(design_effects) & (np.asarray(design_effects) > 0)
        if known.any():
            effect = float(size[known] @ np.asarray(design_effects)[known] / size[known].sum())
    # All alike everywhere: (x + 2) / (n + 4), as for every share that would have no error.
    if pooled in (0.0, 1.0):
        pooled = float((size @ share + 2) / (size.sum() + 4))
    return np.asarray(effect * pooled * (1 - pooled) / size)


def smoothed_mean_variances(variances: FloatArray, sample_sizes: FloatArray, design_effects: FloatArray) -> FloatArray:
    """The same for means of points: pooled design effect x pooled variance of one answer / n.

    The variance of one answer in an area is v n / design effect; both are pooled over the areas where they are known,
    weighted by respondents, so that an area whose answers are all alike has the error of the others. Raises ValueError
    where they are known nowhere.
    """
    size = np.asarray(sample_sizes, dtype=np.float64)
    variance, effect = (np.asarray(values, dtype=np.float64) for values in (variances, design_effects))
    known = np.isfinite(variance) & (variance > 0) & np.isfinite(effect) & (effect > 0) & (size > 0)
    if not known.any():
        raise ValueError("no area has a standard error and a design effect to pool")
    weight = size[known] / size[known].sum()
    spread = float(weight @ (variance[known] * size[known] / effect[known]))
    return np.asarray(float(weight @ effect[known]) * spread / size)


def fay_herriot(
    names: Sequence[str],
    direct: FloatArray,
    variances: FloatArray,
    covariates: FloatArray,
    *,
    method: FitMethod = FitMethod.REML,
) -> SmallAreaModel:
    """EBLUP with mean squared error for every area.

    ``direct`` and ``variances`` (areas,), NaN where nobody was asked; ``covariates`` (areas, p) are known for every
    area and hold the constant. Raises ValueError where areas are too few, a variance is not above 0, or covariates say
    the same twice.
    """
    y, psi, x = (np.asarray(values, dtype=np.float64) for values in (direct, variances, covariates))
    sampled = ~np.isnan(y)
    _check(names, y, psi, x, sampled)
    variance, steps = _model_variance(y[sampled], psi[sampled], x[sampled], method)
    weight = 1 / (variance + psi[sampled])
    information = (x[sampled].T * weight) @ x[sampled]
    inverse: FloatArray = np.asarray(np.linalg.inv(information), dtype=np.float64)
    beta: FloatArray = np.asarray(inverse @ (x[sampled].T * weight) @ y[sampled], dtype=np.float64)
    notes = []
    if variance == 0:
        notes.append("the model variance is 0: every area takes the model's value")
    fit = _Fit(beta=beta, inverse=inverse, variance=variance, weight=weight, method=method)
    areas = _areas(names, y, psi, x, sampled, fit)
    return SmallAreaModel(
        method=method,
        coefficients=tuple(float(one) for one in beta),
        standard_errors=tuple(float(one) for one in np.sqrt(np.diag(inverse))),
        model_variance=variance,
        steps=steps,
        areas=areas,
        notes=tuple(notes),
    )


def _check(names: Sequence[str], y: FloatArray, psi: FloatArray, x: FloatArray, sampled: np.ndarray) -> None:
    if not len(names) == len(y) == len(psi) == len(x) or x.ndim != 2:
        raise ValueError(f"{len(names)} areas, {len(y)} direct estimates, {len(psi)} variances, {len(x)} covariates")
    wrong = [name for name, ok, v in zip(names, sampled, psi, strict=True) if ok and not (np.isfinite(v) and v > 0)]
    if wrong:
        raise ValueError(
            f"the direct variance is not above 0 in {', '.join(wrong[:5])}; smooth the variances first, "
            "so that no area of 20 alike answers counts as certain"
        )
    if not np.isfinite(x).all():
        raise ValueError("a covariate is missing; it must be known for every area")
    count, width = int(sampled.sum()), x.shape[1]
    if count < width + 3:
        raise ValueError(f"{count} sampled areas for {width} coefficients: at least {width + 3} are needed")
    if np.linalg.matrix_rank(x[sampled]) < width:
        raise ValueError("the covariates of the sampled areas say the same twice; leave one out")


def _model_variance(y: FloatArray, psi: FloatArray, x: FloatArray, method: FitMethod) -> tuple[float, int]:
    """A where the likelihood is greatest, and how often it was looked at.

    The likelihood may have two hills, or fall from 0 on: so a coarse walk finds the hill, and the root of its slope the
    top.
    """
    from scipy.optimize import brentq

    walk = np.concatenate([[0.0], np.geomspace(1e-4, 1e4, 81) * float(np.median(psi))])
    heights = [_scores(float(one), y, psi, x, method)[2] for one in walk]
    top = int(np.argmax(heights))
    if top == len(walk) - 1:
        raise ValueError("the areas differ ten thousand times more than their variances allow; are both on one scale?")
    low, high = float(walk[max(top - 1, 0)]), float(walk[top + 1])

    def slope(variance: float) -> float:
        return _scores(variance, y, psi, x, method)[0]

    if slope(low) <= 0:
        return low, len(walk)  # falls from 0 on
    found, details = brentq(slope, low, high, xtol=1e-16, rtol=1e-13, full_output=True)
    return float(found), len(walk) + int(details.iterations)


def _scores(
    variance: float, y: FloatArray, psi: FloatArray, x: FloatArray, method: FitMethod
) -> tuple[float, float, float]:
    """Derivative of the log likelihood in A, its information, and the log likelihood."""
    weight = 1 / (variance + psi)
    weighted = x.T * weight
    information = weighted @ x
    inverse = np.linalg.inv(information)
    residual = y - x @ (inverse @ (weighted @ y))
    quadratic = float(np.sum((weight * residual) ** 2))
    likelihood = -0.5 * float(np.sum(np.log(variance + psi)) + np.sum(weight * residual**2))
    if method is FitMethod.ML:
        return 0.5 * (quadratic - float(weight.sum())), 0.5 * float(np.sum(weight**2)), likelihood
    # P = W - W X (X'WX)^-1 X'W: its trace, and that of P P.
    leverage = np.einsum("ij,jk,ik->i", x * weight[:, None], inverse, x * weight[:, None])
    trace = float(weight.sum() - leverage.sum())
    middle = inverse @ ((x.T * weight**2) @ x)
    trace_square = float(
        np.sum(weight**2) - 2 * np.trace(inverse @ ((x.T * weight**3) @ x)) + np.trace(middle @ middle)
    )
    likelihood -= 0.5 * float(np.linalg.slogdet(information)[1])
    return 0.5 * (quadratic - trace), 0.5 * trace_square, likelihood


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """The model as it was fitted to the sampled areas."""

    beta: FloatArray
    inverse: FloatArray  # of the information: the covariance of beta
    variance: float  # A, between areas
    weight: FloatArray  # of the sampled areas
    method: FitMethod


def _areas(
    names: Sequence[str],
    y: FloatArray,
    psi: FloatArray,
    x: FloatArray,
    sampled: np.ndarray,
    fit: _Fit,
) -> tuple[SmallAreaEstimate, ...]:
    """g1 + g2 + 2 g3, by ML less the bias of A times the slope of g1 (Datta & Lahiri 2000)."""
    variance, weight, inverse = fit.variance, fit.weight, fit.inverse
    spread = 2 / float(np.sum(weight**2))  # asymptotic variance of A
    bias = 0.0
    if fit.method is FitMethod.ML:
        inner = np.trace(inverse @ ((x[sampled].T * weight**2) @ x[sampled]))
        bias = -float(inner) / float(np.sum(weight**2))
    fitted = x @ fit.beta
    quadratic = np.einsum("ij,jk,ik->i", x, inverse, x)
    areas = []
    for place, name in enumerate(names):
        if not sampled[place]:
            error = variance + float(quadratic[place])
            areas.append(
                SmallAreaEstimate(
                    name=name,
                    direct=None,
                    smoothed_variance=None,
                    value=float(fitted[place]),
                    mean_squared_error=error,
                    shrinkage=0.0,
                    synthetic=True,
                )
            )
            continue
        own = float(psi[place])
        gamma = variance / (variance + own)
        g1 = gamma * own
        g2 = (1 - gamma) ** 2 * float(quadratic[place])
        g3 = own**2 / (variance + own) ** 3 * spread
        error = g1 + g2 + 2 * g3 - bias * (1 - gamma) ** 2
        areas.append(
            SmallAreaEstimate(
                name=name,
                direct=float(y[place]),
                smoothed_variance=own,
                value=float(gamma * y[place] + (1 - gamma) * fitted[place]),
                mean_squared_error=error,
                shrinkage=gamma,
                synthetic=False,
            )
        )
    return tuple(areas)
