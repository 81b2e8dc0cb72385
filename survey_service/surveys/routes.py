"""Pages of surveys and waves: what there is, how far it has come, and the steps of its life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from fastapi.responses import JSONResponse
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.open_questions import open_questions
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, WaveStaff, export_roles, is_named_for_contacts, require
from survey_service.accounts.queries import above
from survey_service.accounts.staff_pages import Asking, go, staff_page
from survey_service.contacts.asked import contact_asked
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import DomainError, NotAllowed, NotFound
from survey_service.fieldwork import appointments, overdue
from survey_service.models import Case, Mode, Role, Survey, Wave, WaveState
from survey_service.models.job import JobState
from survey_service.sampling.unit_words import UNITS
from survey_service.secrets import KeyRing
from survey_service.surveys import (
    codes,
    definitions,
    list_states,
    opening,
    queries,
    readiness,
    rectification_told,
    service,
    wave_offers,
)
from survey_service.surveys.access import find_wave, may
from survey_service.web.qr import qr_svg

STILL_AT_WORK = (JobState.WAITING, JobState.RUNNING)

router = APIRouter()

WaveReader = Annotated[Person, Depends(require(*rights.SEE_SURVEYS))]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a wave's life that a person can take by a button."""

    roles: tuple[Role, ...]
    before: tuple[WaveState, ...]
    take: Callable[..., Wave]


STEPS: dict[str, Step] = {
    "open": Step(rights.PLAN, (WaveState.DRAFT,), service.open_wave),
    "close": Step(rights.PLAN, (WaveState.OPEN,), service.close_wave),
    "review": Step(rights.REVIEW, (WaveState.CLOSED,), service.begin_review),
    "back": Step(rights.STEP_BACK, tuple(service.STEPS_BACK), service.step_back),
}


@router.get("/surveys")
def list_waves(request: Request, running: Running, reading: Reading, person: WaveReader, now: Now) -> Response:
    """Whoever follows no wave is led to what was released."""
    if not person.has(*rights.FOLLOW_WAVES):
        return go("/results")
    with reading.begin() as session:
        visible, upward = person.visible(*rights.SEE_SURVEYS), above(person.areas(*rights.SEE_SURVEYS))
        lines = queries.visible_waves(session, visible, upward)
        surveys = queries.visible_surveys(session, visible, upward)
        late, agreed = _awaited(session, running, person, now)
        today = now.astimezone(running.settings.zone).date()
        context = {
            "overdue": [
                (
                    line.survey,
                    line.wave,
                    _titles(line.survey, line.wave),
                    UNITS[line.wave.listed_unit],
                    late.get(key),
                    agreed.get(key),
                )
                for line in lines
                if (key := (line.survey.id, line.wave.id)) in late or key in agreed
            ],
            "lines": [(line, _titles(line.survey, line.wave)) for line in lines],
            "mending": rectification_told.told(session, person, [(line.survey, line.wave) for line in lines], today),
            "surveys": [(survey, Text(survey.title_zh, survey.title_en), waves) for survey, waves in surveys],
        }
        return staff_page(request, running, person, "staff/surveys.html", context, section="surveys")


