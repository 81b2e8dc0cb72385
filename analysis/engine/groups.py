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
from analysis.auxiliaries import Calibration
from analysis.case_columns import CaseColumns
from analysis.design import SurveyDesign
from analysis.engine.figures import Asked, frame_and_design, options_of, requests_of
from analysis.estimation.differences import Differences, differences, fitted_domains
from analysis.estimation.equality import Equality, equal_domains
from analysis.estimation.estimate import prepare_estimator
from analysis.estimation.small_sample import Expected, expected_of
from analysis.plan import NO_ANSWER, AnalysisPlan
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


def group_tables(
    columns: CaseColumns,
    weight: FloatArray,
    calibration: Calibration | None,
    indicators: Sequence[Asked],
    plan: AnalysisPlan,
) -> dict[str, GroupTable]:
    """By name of the group, of those that the plan names and of which two or more answered. ``weight``
    (respondents,)."""
    if not plan.groups:
        return {}
    frame, design = frame_and_design(columns, weight, calibration, indicators, plan)
    found: dict[str, GroupTable] = {}
    for group in plan.groups:
        if group in frame:
            table = _table(_answered(frame, group), design, group, indicators, plan)
            found |= {} if table is None else {group: table}
    return found


def _table(
    frame: pd.DataFrame, design: SurveyDesign, by: str, indicators: Sequence[Asked], plan: AnalysisPlan
) -> GroupTable | None:
    requests, options = requests_of(indicators), options_of(plan)
    of_groups = prepare_estimator(frame, design, requests, by=(by,), options=options)
    labels = tuple(key[0][1] for key in of_groups.domains.keys)
    if len(labels) < 2:
        return None
    # Of two groups one difference is the other's, turned round.
    compared = labels[:1] if len(labels) == 2 else labels
    apart = []
    fitted: Expected | None = None
    for label in compared:
        frame[_INSIDE] = _inside(frame[by], label)
        estimator = prepare_estimator(frame, design, requests, by=(_INSIDE,), options=options, like=of_groups)
        place = {key[0][1]: number for number, key in enumerate(estimator.domains.keys)}
        rest, own = (np.array([place[side]], dtype=np.int64) for side in (_REST, _OWN))
        if fitted is None or design.calibration is None:  # what margins fit is the same whatever the domains are
            fitted = expected_of(estimator)
        apart.append(differences(estimator, rest, own, fitted=fitted)[1])
    del frame[_INSIDE]
    figures = of_groups.table().figures
    everyone: IntArray = np.arange(len(labels), dtype=np.int64)
    if fitted is None or design.calibration is None:
        fitted = expected_of(of_groups)
    return GroupTable(
        by=by,
        indicators=tuple(one.id for one in indicators),
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


def _answered(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Without the class of those who gave no answer: they have figures, and are nobody to be held against."""
    if NO_ANSWER not in frame[by].cat.categories:
        return frame
    return frame.assign(**{by: frame[by].cat.remove_categories([NO_ANSWER])})


def _inside(column: pd.Series, label: str) -> pd.Categorical[str]:
    """Whether a respondent is of the group; nothing where the group is not known."""
    codes = column.cat.codes.to_numpy()
    own = column.cat.categories.get_loc(label)
    return pd.Categorical.from_codes(np.where(codes < 0, -1, codes == own), pd.Index([_REST, _OWN], dtype="str"))


def _of_both(apart: Sequence[Differences], name: str, groups: int) -> FloatArray:
    """(indicators, groups); of two groups the second has the first's, with its sign turned where it is a difference."""
    found = [getattr(one, name)[:, 0] for one in apart]
    if len(found) < groups:
        found.append(-found[0] if name == "value" else found[0])
    return np.stack(found, axis=1)


def _turned(apart: Differences, own: str, other: str) -> FloatArray:
    """One end of the intervals of both groups: of the second the other end, negated."""
    return np.stack([getattr(apart, own)[:, 0], -getattr(apart, other)[:, 0]], axis=1)
