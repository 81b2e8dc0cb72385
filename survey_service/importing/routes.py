"""Pages that take in a file of answers: upload, say what the columns hold, look at what was found, take it in."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service import jobs
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.queries import below
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import Asking, go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import DomainError, NotFound
from survey_service.importing import JOB, pages, queries, service
from survey_service.importing.errors import (
    BadMapping,
    NoFile,
    NotTaking,
    ProblemsLeft,
    Settled,
    UnreadableFile,
)
from survey_service.importing.plan import plan_from_json
from survey_service.importing.prepare import prepare
from survey_service.importing.recognise import suggest
from survey_service.models import ImportFile, ImportState, Job, JobState, Survey, Wave
from survey_service.services import Services
from survey_service.surveys.access import find_wave, may
from survey_service.uploads.pages import FileLook, refused
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/imports")

Importer = Annotated[Person, Depends(require(*rights.TAKE_IN))]

AT_WORK = (JobState.WAITING, JobState.RUNNING)


@router.get("")
def list_files(
    request: Request, running: Running, reading: Reading, person: Importer, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        return _list(request, running, session, person, survey, wave, fault=None)


@router.post("")
def hand_in(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Importer,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    """Read and judge the file, then keep it; what cannot be read is said on the same page."""
    sent = posted_forms.upload(posted, "file")
    try:
        if sent is None or not sent[1]:
            raise NoFile
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key)
            if wave.state not in service.TAKING:
                raise NotTaking
            held = service.ground(session, wave, survey.city_id, person.visible(*rights.TAKE_IN))
            questionnaire = service.questionnaire_of(session, wave)
            key = (wave.survey_id, wave.id)
        grid = service.read(*sent, questionnaire)
        plan = suggest(grid, questionnaire, held.cases)
        found = service.summary(prepare(grid, plan, questionnaire, held)) if plan.has_answers else {}
        with writing.begin() as session:
            file = service.FileRead(grid=grid, sha256=hashlib.sha256(sent[1]).hexdigest(), plan=plan, found=found)
            wave = session.get_one(Wave, key)
            row = service.hand_in(session, wave, file, cases=held.cases, at=now, by=person.actor)
            return go(f"{_here(survey_key, wave_key)}/{row.id}/columns")
    except (NoFile, NotTaking, UnreadableFile) as fault:
        look = refused(sent[0], fault.problems, fault.more) if sent and isinstance(fault, UnreadableFile) else None
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key)
            return _list(request, running, session, person, survey, wave, fault=fault, look=look)


@router.get("/{import_id}")
def file_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Importer,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
    import_id: UUID,
) -> Response:
    with reading.begin() as session:
        survey, wave, row = _find(session, person, survey_key, wave_key, import_id)
        if row.state is ImportState.MAPPING:
            return go(f"{_here(survey_key, wave_key)}/{import_id}/columns")
        reads.note(survey.id, "import.read", f"import_file {row.id}")
        return _file(request, running, session, person, survey, wave, row, fault=None)


@router.get("/{import_id}/columns")
def columns_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Importer,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
    import_id: UUID,
) -> Response:
    with reading.begin() as session:
        survey, wave, row = _find(session, person, survey_key, wave_key, import_id)
        if row.cells is None:
            return go(f"{_here(survey_key, wave_key)}/{import_id}")
        reads.note(survey.id, "import.read", f"import_file {row.id}")
        return _columns(Asking(request, running, person), session, survey, wave, row, row.plan, fault=None)


@router.post("/{import_id}/columns")
def say_columns(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Importer,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    import_id: UUID,
) -> Response:
    """Keep what the columns hold, and judge every row by it."""
    with reading.begin() as session:
        survey, wave, row = _find(session, person, survey_key, wave_key, import_id)
        questionnaire = service.questionnaire_of(session, wave)
        areas = queries.communities(session, below([survey.city_id]), person.visible(*rights.TAKE_IN))
        plan = pages.plan_said(posted, plan_from_json(row.plan), questionnaire, areas)
        try:
            service.refuse_bad(plan)
        except BadMapping as fault:
            asking = Asking(request, running, person)
            return _columns(asking, session, survey, wave, row, plan.to_json(), fault=fault)
        held = service.ground(session, wave, survey.city_id, person.visible(*rights.TAKE_IN))
        grid = service.grid_of(row)
        key = (row.survey_id, row.id)
    found = service.summary(prepare(grid, plan, questionnaire, held))
    with writing.begin() as session:
        service.keep_check(session.get_one(ImportFile, key, with_for_update=True), plan, found)
    return go(f"{_here(survey_key, wave_key)}/{import_id}")


@router.post("/{import_id}/take-in")
def take_in(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Importer,
    now: Now,
    survey_key: str,
    wave_key: str,
    import_id: UUID,
) -> Response:
    """A job does it; pressed twice it is done once."""
    try:
        with writing.begin() as session:
            _, wave, row = _find(session, person, survey_key, wave_key, import_id, locked=True)
            if row.state is ImportState.TAKEN_IN:  # between the two presses the job was done
                return go(f"{_here(survey_key, wave_key)}/{import_id}")
            if row.state is not ImportState.CHECKED:
                raise Settled
            if row.found.get("problem_count"):
                raise ProblemsLeft
            if wave.state not in service.TAKING:
                raise NotTaking
            job = queries.job_of(session, row, JOB)
            if job is None or job.state not in AT_WORK:
                arguments = {"wave_id": str(wave.id), "import_id": str(row.id)}
                jobs.enqueue(session, survey_id=wave.survey_id, kind=JOB, arguments=arguments, by=person.actor, at=now)
    except (ProblemsLeft, NotTaking) as fault:
        with reading.begin() as session:
            survey, wave, row = _find(session, person, survey_key, wave_key, import_id)
            return _file(request, running, session, person, survey, wave, row, fault=fault)
    return go(f"{_here(survey_key, wave_key)}/{import_id}")


@router.post("/{import_id}/discard")
def discard(writing: Writing, person: Importer, now: Now, survey_key: str, wave_key: str, import_id: UUID) -> Response:
    with writing.begin() as session:
        _, _, row = _find(session, person, survey_key, wave_key, import_id, locked=True)
        service.discard(session, row, at=now, by=person.actor)
    return go(_here(survey_key, wave_key))


@router.get("/{import_id}/job")
def job_state(
    running: Running, reading: Reading, person: Importer, survey_key: str, wave_key: str, import_id: UUID
) -> JSONResponse:
    """How far the taking in has come; asked again and again by the page while it goes on."""
    with reading.begin() as session:
        _, _, row = _find(session, person, survey_key, wave_key, import_id)
        job = queries.job_of(session, row, JOB)
        shown = [{"kind": job.kind, "state": job.state.value, "done": job.done, "total": job.total}] if job else []
    return JSONResponse({"jobs": shown, "nobody_works": running.nobody_works}, headers={"Cache-Control": "no-store"})


# ------------------------------------------------------------------ finding and showing


def _here(survey_key: str, wave_key: str) -> str:
    return f"/surveys/{survey_key}/waves/{wave_key}/imports"


def _find(
    session: Session, person: Person, survey_key: str, wave_key: str, import_id: UUID, *, locked: bool = False
) -> tuple[Survey, Wave, ImportFile]:
    """A file is its sender's, and whoever manages the whole survey: its rows may be of any area."""
    survey, wave = find_wave(session, person, survey_key, wave_key)
    row = queries.one(session, wave, import_id, locked=locked)
    if row is None or not (row.by_account_id == person.account_id or may(session, person, survey, *rights.TAKE_IN)):
        raise NotFound
    return survey, wave, row


