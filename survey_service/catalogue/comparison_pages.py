"""Two versions of a survey's questionnaire side by side, and a version as the office that approves it reads it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts.permissions import WaveStaff
from survey_service.accounts.staff_pages import staff_page
from survey_service.catalogue.comparison import STANDINGS, Standing, compare
from survey_service.catalogue.review_file import review_file
from survey_service.dependencies import Reading, Running
from survey_service.errors import NotFound
from survey_service.surveys import definitions, filling, planning_queries
from survey_service.surveys.access import find_survey

router = APIRouter(prefix="/surveys/{survey_key}/questionnaires/{version_id}")


@router.get("/changes")
def changes_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: WaveStaff,
    survey_key: str,
    version_id: UUID,
    since: UUID | None = None,
) -> Response:
    """From the version ``since`` to this one; without it from the one stored before this, where there is one."""
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        # What a wave made of a version when it opened is held against anything; versions against one another.
        filled = filling.chosen_version(session, survey.id, version_id) != version_id
        every = [stored for stored, _ in planning_queries.versions(session, survey, with_filled=filled)]
        this = next((one for one in every if one.id == version_id), None)
        if this is None:
            raise NotFound
        others = [one for one in every if one.id != version_id]
        earlier = [one for one in others if one.created_at <= this.created_at] or others
        other = next((one for one in others if one.id == since), None) if since else next(iter(earlier), None)
        if since and other is None:
            raise NotFound
        found = None
        if other is not None:
            old, new = (definitions.frozen(session, survey.id, one.id) for one in (other, this))
            found = compare(old, new)
        context = {
            "survey": survey,
            "title": Text(survey.title_zh, survey.title_en),
            "this": this,
            "other": other,
            "others": others,
            "found": found,
            "Standing": Standing,
            "standings": STANDINGS,
        }
        return staff_page(request, running, person, "staff/catalogue/changes.html", context, section="surveys")


@router.get("/review-{language}.pdf")
def review_copy(
    running: Running, reading: Reading, person: WaveStaff, survey_key: str, version_id: UUID, language: str
) -> Response:
    """Every question with its codes, conditions, checks and figures in words; a browser may keep it."""
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        stored = planning_queries.version(session, survey, version_id)
        if stored is None:
            raise NotFound
        definition = stored.definition
    return review_file(running, definition, language)
