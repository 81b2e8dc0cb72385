"""The regular look at open waves: where interviews came in since they were last looked at, a job computes again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.orm import Session

from survey_service import audit, jobs
from survey_service.audit.chain import SERVICE
from survey_service.audit.rows import rows_key
from survey_service.fieldwork import INTERVIEWS_JOB
from survey_service.models import Assignment, FieldFigures, Job, JobState, Mode, Response, Wave, WaveState
from survey_service.services import Services

OLD: Final = timedelta(minutes=10)


@jobs.regularly(minutes=2)
def compute_again(services: Services) -> None:
    now = services.clock()
    with services.database.reading.begin() as session:
        stale = [(one.survey_id, one.id) for one in session.scalars(_in_the_field()) if is_stale(session, one, now)]
    for survey_id, wave_id in stale:
        with services.database.writing.begin() as session:
            ask(session, survey_id, wave_id, at=now, by=SERVICE)


def _in_the_field() -> Select[Wave]:
    sent_out = exists().where(Assignment.survey_id == Wave.survey_id, Assignment.wave_id == Wave.id)
    asked = exists().where(
        Response.survey_id == Wave.survey_id, Response.wave_id == Wave.id, Response.mode == Mode.FACE_TO_FACE
    )
    return select(Wave).where(Wave.state == WaveState.OPEN, sent_out | asked)


def is_stale(session: Session, wave: Wave, now: datetime) -> bool:
    kept = session.get(FieldFigures, (wave.survey_id, wave.id))
    if kept is None:
        return True
    return now - kept.at >= OLD and kept.rows_key != rows_key(session, wave.survey_id, wave.id)


def ask(session: Session, survey_id: UUID, wave_id: UUID, *, at: datetime, by: audit.Actor) -> None:
    """Unless it is being computed already."""
    arguments = {"of": str(wave_id)}
    last = jobs.latest(session, survey_id=survey_id, kind=INTERVIEWS_JOB, arguments=arguments)
    if last and last.state in (JobState.WAITING, JobState.RUNNING):
        return
    done = (Job.survey_id == survey_id) & (Job.kind == INTERVIEWS_JOB) & (Job.state == JobState.DONE)
    session.execute(delete(Job).where(done))  # there are many, and nobody asks for them
    jobs.enqueue(session, survey_id=survey_id, kind=INTERVIEWS_JOB, arguments=arguments, by=by, at=at)
