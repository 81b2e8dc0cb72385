"""The regular look at the folder of columns: what was made of rows that have moved since goes, and a large wave that
has ended is read before somebody asks for its figures."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from survey_service import jobs
from survey_service.analyses import COLUMNS_JOB
from survey_service.analyses.columns_folder import path_of
from survey_service.audit.chain import SERVICE
from survey_service.audit.rows import rows_key
from survey_service.models import Case, JobState, Wave, WaveState
from survey_service.services import Services


@jobs.regularly(minutes=1)
def remove_stale(services: Services) -> None:
    """Also what another machine erased, and a file that was written from rows read just before an erasure."""
    folder = services.settings.columns
    files = list(folder.glob("*.columns"))
    if not files:
        return
    from survey_service.analyses.stored_columns import key_of

    for path in files:
        wave_id = UUID(path.stem)
        with services.database.reading.begin() as session:
            survey_id = session.scalar(select(Wave.survey_id).where(Wave.id == wave_id))
            key = None if survey_id is None else rows_key(session, survey_id, wave_id)
        if key is None or key_of(path) != key:
            path_of(folder, wave_id).unlink(missing_ok=True)


LARGE = 20_000
"""Cases from which a wave takes longer to read than somebody waits gladly."""


@jobs.regularly(minutes=1)
def read_ahead(services: Services) -> None:
    """Ask for the columns of every large wave that has ended and has none."""
    folder = services.settings.columns
    with services.database.reading.begin() as session:
        ended = session.execute(
            select(Wave.survey_id, Wave.id)
            .join(Case, (Case.survey_id == Wave.survey_id) & (Case.wave_id == Wave.id))
            .where(Wave.state.in_((WaveState.CLOSED, WaveState.UNDER_REVIEW)))
            .group_by(Wave.survey_id, Wave.id)
            .having(func.count() >= LARGE)
        ).all()
    for survey_id, wave_id in ended:
        arguments = {"wave_id": str(wave_id)}
        with services.database.writing.begin() as session:
            last = jobs.latest(session, survey_id=survey_id, kind=COLUMNS_JOB, arguments=arguments)
            if path_of(folder, wave_id).exists() or (last and last.state in (JobState.WAITING, JobState.RUNNING)):
                continue
            jobs.enqueue(
                session, survey_id=survey_id, kind=COLUMNS_JOB, arguments=arguments, by=SERVICE, at=services.clock()
            )
