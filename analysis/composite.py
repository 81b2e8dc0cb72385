"""An index over instruments and waves, made of figures that were published: a year of quarters, residents beside firms.

Only what is printed comes in, so nothing can follow from the index that its parts do not tell. Its interval is MOVER
(Zou & Donner 2008, Statistics in Medicine 27): the distances from each figure to its own limits, weighted, are added
in quadrature, which keeps limits that are not symmetrical. For limits at +- t standard errors that is the variance of
a sum of independent estimates. Samples that share PSUs are not independent, and how far they are not no printed figure
tells: there the distances are added as they are, for an error of a sum is at most the sum of its parts', whatever
their covariance (Cauchy & Schwarz).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, hypot, isclose


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPart:
    """A figure as it was published, on the scale 0 to 100. ``sample``: parts of one sample, or of samples that share
    PSUs, bear one name."""

    weight: float
    value: float
    low: float
    high: float
    sample: str


@dataclass(frozen=True, slots=True)
class Composed:
    value: float
    low: float
    high: float


def check_weights(weights: Sequence[float]) -> None:
    """ValueError where a weight is not above 0, or they do not add up to 1."""
    if not weights or any(not weight > 0 for weight in weights):
        raise ValueError("every weight is above 0")
    if not isclose(fsum(weights), 1.0, abs_tol=1e-9):
        raise ValueError(f"the weights add up to {fsum(weights):g}, not to 1")


def composed(parts: Sequence[PublishedPart]) -> Composed:
    """The weighted sum with its limits, within 0 to 100; ValueError where the weights do not fit."""
    check_weights([part.weight for part in parts])
    value = fsum(part.weight * part.value for part in parts)
    down: dict[str, list[float]] = {}
    up: dict[str, list[float]] = {}
    for part in parts:
        down.setdefault(part.sample, []).append(part.weight * (part.value - part.low))
        up.setdefault(part.sample, []).append(part.weight * (part.high - part.value))
    below, above = (hypot(*(fsum(widths) for widths in side.values())) for side in (down, up))
    return Composed(value, max(value - below, 0.0), min(value + above, 100.0))
