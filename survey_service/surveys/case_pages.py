"""The sample of a draft wave: the drawn list is looked at, loaded whole or not at all, and taken out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager, Person
from survey_service.accounts.staff_pages import Asking, go, staff_page
from survey_service.areas import queries as area_queries
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError
from survey_service.models import ListedUnit, Survey, Wave, WaveState
from survey_service.sampling.unit_words import UNITS, WITHIN
from survey_service.sealed.keys import WaveKeys
from survey_service.surveys import (
    drafts,
    draw_form,
    draw_offers,
    draw_upload,
    household_doors,
    household_list,
    planning_queries,
)
from survey_service.surveys import queries as surveys
from survey_service.surveys.access import find_wave, refuse_unless
from survey_service.surveys.case_upload import CaseUpload, refuse_unless_empty, told_of
from survey_service.surveys.opening import CASE_MODES
from survey_service.tabular.notices import noticed
from survey_service.tabular.words import from_record
from survey_service.uploads.pages import FileLook, look, sent, upload_page
from survey_service.uploads.present import present_table
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/cases")
USUAL_SIZE: Final = 120  # households a community: about 60 answers where half of them answer


@router.get("")
def cases_page(
    request: Request, running: Running, reading: Reading, person: Manager, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        return _page(request, running, session, person, survey, wave)


@router.post("")
def load_cases(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    fault: DomainError | None = None
    found: FileLook | None = None
    try:
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key)
            refuse_unless(session, person, survey, *rights.PLAN)
            refuse_unless_empty(session, wave)
            upload = CaseUpload(survey, wave, person, now, WaveKeys(running.settings, running.keys))
            session.expunge_all()
        found = look(upload, sent(posted), reading, writing)
        if found is None:
            return go(f"/surveys/{survey_key}/waves/{wave_key}/cases")
    except (Conflict, BadInput) as refused:
        fault = refused
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        return _page(request, running, session, person, survey, wave, found, fault)


@router.get("/draw")
def draw_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Manager,
    now: Now,
    survey_key: str,
    wave_key: str,
) -> Response:
    """The form, with a size and a seed to begin with."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        refuse_unless_empty(session, wave)
        communities = len(surveys.all_communities(session, survey, wave))
        offered = draw_offers.offers(session, survey, wave, person.visible(*rights.PLAN))
    seed = now.astimezone(running.settings.zone).strftime("%Y%m%d")
    begin = {**offered.typed, "allocation": "equal", "size": str(max(communities * USUAL_SIZE, 1)), "seed": seed}
    asking = Asking(request, running, person)
    return _draw_form(asking, survey_key, wave_key, typed=begin, hints=offered.hints)


@router.post("/draw")
def draw_cases(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    names = [*(one.name for one in draw_form.FIELDS), household_doors.DOOR_COLUMN]
    typed = {name: posted_forms.text(posted, name) for name in names}
    asking = Asking(request, running, person)
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        refuse_unless_empty(session, wave)
        offered = draw_offers.offers(session, survey, wave, person.visible(*rights.PLAN))
        targets = [target for _, target in draw_offers.targets(session, wave)]
        session.expunge_all()
    try:
        by = draw_upload.By(
            survey=survey, wave=wave, person=person, now=now, seals=WaveKeys(running.settings, running.keys)
        )
        upload = draw_upload.DrawUpload(by, draw_form.Asked.of(typed, targets, wave.plan))
        found = look(upload, sent(posted), reading, writing)
    except BadInput as fault:
        return _draw_form(asking, survey_key, wave_key, typed=typed, hints=offered.hints, fault=fault)
    if found is None:
        return go(f"/surveys/{survey_key}/waves/{wave_key}/cases")
    return _draw_form(asking, survey_key, wave_key, typed=typed, hints=offered.hints, found=found)


def _draw_form(
    asking: Asking,
    survey_key: str,
    wave_key: str,
    *,
    typed: Mapping[str, str],
    hints: Mapping[str, Text],
    found: FileLook | None = None,
    fault: DomainError | None = None,
) -> Response:
    here = f"/surveys/{survey_key}/waves/{wave_key}/cases"
    words = draw_form.words_of(here, hints)
    return upload_page(asking, words, f"{here}/draw", section="surveys", found=found, typed=typed, fault=fault)


@router.get("/draw/present.csv")
def empty_list(reading: Reading, person: Manager, survey_key: str, wave_key: str) -> Response:
    """The heads of the list, with a line that says how it is filled for every community of the wave."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        codes = [area.code for area in surveys.all_communities(session, survey, wave)]
    rows = [(f"{code[-3:]}-0001", code, f"{code}-01", 2, "示例路 1 号 1 单元 101 室") for code in codes]
    columns = (*household_list.COLUMNS, household_doors.COLUMNS[0])
    return present_table(f"households-{survey_key}-{wave_key}.csv", columns, rows)


@router.post("/clear")
def clear_cases(writing: Writing, person: Manager, now: Now, survey_key: str, wave_key: str) -> Response:
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        drafts.take_out_cases(session, survey.id, wave.id, at=now, by=person.actor)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/cases")


def _page(
    request: Request,
    running: Running,
    session: Session,
    person: Person,
    survey: Survey,
    wave: Wave,
    found: FileLook | None = None,
    fault: DomainError | None = None,
) -> Response:
    areas = surveys.communities(session, survey, wave, person.visible(*rights.PLAN))
    drawn = planning_queries.sample_by_community(session, wave)
    # A sample that did not come by this page has nothing to say of its file.
    about = {"reserves": 0, "in_reserve": 0, "adults_known": True, "notices": (), **(wave.plan.get("draw") or {})}
    context = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "draft": wave.state is WaveState.DRAFT,
        "lines": [(area, Text(area.name_zh, area.name_en), drawn.get(area.id)) for area in areas],
        "adults": area_queries.adults(session, [area.id for area in areas]),
        "total": (total := sum(line.cases for line in drawn.values())),
        "counted": UNITS[wave.listed_unit].counted(total),
        "unit": UNITS[wave.listed_unit],
        "within": WITHIN[wave.selection_within] if wave.listed_unit is ListedUnit.HOUSEHOLD else None,
        "adults_known": about["adults_known"] and wave.listed_unit is ListedUnit.HOUSEHOLD,
        "remarks": told_of(about["reserves"], about["adults_known"], about["in_reserve"]),
        "notices": [noticed(from_record(one)) for one in about["notices"]],
        "needs_cases": bool(CASE_MODES & set(wave.modes)),
        "fault": fault,
        "look": found,
    }
    status = 422 if fault else found.status if found else 200
    return staff_page(request, running, person, "staff/planning/cases.html", context, section="surveys", status=status)
