"""A stored questionnaire as it will be met: on a phone, on paper, and by whoever keys it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, WaveStaff
from survey_service.accounts.staff_pages import staff_page
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import NotFound
from survey_service.keying import sheets as keying
from survey_service.models import Area, QuestionnaireVersion, Survey
from survey_service.paper import pictures
from survey_service.paper.service import LANGUAGES
from survey_service.preview.surfaces import framing, phone_page
from survey_service.processes.beside import computed
from survey_service.surveys import definitions, planning_queries
from survey_service.surveys.access import find_survey, may
from survey_service.web.languages import Speaks

router = APIRouter()


@router.get("/surveys/{survey_key}/questionnaires/{version_id}")
def preview(
    request: Request,
    running: Running,
    reading: Reading,
    person: WaveStaff,
    speaks: Speaks,
    survey_key: str,
    version_id: UUID,
) -> Response:
    with reading.begin() as session:
        survey, stored, questionnaire = _find(session, person, survey_key, version_id)
        context = {
            "survey": survey,
            "title": Text(survey.title_zh, survey.title_en),
            "stored": stored,
            "questionnaire": questionnaire,
            "sheet": keying.sheet(questionnaire, speaks),
            "may_change": may(session, person, survey, *rights.PLAN),
            "pictures": pictures.can_draw(),
        }
        page = staff_page(request, running, person, "staff/planning/preview.html", context, section="surveys")
    return framing(page)


@router.get("/surveys/{survey_key}/questionnaires/{version_id}/phone")
def phone(
    request: Request, reading: Reading, person: WaveStaff, now: Now, survey_key: str, version_id: UUID
) -> Response:
    """The resident's page itself, with its buttons to submit dead. The only page of ours that may be framed, by us."""
    with reading.begin() as session:
        survey, stored, questionnaire = _find(session, person, survey_key, version_id)
        city = session.get_one(Area, survey.city_id)
        return phone_page(request, questionnaire, stored.sha256, Text(city.name_zh, city.name_en), on=now.date())


@router.get("/surveys/{survey_key}/questionnaires/{version_id}/paper-{language}.pdf")
def paper(
    request: Request,
    running: Running,
    reading: Reading,
    person: WaveStaff,
    survey_key: str,
    version_id: UUID,
    language: str,
) -> Response:
    """The printed form without a serial, in large print with ``?text=large``.

    Drawn in a second or two; a browser may keep it, a version never changes.
    """
    with reading.begin() as session:
        survey, stored, _ = _find(session, person, survey_key, version_id)
        survey_id, sha256 = survey.id, stored.sha256
    if language not in LANGUAGES:
        raise NotFound
    large = request.query_params.get("text") == "large"
    return Response(
        computed(running, "survey_service.paper.printing:preview", survey_id, version_id, language, sha256, large),
        media_type="application/pdf",
        headers={"Cache-Control": "private, max-age=3600"},
    )


@router.get("/surveys/{survey_key}/questionnaires/{version_id}/paper-{language}.png")
def paper_picture(
    running: Running, reading: Reading, person: WaveStaff, survey_key: str, version_id: UUID, language: str
) -> Response:
    """The same form as a picture, to stand beside the phone and the keys."""
    with reading.begin() as session:
        survey, stored, _ = _find(session, person, survey_key, version_id)
        survey_id, sha256 = survey.id, stored.sha256
    if language not in LANGUAGES or not pictures.can_draw():
        raise NotFound
    return Response(
        computed(running, "survey_service.paper.pictures:form_picture", survey_id, version_id, language, sha256),
        media_type="image/png",
        headers={"Cache-Control": "private, max-age=3600"},
    )


def _find(
    session: Session, person: Person, survey_key: str, version_id: UUID
) -> tuple[Survey, QuestionnaireVersion, Questionnaire]:
    survey = find_survey(session, person, survey_key)
    stored = planning_queries.version(session, survey, version_id)
    if stored is None:
        raise NotFound
    return survey, stored, definitions.frozen(session, survey.id, stored.id)
