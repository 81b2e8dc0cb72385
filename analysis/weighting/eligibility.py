"""Unknown eligibility: cases whose outcome is known carry the weight of those of their class whose outcome is not.

w' = w * sum(w of all in the class) / sum(w of those known), then the ineligible leave with their share: the eligible
keep the share e of the unknown weight that they have of the known weight. Source: Valliant, Dever & Kreuter (2018),
Practical Tools for Designing and Weighting Survey Samples, 2nd edition, chapter 13.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.arrays import FloatArray
from analysis.problems import DataProblem, DesignError
from analysis.weighting.diagnostics import WeightDiagnostics, diagnose
from analysis.weighting.nonresponse import WeightingClass, nonresponse_weights


class CaseStatus(StrEnum):
    RESPONDENT = "respondent"
    NONRESPONDENT = "nonrespondent"  # eligible, did not answer
    INELIGIBLE = "ineligible"
    UNKNOWN = "unknown"  # not known whether eligible


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRecord:
    classes: tuple[WeightingClass, ...]  # ``respondents`` are the cases of known eligibility
    collapsed: tuple[str, ...]
    unknown: int
    ineligible: int
    eligible_share: float  # e: share of the known weight that is eligible
    diagnostics: WeightDiagnostics


def eligibility_weights(
    weights: FloatArray,
    status: Sequence[CaseStatus | str],
    cells: Sequence[str] | None = None,
    *,
    order: Sequence[str] | None = None,
    minimum_known: int = 20,
) -> tuple[FloatArray, EligibilityRecord]:
    """Weights of the eligible, respondents or not, (cases,), 0 for the unknown and the ineligible; and the record.

    Classes are joined as in ``nonresponse_weights``. Raises DesignError where a status is none of ``CaseStatus``, or
    nobody is eligible.
    """
    values = np.asarray(weights, dtype=np.float64)
    told = np.array([str(one) for one in status], dtype=object)
    strange = ~np.isin(told, list(CaseStatus))
    if strange.any():
        rows = np.flatnonzero(strange)
        raise DesignError(
            [
                DataProblem(
                    column="status",
                    rows=tuple(int(row) for row in rows[:5]),
                    message=f"{told[rows[0]]!r} is no status of a case",
                    remedy=f"A status is one of: {', '.join(CaseStatus)}.",
                )
            ]
        )
    known = told != CaseStatus.UNKNOWN
    outside = told == CaseStatus.INELIGIBLE
    if not (known & ~outside).any():
        problem = DataProblem(column="status", rows=(), message="nobody is known to be eligible", remedy="Check it.")
        raise DesignError([problem])
    adjusted, record = nonresponse_weights(
        values,
        known,
        list(cells) if cells is not None else ["all"] * len(values),
        order=order,
        minimum_respondents=minimum_known,
    )
    share = float(values[known & ~outside].sum() / values[known].sum())
    adjusted = np.where(outside, 0.0, adjusted)
    return adjusted, EligibilityRecord(
        classes=record.classes,
        collapsed=record.collapsed,
        unknown=int((~known).sum()),
        ineligible=int(outside.sum()),
        eligible_share=share,
        diagnostics=diagnose(adjusted),
    )
