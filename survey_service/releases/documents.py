"""The PDFs of a release, made by jobs: each area, sector and language once, however often a job is taken up again.

A release of a large city has as many jobs as there are workers. Each begins at its own part and then goes on with what
is still missing of the others', from their end: whichever worker is slow, killed or not there at all, the rest is made
by those that are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from questionnaires.sectors import BESIDE
from reports.content import AreaSummary, CommunitySummary
from survey_service import jobs
from survey_service.analyses.summaries import Summaries
from survey_service.models import ReleaseDocument
from survey_service.releases import briefs, queries
from survey_service.releases.service import PROOF, release_summaries
from survey_service.releases.sheet_codes import verification
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.stored_files import files_of

Languages = Mapping[str, Sequence[str] | None]
"""Language -> codes of sheets; None: all of them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One PDF to be made."""

    summary: CommunitySummary | AreaSummary
    language: str

    @property
    def code(self) -> str:
        """Of its sheet."""
        return self.summary.place.code

    @property
    def sheet(self) -> tuple[str, str]:
        """The code of its area, and the sector in it: "" for the area itself."""
        area, _, sector = self.code.partition(BESIDE)
        return area, sector

    @property
    def file_name(self) -> str:
        """万寿桥社区.pdf, Wanshouqiao Community (en).pdf"""
        name = self.summary.place.name.in_language(self.language)
        return f"{name}.pdf" if self.language == "zh" else f"{name} ({self.language}).pdf"


@dataclass(frozen=True, slots=True)
class Part:
    """The ``number``-th of ``of`` jobs that make one release."""

    number: int = 0
    of: int = 1

    def order(self, every: Sequence[Wanted]) -> list[Wanted]:
        """Its own first; then those of the others, backwards, so that it meets them and never runs beside them."""
        own = range(self.number, len(every), self.of)
        others = [place for place in range(len(every)) if place % self.of != self.number]
        return [every[place] for place in (*own, *reversed(others))]


def wanted(summaries: Summaries, languages: Languages) -> Iterator[Wanted]:
    """City first, then streets, then sectors, then communities, language by language."""
    everything = summaries.every().values()
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
    release_id, languages = UUID(job.arguments["release_id"]), job.arguments["languages"]
    part = Part(job.arguments.get("part", 0), job.arguments.get("of", 1))
    make(services, job.survey_id, release_id, languages, progress.report, part)


def make(
    services: Services,
    survey_id: UUID,
    release_id: UUID,
    languages: Languages,
    report: Callable[[int, int], None],
    part: Part = Part(),  # frozen
) -> None:
    """``report`` hears how many of all are there, whoever made them."""
    store = files_of(services.settings, services.database)
    with services.database.reading.begin() as session:
        summaries = release_summaries(session, survey_id, release_id, services.settings)
        every = list(wanted(summaries, languages))
        areas = queries.areas_by_code(session, [one.sheet[0] for one in every])
        ids = {code: area.id for code, area in areas.items()}
    for one in part.order(every):
        area_code, sector = one.sheet
        key = (survey_id, release_id, ids[area_code], one.language, sector)
        with services.database.reading.begin() as session:
            there = session.get(ReleaseDocument, key) is not None
            done = queries.documents_made(session, survey_id, release_id, tuple(languages))
        report(min(done, len(every) - 1), len(every))
        if there:
            continue
        content = pdf(one, services.settings)
        row = {
            "survey_id": survey_id,
            "release_id": release_id,
            "area_id": ids[area_code],
            "language": one.language,
            "sector": sector,
            "file_name": one.file_name,
            "blob_sha256": store.put(content),
            "pages": _pages(content),
            "brief": briefs.kept(one.summary, one.language),
        }
        try:
            with services.database.writing.begin() as session:
                session.execute(insert(ReleaseDocument).values(row))
        except IntegrityError:
            continue  # another job made it, or a worker that was thought dead
    report(len(every), len(every))


def _pages(content: bytes) -> int:
    """How many pages a PDF of ours has: its page objects are written in plain."""
    return len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", content))
