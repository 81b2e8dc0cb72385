"""Reserves on a page: how far each community has come, and the next batch released whole."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import NotFound
from survey_service.field import pages
from survey_service.models import WaveState
from survey_service.sampling import reserves
from survey_service.sampling.unit_words import UNITS
from survey_service.surveys import queries as surveys
from survey_service.surveys.access import find_wave, refuse_unless
from survey_service.surveys.service import progress
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/field/reserves")


@router.get("")
def reserves_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Manager,
    survey_key: str,
    wave_key: str,
    released: int | None = None,
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        waiting = reserves.waiting(session, survey.id, wave.id)
        found = progress(session, survey, wave, person.visible(*rights.PLAN))
        context = {
            **pages.frame(person, survey, wave),
            "lines": [(line, waiting.get(line.area_id)) for line in found.communities if line.sampled],
            "any_left": bool(waiting),
            "open": wave.state is WaveState.OPEN,
            "released": None if released is None else UNITS[wave.listed_unit].counted(released),
        }
        return staff_page(request, running, person, "staff/field/reserves.html", context, section="surveys")


@router.post("/{area_code}")
def release(
    writing: Writing, person: Manager, now: Now, posted: Posted, survey_key: str, wave_key: str, area_code: str
) -> Response:
    """The next batch of one community, as it was seen; never taken back."""
    seen = posted_forms.text(posted, "replicate")
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        areas = surveys.all_communities(session, survey, wave)
        area = next((one for one in areas if one.code == area_code), None)
        if area is None:
            raise NotFound
        count = reserves.release(
            session,
            survey.id,
            wave.id,
            area.id,
            int(seen) if seen.isascii() and seen.isdigit() else 0,
            at=now,
            by=person.actor,
        )
    return go(f"/surveys/{survey_key}/waves/{wave_key}/field/reserves?released={count}")
