"""What the weights look like, before anyone looks at a figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightDiagnostics:
    """How unequal the weights above 0 are, and what that costs."""

    count: int
    total: float
    minimum: float
    median: float
    maximum: float
    maximum_over_median: float
    kish_design_effect: float
    kish_effective_sample_size: float
    top_percent_share: float  # share of the sum held by the largest 1 % of the weights (at least one)


def kish_design_effect(weights: FloatArray) -> float:
    """Variance inflation due to unequal weights alone: n * sum(w^2) / (sum w)^2.

    Dimensionless, at least 1. Says nothing about clustering; for the effect on a given estimate use
    ``Estimate.design_effect``. Source: Kish (1992), Weighting for unequal Pi, J. Official Statistics 8(2).
    """
    used = _used(weights)
    # Scaled by the largest, so that weights of 1e-200 do not vanish when squared.
    scaled = used / used.max()
    return float(len(used) * (scaled @ scaled) / scaled.sum() ** 2)


def kish_effective_sample_size(weights: FloatArray) -> float:
    """n / ``kish_design_effect``; never called 有效样本量, which also knows of clusters and strata."""
    return len(_used(weights)) / kish_design_effect(weights)


def diagnose(weights: FloatArray) -> WeightDiagnostics:
    """The figures a statistician looks at first. Raises ValueError when no weight is above 0."""
    used = _used(weights)
    effect = kish_design_effect(used)
    top = max(1, round(len(used) / 100))
    middle = len(used) // 2
    # In its place up to the middle and from the largest 1 % on: all that is asked, and far cheaper than an order.
    used = np.partition(used, sorted({max(middle - 1, 0), middle, len(used) - top}))
    median = float(used[middle]) if len(used) % 2 else float(used[middle - 1] + used[middle]) / 2
    total = float(used.sum())
    return WeightDiagnostics(
        count=len(used),
        total=total,
        minimum=float(used.min()),
        median=median,
        maximum=float(used.max()),
        maximum_over_median=float(used.max()) / median,
        kish_design_effect=effect,
        kish_effective_sample_size=len(used) / effect,
        top_percent_share=float(used[-top:].sum()) / total,
    )


def _used(weights: FloatArray) -> FloatArray:
    values = np.asarray(weights, dtype=np.float64)
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("weights are finite and not negative")
    used = values[values > 0]
    if not len(used):
        raise ValueError("no weight is above 0")
    return used
