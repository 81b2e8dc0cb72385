"""Reading a large wave into its file of columns: a job, so that nobody waits for it before a page."""

from __future__ import annotations

from uuid import UUID

from survey_service import jobs
from survey_service.analyses.wave_columns import columns_of_wave
from survey_service.services import Services


def read_columns(services: Services, job: jobs.Claimed, progress: jobs.Progress) -> None:
    with services.database.reading.begin() as session:
        wave_id = UUID(job.arguments["wave_id"])
        columns_of_wave(session, job.survey_id, wave_id, services.settings.columns, progress.report)
