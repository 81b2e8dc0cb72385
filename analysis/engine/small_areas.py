"""What a model says of communities with few respondents: Fay-Herriot of a share over all communities of a wave.

On the arcsine scale, where the sampling variance of a community is known without its own answers (design effect / 4n),
so that twenty alike answers never count as certain. The covariate is the share of the oldest in the register. For the
statistician: no verdict, no rank and nothing published is made of it (decision 0194).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import ndtri

from analysis.arrays import FloatArray
from analysis.case_columns import PopulationRegister
from analysis.estimation.table import EstimateTable
from analysis.small_area import SmallAreaModel, fay_herriot

LEAST_COMMUNITIES = 30
"""With respondents; of fewer the variance between communities is hardly known."""


class NoModel(StrEnum):
    """Why there is none."""

    FEW_COMMUNITIES = "few_communities"
    NO_COVARIATE = "no_covariate"  # no register with age groups of every community
    NO_SHARE = "no_share"  # the indicator is no share with a figure of its own


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CommunityModel:
    """One entry per community of the register's order. ``error``: root of the mean squared error, on the scale of the
    share; ``own``: the weight of the community's own answers, 0 where nobody answered."""

    variable: str
    communities: tuple[str, ...]
    sample_size: FloatArray
    direct: FloatArray  # NaN where nobody answered
    value: FloatArray
    error: FloatArray
    low: FloatArray
    high: FloatArray
    own: FloatArray
    design_effect: float  # pooled
    model_variance: float  # between communities, on the arcsine scale


def community_model(
    table: EstimateTable, variable: str, communities: Sequence[str], register: PopulationRegister | None
) -> CommunityModel | NoModel:
    """``table`` of the communities as the engine estimates them; ``communities``: all, by name in its domains."""
    row = next((place for place, one in enumerate(table.quantities) if one.variable == variable), None)
    if row is None or table.quantities[row].scale != (0.0, 1.0):
        return NoModel.NO_SHARE
    size, direct, effect = _of_communities(table, row, communities)
    asked = (size > 0) & ~np.isnan(direct)
    if asked.sum() < LEAST_COMMUNITIES:
        return NoModel.FEW_COMMUNITIES
    oldest = None if register is None else _share_of_oldest(register, communities)
    if oldest is None or not np.ptp(oldest[asked]) > 0:
        return NoModel.NO_COVARIATE
    known = asked & (effect > 0)
    pooled = float(size[known] @ effect[known] / size[known].sum()) if known.any() else 1.0
    angle = np.where(asked, np.arcsin(np.sqrt(np.clip(direct, 0.0, 1.0))), np.nan)
    variance = np.where(asked, pooled / (4 * np.maximum(size, 1.0)), np.nan)
    fit = fay_herriot(communities, angle, variance, np.column_stack([np.ones(len(oldest)), oldest]))
    return _back(fit, variable, (size, np.where(asked, direct, np.nan)), pooled, table.level)


def _back(
    fit: SmallAreaModel, variable: str, own: tuple[FloatArray, FloatArray], pooled: float, level: float
) -> CommunityModel:
    """From the arcsine scale: the mean of sin2 of a normal angle, the limits by its ends."""
    angle = np.clip(np.array([one.value for one in fit.areas]), 0.0, np.pi / 2)
    squared = np.array([one.mean_squared_error for one in fit.areas])
    half = float(ndtri((1 + level) / 2)) * np.sqrt(squared)
    return CommunityModel(
        variable=variable,
        communities=tuple(one.name for one in fit.areas),
        sample_size=own[0],
        direct=own[1],
        value=(1 - np.exp(-2 * squared) * np.cos(2 * angle)) / 2,
        error=np.sin(2 * angle) * np.sqrt(squared),
        low=np.sin(np.clip(angle - half, 0.0, np.pi / 2)) ** 2,
        high=np.sin(np.clip(angle + half, 0.0, np.pi / 2)) ** 2,
        own=np.array([one.shrinkage for one in fit.areas]),
        design_effect=pooled,
        model_variance=fit.model_variance,
    )


def _of_communities(
    table: EstimateTable, row: int, communities: Sequence[str]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Respondents, figure and design effect of each; nobody where the table has no such domain."""
    place = {domain[0][1]: number for number, domain in enumerate(table.domains)}
    at = np.array([place.get(name, -1) for name in communities], dtype=np.int64)
    figures = table.figures
    parts = [figures.sample_size[row], figures.value[row], figures.design_effect[row]]
    size, direct, effect = (np.where(at >= 0, one[at], np.nan).astype(np.float64) for one in parts)
    return np.nan_to_num(size), direct, np.nan_to_num(effect)


def _share_of_oldest(register: PopulationRegister, communities: Sequence[str]) -> FloatArray | None:
    """Of the adults of every community; None where one is not counted by age."""
    if not register.age_groups:
        return None
    total, oldest = dict.fromkeys(communities, 0.0), dict.fromkeys(communities, 0.0)
    for (community, age, _), persons in register.cells.items():
        if community in total:
            total[community] += persons
            oldest[community] += persons if age == register.age_groups[-1] else 0.0
    if not all(one > 0 for one in total.values()):
        return None
    return np.array([oldest[name] / total[name] for name in communities])
