"""The regular look at files that wait for their answers: what nobody submitted goes."""

from __future__ import annotations

import structlog

from survey_service import jobs
from survey_service.attachments import store
from survey_service.services import Services

log = structlog.get_logger()


@jobs.regularly(minutes=10)
def drop_orphans(services: Services) -> None:
    with services.database.writing.begin() as session:
        gone = store.drop_orphans(session, at=services.clock())
    if gone:
        log.info("files_without_answers_dropped", count=gone)
