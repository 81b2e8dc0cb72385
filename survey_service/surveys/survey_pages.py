"""Pages that make a survey and give it questionnaires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.problem_words import explain
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager, Person, WaveStaff
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.areas.queries import path as area_path
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import DomainError
from survey_service.models import Survey
from survey_service.surveys import definitions, planning_queries, questionnaires, service
from survey_service.surveys.access import find_survey, may, refuse_unless
from survey_service.surveys.errors import VersionInUse
from survey_service.web import posted_forms
from survey_service.web.downloads import content_disposition
from survey_service.web.posted_forms import Posted

router = APIRouter()

TAKEN = Text("这个代号已经有了，请换一个。", "This short name is taken; choose another.")


@dataclass(frozen=True, slots=True)
class SurveyForm:
    """What a manager says of a survey."""

    key: str
    title_zh: str
    title_en: str
    area: str
    method: Mapping[str, Any]


def read_survey(reading: posted_forms.FormReading, *, key: bool) -> SurveyForm:
    coverage = reading.percent("frame_coverage")
    method: dict[str, Any] = {
        "population": reading.both("population", most=200),
        "frame": reading.both("frame", most=200),
        "coverage": reading.both("coverage", most=300),
    }
    if coverage is not None:
        method["frame_coverage"] = coverage
    needed = Text("这份调查叫什么，请写中文名。", "Write the Chinese title of the survey.")
    return SurveyForm(
        key=reading.key("key") if key else "",
        title_zh=reading.words("title_zh", most=60, needed=needed),
        title_en=reading.words("title_en", most=200),
        area=reading.words("area", most=20),
        method=method,
    )


@router.get("/surveys/new")
def new_survey(request: Request, running: Running, reading: Reading, person: Manager) -> Response:
    blank = {
        "population_zh": "常住 18 岁及以上居民，含流动人口",
        "population_en": "residents aged 18 and over, migrants included",
    }
    with reading.begin() as session:
        return _survey_form(request, running, session, person, None, blank, {})


@router.post("/surveys")
def create_survey(
    request: Request, running: Running, reading: Reading, writing: Writing, person: Manager, now: Now, posted: Posted
) -> Response:
    read = posted_forms.FormReading(posted)
    form = read_survey(read, key=True)
    try:
        with writing.begin() as session:
            areas = {area.code: area for area in planning_queries.survey_areas(session, person.visible(*rights.PLAN))}
            if form.area not in areas:
                read.faults["area"] = Text("选一个您管的地区。", "Choose an area of yours.")
            if not read.faults:
                service.create_survey(
                    session,
                    key=form.key,
                    title_zh=form.title_zh,
                    title_en=form.title_en,
                    city_id=areas[form.area].id,
                    method=form.method,
                    at=now,
                    by=person.actor,
                )
    except IntegrityError:
        read.faults["key"] = TAKEN
    if not read.faults:
        return go(f"/surveys/{form.key}")
    with reading.begin() as session:
        return _survey_form(request, running, session, person, None, read.kept, read.faults)


@router.get("/surveys/{survey_key}")
def survey_page(request: Request, running: Running, reading: Reading, person: WaveStaff, survey_key: str) -> Response:
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        versions = [
            (stored, used, definitions.frozen(session, survey.id, stored.id))
            for stored, used in planning_queries.versions(session, survey)
        ]
        context = {
            "survey": survey,
            "title": Text(survey.title_zh, survey.title_en),
            "about": _about(survey),
            "places": [Text(area.name_zh, area.name_en) for area in area_path(session, survey.city_id)],
            "versions": versions,
            "waves": [(wave, Text(wave.name_zh, wave.name_en)) for wave in planning_queries.waves(session, survey)],
            "may_change": (mine := may(session, person, survey, *rights.PLAN)),
            "drafts": [(one, Text(one.title_zh, one.title_en)) for one in planning_queries.drafts(session, survey)]
            if mine
            else [],
        }
        return staff_page(request, running, person, "staff/planning/survey.html", context, section="surveys")


@router.get("/surveys/{survey_key}/edit")
def edit_survey(request: Request, running: Running, reading: Reading, person: Manager, survey_key: str) -> Response:
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        return _survey_form(request, running, session, person, survey, _boxes(survey), {})


@router.post("/surveys/{survey_key}/edit")
def change_survey(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
) -> Response:
    read = posted_forms.FormReading(posted)
    form = read_survey(read, key=False)
    with writing.begin() as session:
        survey = find_survey(session, person, survey_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        if not read.faults:
            service.change_survey(
                session,
                survey,
                title_zh=form.title_zh,
                title_en=form.title_en,
                method={**service.kept_elsewhere(survey), **form.method},
                keys=running.keys,
                at=now,
                by=person.actor,
            )
            return go(f"/surveys/{survey_key}")
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        return _survey_form(request, running, session, person, survey, read.kept, read.faults)


@router.get("/surveys/{survey_key}/questionnaires/new")
def choose_questionnaire(
    request: Request, running: Running, reading: Reading, person: Manager, survey_key: str, start: str = ""
) -> Response:
    """``start`` puts the text of a shipped questionnaire into the box, to be changed there."""
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        source = questionnaires.shipped_source(start) if start else ""
        return _questionnaire_form(request, running, person, survey, {"source": source})


@router.post("/surveys/{survey_key}/questionnaires")
def store_questionnaire(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
) -> Response:
    """A shipped one by its name, an uploaded file, or the text in the box; what has problems is shown again whole."""
    file, chosen = posted_forms.upload(posted, "file"), posted_forms.text(posted, "shipped")
    source = posted.get("source", "")
    typed = source.replace("\r\n", "\n").encode() if isinstance(source, str) else b""
    content = questionnaires.shipped_source(chosen).encode() if chosen else file[1] if file else typed
    judged = questionnaires.judge(content)
    fault: DomainError | None = None
    try:
        with writing.begin() as session:
            survey = find_survey(session, person, survey_key)
            refuse_unless(session, person, survey, *rights.PLAN)
            if judged.questionnaire is not None:
                stored = questionnaires.store(session, survey.id, judged.questionnaire, at=now, by=person.actor)
                return go(f"/surveys/{survey_key}/questionnaires/{stored.id}")
    except VersionInUse as refused:
        fault = refused
    empty = not content.strip()
    shown = {"source": judged.source, "judged": None if empty else judged, "fault": fault, "empty": empty}
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        return _questionnaire_form(request, running, person, survey, shown, status=fault.status if fault else 422)


@router.get("/surveys/{survey_key}/questionnaires/shipped/{name}.yaml")
def shipped_file(reading: Reading, person: Manager, survey_key: str, name: str) -> Response:
    """The definition file of a shipped questionnaire, to be changed with one's own editor."""
    with reading.begin() as session:
        find_survey(session, person, survey_key)
    source = questionnaires.shipped_source(name)
    headers = {"Content-Disposition": content_disposition("attachment", f"{name}.yaml"), "Cache-Control": "no-store"}
    return Response(source, media_type="application/yaml; charset=utf-8", headers=headers)