def _frame(survey: Survey, wave: Wave, fault: DomainError | None) -> dict[str, Any]:
    return {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "wave_address": f"/surveys/{survey.key}/waves/{wave.key}",
        "here": _here(survey.key, wave.key),
        "fault": fault,
    }


def _list(
    request: Request,
    running: Services,
    session: Session,
    person: Person,
    survey: Survey,
    wave: Wave,
    *,
    fault: DomainError | None,
    look: FileLook | None = None,
) -> Response:
    whole = may(session, person, survey, *rights.TAKE_IN)
    context = {
        **_frame(survey, wave, fault),
        "look": look,
        "files": queries.of_wave(session, wave, None if whole else person.account_id),
        "taking": wave.state in service.TAKING,
    }
    status = fault.status if fault else 200
    return staff_page(request, running, person, "staff/importing/files.html", context, section="surveys", status=status)


def _columns(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    row: ImportFile,
    plan: dict[str, Any],
    *,
    fault: DomainError | None,
) -> Response:
    questionnaire = service.questionnaire_of(session, wave)
    said = plan_from_json(plan)
    areas = queries.communities(session, below([survey.city_id]), asking.person.visible(*rights.TAKE_IN))
    context = {
        **_frame(survey, wave, fault),
        "file": row,
        "columns": pages.columns(service.grid_of(row), said, questionnaire, row.found.get("asked", ())),
        "aside": pages.aside_choices(),
        "questions": pages.question_choices(questionnaire),
        "areas": [(area.code, Text(area.name_zh, area.name_en)) for area in areas],
        "community": said.community,
        "platform": said.survey_platform,
    }
    return asking.page("staff/importing/columns.html", context, section="surveys", fault=fault)


def _file(
    request: Request,
    running: Services,
    session: Session,
    person: Person,
    survey: Survey,
    wave: Wave,
    row: ImportFile,
    *,
    fault: DomainError | None,
) -> Response:
    job: Job | None = queries.job_of(session, row, JOB)
    context = {
        **_frame(survey, wave, fault),
        "file": row,
        "state": row.state.value,
        "found": {"read": 0, "new": 0, "with_case": 0, "open": 0, "known": 0, "problem_count": 0, **row.found},
        "job": job,
        "at_work": job is not None and job.state in AT_WORK,
        "taking": wave.state in service.TAKING,
    }
    status = fault.status if fault else 200
    return staff_page(request, running, person, "staff/importing/file.html", context, section="surveys", status=status)
