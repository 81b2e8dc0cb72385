"""Taking a released wave back to be corrected, dropping that, and two editions side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import DomainError, NotAllowed, NotFound
from survey_service.models import WaveState
from survey_service.releases import corrections, queries
from survey_service.releases.edition_changes import changes
from survey_service.releases.review_pages import find
from survey_service.releases.routes import ReleaseReader, find_release

router = APIRouter()

Corrector = Annotated[Person, Depends(require(*rights.CORRECT))]
SHOWN = 200
"""Figures of two editions that one page shows side by side; all are counted."""


@router.get("/surveys/{survey_key}/waves/{wave_key}/correct")
def confirm(
    request: Request, running: Running, reading: Reading, person: Corrector, survey_key: str, wave_key: str
) -> Response:
    """Says what a correction is before it is begun."""
    return _page(Asking(request, running, person), reading, survey_key, wave_key)


@router.post("/surveys/{survey_key}/waves/{wave_key}/correct")
def begin(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Corrector,
    now: Now,
    survey_key: str,
    wave_key: str,
    reason: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    try:
        with writing.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key, rights.CORRECT)
            corrections.begin(session, survey.id, wave.id, reason=reason, at=now, by=person.actor)
    except (NotFound, NotAllowed):
        raise
    except DomainError as fault:
        return _page(Asking(request, running, person), reading, survey_key, wave_key, typed=reason, fault=fault)
    return go(f"/surveys/{survey_key}/waves/{wave_key}")


@router.post("/surveys/{survey_key}/waves/{wave_key}/correct/drop")
def drop(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Corrector,
    now: Now,
    survey_key: str,
    wave_key: str,
) -> Response:
    """The edition that is in force stays; nothing is published."""
    try:
        with writing.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key, rights.CORRECT)
            corrections.drop(session, survey.id, wave.id, at=now, by=person.actor)
    except (NotFound, NotAllowed):
        raise
    except DomainError as fault:
        return _page(Asking(request, running, person), reading, survey_key, wave_key, fault=fault)
    return go(f"/surveys/{survey_key}/waves/{wave_key}")


@router.get("/releases/{number}/changes")
def side_by_side(request: Request, running: Running, reading: Reading, person: ReleaseReader, number: str) -> Response:
    """What an edition prints otherwise than the one before it, in the areas that the person may see."""
    asking = Asking(request, running, person)
    with reading.begin() as session:
        release, survey, wave = find_release(session, person, number)
        before = next(
            (one for one in queries.editions(session, survey.id, wave.id) if one.id == release.correction_of), None
        )
        if before is None:
            raise NotFound
        found = changes(session, person, before, release, survey)
        context = {
            "survey": survey,
            "wave": wave,
            "release": release,
            "before": before,
            "survey_title": Text(survey.title_zh, survey.title_en),
            "wave_name": Text(wave.name_zh, wave.name_en),
            "changed": found.changed[:SHOWN],
            "count": len(found.changed),
            "alike": found.alike,
        }
        return asking.page("staff/release-changes.html", context, section="surveys")


def _page(
    asking: Asking,
    reading: Reading,
    survey_key: str,
    wave_key: str,
    *,
    typed: str = "",
    fault: DomainError | None = None,
) -> Response:
    with reading.begin() as session:
        survey, wave = find(session, asking.person, survey_key, wave_key, rights.CORRECT)
        context = {
            "survey": survey,
            "wave": wave,
            "survey_title": Text(survey.title_zh, survey.title_en),
            "wave_name": Text(wave.name_zh, wave.name_en),
            "newest": queries.newest(session, survey.id, wave.id),
            "possible": wave.state is WaveState.RELEASED,
            "typed": typed,
            "fault": fault,
        }
        return asking.page("staff/correct.html", context, section="surveys", fault=fault)
