"""The statistician's page: diagnostics first; the figures once somebody has opened them; and the signature."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts.permissions import Person, Statistician
from survey_service.accounts.queries import above
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import DomainError, NotAllowed, NotFound
from survey_service.models import Role, Survey, Wave, WaveState
from survey_service.surveys import figures
from survey_service.surveys import queries as survey_queries

router = APIRouter()

COMPUTED = (WaveState.CLOSED, WaveState.UNDER_REVIEW, WaveState.RELEASED)


@router.get("/surveys/{survey_key}/waves/{wave_key}/estimates")
def estimates_page(
    request: Request, running: Running, reading: Reading, person: Statistician, survey_key: str, wave_key: str,
    indicator: str = "",
) -> Response:  # fmt: skip
    return show(request, running, reading, person, survey_key, wave_key, indicator=indicator, fault=None)


@router.post("/surveys/{survey_key}/waves/{wave_key}/estimates/open")
def open_figures(
    request: Request, running: Running, reading: Reading, writing: Writing, person: Statistician, now: Now,
    survey_key: str, wave_key: str,
) -> Response:  # fmt: skip
    """Stored with name and time: from here on the field of this wave never goes on."""
    try:
        with writing.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key)
            figures.open_figures(session, survey.id, wave.id, at=now, by=person.actor)
    except (NotFound, NotAllowed):
        raise
    except DomainError as fault:
        return show(request, running, reading, person, survey_key, wave_key, indicator="", fault=fault)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/estimates#figures")


def show(
    request: Request, running: Running, reading: Reading, person: Person, survey_key: str, wave_key: str,
    *, indicator: str, fault: DomainError | None,
) -> Response:  # fmt: skip
    """The page; with ``fault`` above it where a signature was refused."""
    # Here and not above: the server starts, and answers residents, without the statistics.
    from survey_service.estimates import outcomes, pages, phone_checks
    from survey_service.releases import service as releases

    with reading.begin() as session:
        survey, wave = find(session, person, survey_key, wave_key)
        prepared = releases.prepare(session, survey.id, wave.id)
        estimates = prepared.estimates
        opened = wave.figures_opened_at is not None
        indicators = [one for one in estimates.indicators if one.headline] + [
            one for one in estimates.indicators if not one.headline
        ]
        # Only an indicator of this questionnaire can be named; anything else shows the first.
        chosen = next((one for one in indicators if one.id == indicator), indicators[0])
        checks = [*pages.checks(estimates), *phone_checks.checks(session, survey.id, wave.id)]
        context = {
            "survey": survey,
            "wave": wave,
            "survey_title": Text(survey.title_zh, survey.title_en),
            "wave_name": Text(wave.name_zh, wave.name_en),
            "checks": checks,
            "open_checks": sum(not one.fine for one in checks),
            "rates": estimates.rates[estimates.cases.city.code],
            "recorded": outcomes.recorded(estimates.cases.rows),
            "version": estimates.cases.questionnaire.version,
            "indicators": indicators,
            "figures": pages.figures(estimates, chosen) if opened else None,
            "snapshot": prepared.snapshot_sha256,
            "may_open": wave.state is WaveState.UNDER_REVIEW and not opened,
            "may_sign": wave.state is WaveState.UNDER_REVIEW and opened,
            "fault": fault,
        }
        status = fault.status if fault else 200
        return staff_page(request, running, person, "staff/estimates.html", context, section="surveys", status=status)


def find(session: Session, person: Person, survey_key: str, wave_key: str) -> tuple[Survey, Wave]:
    """A closed wave whose whole city is the statistician's; NotFound otherwise. An open one shows progress only."""
    visible = person.visible(Role.STATISTICIAN)
    found = survey_queries.visible_wave(session, survey_key, wave_key, visible, above(person.areas(Role.STATISTICIAN)))
    if found is None or not survey_queries.holds(session, found[0].city_id, visible):
        raise NotFound
    if found[1].state not in COMPUTED:
        raise NotFound(
            zh="这一期还在调查中，截止以后才计算：边看数字边收答卷，会让人挑着停。",
            en="This wave is still being asked. Figures are computed once it is closed: whoever watches them while "
            "answers come in is tempted to stop when they please.",
        )
    return found
