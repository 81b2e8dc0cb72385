"""The page of a release, its PDFs for whoever may see the area, and computing it again."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import Row
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service import jobs
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import NotFound
from survey_service.models import Area, JobState, Release, ReleaseDocument, Survey, Taken, Wave
from survey_service.releases import RECOMPUTE_JOB, document_jobs, queries, sealed_files
from survey_service.releases.openings import NotesOpenings, OneSheet
from survey_service.releases.sheets import as_asked, code_of, name_of, sectors_asked
from survey_service.stored_files import files_of
from survey_service.surveys import definitions
from survey_service.surveys.access import may, refuse_unless
from survey_service.web.downloads import content_disposition

router = APIRouter()

MOST_IN_A_LIST = 300  # PDFs; more stand below their streets
MOST_BOUND = 60  # in one file: more are no longer carried to a meeting, and whoever asks waits

ReleaseReader = Annotated[Person, Depends(require(*rights.READ_RELEASES))]
Keeper = Annotated[Person, Depends(require(*rights.KEEP_RELEASES))]
Recomputer = Annotated[Person, Depends(require(*rights.RECOMPUTE))]


@router.get("/releases/{number}")
def release_page(request: Request, running: Running, reading: Reading, person: ReleaseReader, number: str) -> Response:
    with reading.begin() as session:
        context = release_context(session, person, find_release(session, person, number))
        return staff_page(request, running, person, "staff/release.html", context, section="surveys")


def release_context(session: Session, person: Person, found: tuple[Release, Survey, Wave]) -> dict[str, Any]:
    """What the page of a release shows to this person."""
    release, survey, wave = found
    shown = queries.visible_documents(session, release.survey_id, release.id, person.visible(*rights.READ_RELEASES))
    whole = may(session, person, survey, *rights.READ_RELEASES)
    return {
        "release": release,
        "survey": survey,
        "wave": wave,
        "survey_title": Text(survey.title_zh, survey.title_en),
        "wave_name": Text(wave.name_zh, wave.name_en),
        "fault": None,
        "may_see_sealed": whole,
        "keeps_printed": queries.keeps_printed(session, release),
        "sealed": sealed_files.files(session, release) if whole else (),
        "may_keep": may(session, person, survey, *rights.KEEP_RELEASES),
        **_editions(session, release),
        **_recomputed(session, person, release, survey, wave),
        **_made(session, person, release, survey),
        **_shown(release, shown, sectors_asked(session, wave)),
    }


@router.post("/releases/{number}/recompute")
def recompute(reading: Reading, writing: Writing, person: Recomputer, now: Now, number: str) -> Response:
    """Compute the release again, as a job; its page shows what came out."""
    with reading.begin() as session:
        release, survey, _ = find_release(session, person, number)
        refuse_unless(session, person, survey, *rights.RECOMPUTE)
        survey_id, arguments = release.survey_id, {"release_id": str(release.id)}
        before = jobs.latest(session, survey_id=survey_id, kind=RECOMPUTE_JOB, arguments=arguments)
        waits = before is not None and before.state in (JobState.WAITING, JobState.RUNNING)
    if not waits:
        with writing.begin() as session:
            jobs.enqueue(session, survey_id=survey_id, kind=RECOMPUTE_JOB, by=person.actor, at=now, arguments=arguments)
    return go(f"/releases/{number}")


@router.post("/releases/{number}/english")
def english(running: Running, reading: Reading, writing: Writing, person: Keeper, now: Now, number: str) -> Response:
    """Have the reports made in English too; those that are there, or on their way, are not made again."""
    with reading.begin() as session:
        release, survey, _ = find_release(session, person, number)
        refuse_unless(session, person, survey, *rights.KEEP_RELEASES)
        of = release.survey_id, release.id
        offered = _made(session, person, release, survey)["may_ask_english"]
    if offered:
        with writing.begin() as session:
            found = session.get_one(Release, of)
            areas, workers = queries.documents_made(session, *of, ("zh",)), running.settings.workers
            document_jobs.enqueue(session, found, "en", areas=areas, workers=workers, at=now, by=person.actor)
    return go(f"/releases/{number}")


def _made(session: Session, person: Person, release: Release, survey: Survey) -> dict[str, Any]:
    """What is being made of its PDFs, for the office; and whether they may be had in English."""
    if not may(session, person, survey, *rights.KEEP_RELEASES):
        return {"making": None, "may_ask_english": False}
    zh, en = (queries.documents_made(session, release.survey_id, release.id, (one,)) for one in ("zh", "en"))
    asked = document_jobs.at_work(session, release, "en")
    return {"making": document_jobs.at_work(session, release), "may_ask_english": en < zh and asked is None}


def _shown(
    release: Release, shown: Sequence[Row[ReleaseDocument, Area]], sectors: Mapping[str, Text]
) -> dict[str, Any]:
    """The PDFs of the person's areas, and of the sectors in them; of very many communities none is offered to be bound,
    as no list of them is read to its end."""
    above = {area.parent_id for _, area in shown}  # of the community nobody sends a circular
    documents = [_listed(release, *row, sectors, above) for row in shown if not row[0].sector]
    of_sectors = [_listed(release, *row, sectors, ()) for row in as_asked(shown, sectors)]
    many = len(documents) > MOST_IN_A_LIST
    bindable = [one for one in documents if not many or one["area"] in above]
    return {
        "documents": documents,
        "of_sectors": of_sectors,
        "above": above,
        "many": many,
        "bindable": [*bindable, *of_sectors],
        "left_out": len(bindable) < len(documents),
        "most_bound": MOST_BOUND,
    }


def _listed(
    release: Release,
    document: ReleaseDocument,
    area: Area,
    sectors: Mapping[str, Text],
    above: Container[UUID | None],
) -> dict[str, Any]:
    """One PDF with what stands beside it. ``above``: areas of which a circular may be sent."""
    code, language = code_of(document, area), document.language
    here = f"/releases/{release.number}"
    return {
        "address": f"{here}/{code}.{language}.pdf",
        "page": f"{here}/sheets/{code}?lang={language}",
        "word": f"{here}/{code}.{language}.docx",
        "circular": f"{here}/circulars/{code}.docx" if language == "zh" and area.id in above else "",
        "name": name_of(area, document.sector, sectors).in_language(language),
        "code": code,
        "area": area.id,
        "above": area.parent_id,
        "kind": "sector" if document.sector else area.kind,
        "language": language,
        "pages": document.pages,
    }


def _editions(session: Session, release: Release) -> dict[str, Any]:
    every = queries.editions(session, release.survey_id, release.wave_id)
    newest = every[-1]
    return {"editions": every, "corrected_by": newest if newest.id != release.id else None}


def _recomputed(session: Session, person: Person, release: Release, survey: Survey, wave: Wave) -> dict[str, Any]:
    """What came out when it was computed again, for whoever may see raw figures."""
    if not may(session, person, survey, *rights.RECOMPUTE):
        return {"may_recompute": False, "job": None, "recomputed": None}
    arguments = {"release_id": str(release.id)}
    job = jobs.latest(session, survey_id=release.survey_id, kind=RECOMPUTE_JOB, arguments=arguments)
    found = queries.recomputed(session, release)
    shown: dict[str, Any] = {"may_recompute": True, "job": job, "recomputed": found.found if found else None}
    if found is not None:
        lines = [one["domain"] for one in found.found["lines"]]
        codes = {one.rpartition("=")[2] for one in lines}
        areas = queries.areas_by_code(session, sorted(codes))
        city = session.get_one(Area, survey.city_id)
        names = {one: areas.get(one.rpartition("=")[2], city if not one else None) for one in lines}
        questionnaire = definitions.frozen(session, release.survey_id, wave.questionnaire_version_id)
        shown |= {
            "recomputed_at": found.at,
            "places": {one: Text(area.name_zh, area.name_en or area.name_zh) for one, area in names.items() if area},
            "indicators": {one.id: one.name for one in questionnaire.estimated()},
        }
    return shown


@router.get("/releases/{number}/{area_code}.{language}.pdf")
def document(
    running: Running,
    reading: Reading,
    person: ReleaseReader,
    openings: NotesOpenings,
    number: str,
    area_code: str,
    language: str,
) -> Response:
    """One PDF, to be read in the browser; 404 for an area that is not the person's."""
    with reading.begin() as session:
        release, _, _ = find_release(session, person, number)
        shown = queries.visible_documents_of(session, release, area_code, person.visible(*rights.READ_RELEASES))
        found = next((one for one, _ in shown if one.language == language), None)
        if found is None:
            raise NotFound
        sha256, name = found.blob_sha256, found.file_name
        sheet = sheet_of(found)
    openings.note(sheet, Taken.PDF)
    content = files_of(running.settings, running.database).get(sha256)
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition("inline", name, plainly=f"{area_code}.{language}.pdf"),
            "Cache-Control": "private, no-store",
        },
    )


def sheet_of(document: ReleaseDocument) -> OneSheet:
    return OneSheet(
        survey_id=document.survey_id,
        release_id=document.release_id,
        area_id=document.area_id,
        language=document.language,
        sector=document.sector,
    )


def find_release(session: Session, person: Person, number: str) -> tuple[Release, Survey, Wave]:
    """The release of that number with a document in the person's areas, or whose city is the person's."""
    visible = person.visible(*rights.READ_RELEASES)
    for release, survey, wave in queries.releases_by_number(session, number):
        if queries.concerns(session, release, survey, visible):
            return release, survey, wave
    raise NotFound
