"""The recipe of weights: design, unknown eligibility, nonresponse; calibration and trimming stand in ``margins``.

Every step keeps its own column and record. A case of unknown eligibility counts with the share e of known cases that
are eligible (AAPOR RR3); a case that is not eligible leaves; within a community those who answered carry the weight of
those of their class who did not. Where the adults of a household are known of those who answered alone, all of this is
of households, and the number of adults comes in last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, sum_by
from analysis.case_columns import DISPOSITIONS, CaseColumns
from analysis.dispositions import Disposition
from analysis.plan import Adults, AnalysisPlan, EligibilityBy
from analysis.problems import DataProblem, DesignError
from analysis.weighting import NonresponseRecord, design_weights, nonresponse_weights

_UNKNOWN = (Disposition.UNKNOWN_HOUSEHOLD, Disposition.UNKNOWN_PERSON)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FieldWeights:
    """Weights after the field and before any margin, one entry per case; 0 for whoever did not answer."""

    design_weight: FloatArray
    nonresponse_weight: FloatArray
    eligibility: Mapping[str, float]  # community -> e used for its cases of unknown eligibility
    records: Mapping[str, NonresponseRecord]  # community -> classes, factors, joinings


def field_weights(columns: CaseColumns, plan: AnalysisPlan) -> FieldWeights:
    """DesignError where nobody answered at all."""
    if not columns.responded.any():
        raise DesignError(
            [DataProblem(column="responded", rows=(), message="nobody answered", remedy="There is nothing to weight.")]
        )
    within = _within(columns, plan)
    design, _ = design_weights([probability_weighed(columns, plan)], stages=["inclusion_probability"])
    unknown = _is(columns, *_UNKNOWN)
    kept = ~_is(columns, Disposition.NOT_ELIGIBLE)
    share = _eligible_share(columns, design, unknown, kept, plan)
    names = np.array(columns.weighting_class.names, dtype=object)
    adjusted = np.zeros(columns.cases)
    records: dict[str, NonresponseRecord] = {}
    eligibility: dict[str, float] = {}
    for community, rows in _rows_by(columns.community.codes, len(columns.community.names)):
        if not columns.responded[rows].any():
            continue  # nobody to carry the weight: the community has no figure, and its rates say so
        name = columns.community.names[community]
        eligibility[name] = float(share[community])
        weighed = rows[kept[rows]]
        factor = np.where(unknown[weighed], share[community], 1.0)
        adjusted[weighed], records[name] = nonresponse_weights(
            design[weighed] * factor,
            columns.responded[weighed],
            list(names[columns.weighting_class.codes[weighed]]),
            minimum_respondents=plan.nonresponse.minimum_respondents,
        )
    return FieldWeights(
        design_weight=design * within, nonresponse_weight=adjusted * within, eligibility=eligibility, records=records
    )


def probability_weighed(columns: CaseColumns, plan: AnalysisPlan) -> FloatArray:
    """Of the case; of its household where the adults were asked: those who did not answer told nobody."""
    if plan.base_weight.adults is not Adults.ASKED:
        return columns.probability
    return columns.probability * columns.stood_for_as_drawn()


def _within(columns: CaseColumns, plan: AnalysisPlan) -> FloatArray:
    """How many adults of their household whoever answered stands for: 1 / their chance among them."""
    within = np.ones(columns.cases)
    if plan.base_weight.adults is Adults.ASKED:
        within[columns.responded] = columns.stood_for()
    return within


def _is(columns: CaseColumns, *dispositions: Disposition) -> BoolArray:
    codes = [DISPOSITIONS.index(one) for one in dispositions]
    return np.isin(columns.disposition, codes)


def _rows_by(codes: IntArray, count: int) -> list[tuple[int, IntArray]]:
    """The rows of every code that occurs, in their order."""
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(count + 1))
    return [(code, order[ends[code] : ends[code + 1]]) for code in range(count) if ends[code + 1] > ends[code]]


def _eligible_share(
    columns: CaseColumns, design: FloatArray, unknown: BoolArray, kept: BoolArray, plan: AnalysisPlan
) -> FloatArray:
    """e of every community: the eligible over all whose eligibility is known; 1 where nothing is known."""
    weight = design if plan.eligibility.design_weighted else np.ones(columns.cases)
    size = len(columns.community.names)
    known = ~unknown
    eligible = sum_by(columns.community.codes, weight * (known & kept), size)
    everyone = sum_by(columns.community.codes, weight * known, size)
    if plan.eligibility.by is EligibilityBy.CITY:
        eligible, everyone = np.full(size, eligible.sum()), np.full(size, everyone.sum())
    return np.divide(eligible, everyone, out=np.ones(size), where=everyone > 0)
