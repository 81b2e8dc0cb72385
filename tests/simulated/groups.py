"""Waves of an invented city in which no group differs: how often a group, or a kind of groups, is said to differ all
the same.

Answers of everybody are drawn anew for each wave from one probability a grid, whatever somebody's age or sex; response
rises with age, and the wave meets the register.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import FloatArray
from analysis.engine.figures import Respondents
from analysis.engine.groups import group_tables
from analysis.engine.run import weigh
from analysis.engine.street_groups import StreetGroups, street_groups
from analysis.plan import AnalysisPlan
from tests.simulated.waves import Shape, asked, city, wave


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Groups against everybody else, and kinds of groups: how many were held, and how many were said to differ."""

    contrasts: int
    differing: int
    kinds: int
    kinds_differing: int
    ratio: float  # root mean square of the differences over that of their standard errors
    named: int  # kinds of which a sheet would name a group: the kind differs, and a group of it

    @property
    def of_contrasts(self) -> float:
        return self.differing / self.contrasts

    @property
    def of_kinds(self) -> float:
        return self.kinds_differing / self.kinds

    @property
    def of_sentences(self) -> float:
        return self.named / self.kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStudy:
    city: Said
    streets: Said


@dataclass(slots=True)
class _Counts:
    contrasts: int = 0
    differing: int = 0
    kinds: int = 0
    kinds_differing: int = 0
    named: int = 0
    squares: float = 0.0
    variances: float = 0.0

    def add(self, table: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray], level: float) -> None:
        """``table``: differences, errors and limits (indicators, groups), and p-values (indicators,)."""
        difference, error, low, high, p_value = table
        apart = (low > 0) | (high < 0)
        known = ~np.isnan(low)
        self.contrasts += int(known.sum())
        self.differing += int(apart.sum())
        self.kinds += int((~np.isnan(p_value)).sum())
        together = p_value < 1 - level
        self.kinds_differing += int(together.sum())
        self.named += int((together & apart.any(axis=1)).sum())
        self.squares += float(np.nansum(difference[known] ** 2))
        self.variances += float(np.nansum(error[known] ** 2))

    def said(self) -> Said:
        return Said(
            contrasts=self.contrasts,
            differing=self.differing,
            kinds=self.kinds,
            kinds_differing=self.kinds_differing,
            named=self.named,
            ratio=float(np.sqrt(self.squares / self.variances)),
        )


def group_study(shape: Shape, plan: AnalysisPlan, *, waves: int, seed: int) -> GroupStudy:
    """``waves`` of them, from ``seed`` on."""
    of = city(replace(shape, opinion=0.0), seed)
    register, indicators = of.register(), asked(shape)
    rng = np.random.default_rng(seed)
    whole, parts = _Counts(), _Counts()
    for number in range(waves):
        columns = wave(replace(of, yes=rng.random(of.probability.shape) < of.probability), seed + 1 + number)
        weighed = weigh(plan, columns, register)
        calibration = None if weighed.calibrated is None else weighed.calibrated.calibration
        given = Respondents.of(columns, weighed.final, calibration, indicators, plan)
        for one in group_tables(given).values():
            whole.add((one.difference, one.standard_error, one.low, one.high, one.overall.p_value), plan.level)
        for each in _flat(street_groups(columns, given).values()):
            parts.add((each.difference, each.standard_error, each.low, each.high, each.p_value), plan.level)
    return GroupStudy(city=whole.said(), streets=parts.said())


def _flat(found: Iterable[tuple[StreetGroups, ...]]) -> list[StreetGroups]:
    return [one for inside in found for one in inside]
