"""What goes with the rate that a city is judged by: its items' shares in what they explain of it, against how they are
done. Of one wave's respondents of the whole city, with the weights, the margins and the variance of its figures.

An association of answers within people, and no cause: whoever mends an item need not move the rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.auxiliaries import Calibration
from analysis.case_columns import CaseColumns
from analysis.engine.figures import Asked, city_rates, frame_and_design
from analysis.estimation.influence import whole_variance
from analysis.plan import AnalysisPlan
from analysis.relative_importance import MOST, relative_importance

LEAST = 100
"""Respondents who answered all of it; below it nothing is said."""
EACH = 10  # respondents for each item
JUDGED = 0.5
"""Share of those in the outcome's base who have to have judged an item; others are left out by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """Ids of indicators: one outcome, and the items of the same people that may go with it."""

    outcome: str
    aspects: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DriverTable:
    """One entry per item. ``share`` of the outcome's variance, 0..1; they add up to ``explained``. ``beyond``: its
    share less the mean of all, so that 0 in its interval says that the item cannot be told from an average one."""

    outcome: str
    aspects: tuple[str, ...]
    left_out: tuple[str, ...]  # too few judged them, all answered alike, or they were drawn by lot
    respondents: int  # who answered all of it
    judged: int  # who are in the outcome's base
    explained: tuple[float, float, float]  # R squared and its interval
    share: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    beyond_low: FloatArray
    beyond_high: FloatArray
    performance: FloatArray  # the item's own figure of the city
    degrees_of_freedom: int


def driver_table(
    columns: CaseColumns,
    weight: FloatArray,
    calibration: Calibration | None,
    indicators: Sequence[Asked],
    driven: Driven | None,
    plan: AnalysisPlan,
) -> DriverTable | None:
    """None where too few answered all of it, fewer than two items are left, or the items determine one another.
    ``weight`` (respondents,)."""
    asked = {one.id: one for one in indicators if not one.parts and not one.by_draw}
    if driven is None or driven.outcome not in asked:
        return None
    names = tuple(one for one in driven.aspects if one in asked)
    values = _values(columns, (driven.outcome, *names))
    chosen, used = _used(values, weight > 0)
    if len(chosen) < 2 or len(chosen) > MOST or used.sum() < max(LEAST, EACH * len(chosen)):
        return None
    aspects = tuple(names[place] for place in chosen)
    own = np.where(used, weight, 0.0)
    try:
        found = relative_importance(values[0], values[1 + chosen], own)
    except ValueError:  # two items that say the same twice share nothing out
        return None
    _, design = frame_and_design(columns, weight, calibration, [asked[driven.outcome]], plan)
    variance = whole_variance(design, used, plan.variance.lonely_psu)
    if variance.degrees_of_freedom < 1:
        return None
    covariance = variance.covariance(found.influence)
    count, t = len(aspects), float(stdtrit(variance.degrees_of_freedom, (1 + plan.level) / 2))
    error, half = np.sqrt(np.diag(covariance)), t * float(np.sqrt(covariance.sum()))
    less_mean = np.eye(count) - 1 / count
    beyond, apart = less_mean @ found.shares, t * np.sqrt(np.diag(less_mean @ covariance @ less_mean))
    rates = city_rates(columns, weight, [asked[one] for one in aspects])
    return DriverTable(
        outcome=driven.outcome,
        aspects=aspects,
        left_out=tuple(one for one in driven.aspects if one not in aspects),
        respondents=int(used.sum()),
        judged=int((~np.isnan(values[0]) & (weight > 0)).sum()),
        explained=(found.explained, max(found.explained - half, 0.0), min(found.explained + half, 1.0)),
        share=found.shares,
        standard_error=error,
        low=np.maximum(found.shares - t * error, 0.0),
        high=np.minimum(found.shares + t * error, 1.0),
        beyond_low=beyond - apart,
        beyond_high=beyond + apart,
        performance=np.array([np.nan if (rate := rates[one]) is None else rate for one in aspects]),
        degrees_of_freedom=variance.degrees_of_freedom,
    )


def _values(columns: CaseColumns, names: Sequence[str]) -> FloatArray:
    """What every respondent adds to each figure, (names, respondents); NaN for who is in no base of it."""
    place = {name: number for number, name in enumerate(columns.indicators)}
    rows = [place[name] for name in names]
    below = columns.denominators[rows]
    points = np.divide(columns.numerators[rows], below, out=np.full(below.shape, np.nan), where=below > 0)
    return np.asarray(points, dtype=np.float64)


def _used(values: FloatArray, counted: BoolArray) -> tuple[IntArray, BoolArray]:
    """Places of the items that enough people judged, and not all alike; and who answered all of these."""
    there = ~np.isnan(values) & counted
    base = there[0]
    judged = (there[1:] & base).sum(axis=1) >= JUDGED * base.sum()
    chosen = np.flatnonzero(judged)
    used = base & there[1 + chosen].all(axis=0)
    if not used.any():
        return chosen[:0], used
    inside = values[1 + chosen][:, used]
    return chosen[inside.min(axis=1) < inside.max(axis=1)], used
