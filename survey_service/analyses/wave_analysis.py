"""A wave, its register and its plan, brought together: the one way from the database to figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.plan import AnalysisPlan
from survey_service.analyses.plans import NOTHING_KNOWN, KnownPopulation, default_plan
from survey_service.analyses.service import WaveEstimates, analyse_wave
from survey_service.analyses.wave_columns import WaveColumns, columns_of_wave


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveToAnalyse:
    wave: WaveColumns
    population: KnownPopulation


def columns_and_register(session: Session, survey_id: UUID, wave_id: UUID) -> WaveToAnalyse:
    """NotFound where there is no such wave."""
    return WaveToAnalyse(wave=columns_of_wave(session, survey_id, wave_id), population=NOTHING_KNOWN)


def analysis_of_wave(
    given: WaveToAnalyse, *, targets: Mapping[str, Mapping[str, Any]], plan: AnalysisPlan | None = None
) -> WaveEstimates:
    """By ``plan``, or by the default one."""
    chosen = plan or default_plan(given.wave.columns, given.population)
    return analyse_wave(given.wave, chosen, register=given.population.register, targets=targets)
