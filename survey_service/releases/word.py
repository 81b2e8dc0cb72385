"""Word files of a release, written beside the server from what was kept with the signature."""

from __future__ import annotations

from uuid import UUID

from reports.content import AreaSummary, CommunitySummary, SectorSummary
from survey_service.errors import NotFound
from survey_service.releases.service import release_summaries
from survey_service.releases.sheet_codes import verification
from survey_service.services import Services


def area_word(running: Services, survey_id: UUID, release_id: UUID, area_code: str, language: str) -> bytes:
    """The report of one area; python-docx is imported here, so that the server starts without it."""
    from reports.word.report import area_docx

    summary = summary_of(running, survey_id, release_id, area_code)
    return area_docx(summary, language, verification(summary, running.settings))


def circular_word(running: Services, survey_id: UUID, release_id: UUID, area_code: str) -> bytes:
    """The draft of a 通报 of a street or the city; NotFound where nobody sends one: of a community or a sector."""
    from reports.word.circular import circular_docx

    summary = summary_of(running, survey_id, release_id, area_code)
    if isinstance(summary, CommunitySummary | SectorSummary):
        raise NotFound
    return circular_docx(summary)


def summary_of(running: Services, survey_id: UUID, release_id: UUID, area_code: str) -> CommunitySummary | AreaSummary:
    """What was kept of one area or sector, by the code of its sheet; NotFound where the release has none of it."""
    with running.database.reading.begin() as session:
        summaries = release_summaries(session, survey_id, release_id, running.settings)
    found = summaries.of(area_code)
    if found is None:
        raise NotFound
    return found
