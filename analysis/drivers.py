"""What to mend first: how much each aspect matters for the whole, against how well it is done.

Importance is derived, not asked: the design-weighted regression of overall satisfaction on the aspects, each
coefficient times the aspect's spread over the overall's. Performance is the aspect's mean. An association is not a
cause: the report says "goes with", and says how much of the overall the aspects explain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray
from analysis.city_results import Priority, priority_of
from analysis.design import SurveyDesign
from analysis.regression import regress
from analysis.results import LonelyPsu


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One aspect. ``importance`` is in standard deviations of the overall per one of the aspect."""

    variable: str
    importance: float
    standard_error: float
    low: float
    high: float
    performance: float  # mean, in the aspect's points
    priority: Priority
    told_from_zero: bool  # the interval of its importance leaves 0 out


@dataclass(frozen=True, slots=True, kw_only=True)
class Drivers:
    outcome: str
    drivers: tuple[Driver, ...]  # what to mend first comes first
    explained: float  # share of the overall's variance, R^2
    sample_size: int  # respondents who answered all of it
    degrees_of_freedom: int


def drivers(
    frame: pd.DataFrame,
    design: SurveyDesign,
    outcome: str,
    aspects: Sequence[str],
    *,
    scales: Mapping[str, tuple[float, float]] | None = None,
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
) -> Drivers:
    """Importance and performance of ``aspects`` (columns of points) for ``outcome``, of those who answered everything.

    ``scales`` put performances on one footing where aspects have different ranges; else their points are compared as
    they are. Raises DesignError where aspects determine one another, ValueError where one does not vary.
    """
    used = np.asarray(frame[[outcome, *aspects]].notna().all(axis=1)) & (design.weight > 0)
    weight = np.where(used, design.row_weight, 0.0)
    spread = {name: _spread(frame, name, weight, used) for name in (outcome, *aspects)}
    still = [name for name, one in spread.items() if not one > 0]
    if still:
        raise ValueError(f"all answers to {', '.join(still)} are alike: what does not vary drives nothing")
    # After the check: a regression would call an aspect without spread one that the constant determines.
    fit = regress(frame, design, outcome, aspects, level=level, lonely_psu=lonely_psu)
    mean = {name: _mean(_points(frame, name, used), weight) for name in aspects}
    standing = {name: _standing(mean[name], (scales or {}).get(name)) for name in aspects}
    factor = {name: spread[name] / spread[outcome] for name in aspects}
    importance = {name: fit.coefficient(name).value * factor[name] for name in aspects}
    middle = float(np.mean(list(importance.values()))), float(np.mean(list(standing.values())))
    found = []
    for name in aspects:
        one = fit.coefficient(name)
        low, high = one.low * factor[name], one.high * factor[name]
        found.append(
            Driver(
                variable=name,
                importance=importance[name],
                standard_error=one.standard_error * factor[name],
                low=low,
                high=high,
                performance=mean[name],
                priority=priority_of(importance[name] >= middle[0], standing[name] >= middle[1]),
                told_from_zero=low > 0 or high < 0,
            )
        )
    order = list(Priority)
    found.sort(key=lambda one: (order.index(one.priority), -one.importance, one.variable))
    predicted = fit.coefficient("(intercept)").value + sum(
        fit.coefficient(name).value * _points(frame, name, used) for name in aspects
    )
    residual = _points(frame, outcome, used) - predicted
    unexplained = _mean(np.where(used, residual**2, 0.0), weight)
    return Drivers(
        outcome=outcome,
        drivers=tuple(found),
        explained=1 - unexplained / spread[outcome] ** 2,
        sample_size=fit.sample_size,
        degrees_of_freedom=fit.degrees_of_freedom,
    )


def _points(frame: pd.DataFrame, name: str, used: BoolArray) -> FloatArray:
    return np.where(used, pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64), 0.0)


def _mean(values: FloatArray, weight: FloatArray) -> float:
    return float(weight @ values / weight.sum())


def _spread(frame: pd.DataFrame, name: str, weight: FloatArray, used: BoolArray) -> float:
    """Weighted standard deviation."""
    values = _points(frame, name, used)
    centred = np.where(used, values - _mean(values, weight), 0.0)
    return float(np.sqrt(_mean(centred**2, weight)))


def _standing(mean: float, scale: tuple[float, float] | None) -> float:
    return mean if scale is None else (mean - scale[0]) / (scale[1] - scale[0])
