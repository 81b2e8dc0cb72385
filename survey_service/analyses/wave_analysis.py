"""A wave, its register and its plan, brought together: the one way from the database to figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.plan import AnalysisPlan
from analysis.problems import DesignError
from analysis.results import PublishableTable
from survey_service.analyses import kept_plans, queries
from survey_service.analyses.errors import PlanFails
from survey_service.analyses.plan_history import plan_of_wave
from survey_service.analyses.plans import KnownPopulation
from survey_service.analyses.population import groups_of, population_of_city
from survey_service.analyses.service import WaveEstimates, analyse_wave
from survey_service.analyses.wave_columns import WaveColumns, columns_of_wave
from survey_service.errors import NotFound


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveToAnalyse:
    """``wave`` with age and sex of every respondent in the register's groups, where that can be used."""

    wave: WaveColumns
    population: KnownPopulation
    plan: AnalysisPlan  # the one in force
    plan_changes: tuple[str, ...] = ()  # why it was changed since somebody saw the figures, each time it was


def columns_and_register(session: Session, survey_id: UUID, wave_id: UUID, folder: Path | None = None) -> WaveToAnalyse:
    """NotFound where there is no such wave. ``folder``: where its columns are kept (``columns_of_wave``)."""
    found = queries.survey_and_wave(session, survey_id, wave_id)
    if found is None:
        raise NotFound
    wave = columns_of_wave(session, survey_id, wave_id, folder)
    of_city = population_of_city(session, found[0].city_id, wave.questionnaire, found[1].closes_on)
    wave = replace(wave, columns=replace(wave.columns, groups=groups_of(of_city.matched, wave.answers)))
    return WaveToAnalyse(
        wave=wave,
        population=of_city.known,
        plan=plan_of_wave(session, wave, of_city.known),
        plan_changes=kept_plans.reasons(session, survey_id, wave_id),
    )


def analysis_of_wave(
    given: WaveToAnalyse,
    *,
    targets: Mapping[str, Mapping[str, Any]],
    plan: AnalysisPlan | None = None,
    earlier: Sequence[PublishableTable] = (),
) -> WaveEstimates:
    """By ``plan``, or by the one in force. PlanFails where weights cannot be made by it. ``earlier``: what was
    published of this wave before."""
    chosen, register = plan or given.plan, given.population.register
    try:
        found = analyse_wave(given.wave, chosen, register=register, targets=targets, earlier=earlier)
    except DesignError as error:
        raise PlanFails from error
    return replace(found, plan_changes=given.plan_changes)
