"""Each group of the city against everybody else of whom the group is known, and all groups of a kind at once.

The difference of a group and the rest has the variance of the whole design, with the covariance of the two (they share
PSUs) and what the margins explain taken off, as R's ``svyglm`` on belonging to the group. The test of all groups is
Wald's (``analysis.estimation.equality``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray
from analysis.engine.figures import Respondents, inside
from analysis.estimation.differences import Differences, differences, fitted_domains
from analysis.estimation.equality import Equality, equal_domains
from analysis.estimation.small_sample import expected_of
from analysis.results import Domain

_OWN, _REST, _INSIDE = "own", "rest", "inside"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GroupTable:
    """One row per indicator, one column per group of the city; NaN where nothing can be said."""

    by: str  # age, sex, ...
    indicators: tuple[str, ...]
    labels: tuple[str, ...]
    respondents: FloatArray  # (indicators, groups)
    weight: FloatArray  # weighted number of those who answered
    value: FloatArray
    difference: FloatArray  # less the rest
    standard_error: FloatArray  # counts what means and margins took out of it
    linearised_error: FloatArray  # of R's survey
    low: FloatArray
    high: FloatArray
    degrees_of_freedom: FloatArray
    overall: Equality  # of every indicator: whether all groups are alike

    def domain(self, column: int) -> Domain:
        """As in the table ``city.<by>``."""
        return ((self.by, self.labels[column]),)


def group_tables(of: Respondents) -> dict[str, GroupTable]:
    """By name of the group, of those that the plan names and of which two or more answered."""
    made = {group: _table(of, group) for group in of.plan.groups if group in of.frame}
    return {group: table for group, table in made.items() if table is not None}


def _table(of: Respondents, by: str) -> GroupTable | None:
    answered = of.answered(by)
    of_groups = of.estimator(by, domains=answered.to_frame())
    labels = tuple(key[0][1] for key in of_groups.domains.keys)
    if len(labels) < 2:
        return None
    # Of two groups one difference is the other's, turned round.
    compared = labels[:1] if len(labels) == 2 else labels
    apart = []
    fitted = expected_of(of_groups)
    for label in compared:
        estimator = of.estimator(_INSIDE, domains=pd.DataFrame({_INSIDE: inside(answered, label, (_REST, _OWN))}))
        place = {key[0][1]: number for number, key in enumerate(estimator.domains.keys)}
        rest, own = (np.array([place[side]], dtype=np.int64) for side in (_REST, _OWN))
        # What margins fit is the same whatever the domains are.
        expected = expected_of(estimator) if of.design.calibration is None else fitted
        apart.append(differences(estimator, rest, own, fitted=expected)[1])
    if not of.with_silent(by):
        of.known[(by,)] = of_groups.table()
    figures = of_groups.table().figures
    everyone: IntArray = np.arange(len(labels), dtype=np.int64)
    return GroupTable(
        by=by,
        indicators=tuple(one.id for one in of.indicators),
        labels=labels,
        respondents=figures.sample_size,
        weight=figures.weight,
        value=figures.value,
        difference=_of_both(apart, "value", len(labels)),
        standard_error=_of_both(apart, "standard_error", len(labels)),
        linearised_error=_of_both(apart, "linearised_error", len(labels)),
        low=_of_both(apart, "low", len(labels)) if len(labels) > 2 else _turned(apart[0], "low", "high"),
        high=_of_both(apart, "high", len(labels)) if len(labels) > 2 else _turned(apart[0], "high", "low"),
        degrees_of_freedom=_of_both(apart, "degrees_of_freedom", len(labels)),
        overall=equal_domains(of_groups, everyone, fitted_domains(of_groups, fitted)),
    )


def _of_both(apart: Sequence[Differences], name: str, groups: int) -> FloatArray:
    """(indicators, groups); of two groups the second has the first's, with its sign turned where it is a difference."""
    found = [getattr(one, name)[:, 0] for one in apart]
    if len(found) < groups:
        found.append(-found[0] if name == "value" else found[0])
    return np.stack(found, axis=1)


def _turned(apart: Differences, own: str, other: str) -> FloatArray:
    """One end of the intervals of both groups: of the second the other end, negated."""
    return np.stack([getattr(apart, own)[:, 0], -getattr(apart, other)[:, 0]], axis=1)