@router.get("/surveys/{survey_key}/waves/{wave_key}")
def wave_page(
    request: Request, running: Running, reading: Reading, person: WaveReader, now: Now, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        visible = person.visible(*rights.SEE_SURVEYS)
        staff = person.has(*rights.FOLLOW_WAVES)
        if not staff and not _for_leaders(wave):
            raise NotFound
        today = now.astimezone(running.settings.zone).date()
        draft = wave.state is WaveState.DRAFT
        jobs = queries.jobs(session, wave)
        blockers = opening.blockers(session, survey, wave, on=today) if draft else ()
        progress = service.progress(session, survey, wave, visible) if staff and not draft else None
        reader = wave_offers.WaveReader(
            may_change=may(session, person, survey, *rights.PLAN),
            may_review=may(session, person, survey, *rights.REVIEW),
            manages=person.has(*rights.PLAN),
            may_stand=may(session, person, survey, *rights.STAND_FOR),
            may_correct=may(session, person, survey, *rights.CORRECT) and bool(queries.releases(session, wave)),
            may_export=may(session, person, survey, *export_roles(running.settings)),
            reads_remarks=person.has(*rights.CHOOSE_REMARKS) and _asks_for_words(session, wave),
            has_files=queries.has_files(session, wave),
            reads_contacts=not draft and is_named_for_contacts(person, running) and contact_asked(wave) is not None,
            steps=_steps(session, person, survey, wave),
        )
        late, agreed = _awaited(session, running, person, now, wave)
        context: dict[str, Any] = {
            **_titles(survey, wave),
            "wave": wave,
            "overdue": late.get((survey.id, wave.id)),
            "agreed": agreed.get((survey.id, wave.id)),
            "mends_overdue": rectification_told.overdue_of(session, person, wave, today),
            "unit": UNITS[wave.listed_unit],
            "survey": survey,
            "staff": staff,
            "now": now,
            "today": today,
            "readiness": readiness.readiness(session, survey, wave, visible) if draft and staff else None,
            "lists": list_states.states(session, survey, wave) if staff else (),
            "reminders": opening.reminders(session, wave, on=today) if draft and staff else (),
            "may_change": reader.may_change,
            "blockers": [(one, wave_offers.blocker_address(survey, wave, one)) for one in blockers],
            "progress": progress,
            "releases": service.releases(session, wave, visible),
            "jobs": jobs if staff else [],
            "again": _unmade(session, wave),
            "making": any(job.kind == "release" and job.state in STILL_AT_WORK for job in jobs),
            "advice": wave_offers.advice(wave, reader, today=today, blocked=bool(blockers)),
            "offers": wave_offers.offers(survey, wave, reader, today=today, blocked=bool(blockers), progress=progress),
            "public_url": running.settings.public_url,
        }
        return staff_page(request, running, person, "staff/wave.html", context, section="surveys")


def _asks_for_words(session: Session, wave: Wave) -> bool:
    return bool(open_questions(definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)))


@router.get("/surveys/{survey_key}/waves/{wave_key}/jobs")
def wave_jobs(running: Running, reading: Reading, person: WaveStaff, survey_key: str, wave_key: str) -> JSONResponse:
    """How far background work on this wave has come; asked again and again by the page while work is going on."""
    with reading.begin() as session:
        _, wave = find_wave(session, person, survey_key, wave_key)
        shown = [
            {"kind": job.kind, "state": job.state.value, "done": job.done, "total": job.total}
            for job in queries.jobs(session, wave)
        ]
    return JSONResponse({"jobs": shown, "nobody_works": running.nobody_works}, headers={"Cache-Control": "no-store"})


@router.get("/surveys/{survey_key}/waves/{wave_key}/steps/{step}")
def confirm_step(
    request: Request,
    running: Running,
    reading: Reading,
    person: WaveStaff,
    now: Now,
    survey_key: str,
    wave_key: str,
    step: str,
) -> Response:
    """Says what the step will do before it is done."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        return _confirm_page(Asking(request, running, person), session, survey, wave, step, now, fault=None)


@router.post("/surveys/{survey_key}/waves/{wave_key}/steps/{step}")
def take_step(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: WaveStaff,
    now: Now,
    survey_key: str,
    wave_key: str,
    step: str,
    reason: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    try:
        with writing.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key)
            _check_step(session, person, survey, step)
            today = now.astimezone(running.settings.zone).date()
            further: dict[str, dict[str, Any]] = {"open": {"on": today}, "back": {"reason": reason}}
            STEPS[step].take(session, wave.survey_id, wave.id, at=now, by=person.actor, **further.get(step, {}))
            if step == "open":
                _issue_open_codes(session, survey, wave, running.keys)
    except (NotFound, NotAllowed):
        raise
    except DomainError as fault:
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key)
            return _confirm_page(Asking(request, running, person), session, survey, wave, step, now, fault=fault)
    return go(f"/surveys/{survey_key}/waves/{wave_key}")


@router.get("/surveys/{survey_key}/waves/{wave_key}/codes")
def code_sheet(
    request: Request, running: Running, reading: Reading, person: WaveStaff, survey_key: str, wave_key: str
) -> Response:
    """The open QR code of each community, to be printed."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        areas = queries.communities(session, survey, wave, person.visible(*rights.SEE_SURVEYS))
        open_codes = queries.open_codes(session, wave)
        context = {
            **_titles(survey, wave),
            "wave": wave,
            "survey": survey,
            "public_url": running.settings.public_url,
            "cards": [
                (area.code, Text(area.name_zh, area.name_en), open_codes[area.id])
                for area in areas
                if area.id in open_codes
            ],
        }
        return staff_page(request, running, person, "staff/codes.html", context, section="surveys")


