"""The analysis plan of a wave on a page: what it says, what it does to the weights, and how it is changed.

The first of two rooms: nothing on it is computed from an indicator until somebody has opened the figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts.permissions import Person, Statistician
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.analyses import kept_plans
from survey_service.analyses.plan_shown import Filled, FilledTest, Proposed, box
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import DomainError, NotAllowed, NotFound
from survey_service.models import WaveState
from survey_service.outside import plans as outside
from survey_service.processes.beside import computed
from survey_service.releases.review_pages import find
from survey_service.web import posted_forms
from survey_service.web.downloads import content_disposition
from survey_service.web.posted_forms import Posted

router = APIRouter()

PAGE = "/surveys/{survey_key}/waves/{wave_key}/plan"
BESIDE = "survey_service.analyses.plan_review"
BOXES = ("margins", "least", "trimming", "pooled", "level", "interval", "reliability")
MOST_ROWS = re.compile("[0-9]{1,2}")
NO_FILE = Text("请选一个方案文件（YAML）。", "Choose a plan file (YAML).")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page is shown, and what somebody wanted of it."""

    survey_key: str
    wave_key: str
    every: bool = False
    proposed: Proposed | None = None
    fault: DomainError | None = None
    reason: str = ""


@router.get(PAGE)
def plan_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Statistician,
    survey_key: str,
    wave_key: str,
    every: bool = False,
) -> Response:
    """``every``: all cells of margins that have many."""
    return _show(request, running, reading, person, Asked(survey_key, wave_key, every))


@router.get("/surveys/{survey_key}/waves/{wave_key}/plan.yaml")
def plan_file(running: Running, reading: Reading, person: Statistician, survey_key: str, wave_key: str) -> Response:
    """The plan in force, every field written."""
    survey_id, wave_id = _ids(reading, person, survey_key, wave_key)
    text = computed(running, f"{BESIDE}:as_file", survey_id, wave_id)
    name = f"{survey_key}-{wave_key}-plan.yaml"
    return Response(
        text,
        media_type="application/yaml",
        headers={"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"},
    )


@router.post(PAGE)
def look_at_change(
    request: Request,
    running: Running,
    reading: Reading,
    person: Statistician,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    """What the boxes, or a file, would change: shown before anything is stored."""
    survey_id, wave_id = _ids(reading, person, survey_key, wave_key)
    if posted_forms.text(posted, "by") == "file":
        sent = posted_forms.upload(posted, "file")
        document, fault = (None, NO_FILE) if sent is None else outside.read(sent[1])
        if fault is not None:
            proposed = Proposed(kept={}, chosen_groups=(), faults={"file": fault})
        else:
            proposed = computed(running, f"{BESIDE}:proposed_by_file", survey_id, wave_id, document)
    else:
        filled = Filled(
            kept={name: posted_forms.text(posted, name) for name in BOXES},
            groups=tuple(posted_forms.texts(posted, "groups")),
            tests=_tests(posted),
        )
        proposed = computed(running, f"{BESIDE}:proposed", survey_id, wave_id, filled)
    return _show(request, running, reading, person, Asked(survey_key, wave_key, proposed=proposed))


@router.post(f"{PAGE}/change")
def store_change(
    request: Request,
    running: Running,
    reading: Reading,
    person: Statistician,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    """Keep what was looked at: the plan before stays, and after the figures were opened so does the reason."""
    survey_id, wave_id = _ids(reading, person, survey_key, wave_key)
    change = tuple(posted_forms.text(posted, name) for name in ("before", "plan", "reason"))
    try:
        computed(running, f"{BESIDE}:store", survey_id, wave_id, change, now, person.actor)
    except (NotFound, NotAllowed):
        raise
    except DomainError as fault:
        again = computed(running, f"{BESIDE}:proposed_again", survey_id, wave_id, change[1])
        asked = Asked(survey_key, wave_key, proposed=again, fault=fault, reason=change[2])
        return _show(request, running, reading, person, asked)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/plan")


def _tests(posted: Posted) -> tuple[FilledTest, ...]:
    """The rows of tests and models, as many as the form says it has."""
    count = posted_forms.text(posted, "tests")
    rows = int(count) if MOST_ROWS.fullmatch(count) else 0
    return tuple(
        FilledTest(
            kind=posted_forms.text(posted, box(row, "kind")),
            outcome=posted_forms.text(posted, box(row, "outcome")),
            by=tuple(posted_forms.texts(posted, box(row, "by"))),
            dropped=bool(posted_forms.text(posted, box(row, "dropped"))),
        )
        for row in range(rows)
    )


def _show(request: Request, running: Running, reading: Reading, person: Person, asked: Asked) -> Response:
    fault, proposed = asked.fault, asked.proposed
    with reading.begin() as session:
        survey, wave = find(session, person, asked.survey_key, asked.wave_key)
        survey_id, wave_id, opened = survey.id, wave.id, wave.figures_opened_at is not None
    shown = computed(running, f"{BESIDE}:shown", survey_id, wave_id, opened, asked.every)
    with reading.begin() as session:
        survey, wave = find(session, person, asked.survey_key, asked.wave_key)
        of_form = proposed if proposed is not None and proposed.kept else shown
        context = {
            "survey": survey,
            "wave": wave,
            "survey_title": Text(survey.title_zh, survey.title_en),
            "wave_name": Text(wave.name_zh, wave.name_en),
            "shown": shown,
            "proposed": proposed,
            "kept": of_form.kept,
            "chosen_groups": of_form.chosen_groups,
            "tests": (*of_form.tests, FilledTest()),
            "faults": {} if proposed is None else proposed.faults,
            "fault": fault,
            "reason": asked.reason,
            "longest_reason": kept_plans.LONGEST_REASON,
            "history": kept_plans.kept(session, survey_id, wave_id),
            "locked": wave.figures_opened_at is not None,
            "may_change": wave.state is not WaveState.RELEASED,
        }
        status = fault.status if fault else 422 if proposed is not None and proposed.faults else 200
        return staff_page(request, running, person, "staff/plan.html", context, section="surveys", status=status)


def _ids(reading: Reading, person: Person, survey_key: str, wave_key: str) -> tuple[UUID, UUID]:
    with reading.begin() as session:
        survey, wave = find(session, person, survey_key, wave_key)
        return survey.id, wave.id
