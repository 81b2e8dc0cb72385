"""What the first page says of an area, kept beside its PDF: a phone does not wait until a release is unpacked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from questionnaires.canonical_json import Form
from reports.content import AreaSummary, CommunitySummary
from survey_service.services import Services

if TYPE_CHECKING:
    from reports.story.brief import Brief

_FORM = Form()


def kept(summary: AreaSummary | CommunitySummary, language: str) -> dict[str, Any]:
    """As it is stored."""
    from reports.story.brief import brief

    made: dict[str, Any] = _FORM.plain(brief(summary, language))
    return made


def read(plain: dict[str, Any]) -> Brief:
    """What ``kept`` made. A field that a later version adds takes its default."""
    from reports.story.brief import Brief
    from survey_service.releases.read_back import read_back

    made: Brief = read_back(Brief, plain)
    return made


def of_release(
    running: Services, survey_id: UUID, release_id: UUID, codes: Sequence[str], language: str
) -> dict[str, dict[str, Any]]:
    """Of the areas with these codes, for a release whose PDFs were made before any was kept; beside the server."""
    from survey_service.releases.service import release_summaries

    with running.database.reading.begin() as session:
        summaries = release_summaries(session, survey_id, release_id, running.settings)
    found = {code: summaries.of(code) for code in codes}
    return {code: kept(one, language) for code, one in found.items() if one is not None}
