"""Chosen sheets of a release as one PDF, written beside the server from what was kept with the signature."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from survey_service.errors import NotFound
from survey_service.releases.service import release_summaries
from survey_service.releases.sheet_codes import verification
from survey_service.services import Services


def bound(running: Services, survey_id: UUID, release_id: UUID, codes: Sequence[str], language: str) -> bytes:
    """The sheets with these codes in that order; reportlab is imported here. NotFound where the release lacks one."""
    from reports.bound import Bound, set_pdf

    with running.database.reading.begin() as session:
        summaries = release_summaries(session, survey_id, release_id, running.settings)
    chosen = [one for code in codes if (one := summaries.of(code)) is not None]
    if len(chosen) < len(codes):
        raise NotFound
    reports = [Bound(one, verification(one, running.settings)) for one in chosen]
    return set_pdf(reports, language, running.settings.type_settings)
