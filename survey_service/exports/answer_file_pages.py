"""The page of a wave's pictures and files, each of them, and all as one."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from questionnaires.text import Text
from survey_service.accounts.permissions import Exporter, may_export_texts
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import staff_page
from survey_service.attachments.store import opened
from survey_service.dependencies import Now, Reading, Running
from survey_service.exports import answer_files
from survey_service.exports.access import find
from survey_service.exports.writing import file_stem
from survey_service.exports.zipped import zipped
from survey_service.surveys import definitions
from survey_service.web.downloads import content_disposition

router = APIRouter()
PAGE = "/surveys/{survey_key}/waves/{wave_key}/files"
_KEPT_BY_NOBODY = {"Cache-Control": "no-store"}


@router.get(PAGE)
def files_page(
    request: Request, running: Running, reading: Reading, person: Exporter, survey_key: str, wave_key: str
) -> Response:
    """What there is, without a look into any."""
    with reading.begin() as session:
        survey, wave = find(session, person, running.settings, survey_key, wave_key)
        questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
        files = answer_files.listed(session, wave)
        context = {
            "survey": survey,
            "wave": wave,
            "survey_title": Text(survey.title_zh, survey.title_en),
            "wave_name": Text(wave.name_zh, wave.name_en),
            "files": files[: answer_files.MOST_SHOWN],
            "count": len(files),
            "kilobytes": sum(one.kilobytes for one in files),
            "names": {one.id: one.short for one in questionnaire.questions()},
            "may_see": may_export_texts(person, running.settings),
            "zone": running.settings.zone,
        }
        return staff_page(request, running, person, "staff/answer-files.html", context, section="surveys")


@router.get(f"{PAGE}.zip")
def all_files(
    running: Running, reading: Reading, person: Exporter, reads: AuditsReads, now: Now, survey_key: str, wave_key: str
) -> Response:
    """All of them, written while they are read. It is noted how many, each time."""
    with reading.begin() as session:
        survey, wave = find(session, person, running.settings, survey_key, wave_key)
        answer_files.refuse(person, running.settings)
        files = answer_files.listed(session, wave)
        session.expunge_all()
    reads.note(survey.id, "answer_files.downloaded", f"wave {wave.id}", {"files": len(files)}, every=True)
    pieces = zipped(answer_files.contents(running, wave, files), now.astimezone(running.settings.zone))
    headers = {"Content-Disposition": content_disposition("attachment", f"{file_stem(wave.key)}-files.zip")}
    return StreamingResponse(pieces, media_type="application/zip", headers=headers | _KEPT_BY_NOBODY)


@router.get(f"{PAGE}/{{file_id}}")
def one_file(
    running: Running,
    reading: Reading,
    person: Exporter,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
    file_id: UUID,
) -> Response:
    """A picture in the browser; everything else to be saved: nothing that people sent is run here."""
    with reading.begin() as session:
        survey, wave = find(session, person, running.settings, survey_key, wave_key)
        answer_files.refuse(person, running.settings)
        row = answer_files.one(session, wave, file_id)
        content = opened(running.keys, row)
        reads.note(survey.id, "answer_file.read", f"attachment {row.id}", {"response": str(row.response_id)})
        kind: Literal["inline", "attachment"] = "inline" if row.type == "jpg" else "attachment"
        headers = {"Content-Disposition": content_disposition(kind, f"{row.question}-{row.id.hex[:8]}.{row.type}")}
        return Response(content, media_type=answer_files.TYPES[row.type], headers=headers | _KEPT_BY_NOBODY)
