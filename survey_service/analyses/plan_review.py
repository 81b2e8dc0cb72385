"""What the page of the plan asks for and takes seconds of a processor: called by name in the process beside the server
(``processes.beside``), which sends back what is shown and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.plan import FORMAT, AnalysisPlan, PlanError, from_document
from questionnaires.text import Text
from survey_service import audit
from survey_service.analyses import kept_plans, plan_form, plan_history, plan_tests, plan_tests_form
from survey_service.analyses.errors import PlanFails
from survey_service.analyses.plan_fields import differences
from survey_service.analyses.plan_problems import unreadable
from survey_service.analyses.plan_shown import Filled, PlanShown, Proposed
from survey_service.analyses.plan_tests import unknown_variables
from survey_service.analyses.plan_values import changed_line, plan_shown, weighing
from survey_service.analyses.plan_yaml import as_yaml
from survey_service.analyses.plans import plan_sha256, plan_text
from survey_service.analyses.wave_analysis import WaveToAnalyse, columns_and_register
from survey_service.errors import BadInput, Conflict
from survey_service.models import Survey, Wave
from survey_service.services import Services


def shown(running: Services, survey_id: UUID, wave_id: UUID, opened: bool, every: bool) -> PlanShown:
    with running.database.reading.begin() as session:
        given = columns_and_register(session, survey_id, wave_id, running.settings.columns)
        by_default = kept_plans.newest(session, survey_id, wave_id) is None
    return plan_shown(given, by_default=by_default, opened=opened, every=every)


def as_file(running: Services, survey_id: UUID, wave_id: UUID) -> str:
    """The plan in force as YAML."""
    return as_yaml(_given(running, survey_id, wave_id).plan)


def proposed(running: Services, survey_id: UUID, wave_id: UUID, filled: Filled) -> Proposed:
    """What the filled form would change; nothing is stored."""
    given = _given(running, survey_id, wave_id)
    offered = plan_form.choices(given)
    try:
        plan, faults = plan_form.read(filled, given.plan, offered, given.population)
    except ValueError as error:  # of two boxes that do not go together
        plan, faults = None, {"margins": unreadable(error)}
    if plan is None:
        return Proposed(kept=filled.kept, chosen_groups=filled.groups, tests=filled.tests, faults=faults)
    return _proposed(given, plan, filled)


def proposed_by_file(running: Services, survey_id: UUID, wave_id: UUID, document: Any) -> Proposed:
    """The same of a file that was read: ``document``, plain values, or a file of ``survey-service analyse`` with the
    plan beside its data."""
    if isinstance(document, Mapping) and isinstance(beside := document.get("plan"), Mapping):
        document = {"format": FORMAT, **beside}
    given = _given(running, survey_id, wave_id)
    present = _filled(given.plan)
    try:
        plan = from_document(document)
    except PlanError as error:
        return _faulty(present, unreadable(error))
    known = {two.id for two in given.wave.questionnaire.indicators}
    strange = [one for one in plan.indicators if one not in known] + unknown_variables(plan, given)
    if strange:
        fault = Text(
            f"问卷里没有这个指标、这道题：{'、'.join(strange)}。",
            f"The questionnaire has no such indicator or question: {', '.join(strange)}.",
        )
        return _faulty(present, fault)
    return _proposed(given, plan, _filled(plan))


def proposed_again(running: Services, survey_id: UUID, wave_id: UUID, text: str) -> Proposed:
    """The same of a canonical text that came back with a form."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BadInput from error
    return proposed_by_file(running, survey_id, wave_id, document)


def store(
    running: Services,
    survey_id: UUID,
    wave_id: UUID,
    change: tuple[str, str, str],
    at: datetime,
    by: audit.Actor,
) -> None:
    """Keep a plan that was proposed. ``change``: hash of the plan it was made from, its canonical text, the reason.

    Conflict where another plan is in force by now; PlanFails where weights cannot be made by it.
    """
    sha256, text, reason = change
    given = _given(running, survey_id, wave_id)
    if plan_sha256(given.plan) != sha256:
        raise Conflict(
            zh="分析方案刚刚被别人改过，您的改动没有保存。请看过新的方案，再改一次。",
            en="Somebody has just changed the analysis plan; yours was not stored. Look at the new one first.",
        )
    try:
        plan = plan_history.of_text(text)
    except ValueError as error:
        raise BadInput from error
    if weighing(plan, given).trouble:
        raise PlanFails
    with running.database.writing.begin() as session:
        plan_history.change_plan(session, survey_id, wave_id, given.plan, plan, reason=reason, at=at, by=by)


def plan_address(session: Session, survey_id: UUID, wave_id: UUID) -> str:
    survey, wave = session.get_one(Survey, survey_id), session.get_one(Wave, (survey_id, wave_id))
    return f"/surveys/{survey.key}/waves/{wave.key}/plan"


def _given(running: Services, survey_id: UUID, wave_id: UUID) -> WaveToAnalyse:
    with running.database.reading.begin() as session:
        return columns_and_register(session, survey_id, wave_id, running.settings.columns)


def _filled(plan: AnalysisPlan) -> Filled:
    """The form as a plan fills it."""
    return Filled(kept=plan_form.boxes(plan), groups=plan.groups, tests=plan_tests_form.filled(plan.tests))


def _faulty(filled: Filled, fault: Text) -> Proposed:
    """A file that cannot be taken, beside the form as it is."""
    return Proposed(kept=filled.kept, chosen_groups=filled.groups, tests=filled.tests, faults={"file": fault})


def _proposed(given: WaveToAnalyse, plan: AnalysisPlan, filled: Filled) -> Proposed:
    changes = differences(given.plan, plan, plan_tests.choices(given).names)
    made = weighing(plan, given)
    return Proposed(
        kept=filled.kept,
        chosen_groups=filled.groups,
        tests=plan_tests_form.filled(plan.tests),
        text=plan_text(plan),
        changes=tuple(changed_line(one) for one in changes),
        steps=made.steps,
        trouble=made.trouble,
    )