@router.get("/surveys/{survey_key}/waves/{wave_key}/codes/{area_code}.svg")
def code_picture(
    running: Running, reading: Reading, person: WaveStaff, survey_key: str, wave_key: str, area_code: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        areas = queries.communities(session, survey, wave, person.visible(*rights.SEE_SURVEYS))
        area = next((area for area in areas if area.code == area_code), None)
        code = queries.open_codes(session, wave).get(area.id) if area else None
    if code is None:
        raise NotFound
    picture = qr_svg(f"{running.settings.public_url}/a/{code}")
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


def _unmade(session: Session, wave: Wave) -> str:
    """The number of the release whose reports were not made; "" where none is so."""
    failed = {one.arguments["release_id"] for one in queries.unmade(session, wave)}
    return next((one.number for one in queries.releases(session, wave) if str(one.id) in failed), "")


def _for_leaders(wave: Wave) -> bool:
    """What is released, and what waits to be signed or is corrected: its figures are open."""
    return wave.state is WaveState.RELEASED or (
        wave.state is WaveState.UNDER_REVIEW and wave.figures_opened_at is not None
    )


def _awaited(
    session: Session, running: Running, person: Person, now: datetime, wave: Wave | None = None
) -> tuple[dict[tuple[UUID, UUID], overdue.Told], dict[tuple[UUID, UUID], appointments.Agreed]]:
    """What is overdue and what is agreed on, by survey and wave, of those whose field this person follows; ``wave``: of
    it alone."""
    if not person.has(*rights.FOLLOW_WAVES) or (wave is not None and wave.state is not WaveState.OPEN):
        return {}, {}
    of: list[ColumnElement[bool]] = [Case.area_id.in_(person.visible(*rights.FOLLOW_WAVES))]
    if wave is not None:
        of += [Case.survey_id == wave.survey_id, Case.wave_id == wave.id]
    local = now.astimezone(running.settings.zone)
    return overdue.told_by_wave(session, local, *of), appointments.told_by_wave(session, local, *of)


def _titles(survey: Survey, wave: Wave) -> dict[str, Text]:
    return {"survey_title": Text(survey.title_zh, survey.title_en), "wave_name": Text(wave.name_zh, wave.name_en)}


def _check_step(session: Session, person: Person, survey: Survey, step: str) -> Step:
    if step not in STEPS:
        raise NotFound
    if not may(session, person, survey, *STEPS[step].roles):
        raise NotAllowed
    return STEPS[step]


def _steps(session: Session, person: Person, survey: Survey, wave: Wave) -> list[str]:
    """Steps that this person can take now."""
    return [
        name for name, step in STEPS.items() if wave.state in step.before and may(session, person, survey, *step.roles)
    ]


def _confirm_page(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    step: str,
    now: datetime,
    *,
    fault: DomainError | None,
) -> Response:
    found = _check_step(session, asking.person, survey, step)
    today = now.astimezone(asking.running.settings.zone).date()
    context = {
        **_titles(survey, wave),
        "survey": survey,
        "wave": wave,
        "unit": UNITS[wave.listed_unit],
        "step": step,
        "possible": wave.state in found.before,
        "after": service.STEPS_BACK.get(wave.state) if step == "back" else None,
        "blockers": opening.blockers(session, survey, wave, on=today) if step == "open" else (),
        "progress": service.progress(session, survey, wave, asking.person.visible(*rights.SEE_SURVEYS)),
        "fault": fault,
        "today": today,
    }
    return asking.page("staff/step.html", context, section="surveys", fault=fault)


def _issue_open_codes(session: Session, survey: Survey, wave: Wave, keys: KeyRing) -> None:
    """Every community gets its poster's code when a wave opens that takes open answers."""
    if wave.modes and Mode.WEB_OPEN.value not in wave.modes:
        return
    for area in queries.all_communities(session, survey, wave):
        codes.issue_open_code(session, survey.id, wave.id, area.id, keys=keys)
