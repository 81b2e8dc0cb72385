"""The job that takes a checked file in: judged again against what the wave knows now, then stored at one stroke."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from survey_service.accounts import queries as accounts
from survey_service.accounts import rights
from survey_service.audit import Actor
from survey_service.importing import service
from survey_service.importing.errors import ProblemsLeft
from survey_service.importing.plan import plan_from_json
from survey_service.importing.prepare import prepare
from survey_service.jobs import Claimed, Progress
from survey_service.models import Account, ImportFile, ImportState, Survey, Wave
from survey_service.services import Services


def take_in(services: Services, claimed: Claimed, progress: Progress) -> None:
    """All of the file or nothing; run again after a crash it finds its work done or not begun."""
    wave_key = (claimed.survey_id, UUID(claimed.arguments["wave_id"]))
    file_key = (claimed.survey_id, UUID(claimed.arguments["import_id"]))
    with services.database.reading.begin() as session:
        row = session.get_one(ImportFile, file_key)
        if row.state is not ImportState.CHECKED:
            return
        wave, survey = session.get_one(Wave, wave_key), session.get_one(Survey, claimed.survey_id)
        by = _actor(session, claimed.by_account_id)
        held = service.ground(session, wave, survey.city_id, _visible(session, claimed.by_account_id))
        questionnaire = service.questionnaire_of(session, wave)
        grid, plan = service.grid_of(row), plan_from_json(row.plan)
    prepared = prepare(grid, plan, questionnaire, held, progress.report)
    progress.report(len(grid.rows), len(grid.rows))
    now = services.clock()
    if prepared.problems:
        with services.database.writing.begin() as session:
            session.get_one(ImportFile, file_key).found = service.summary(prepared)
        raise ProblemsLeft
    with services.database.writing.begin() as session:
        row = session.get_one(ImportFile, file_key, with_for_update=True)
        if row.state is not ImportState.CHECKED:
            return
        origin = service.Origin(plan=plan, sha256=row.sha256, rows=row.rows, record=f"import_file {row.id}")
        wave = session.get_one(Wave, wave_key)
        done = service.store(session, wave, prepared, origin, keys=services.keys, at=now, by=by)
        service.finish(session, row, done, at=now)


def _actor(session: Any, account_id: UUID | None) -> Actor:
    account = session.get(Account, account_id) if account_id else None
    return Actor(account_id, account.name if account else "")


def _visible(session: Any, account_id: UUID | None) -> Any:
    """The areas that the person manages now: a role that was taken away since the check counts no more."""
    grants = accounts.grants(session, account_id) if account_id else frozenset()
    return accounts.below(area for role, area in grants if role in rights.TAKE_IN)
