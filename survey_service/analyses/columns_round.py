"""The regular look at the folder of columns: what was made of rows that have moved since goes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from survey_service import jobs
from survey_service.analyses.columns_folder import path_of
from survey_service.audit.rows import rows_key
from survey_service.models import Wave
from survey_service.services import Services


@jobs.regularly(minutes=1)
def remove_stale(services: Services) -> None:
    """Also what another machine erased, and a file that was written from rows read just before an erasure."""
    folder = services.settings.columns
    files = list(folder.glob("*.npz"))
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
