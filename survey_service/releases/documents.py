"""The PDFs of a release, made by a job: each area and language once, however often the job is taken up again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from reports.content import AreaSummary, CommunitySummary
from survey_service import jobs
from survey_service.analyses.summaries import Summaries
from survey_service.models import ReleaseDocument
from survey_service.releases import queries
from survey_service.releases.service import PROOF, release_summaries
from survey_service.releases.sheet_codes import verification
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.stored_files import files_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """One PDF to be made."""

    summary: CommunitySummary | AreaSummary
    language: str

    @property
    def area_code(self) -> str:
        return self.summary.place.code

    @property
    def file_name(self) -> str:
        """万寿桥社区.pdf, Wanshouqiao Community (en).pdf"""
        name = self.summary.place.name.in_language(self.language)
        return f"{name}.pdf" if self.language == "zh" else f"{name} ({self.language}).pdf"


def wanted(summaries: Summaries, languages: dict[str, list[str] | None]) -> Iterator[Wanted]:
    """City first, then streets, then communities, language by language."""
    everything: list[CommunitySummary | AreaSummary] = [
        summaries.city,
        *summaries.streets.values(),
        *summaries.communities.values(),
    ]
    for language, codes in languages.items():
        for summary in everything:
            if codes is None or summary.place.code in codes:
                yield Wanted(summary, language)


def pdf(one: Wanted, settings: Settings) -> bytes:
    """The bytes of one PDF; reportlab is imported here, so that the server starts without it."""
    from reports.pdf import area_pdf, community_pdf

    by = None if one.summary.imprint.release_number == PROOF else verification(one.summary, settings)
    if isinstance(one.summary, CommunitySummary):
        return community_pdf(one.summary, one.language, settings.type_settings, by)
    return area_pdf(one.summary, one.language, settings.type_settings, by)


def make_documents(services: Services, job: jobs.Claimed, progress: jobs.Progress) -> None:
    """Make what is missing of a release's PDFs."""
    make(services, job.survey_id, UUID(job.arguments["release_id"]), job.arguments["languages"], progress.report)


def make(
    services: Services,
    survey_id: UUID,
    release_id: UUID,
    languages: dict[str, list[str] | None],
    report: Callable[[int, int], None],
) -> None:
    store = files_of(services.settings, services.database)
    with services.database.reading.begin() as session:
        summaries = release_summaries(session, survey_id, release_id, services.settings)
        every = list(wanted(summaries, languages))
        areas = queries.areas_by_code(session, [one.area_code for one in every])
        ids = {code: area.id for code, area in areas.items()}
        there = queries.documents(session, survey_id, release_id)
    for done, one in enumerate(every):
        report(done, len(every))
        if (ids[one.area_code], one.language) in there:
            continue
        content = pdf(one, services.settings)
        row = {
            "survey_id": survey_id,
            "release_id": release_id,
            "area_id": ids[one.area_code],
            "language": one.language,
            "file_name": one.file_name,
            "blob_sha256": store.put(content),
            "pages": _pages(content),
        }
        try:
            with services.database.writing.begin() as session:
                session.execute(insert(ReleaseDocument).values(row))
        except IntegrityError:
            continue  # a worker that was thought dead had made it
    report(len(every), len(every))


def _pages(content: bytes) -> int:
    """How many pages a PDF of ours has: its page objects are written in plain."""
    return len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", content))
