"""The plan of a wave that is in force, and how it is changed and locked."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.plan import AnalysisPlan, from_document
from survey_service import audit
from survey_service.analyses import kept_plans
from survey_service.analyses.kept_plans import PlanChange
from survey_service.analyses.plan_fields import differences
from survey_service.analyses.plans import KnownPopulation, default_plan, plan_text
from survey_service.analyses.wave_columns import WaveColumns
from survey_service.models import KeptPlan


def plan_of_wave(session: Session, wave: WaveColumns, population: KnownPopulation) -> AnalysisPlan:
    """The newest that was kept, else the default that the rows and the register allow."""
    found = kept_plans.newest(session, wave.survey_id, wave.wave_id)
    return default_plan(wave.columns, population) if found is None else of_text(found.text)


def of_text(text: str) -> AnalysisPlan:
    """The plan of a canonical text; PlanError where it is none."""
    return from_document(json.loads(text))


def change_plan(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    before: AnalysisPlan,
    after: AnalysisPlan,
    *,
    reason: str,
    at: datetime,
    by: audit.Actor,
) -> KeptPlan:
    """As ``kept_plans.change``, with the names of the fields that differ in the audit log."""
    given = PlanChange(
        before=plan_text(before),
        after=plan_text(after),
        fields=[one.path for one in differences(before, after)],
        reason=reason,
    )
    return kept_plans.change(session, survey_id, wave_id, given, at=at, by=by)


def lock(
    session: Session, survey_id: UUID, wave_id: UUID, plan: AnalysisPlan, *, at: datetime, by: audit.Actor
) -> KeptPlan:
    """The plan in force as the figures are opened; ``plan``, the default one, is kept where none was."""
    return kept_plans.lock(session, survey_id, wave_id, plan_text(plan), at=at, by=by)
