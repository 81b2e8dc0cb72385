"""The plan of a wave: what a city that changes nothing gets, made from what its rows and its register allow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from analysis.case_columns import CaseColumns, PopulationRegister
from analysis.plan import (
    Adults,
    AnalysisPlan,
    BaseWeight,
    MarginOf,
    NoCalibration,
    PlannedCalibration,
    PlannedMargin,
    Unit,
    to_document,
)
from questionnaires.canonical_json import canonical_text


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KnownPopulation:
    """What the city's register says, or why it cannot be used."""

    register: PopulationRegister | None
    why_none: NoCalibration | None = None
    kind: str = ""
    as_of: str = ""
    lower_age: int | None = None


NOTHING_KNOWN = KnownPopulation(register=None, why_none=NoCalibration.NONE_IMPORTED)


def default_plan(columns: CaseColumns, population: KnownPopulation = NOTHING_KNOWN) -> AnalysisPlan:
    """Margins of every community and of age and sex in the city, where the register can be used and the questionnaire
    asks for both. Adults of a household as the draw counted them, else as nearly all who answered told them; figures of
    households where neither is known."""
    if not (columns.adults_known or columns.adults_told):
        return AnalysisPlan(
            unit=Unit.HOUSEHOLD,
            base_weight=BaseWeight(adults=Adults.NOT_KNOWN),
            calibration=PlannedCalibration(margins=(), why_none=NoCalibration.HOUSEHOLDS),
        )
    base = BaseWeight(adults=Adults.FRAME if columns.adults_known else Adults.ASKED)
    if population.register is None:
        why = population.why_none or NoCalibration.NONE_IMPORTED
        return AnalysisPlan(base_weight=base, calibration=PlannedCalibration(margins=(), why_none=why))
    margins = [PlannedMargin(of=MarginOf.COMMUNITY, minimum_respondents=1)]
    asked = {name for name in ("age", "sex") if name in columns.groups}
    if asked == {"age", "sex"}:
        margins.append(PlannedMargin(of=MarginOf.AGE_SEX))
    elif asked:
        margins.append(PlannedMargin(of=MarginOf.AGE if "age" in asked else MarginOf.SEX))
    return AnalysisPlan(
        base_weight=base,
        calibration=PlannedCalibration(
            margins=tuple(margins),
            register_kind=population.kind,
            register_as_of=population.as_of,
            register_lower_age=population.lower_age,
        ),
    )


def plan_text(plan: AnalysisPlan) -> str:
    """The canonical text that is kept and hashed."""
    return canonical_text(to_document(plan))


def plan_sha256(plan: AnalysisPlan) -> str:
    return hashlib.sha256(plan_text(plan).encode()).hexdigest()
