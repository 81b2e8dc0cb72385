"""The quality of keying as a page, and as a workbook."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import staff_page
from survey_service.dependencies import Now, Reading, Running
from survey_service.keying import quality_queries, sheets
from survey_service.keying.access import Overseer, find_wave
from survey_service.keying.quality import Quality
from survey_service.keying.rules import Rules
from survey_service.models import Survey, Wave
from survey_service.surveys import definitions
from survey_service.web.downloads import WORKBOOK, content_disposition
from survey_service.web.languages import Speaks

router = APIRouter()


def _found(
    session: Session, person: Person, survey_key: str, wave_key: str, language: str
) -> tuple[Survey, Wave, Quality]:
    survey, wave = find_wave(session, person, survey_key, wave_key, *rights.OVERSEE_KEYING)
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    sheet = sheets.sheet(questionnaire, language)
    return survey, wave, quality_queries.quality(session, wave, sheet, person.visible(*rights.OVERSEE_KEYING))


@router.get("/keying/{survey_key}/{wave_key}/quality")
def quality_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Overseer,
    speaks: Speaks,
    survey_key: str,
    wave_key: str,
) -> Response:
    with reading.begin() as session:
        survey, wave, quality = _found(session, person, survey_key, wave_key, speaks)
        context = {
            "survey": survey,
            "wave": wave,
            "wave_name": Text(wave.name_zh, wave.name_en),
            "quality": quality,
            "rules": Rules.of(running.settings),
        }
        return staff_page(request, running, person, "staff/keying-quality.html", context, section="keying")


@router.get("/keying/{survey_key}/{wave_key}/quality.xlsx")
def quality_workbook(
    running: Running,
    reading: Reading,
    person: Overseer,
    now: Now,
    speaks: Speaks,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
) -> Response:
    from survey_service.keying.quality_export import workbook

    with reading.begin() as session:
        survey, wave, quality = _found(session, person, survey_key, wave_key, speaks)
        titles = Text(survey.title_zh, survey.title_en), Text(wave.name_zh, wave.name_en)
        made = workbook(
            quality,
            speaks,
            title=titles[0].in_language(speaks),
            wave=titles[1].in_language(speaks),
            at=now.astimezone(running.settings.zone),
        )
        reads.note(wave.survey_id, "keying.exported", f"wave {wave.id}")
    name = f"keying-quality-{survey_key}-{wave_key}.xlsx"
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
    return Response(made, media_type=WORKBOOK, headers=headers)
