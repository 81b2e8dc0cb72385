"""The catalogue: every questionnaire that comes with the service, and each with its README and on every surface."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires import canonical
from questionnaires.lists import open_lists
from questionnaires.sample_entries import with_samples
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import WaveStaff
from survey_service.accounts.queries import above
from survey_service.accounts.staff_pages import staff_page
from survey_service.catalogue import shelf
from survey_service.catalogue.review_file import review_file
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import NotFound
from survey_service.keying import sheets as keying
from survey_service.paper import pictures
from survey_service.paper.service import LANGUAGES
from survey_service.preview.surfaces import framing, phone_page
from survey_service.processes.beside import computed
from survey_service.surveys import queries as surveys
from survey_service.surveys.access import may
from survey_service.web.downloads import content_disposition
from survey_service.web.languages import Speaks

router = APIRouter(prefix="/catalogue")


@router.get("")
def catalogue_page(request: Request, running: Running, person: WaveStaff) -> Response:
    context = {"groups": shelf.groups()}
    return staff_page(request, running, person, "staff/catalogue/list.html", context, section="catalogue")


@router.get("/{name}")
def programme_page(
    request: Request, running: Running, reading: Reading, person: WaveStaff, speaks: Speaks, name: str
) -> Response:
    one = shelf.programme(name)
    with reading.begin() as session:
        visible, upward = person.visible(*rights.PLAN), above(person.areas(*rights.PLAN))
        mine = [
            survey
            for survey, _ in (surveys.visible_surveys(session, visible, upward) if person.may("PLAN") else [])
            if may(session, person, survey, *rights.PLAN)
        ]
        context = {
            "programme": one,
            "readme": one.readme[speaks],
            "open_lists": open_lists(one.questionnaire),
            "sheet": keying.sheet(with_samples(one.questionnaire), speaks),
            "surveys": [(survey.key, Text(survey.title_zh, survey.title_en)) for survey in mine],
            "pictures": pictures.can_draw(),
        }
    page = staff_page(request, running, person, "staff/catalogue/programme.html", context, section="catalogue")
    return framing(page)


@router.get("/{name}/phone")
def phone(request: Request, running: Running, _person: WaveStaff, now: Now, name: str) -> Response:
    one = shelf.programme(name)
    city = Text(running.settings.city_in("zh"), running.settings.city_in("en"))
    return phone_page(request, one.questionnaire, canonical.sha256(one.questionnaire), city, on=now.date())


@router.get("/{name}/paper-{language}.pdf")
def paper(request: Request, running: Running, _person: WaveStaff, name: str, language: str) -> Response:
    """The printed form without a serial, in large print with ``?text=large``."""
    one = shelf.programme(name)
    if language not in LANGUAGES:
        raise NotFound
    definition, sha256 = canonical.canonical_bytes(one.questionnaire).decode(), canonical.sha256(one.questionnaire)
    large = request.query_params.get("text") == "large"
    made = computed(running, "survey_service.paper.printing:preview_of", definition, language, sha256, large)
    return Response(made, media_type="application/pdf", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/{name}/paper-{language}.png")
def paper_picture(running: Running, _person: WaveStaff, name: str, language: str) -> Response:
    one = shelf.programme(name)
    if language not in LANGUAGES or not pictures.can_draw():
        raise NotFound
    definition, sha256 = canonical.canonical_bytes(one.questionnaire).decode(), canonical.sha256(one.questionnaire)
    made = computed(running, "survey_service.paper.pictures:picture_of", definition, language, sha256)
    return Response(made, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/{name}/definition.yaml")
def definition_file(_person: WaveStaff, name: str) -> Response:
    headers = {"Content-Disposition": content_disposition("attachment", f"{name}.yaml"), "Cache-Control": "no-store"}
    return Response(shelf.programme(name).source, media_type="application/yaml; charset=utf-8", headers=headers)


@router.get("/{name}/review-{language}.pdf")
def review_copy(running: Running, _person: WaveStaff, name: str, language: str) -> Response:
    """Every question with its codes, conditions, checks and figures in words."""
    one = shelf.programme(name)
    return review_file(running, canonical.canonical_bytes(one.questionnaire).decode(), language)
