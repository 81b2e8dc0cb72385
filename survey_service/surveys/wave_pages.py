"""Pages that make a wave, change it while it is a draft, and delete it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager, Person
from survey_service.accounts.staff_pages import Asking, go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import Conflict, NotFound
from survey_service.models import Mode, Survey, Wave, WaveState
from survey_service.sampling.unit_words import UNITS
from survey_service.surveys import (
    definitions,
    drafts,
    filling,
    next_wave,
    service,
    wave_forms,
    wave_lists,
    wave_recordings,
)
from survey_service.surveys import planning_queries as queries
from survey_service.surveys.access import find_survey, find_wave, refuse_unless
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter()

TAKEN = Text("这份调查里已经有这个代号的一期，请换一个。", "The survey has a wave of this short name; choose another.")


@router.get("/surveys/{survey_key}/waves/new")
def new_wave(
    request: Request,
    running: Running,
    reading: Reading,
    person: Manager,
    survey_key: str,
    version: UUID | None = None,
    copy: str = "",
) -> Response:
    """``copy`` is the key of an earlier wave whose words are taken over; ``version`` a questionnaire to begin with."""
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        model = find_wave(session, person, survey_key, copy)[1] if copy else None
        versions = queries.versions(session, survey)
        if not versions:
            return go(f"/surveys/{survey_key}/questionnaires/new")
        chosen = version or versions[0][0].id
        if model and not version:
            chosen = filling.chosen_version(session, survey.id, model.questionnaire_version_id)
        questionnaire = definitions.frozen(session, survey.id, chosen)
        areas = [area.code for area in queries.choosable(session, survey)]
        asking = Asking(request, running, person)
        if model is None:
            boxes = _Boxes(chosen, questionnaire, wave_forms.fresh_boxes(survey, questionnaire, areas), {})
            return _form(asking, session, survey, None, boxes)
        after = next_wave.following(model, {one.key for one in queries.waves(session, survey)})
        measured = next_wave.measured(session, survey, model, person.visible(*rights.PLAN)).boxes()
        kept = {**wave_forms.copied_boxes(model, questionnaire, areas), **after, **measured}
        entries = sum(map(len, wave_lists.stored(session, model).values()))
        told = {"name": Text(model.name_zh, model.name_en), "follows": bool(after), "entries": entries, **measured}
        boxes = _Boxes(chosen, questionnaire, kept, {}, copied=model.key)
        return _form(asking, session, survey, None, boxes, model=told)


@router.post("/surveys/{survey_key}/waves")
def create_wave(
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
    version_id, copied = _version(posted), posted_forms.text(posted, "copy")
    try:
        with writing.begin() as session:
            survey = find_survey(session, person, survey_key)
            refuse_unless(session, person, survey, *rights.PLAN)
            model = find_wave(session, person, survey_key, copied)[1] if copied else None
            questionnaire = definitions.frozen(session, survey.id, version_id)
            areas = [area.code for area in queries.choosable(session, survey)]
            form = wave_forms.read_wave(read, questionnaire, version_id, areas, key=True)
            if not read.faults:
                given = {**form.columns, "modes": [Mode(mode) for mode in form.columns["modes"]]}
                new = service.NewWave(key=form.key, **given)
                wave = service.create_wave(session, survey.id, new, at=now, by=person.actor)
                if model is not None:
                    wave_lists.copy_lists(session, model, wave, at=now, by=person.actor)
                    was = definitions.frozen(session, survey.id, model.questionnaire_version_id)
                    change = wave_recordings.Change(survey_id=survey.id, wave_id=wave.id, at=now, by=person.actor)
                    wave_recordings.copy_recordings(session, model, change, was, questionnaire)
                return go(f"/surveys/{survey_key}/waves/{form.key}")
    except IntegrityError:
        read.faults["key"] = TAKEN
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        questionnaire = definitions.frozen(session, survey.id, version_id)
        asking = Asking(request, running, person)
        boxes = _Boxes(version_id, questionnaire, read.kept, read.faults, copied=copied)
        return _form(asking, session, survey, None, boxes)


@router.get("/surveys/{survey_key}/waves/{wave_key}/edit")
def edit_wave(
    request: Request,
    running: Running,
    reading: Reading,
    person: Manager,
    survey_key: str,
    wave_key: str,
    version: UUID | None = None,
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        if wave.state is not WaveState.DRAFT:
            raise drafts.NoDraft
        chosen = version or wave.questionnaire_version_id
        questionnaire = definitions.frozen(session, survey.id, chosen)
        kept = wave_forms.boxes_of(wave, questionnaire, [area.code for area in queries.choosable(session, survey)])
        asking, boxes = Asking(request, running, person), _Boxes(chosen, questionnaire, kept, {})
        return _form(asking, session, survey, wave, boxes)


@router.post("/surveys/{survey_key}/waves/{wave_key}/edit")
def change_wave(
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
    read = posted_forms.FormReading(posted)
    version_id = _version(posted)
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        questionnaire = definitions.frozen(session, survey.id, version_id)
        areas = [area.code for area in queries.choosable(session, survey)]
        form = wave_forms.read_wave(read, questionnaire, version_id, areas, key=False)
        if not read.faults:
            # What the sample's draw left in the plan stays there; the form knows only the expected rates.
            plan = {**form.columns["plan"], **{name: wave.plan[name] for name in ("draw",) if name in wave.plan}}
            new = {**form.columns, "plan": plan}
            drafts.change_wave(session, survey.id, wave.id, new, keys=running.keys, at=now, by=person.actor)
            return go(f"/surveys/{survey_key}/waves/{wave_key}")
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        questionnaire = definitions.frozen(session, survey.id, version_id)
        asking, boxes = Asking(request, running, person), _Boxes(version_id, questionnaire, read.kept, read.faults)
        return _form(asking, session, survey, wave, boxes)


@router.get("/surveys/{survey_key}/waves/{wave_key}/delete")
def confirm_delete(
    request: Request, running: Running, reading: Reading, person: Manager, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        return _delete_page(request, running, session, person, survey, wave)


@router.post("/surveys/{survey_key}/waves/{wave_key}/delete")
def delete_wave(
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
    """Asks for the wave's name: what was drawn and planned goes with it."""
    fault: Text | None = None
    status = 422
    try:
        with writing.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key)
            refuse_unless(session, person, survey, *rights.PLAN)
            if posted_forms.text(posted, "name") in {wave.name_zh, wave.name_en or wave.name_zh}:
                drafts.delete_wave(session, survey.id, wave.id, at=now, by=person.actor)
                return go(f"/surveys/{survey_key}")
            fault = Text("名字和这一期的不一样，没有删。", "That is not the name of the wave; nothing was deleted.")
    except Conflict as refused:
        fault, status = Text(refused.zh, refused.en), refused.status
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        return _delete_page(request, running, session, person, survey, wave, fault=fault, status=status)


