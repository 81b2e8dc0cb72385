"""Composite indices with their weights as data: sub-indices of one wave, and waves of one year.

The variance is that of the sum, covariance included (``analysis.estimation.Index`` and ``contrasts``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

from analysis.estimation.contrasts import Contrast
from analysis.estimation.requests import Index, Mean, Proportion, Ratio
from analysis.results import Domain

_EXACT = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One sub-index: what is estimated, on which scale, and its weight in the whole."""

    request: Ratio | Mean | Proportion
    weight: float
    scale: tuple[float, float] = (0.0, 1.0)


def composite(variable: str, parts: Mapping[str, Part], *, scale: tuple[float, float] = (0.0, 100.0)) -> Index:
    """Sum of weight x part, every part first put on ``scale``. Weights are above 0 and add up to 1.

    Parts must start at the same 0 as their scale: a part from 1 to 5 has to be scored from 0 before.
    """
    _weights({name: part.weight for name, part in parts.items()})
    shifted = [name for name, part in parts.items() if part.scale[0] != 0 or part.scale[1] <= 0]
    if shifted or scale[0] != 0:
        raise ValueError(f"scales start at 0; score {', '.join(shifted) or 'the index'} from 0 upwards")
    return Index(
        variable,
        parts=tuple((part.request, part.weight * scale[1] / part.scale[1]) for part in parts.values()),
        scale=scale,
    )


def over_waves(name: str, weights: Mapping[Domain, float]) -> Contrast:
    """The year's figure from the waves' with given weights (three quarters and the year's end), as a contrast.

    Waves that share PSUs bring their covariance. Weights are above 0 and add up to 1.
    """
    _weights({" ".join(label for _, label in domain): weight for domain, weight in weights.items()})
    return Contrast(name, dict(weights))


def _weights(weights: Mapping[str, float]) -> None:
    wrong = [name for name, weight in weights.items() if not weight > 0]
    if not weights or wrong:
        raise ValueError(f"a weight is not above 0: {', '.join(wrong) or 'there are no parts'}")
    total = fsum(weights.values())
    if abs(total - 1) > _EXACT:
        raise ValueError(f"the weights add up to {total:g}, not to 1: {', '.join(weights)}")
