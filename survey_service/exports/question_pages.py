"""Every closed question of a wave as a table of weighted shares: on a page for the statistician, and to take along."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts.permissions import Person, Statistician
from survey_service.accounts.staff_pages import staff_page
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import NotFound
from survey_service.exports.figure_files import MEDIA, FigureFormat, written
from survey_service.exports.question_files import as_figures
from survey_service.models import Survey, Wave
from survey_service.processes.beside import computed
from survey_service.releases.review_pages import find
from survey_service.web.downloads import content_disposition

router = APIRouter()

PAGE = "/surveys/{survey_key}/waves/{wave_key}/estimates/questions"
BESIDE = "survey_service.releases.question_review"


@router.get(PAGE)
def questions_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Statistician,
    survey_key: str,
    wave_key: str,
    question: str = "",
) -> Response:
    """Of one question with all its rows; the first where none is named."""
    survey_id, wave_id = opened(reading, person, survey_key, wave_key)
    tables = computed(running, f"{BESIDE}:of_question", survey_id, wave_id, question)
    with reading.begin() as session:
        survey, wave = find(session, person, survey_key, wave_key)
        context = {"survey": survey, "wave": wave, "tables": tables, **_names(survey, wave)}
        return staff_page(request, running, person, "staff/estimates/questions.html", context, section="surveys")


@router.get(f"{PAGE}.{{kind}}")
def question_file(
    running: Running,
    reading: Reading,
    person: Statistician,
    now: Now,
    survey_key: str,
    wave_key: str,
    kind: FigureFormat,
) -> Response:
    """Of all of them, as they stand on the page."""
    survey_id, wave_id = opened(reading, person, survey_key, wave_key)
    tables = computed(running, f"{BESIDE}:of_all", survey_id, wave_id)
    with reading.begin() as session:
        names = _names(*find(session, person, survey_key, wave_key))
    told = as_figures(tables, (names["survey_title"], names["wave_name"]), now.astimezone(running.settings.zone))
    return Response(
        written(told, kind),
        media_type=MEDIA[kind],
        headers={
            "Content-Disposition": content_disposition("attachment", f"{survey_key}-{wave_key}-questions.{kind}"),
            "Cache-Control": "private, no-store",
        },
    )


def opened(reading: Reading, person: Person, survey_key: str, wave_key: str) -> tuple[UUID, UUID]:
    """Nothing is computed of an answer until somebody has opened the figures."""
    with reading.begin() as session:
        survey, wave = find(session, person, survey_key, wave_key)
        if wave.figures_opened_at is None:
            raise NotFound(
                zh="结果还没有打开，各题的分布也就没有。先在“计算和诊断”页打开结果。",
                en="The figures are not open yet, so there is no distribution. Open them on the page of diagnostics.",
            )
        return survey.id, wave.id


def _names(survey: Survey, wave: Wave) -> dict[str, Text]:
    return {
        "survey_title": Text(survey.title_zh, survey.title_en),
        "wave_name": Text(wave.name_zh, wave.name_en),
    }