def _about(survey: Survey) -> dict[str, Any]:
    given = survey.method
    return {
        **{
            name: Text(str((given.get(name) or {}).get("zh", "")), str((given.get(name) or {}).get("en", "")))
            for name in ("population", "frame", "coverage")
        },
        "frame_coverage": posted_forms.shown_percent(given.get("frame_coverage")),
    }


def _boxes(survey: Survey) -> dict[str, str]:
    method = survey.method
    return {
        "title_zh": survey.title_zh,
        "title_en": survey.title_en,
        "frame_coverage": posted_forms.shown_percent(method.get("frame_coverage")),
        **posted_forms.both_of(method, "population"),
        **posted_forms.both_of(method, "frame"),
        **posted_forms.both_of(method, "coverage"),
    }


def _survey_form(
    request: Request,
    running: Running,
    session: Session,
    person: Person,
    survey: Survey | None,
    kept: Mapping[str, str],
    faults: Mapping[str, Text],
) -> Response:
    areas = planning_queries.survey_areas(session, person.visible(*rights.PLAN)) if survey is None else []
    context = {
        "survey": survey,
        "areas": [(area.code, Text(area.name_zh, area.name_en)) for area in areas],
        "kept": kept,
        "faults": faults,
    }
    status = 422 if faults else 200
    return staff_page(
        request, running, person, "staff/planning/survey-form.html", context, section="surveys", status=status
    )


def _questionnaire_form(
    request: Request, running: Running, person: Person, survey: Survey, shown: Mapping[str, Any], *, status: int = 200
) -> Response:
    context = {
        "survey": survey,
        "title": Text(survey.title_zh, survey.title_en),
        "shipped": questionnaires.shipped_by_audience(),
        "explain": explain,
        "judged": None,
        "fault": None,
        "empty": False,
        **shown,
    }
    return staff_page(
        request, running, person, "staff/planning/questionnaire-form.html", context, section="surveys", status=status
    )
