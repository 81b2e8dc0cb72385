"""The statistician's page: diagnostics first; the figures once somebody has opened them; and the signature."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, Statistician
from survey_service.accounts.queries import above
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import DomainError, NotAllowed, NotFound
from survey_service.models import Survey, Wave, WaveState
from survey_service.processes.beside import computed
from survey_service.releases import steps_shown
from survey_service.releases.steps import Seen
from survey_service.surveys import queries as survey_queries

router = APIRouter()

COMPUTED = (WaveState.CLOSED, WaveState.UNDER_REVIEW, WaveState.RELEASED)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Of a step on this page."""

    fault: DomainError


@router.get("/surveys/{survey_key}/waves/{wave_key}/estimates")
def estimates_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Statistician,
    survey_key: str,
    wave_key: str,
    indicator: str = "",
) -> Response:
    return show(request, running, reading, person, survey_key, wave_key, indicator=indicator, refusal=None)


@router.post("/surveys/{survey_key}/waves/{wave_key}/estimates/open")
def open_figures(
    request: Request,
    running: Running,
    reading: Reading,
    person: Statistician,
    now: Now,
    survey_key: str,
    wave_key: str,
) -> Response:
    """Stored with name, time and the plan: from here on the field of this wave never goes on."""
    try:
        with reading.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key)
            which = survey.id, wave.id
        computed(running, "survey_service.releases.review:open_figures", *which, now, person.actor)
    except (NotFound, NotAllowed):
        raise
    except DomainError as fault:
        return show(request, running, reading, person, survey_key, wave_key, indicator="", refusal=Refusal(fault))
    return go(f"/surveys/{survey_key}/waves/{wave_key}/estimates#figures")


def show(
    request: Request,
    running: Running,
    reading: Reading,
    person: Person,
    survey_key: str,
    wave_key: str,
    *,
    indicator: str,
    refusal: Refusal | None,
) -> Response:
    """The page; with what was refused above it."""
    fault = None if refusal is None else refusal.fault
    with reading.begin() as session:
        survey, wave = find(session, person, survey_key, wave_key)
        survey_id, wave_id, opened = survey.id, wave.id, wave.figures_opened_at is not None
    review = computed(running, "survey_service.releases.review:review", survey_id, wave_id, indicator, opened)
    with reading.begin() as session:
        survey, wave = find(session, person, survey_key, wave_key)
        seen = Seen(rows_key=review.rows_key, plan_sha256=review.plan_sha256)
        stood_for = opened and wave.state is WaveState.UNDER_REVIEW
        context = {
            "survey": survey,
            "wave": wave,
            "survey_title": Text(survey.title_zh, survey.title_en),
            "wave_name": Text(wave.name_zh, wave.name_en),
            "checks": review.checks,
            "open_checks": sum(not one.fine for one in review.checks),
            "rates": review.rates,
            "recorded": review.recorded,
            "version": review.version,
            "indicators": review.indicators,
            "figures": review.figures,
            "beside": review.beside,
            "snapshot": review.snapshot,
            "may_open": wave.state is WaveState.UNDER_REVIEW and not opened,
            "standing": steps_shown.shown(session, person, running.settings, survey, wave, seen) if stood_for else None,
            "fault": fault,
        }
        status = fault.status if fault else 200
        return staff_page(request, running, person, "staff/estimates.html", context, section="surveys", status=status)


def find(
    session: Session, person: Person, survey_key: str, wave_key: str, roles: rights.Roles = rights.REVIEW
) -> tuple[Survey, Wave]:
    """A closed wave whose whole city is the person's by ``roles``; NotFound otherwise. An open one shows progress
    only."""
    visible = person.visible(*roles)
    found = survey_queries.visible_wave(session, survey_key, wave_key, visible, above(person.areas(*roles)))
    if found is None or not survey_queries.holds(session, found[0].city_id, visible):
        raise NotFound
    if found[1].state not in COMPUTED:
        raise NotFound(
            zh="这一期还在调查中，截止以后才计算：边看数字边收答卷，会让人挑着停。",
            en="This wave is still being asked. Figures are computed once it is closed: whoever watches them while "
            "answers come in is tempted to stop when they please.",
        )
    return found
