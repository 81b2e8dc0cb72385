"""The page on which data are taken away: asked for, made by a job, handed out with the permission asked once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from questionnaires.text import Text
from survey_service.accounts.permissions import Exporter, Person, may_export_texts
from survey_service.accounts.read_audit import AuditsReads, ReadAudit
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import DomainError, NotAllowed, NotFound
from survey_service.exports import kept, kept_queries, shown
from survey_service.exports.access import Opened, find, find_export, open_file
from survey_service.exports.formats import DATA, Format
from survey_service.exports.kept_errors import TextsNotAllowed
from survey_service.exports.shelf import shelf_of
from survey_service.models import ExportEnd, Survey, Wave, WaveState
from survey_service.sampling.unit_words import UNITS
from survey_service.surveys import definitions
from survey_service.web import posted_forms
from survey_service.web.downloads import WORKBOOK, content_disposition
from survey_service.web.posted_forms import Posted

router = APIRouter()

PAGE = "/surveys/{survey_key}/waves/{wave_key}/exports"
FIRST_CHOICE = (Format.CSV, Format.CODEBOOK)
KINDS = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": WORKBOOK,
    ".pdf": "application/pdf",
    ".xml": "application/xml",
    ".json": "application/json",
    ".zip": "application/zip",
}
"""Of a file by its ending."""
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What stands in the boxes of the form, and why it could not be done."""

    formats: tuple[str, ...] = tuple(FIRST_CHOICE)
    language: str = ""
    texts: bool = False
    fault: DomainError | None = None


@router.get(PAGE)
def exports_page(
    request: Request, running: Running, reading: Reading, person: Exporter, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find(session, person, running.settings, survey_key, wave_key)
        return _page(Asking(request, running, person), session, survey, wave, Filled())


@router.post(PAGE)
def ask_for_export(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Exporter,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    """One job, however often the button is pressed."""
    order = read_order(posted)
    try:
        if order.texts and not may_export_texts(person, running.settings):
            raise TextsNotAllowed
        with writing.begin() as session:
            _, wave = find(session, person, running.settings, survey_key, wave_key)
            kept.ask(session, wave, order, by=person.actor, at=now)
    except IntegrityError:
        pass  # pressed twice: the other one was stored
    except (NotFound, NotAllowed):
        raise
    except DomainError as fault:
        filled = Filled(formats=order.formats, language=order.language, texts=order.texts, fault=fault)
        with reading.begin() as session:
            survey, wave = find(session, person, running.settings, survey_key, wave_key)
            return _page(Asking(request, running, person), session, survey, wave, filled)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/exports#made")


def read_order(posted: FormData) -> kept.ExportChoice:
    """What was ticked; a format that there is not is none."""
    known = {str(one): one for one in shown.formats()}
    chosen = [known[one] for one in posted_forms.texts(posted, "formats") if one in known]
    return kept.ExportChoice(
        formats=tuple(dict.fromkeys(chosen)),
        language="en" if posted_forms.text(posted, "language") == "en" else "zh",
        texts=posted_forms.text(posted, "texts") == "yes",
    )


@router.get(f"{PAGE}/jobs")
def export_jobs(running: Running, reading: Reading, person: Exporter, survey_key: str, wave_key: str) -> JSONResponse:
    """How far each has come; asked again and again by the page while work is going on."""
    with reading.begin() as session:
        _, wave = find(session, person, running.settings, survey_key, wave_key)
        found = [
            {"kind": str(export.id), "state": job.state.value, "done": job.done, "total": job.total}
            for export, job, _, _ in kept_queries.listed(session, wave.survey_id, wave.id)
        ]
    return JSONResponse({"jobs": found, "nobody_works": running.nobody_works}, headers={"Cache-Control": "no-store"})


@router.get(f"{PAGE}/{{export_id}}/{{name}}")
def take_file(
    running: Running,
    reading: Reading,
    person: Exporter,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
    export_id: UUID,
    name: str,
) -> Response:
    with reading.begin() as session:
        _, wave = find(session, person, running.settings, survey_key, wave_key)
        opened = open_file(running, person, wave, find_export(session, wave, export_id), name)
        _, dot, ending = name.rpartition(".")
        return handed_out(opened, reads, KINDS.get(dot + ending, BYTES))


def handed_out(opened: Opened, reads: ReadAudit, media_type: str = BYTES) -> Response:
    """The file, once it is written down who takes it: each time."""
    export = opened.export
    detail = {**kept.detail(export), "files": opened.sha256}
    reads.note(export.survey_id, "export.downloaded", kept.record_of(export.id), detail, every=True)
    headers = {"Content-Disposition": content_disposition("attachment", opened.name), "Cache-Control": "no-store"}
    if opened.size is not None:
        headers["Content-Length"] = str(opened.size)
    return StreamingResponse(opened.pieces, media_type=media_type, headers=headers)


@router.post(f"{PAGE}/{{export_id}}/delete")
def delete_export(
    running: Running,
    writing: Writing,
    person: Exporter,
    now: Now,
    survey_key: str,
    wave_key: str,
    export_id: UUID,
) -> Response:
    """Its files go; that they were made, and who took them, stays."""
    with writing.begin() as session:
        _, wave = find(session, person, running.settings, survey_key, wave_key)
        export = find_export(session, wave, export_id)[0]
        kept.let_go(session, export, ExportEnd.DELETED, at=now, by=person.actor)
    shelf_of(running.settings, running.database).remove(export_id)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/exports#made")


def _page(asking: Asking, session: Session, survey: Survey, wave: Wave, filled: Filled) -> Response:
    person, settings = asking.person, asking.running.settings
    found = kept_queries.listed(session, wave.survey_id, wave.id)
    context = {
        "survey": survey,
        "wave": wave,
        "survey_title": Text(survey.title_zh, survey.title_en),
        "wave_name": Text(wave.name_zh, wave.name_en),
        "unit": UNITS[wave.listed_unit],
        "filled": filled,
        "fault": filled.fault,
        "made": shown.shown(asking.running, person, found),
        "size": shown.size,
        "days": settings.export_days,
        "opened": wave.figures_opened_at is not None,
        "asked_still": wave.state in (WaveState.DRAFT, WaveState.OPEN),
        **_content(session, person, wave, asking),
    }
    return asking.page("staff/exports.html", context, section="surveys", fault=filled.fault)


def _content(session: Session, person: Person, wave: Wave, asking: Asking) -> dict[str, Any]:
    """What a file will hold."""
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    offered = shown.formats()
    return {
        "rows": kept_queries.cases(session, wave.survey_id, wave.id),
        "questions": sum(len(one.variables()) > 0 for part in questionnaire.sections for one in part.questions),
        "in_words": shown.in_words(questionnaire),
        "may_texts": may_export_texts(person, asking.running.settings),
        "data_formats": [one for one in offered if one in DATA],
        "other_formats": [one for one in offered if one not in DATA],
    }
