"""Cells as they leave: every number in them is one that is printed, or follows from those that are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.attainable import needed
from analysis.cells import Cells
from analysis.estimation.intervals import penalty, t_quantile
from analysis.printed_figures import FINE_FROM, significant, steps_of
from analysis.results import (
    Coding,
    Domain,
    Estimate,
    Goal,
    PublicationRule,
    PublishableCell,
    PublishableRow,
    Reliability,
    Suppression,
    Tier,
    Verdict,
)
from analysis.tiers import complement_unreliable
from analysis.verdicts import Precision, settling_size, tipping_point, verdicts


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Limits and effective sample that are shown of every cell, before rounding.

    ``side``: 1 and -1 for the bands, else 0; ``end``: inner end of the upper band on the scale 0..1.
    """

    low: FloatArray
    high: FloatArray
    effective: FloatArray
    side: IntArray
    end: FloatArray
    hidden: BoolArray
    firm: BoolArray

    @classmethod
    def of(cls, low: FloatArray, high: FloatArray, effective: FloatArray, side: IntArray, end: FloatArray) -> Shown:
        nothing = np.zeros(len(low), dtype=bool)
        return cls(low, high, effective, side, end, nothing, nothing)

    def with_hidden(self, hidden: BoolArray, firm: BoolArray) -> Shown:
        return replace(self, hidden=hidden, firm=firm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the caller gave beside the estimates, and the confidence level."""

    goals: Mapping[str, Goal]
    response_rates: Mapping[Domain, float]
    adults: Mapping[Domain, int]
    level: float
    rule: PublicationRule


Numbers: TypeAlias = list[float]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Print:
    """The printed figures of all cells, and what their verdicts ask for; lists, for they are read one by one."""

    cells: Cells
    context: Context
    hidden: list[bool]
    firm: list[bool]
    side: list[int]
    value: Numbers
    low: Numbers
    high: Numbers
    digits: list[int]
    complement: list[bool]
    error: list[float | None]  # what is told of standard error, design effect and effective sample
    effect: list[float | None]
    effective: list[float | None]
    verdict: list[Verdict | None]  # by the printed interval
    shrunk: Numbers  # what few degrees of freedom leave of each sample
    spread: list[float | None]  # the standard error as a reader of the interval could make it
    alike: dict[object, PublishableCell] = field(default_factory=dict)  # those that are hidden, made once


def printed_rows(cells: Cells, shown: Shown, context: Context) -> tuple[PublishableRow, ...]:
    """One row a domain, in the order of their first estimates."""
    made = _print(cells, shown, context)
    rows: dict[int, list[PublishableCell]] = {}
    for number, domain in enumerate(cells.domain.tolist()):
        rows.setdefault(domain, []).append(_cell(number, made))
    largest = np.zeros(len(cells.domains))
    np.maximum.at(largest, cells.domain, cells.size)
    return tuple(
        PublishableRow(domain=cells.domains[domain], sample_size=int(largest[domain]), cells=tuple(several))
        for domain, several in rows.items()
    )


def _print(cells: Cells, shown: Shown, context: Context) -> _Print:
    coarse = ~shown.firm & (context.rule.reliability is Reliability.TIERS) | (shown.side != 0)
    steps = steps_of(cells, coarse)
    inner = cells.least + np.where(shown.side > 0, shown.end, 1 - shown.end) * (cells.most - cells.least)
    value = np.where(shown.side > 0, steps.down(inner), np.where(shown.side < 0, steps.up(inner), np.nan))
    value = np.where(shown.side == 0, steps.nearest(cells.value), value)
    exact = cells.complete & (shown.side == 0)
    low = np.where(exact, value, steps.down(shown.low))
    high = np.where(exact, value, steps.up(shown.high))
    low = np.where(cells.bounded, np.maximum(low, cells.least), low)
    high = np.where(cells.bounded, np.minimum(high, cells.most), high)
    told = (shown.side == 0) & (cells.size >= FINE_FROM)
    with np.errstate(invalid="ignore"):
        spread = (high - low) / (2 * t_quantile(context.level, cells.freedom))
    return _Print(
        cells=cells,
        context=context,
        hidden=shown.hidden.tolist(),
        firm=shown.firm.tolist(),
        side=shown.side.tolist(),
        value=value.tolist(),
        low=low.tolist(),
        high=high.tolist(),
        digits=np.maximum(steps.digits, 0).tolist(),  # below 0 of large figures without a scale: tens, hundreds
        complement=(complement_unreliable(cells, value, low, high) & (shown.side == 0)).tolist(),
        error=_known(np.where(told, significant(cells.error, 2), np.nan)),
        effect=_known(np.where(told, significant(cells.effect, 3), np.nan)),
        effective=_known(np.where(told, significant(cells.effective, 3), np.nan)),
        verdict=_verdicts(cells, low, high, context.goals),
        shrunk=np.round(penalty(cells.size, cells.freedom, context.level), 4).tolist(),
        spread=_known(np.where(cells.error > 0, spread, np.nan)),
    )


def _known(values: FloatArray) -> list[float | None]:
    known = values.astype(object)
    known[np.isnan(values)] = None
    found: list[float | None] = known.tolist()
    return found


def _verdicts(cells: Cells, low: FloatArray, high: FloatArray, goals: Mapping[str, Goal]) -> list[Verdict | None]:
    """Picture and word agree, and no word tells a digit more than the printed interval."""
    found = np.full(len(cells), None, dtype=object)
    for key, (variable, _) in enumerate(cells.keys):
        goal = goals.get(variable)
        if goal is not None:
            those = np.flatnonzero(cells.key == key)
            found[those] = verdicts(low[those], high[those], goal)
    listed: list[Verdict | None] = found.tolist()
    return listed


def _cell(number: int, made: _Print) -> PublishableCell:
    estimate = made.cells.estimates[number]
    goal = made.context.goals.get(estimate.variable)
    if made.hidden[number]:
        return _hidden(estimate, goal, made.alike)
    rule, side, remarked = made.context.rule, made.side[number], not made.firm[number]
    few = (estimate.degrees_of_freedom or 0) < rule.review_below_degrees_of_freedom
    found, more, settling, tipping = (None,) * 4 if goal is None else _judged(number, goal, made)
    return PublishableCell(
        variable=estimate.variable,
        category=estimate.category,
        value=made.value[number],
        low=made.low[number],
        high=made.high[number],
        standard_error=made.error[number],
        sample_size=estimate.sample_size,
        degrees_of_freedom=estimate.degrees_of_freedom,
        design_effect=made.effect[number],
        effective_sample_size=made.effective[number],
        all_alike=estimate.all_alike and side == 0,
        scale=estimate.scale,
        unreliable=remarked,
        complement_unreliable=made.complement[number],
        # What is coded is looked at whether it is all alike or not: the mark is in the API.
        review=(not estimate.complete_enumeration and (few or estimate.all_alike)) or side != 0,
        verdict=found,
        goal=goal,
        settling_sample_size=settling,
        tipping_point=tipping,
        tier=Tier.COARSE if remarked and rule.reliability is Reliability.TIERS else Tier.SHOWN,
        coded=None if side == 0 else Coding.AT_LEAST if side > 0 else Coding.AT_MOST,
        digits=made.digits[number],
        needed_sample_size=more,
    )


def _hidden(estimate: Estimate, goal: Goal | None, alike: dict[object, PublishableCell]) -> PublishableCell:
    """It says nothing of its area, so it is one and the same in all of them."""
    key = estimate.variable, estimate.category, estimate.scale
    if key not in alike:
        alike[key] = PublishableCell(
            variable=estimate.variable,
            category=estimate.category,
            scale=estimate.scale,
            suppression=Suppression.NOT_PUBLISHED,
            goal=goal,
            verdict=None if goal is None else Verdict.NOT_PUBLISHED,
            tier=Tier.NOT_ALONE,
        )
    return alike[key]


def _judged(number: int, goal: Goal, made: _Print) -> tuple[Verdict | None, int | None, int | None, float | None]:
    """Verdict, respondents needed, those that would settle it, tipping point: all of printed figures."""
    estimate, context = made.cells.estimates[number], made.context
    found, more = made.verdict[number], None
    open_ = found is Verdict.CANNOT_TELL and not estimate.complete_enumeration
    if open_ and made.cells.share[number]:
        could, more = _attainable(number, goal, made)
        found = found if could else Verdict.CANNOT_REACH
    if made.side[number]:
        return found, more, None, None
    value = made.value[number]
    tipping = tipping_point(value, goal, context.response_rates.get(estimate.domain), estimate.scale)
    if tipping is not None:
        in_per_cent = estimate.scale in ((0.0, 1.0), (-1.0, 1.0))
        tipping = round(tipping, made.digits[number] + (2 if in_per_cent else 0))
    if not open_ or found is not Verdict.CANNOT_TELL:
        return found, more, None, tipping
    effect = estimate.design_effect
    known = Precision(
        value=value,
        level=context.level,
        sample_size=estimate.sample_size,
        design_effect=None if effect is None else round(effect, 1),
        standard_error=made.spread[number],
        all_alike=estimate.all_alike,
        scale=estimate.scale,
    )
    return found, more, settling_size(known, goal, adults=context.adults.get(estimate.domain)), tipping


def _attainable(number: int, goal: Goal, made: _Print) -> tuple[bool, int | None]:
    target = goal.value if goal.at_least else 1 - goal.value
    if not 0 < target < 1:
        return True, None  # 100 % is shown by a census alone: the words of an open verdict say so
    size = made.cells.estimates[number].sample_size
    return needed(target, size, made.shrunk[number], made.context.level, made.context.rule)
