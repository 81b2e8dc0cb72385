"""A stored questionnaire as it will be met: on a phone, on paper, and by whoever keys it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires import canonical, offered
from questionnaires.lists import open_lists
from questionnaires.model import Questionnaire
from questionnaires.sample_entries import with_samples
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, WaveStaff
from survey_service.accounts.staff_pages import staff_page
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import NotFound
from survey_service.keying import sheets as keying
from survey_service.models import Area, QuestionnaireVersion, Survey, Wave, WaveState
from survey_service.paper import pictures
from survey_service.paper.service import LANGUAGES
from survey_service.preview.surfaces import framing, phone_page
from survey_service.processes.beside import computed
from survey_service.surveys import definitions, filling, planning_queries
from survey_service.surveys.access import find_survey, find_wave, may
from survey_service.web.languages import Speaks

router = APIRouter()
WaveKey = Annotated[str, Query(max_length=30)]


@router.get("/surveys/{survey_key}/questionnaires/{version_id}")
def preview(
    request: Request,
    running: Running,
    reading: Reading,
    person: WaveStaff,
    speaks: Speaks,
    survey_key: str,
    version_id: UUID,
    wave: WaveKey = "",
) -> Response:
    """With ``wave``, the key of a draft that asks this version: with its lists as far as they are filled in."""
    with reading.begin() as session:
        seen = _find(session, person, survey_key, version_id, wave)
        survey, questionnaire = seen.survey, seen.questionnaire
        context = {
            "survey": survey,
            "title": Text(survey.title_zh, survey.title_en),
            "stored": seen.stored,
            "of_wave": seen.wave,
            "of_wave_name": Text(seen.wave.name_zh, seen.wave.name_en) if seen.wave else None,
            "open_lists": open_lists(questionnaire),
            "spoken": offered.further(questionnaire),
            "questionnaire": questionnaire,
            "sheet": keying.sheet(with_samples(questionnaire), speaks),
            "may_change": may(session, person, survey, *rights.PLAN),
            "pictures": pictures.can_draw(),
        }
        page = staff_page(request, running, person, "staff/planning/preview.html", context, section="surveys")
    return framing(page)


@router.get("/surveys/{survey_key}/questionnaires/{version_id}/phone")
def phone(
    request: Request,
    reading: Reading,
    person: WaveStaff,
    now: Now,
    survey_key: str,
    version_id: UUID,
    wave: WaveKey = "",
) -> Response:
    """The resident's page itself, with its buttons to submit dead. The only page of ours that may be framed, by us."""
    with reading.begin() as session:
        seen = _find(session, person, survey_key, version_id, wave)
        city = session.get_one(Area, seen.survey.city_id)
        name = Text(city.name_zh, city.name_en)
        return phone_page(request, seen.questionnaire, canonical.sha256(seen.questionnaire), name, on=now.date())


@router.get("/surveys/{survey_key}/questionnaires/{version_id}/paper-{language}.pdf")
def paper(
    request: Request,
    running: Running,
    reading: Reading,
    person: WaveStaff,
    survey_key: str,
    version_id: UUID,
    language: str,
    wave: WaveKey = "",
) -> Response:
    """The printed form without a serial, in large print with ``?text=large``. Drawn in a second or two."""
    with reading.begin() as session:
        seen = _find(session, person, survey_key, version_id, wave)
    if language not in LANGUAGES:
        raise NotFound
    large = request.query_params.get("text") == "large"
    made = computed(running, "survey_service.paper.printing:preview_of", *seen.drawn(language), large)
    return Response(made, media_type="application/pdf", headers=seen.headers)


@router.get("/surveys/{survey_key}/questionnaires/{version_id}/paper-{language}.png")
def paper_picture(
    running: Running,
    reading: Reading,
    person: WaveStaff,
    survey_key: str,
    version_id: UUID,
    language: str,
    wave: WaveKey = "",
) -> Response:
    """The same form as a picture, to stand beside the phone and the keys."""
    with reading.begin() as session:
        seen = _find(session, person, survey_key, version_id, wave)
    if language not in LANGUAGES or not pictures.can_draw():
        raise NotFound
    made = computed(running, "survey_service.paper.pictures:picture_of", *seen.drawn(language))
    return Response(made, media_type="image/png", headers=seen.headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A stored questionnaire, with the lists of a draft wave where one is looked at."""

    survey: Survey
    stored: QuestionnaireVersion
    wave: Wave | None
    questionnaire: Questionnaire

    @property
    def headers(self) -> dict[str, str]:
        """A browser may keep a version, which never changes; the lists of a draft do."""
        return {"Cache-Control": "no-store" if self.wave else "private, max-age=3600"}

    def drawn(self, language: str) -> tuple[str, str, str]:
        """What the process that draws the form is given."""
        definition = canonical.canonical_bytes(self.questionnaire).decode()
        return definition, language, canonical.sha256(self.questionnaire)


def _find(session: Session, person: Person, survey_key: str, version_id: UUID, wave_key: str) -> _Seen:
    survey = find_survey(session, person, survey_key)
    stored = planning_queries.version(session, survey, version_id)
    if stored is None:
        raise NotFound
    questionnaire = definitions.frozen(session, survey.id, stored.id)
    wave = find_wave(session, person, survey_key, wave_key)[1] if wave_key else None
    if wave is not None and (wave.questionnaire_version_id != stored.id or wave.state is not WaveState.DRAFT):
        raise NotFound
    if wave is not None:
        lists = filling.of_the_wave(session, survey, wave, questionnaire)
        questionnaire, _ = filling.as_far_as_it_fits(questionnaire, lists)
    return _Seen(survey=survey, stored=stored, wave=wave, questionnaire=questionnaire)
