"""Weights of a wave, step by step: the design, then nonresponse by weighting class within each community.

Weighting classes are the grids of a community (drawn grids, where grids were drawn); grids with few answers are joined
with a neighbour of the same community, never across communities. A case of unknown eligibility counts with the share
of known cases of its community that are eligible (e of AAPOR RR3); a case that is not eligible leaves the sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.weighting import NonresponseRecord, WeightDiagnostics, design_weights, diagnose, nonresponse_weights
from survey_service.analyses.response_rates import rates
from survey_service.analyses.wave_cases import CaseRow
from survey_service.models import Disposition

MINIMUM_RESPONDENTS = 20
"""Answers a weighting class needs; below it the class is joined with its smaller neighbour."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Weights:
    """One entry per case; 0 for whoever did not answer."""

    design_weight: FloatArray
    nonresponse_weight: FloatArray
    eligibility: Mapping[str, float]  # community -> e used for its cases of unknown eligibility
    records: Mapping[str, NonresponseRecord]  # community -> classes, factors, joinings
    diagnostics: WeightDiagnostics


def weigh(rows: Sequence[CaseRow]) -> Weights:
    """Design and nonresponse weights of a wave; DesignError where nobody answered at all."""
    probability = np.array([row.inclusion_probability for row in rows])
    design, _ = design_weights([probability], stages=["inclusion_probability"])
    adjusted = np.zeros(len(rows))
    eligibility: dict[str, float] = {}
    records: dict[str, NonresponseRecord] = {}
    for community in dict.fromkeys(row.community for row in rows):
        places = np.array([place for place, row in enumerate(rows) if row.community == community])
        inside = [rows[place] for place in places]
        if not any(row.responded for row in inside):
            continue  # nobody to carry the weight: the community has no figure, and its rates say so
        share = rates(inside).e
        eligibility[community] = 1.0 if share is None else share
        kept = np.array([row.disposition is not Disposition.NOT_ELIGIBLE for row in inside])
        factor = np.array([eligibility[community] if row.disposition is Disposition.UNKNOWN else 1.0 for row in inside])
        cells = [_cell(row) for row in inside]
        adjusted[places[kept]], records[community] = nonresponse_weights(
            (design[places] * factor)[kept],
            np.array([row.responded for row in inside])[kept],
            [cell for cell, keep in zip(cells, kept, strict=True) if keep],
            minimum_respondents=MINIMUM_RESPONDENTS,
        )
    return Weights(
        design_weight=design,
        nonresponse_weight=adjusted,
        eligibility=eligibility,
        records=records,
        diagnostics=diagnose(adjusted),
    )


def _cell(row: CaseRow) -> str:
    """The grid: the stratum where every grid is in the sample, the primary unit where grids were drawn."""
    return row.psu if len(row.variance_stages) > 1 else row.stratum