def _version(posted: Posted) -> UUID:
    try:
        return UUID(posted_forms.text(posted, "version"))
    except ValueError as unknown:
        raise NotFound from unknown


@dataclass(frozen=True, slots=True)
class _Boxes:
    """What stands in the boxes of the form, by the questionnaire that is chosen, and the faults beside them."""

    version_id: UUID
    questionnaire: Questionnaire
    kept: Mapping[str, str]
    faults: Mapping[str, Text]
    copied: str = ""  # the key of the wave whose lists are taken over with its words


def _form(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave | None,
    filled: _Boxes,
    *,
    model: Mapping[str, Any] | None = None,
) -> Response:
    """``model``: the wave that the boxes were filled by, and which of them it measured."""
    kept, faults = filled.kept, filled.faults
    boxes = wave_forms.target_boxes(filled.questionnaire)
    typed = {
        box.indicator.id: kept.get(f"target-{box.indicator.id}", "").removesuffix("%")
        for box in boxes
        if box.is_share and kept.get(f"sense-{box.indicator.id}", "at_least") == "at_least"
    }
    context = {
        "survey": survey,
        "title": Text(survey.title_zh, survey.title_en),
        "wave": wave,
        "model": model,
        "earlier": [(one.key, Text(one.name_zh, one.name_en)) for one in queries.waves(session, survey)],
        "versions": [stored for stored, _ in queries.versions(session, survey)],
        "version_id": filled.version_id,
        "questionnaire": filled.questionnaire,
        "copied": filled.copied,
        "modes": [mode.value for mode in wave_forms.MODES],
        "areas": [(area.code, Text(area.name_zh, area.name_en)) for area in queries.choosable(session, survey)],
        "targets": boxes,
        "all_of_them": {name for name, value in typed.items() if posted_forms.as_number(value) == 100},
        "never_shown": wave_forms.NEVER_SHOWN,
        "choices": wave_forms.CHOICES,
        "kept": kept,
        "faults": faults,
    }
    return asking.page("staff/planning/wave-form.html", context, section="surveys", status=422 if faults else 200)


def _delete_page(
    request: Request,
    running: Running,
    session: Session,
    person: Person,
    survey: Survey,
    wave: Wave,
    *,
    fault: Text | None = None,
    status: int = 200,
) -> Response:
    context: dict[str, Any] = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "unit": UNITS[wave.listed_unit],
        "cases": queries.count_cases(session, wave),
        "entries": sum(map(len, wave_lists.stored(session, wave).values())),
        "fault": fault,
    }
    return staff_page(
        request,
        running,
        person,
        "staff/planning/delete-wave.html",
        context,
        section="surveys",
        status=status if fault else 200,
    )
