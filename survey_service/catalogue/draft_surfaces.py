"""A draft as it will be met: as it was when ``check`` last found nothing."""

from __future__ import annotations

import hashlib
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.sample_entries import with_samples
from questionnaires.text import Text
from survey_service.accounts.permissions import Manager
from survey_service.accounts.staff_pages import staff_page
from survey_service.catalogue import drafts
from survey_service.catalogue.draft_pages import find_draft
from survey_service.catalogue.review_file import review_file
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import NotFound
from survey_service.keying import sheets as keying
from survey_service.models import Area
from survey_service.paper import pictures
from survey_service.paper.service import LANGUAGES
from survey_service.preview.surfaces import framed_policy, phone_page
from survey_service.processes.beside import computed
from survey_service.web.languages import Speaks
from survey_service.web.pages import CONTENT_SECURITY_POLICY

router = APIRouter(prefix="/surveys/{survey_key}/drafts/{draft_id}")


@router.get("/phone")
def phone(
    request: Request, running: Running, reading: Reading, person: Manager, now: Now, survey_key: str, draft_id: UUID
) -> Response:
    """The resident's page; a word about it where the draft never was sound."""
    with reading.begin() as session:
        survey, draft = find_draft(session, person, survey_key, draft_id)
        city = session.get_one(Area, survey.city_id)
        name = Text(city.name_zh, city.name_en)
        questionnaire, held = drafts.sound(draft), draft.sound_definition or ""
    if questionnaire is None:
        return _framed(staff_page(request, running, None, "staff/catalogue/not-sound.html", {}))
    return phone_page(request, questionnaire, hashlib.sha256(held.encode()).hexdigest(), name, on=now.date())


@router.get("/keys")
def keys(
    request: Request,
    running: Running,
    reading: Reading,
    person: Manager,
    speaks: Speaks,
    survey_key: str,
    draft_id: UUID,
) -> Response:
    """The codes as they are keyed."""
    with reading.begin() as session:
        _, draft = find_draft(session, person, survey_key, draft_id)
        questionnaire = drafts.sound(draft)
    sheet = None if questionnaire is None else keying.sheet(with_samples(questionnaire), speaks)
    return staff_page(request, running, person, "staff/catalogue/keys.html", {"sheet": sheet})


@router.get("/paper-{language}.png")
def paper_picture(
    running: Running, reading: Reading, person: Manager, survey_key: str, draft_id: UUID, language: str
) -> Response:
    with reading.begin() as session:
        _, draft = find_draft(session, person, survey_key, draft_id)
        definition = draft.sound_definition
    if definition is None or language not in LANGUAGES or not pictures.can_draw():
        raise NotFound
    sha256 = hashlib.sha256(definition.encode()).hexdigest()
    made = computed(running, "survey_service.paper.pictures:picture_of", definition, language, sha256)
    return Response(made, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


@router.get("/paper-{language}.pdf")
def paper(
    running: Running, reading: Reading, person: Manager, survey_key: str, draft_id: UUID, language: str
) -> Response:
    with reading.begin() as session:
        _, draft = find_draft(session, person, survey_key, draft_id)
        definition = draft.sound_definition
    if definition is None or language not in LANGUAGES:
        raise NotFound
    sha256 = hashlib.sha256(definition.encode()).hexdigest()
    made = computed(running, "survey_service.paper.printing:preview_of", definition, language, sha256, False)
    return Response(made, media_type="application/pdf", headers={"Cache-Control": "private, max-age=600"})


@router.get("/review-{language}.pdf")
def review_copy(
    running: Running, reading: Reading, person: Manager, survey_key: str, draft_id: UUID, language: str
) -> Response:
    with reading.begin() as session:
        _, draft = find_draft(session, person, survey_key, draft_id)
        definition = draft.sound_definition
    if definition is None:
        raise NotFound
    return review_file(running, definition, language)


def _framed(page: Response) -> Response:
    page.headers["Content-Security-Policy"] = framed_policy(CONTENT_SECURITY_POLICY)
    page.headers["X-Frame-Options"] = "SAMEORIGIN"
    return page
