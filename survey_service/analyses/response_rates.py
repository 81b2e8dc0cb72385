"""Response rates of areas from the outcomes of their cases."""

from __future__ import annotations

from collections.abc import Sequence

from analysis import dispositions
from analysis.results import ResponseRates
from survey_service.analyses.wave_cases import CaseRow
from survey_service.fieldwork.outcomes import AAPOR, outcomes_recorded


def recorded(rows: Sequence[CaseRow]) -> bool:
    """Whether it was ever noted of these cases why somebody did not answer."""
    return outcomes_recorded(row.disposition for row in rows)


def rates(rows: Sequence[CaseRow]) -> ResponseRates:
    """Rates of these cases, by the mode they were first assigned to."""
    ordered = sorted(rows, key=lambda row: row.first_mode.value)
    return dispositions.response_rates(
        [AAPOR[row.disposition] for row in ordered],
        modes=[row.first_mode.value for row in ordered],
        valid=[row.responded for row in ordered],
    )
