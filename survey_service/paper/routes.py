"""Pages of printed paper: make a batch, print it, note what comes back, see what is missing."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service import jobs
from survey_service.accounts import rights
from survey_service.accounts.permissions import FormModel, Person, require
from survey_service.accounts.queries import above, below
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import BatchNumber, Now, Reading, Running, Writing
from survey_service.errors import DomainError, NotAllowed, NotFound
from survey_service.models import Area, FormState, PaperBatch, Role, Survey, Wave, WaveState
from survey_service.paper import PRINT_JOB, queries, serials, service
from survey_service.paper.errors import NotPrinted, PaperNotYet, WrongPrintRun
from survey_service.processes.beside import computed
from survey_service.sampling.unit_words import UNITS
from survey_service.stored_files import files_of
from survey_service.surveys.queries import visible_wave
from survey_service.web.downloads import content_disposition

router = APIRouter()

# Whoever prints manages; whoever keys also opens the boxes that come back and notes what is in them.
PaperStaff = Annotated[Person, Depends(require(*rights.HANDLE_FORMS))]
Printer = Annotated[Person, Depends(require(*rights.PRINT))]
EVERYWHERE = "all"
USUAL_SIZE = 50
HERE = "/surveys/{survey_key}/waves/{wave_key}/paper"


@router.get(HERE)
def paper_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: PaperStaff,
    survey_key: str,
    wave_key: str,
) -> Response:
    with reading.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        context = _overview(session, person, survey, wave)
        return staff_page(request, running, person, "staff/paper/batches.html", context, section="surveys")


class PrintForm(FormModel):
    area: Annotated[str, Field(max_length=20)] = ""
    kind: Annotated[str, Field(max_length=10)] = ""
    size: Annotated[str, Field(max_length=6)] = ""
    languages: Annotated[str, Field(max_length=10)] = ""
    large_print: Annotated[str, Field(max_length=3)] = ""

    @property
    def sampled(self) -> bool:
        return self.kind == "sampled"


@router.post(HERE)
def make_batches(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Printer,
    now: Now,
    survey_key: str,
    wave_key: str,
    sent: Annotated[PrintForm, Form()],
) -> Response:
    """Serials are given at once; the PDFs are made by jobs."""
    try:
        with reading.begin() as session:
            _, wave = _find(session, person, survey_key, wave_key)
            asked = wave.survey_id, wave.questionnaire_version_id
        if sent.languages in service.LANGUAGES:
            computed(running, "survey_service.paper.printing:refuse_unprintable", *asked, sent.languages)
        with writing.begin() as session:
            survey, wave = _find(session, person, survey_key, wave_key)
            run = service.PrintRun(
                area_ids=_chosen(session, person, survey, wave, sent.area, sampled=sent.sampled),
                sampled=sent.sampled,
                size=int(sent.size) if sent.size.isascii() and sent.size.isdigit() else 0,
                languages=sent.languages,
                large_print=sent.large_print == "yes",
            )
            for made in service.make_batches(session, wave, run, at=now, by=person.actor):
                _enqueue(session, made, person, now)
    except (NotFound, NotAllowed):
        raise
    except DomainError as fault:
        with reading.begin() as session:
            survey, wave = _find(session, person, survey_key, wave_key)
            context = {**_overview(session, person, survey, wave), "fault": fault, "kept": sent.model_dump()}
            return staff_page(
                request, running, person, "staff/paper/batches.html", context, section="surveys", status=fault.status
            )
    return go(f"/surveys/{survey_key}/waves/{wave_key}/paper")


@router.get(f"{HERE}/jobs")
def print_jobs(running: Running, reading: Reading, person: PaperStaff, survey_key: str, wave_key: str) -> JSONResponse:
    """How far the PDFs have come; asked again and again by the page while work is going on."""
    with reading.begin() as session:
        _, wave = _find(session, person, survey_key, wave_key)
        shown = [
            {"kind": f"print {line.batch.number}", "state": job.state.value, "done": job.done, "total": job.total}
            for line in queries.batches(session, wave, person.visible(*rights.HANDLE_FORMS))
            if (job := _job(session, line.batch)) is not None
        ]
    return JSONResponse({"jobs": shown, "nobody_works": running.nobody_works}, headers={"Cache-Control": "no-store"})


@router.post(f"{HERE}/returns")
def log_form(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: PaperStaff,
    now: Now,
    survey_key: str,
    wave_key: str,
    serial: Annotated[str, Form(max_length=100)] = "",
    state: Annotated[FormState, Form()] = FormState.RETURNED,
) -> Response:
    """One form after the other: the cursor is back in the box, a reader of QR codes needs no hand."""
    done: service.Logged | None = None
    fault: DomainError | None = None
    try:
        with writing.begin() as session:
            _, wave = _find(session, person, survey_key, wave_key)
            done = service.log_form(
                session, wave, serial, state, person.visible(*rights.HANDLE_FORMS), at=now, by=person.actor
            )
    except NotFound:
        raise
    except DomainError as refused:
        fault = refused
    with reading.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        context = {
            **_overview(session, person, survey, wave),
            "log_fault": fault,
            "logged": done,
            "shown": serials.grouped(done.serial) if done else "",
            "state": state.value,
            "typed": serial[:20] if fault else "",
        }
        return staff_page(
            request,
            running,
            person,
            "staff/paper/batches.html",
            context,
            section="surveys",
            status=fault.status if fault else 200,
        )


@router.get(f"{HERE}/{{batch}}")
def batch_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: PaperStaff,
    survey_key: str,
    wave_key: str,
    batch: BatchNumber,
) -> Response:
    with reading.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        line = _batch(session, person, wave, batch)
        forms = queries.forms(session, line.batch)
        context = {
            **_titles(survey, wave),
            "line": line,
            "area": Text(line.area.name_zh, line.area.name_en or line.area.name_zh),
            "job": _job(session, line.batch),
            "forms": [(form, serials.grouped(form.serial), case) for form, case in forms],
            "may_print": line.area.id in set(session.scalars(person.visible(*rights.PRINT))),
            "may_log": wave.state in (WaveState.OPEN, WaveState.CLOSED),
        }
        return staff_page(request, running, person, "staff/paper/batch.html", context, section="surveys")


@router.post(f"{HERE}/{{batch}}/print")
def print_batch(
    writing: Writing, person: Printer, now: Now, survey_key: str, wave_key: str, batch: BatchNumber
) -> Response:
    """Make the PDF, or make it anew: the serials stay."""
    with writing.begin() as session:
        _, wave = _find(session, person, survey_key, wave_key)
        line = _batch(session, person, wave, batch, *rights.PRINT)
        _enqueue(session, line.batch, person, now)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/paper/{batch}")


@router.post(f"{HERE}/{{batch}}/missing")
def rest_is_missing(
    writing: Writing, person: PaperStaff, now: Now, survey_key: str, wave_key: str, batch: BatchNumber
) -> Response:
    with writing.begin() as session:
        _, wave = _find(session, person, survey_key, wave_key)
        if wave.state not in (WaveState.OPEN, WaveState.CLOSED):
            raise PaperNotYet
        service.rest_is_missing(session, _batch(session, person, wave, batch).batch, at=now, by=person.actor)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/paper/{batch}")


@router.get(f"{HERE}/{{batch}}/forms.pdf")
def batch_pdf(
    running: Running,
    reading: Reading,
    person: PaperStaff,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
    batch: BatchNumber,
) -> Response:
    with reading.begin() as session:
        _, wave = _find(session, person, survey_key, wave_key)
        line = _batch(session, person, wave, batch)
        if line.printed is None:
            raise NotPrinted
        reads.note(wave.survey_id, "paper_batch.exported", f"paper_batch {line.batch.id}", {"batch": batch})
        blob = line.printed.blob_sha256
    return _pdf(files_of(running.settings, running.database).get(blob), f"{wave_key}-{batch:03d}.pdf")


# ------------------------------------------------------------------ what the routes share


def _find(session: Session, person: Person, survey_key: str, wave_key: str) -> tuple[Survey, Wave]:
    """The wave, where it touches the areas in which the person prints or keys."""
    found = visible_wave(
        session, survey_key, wave_key, person.visible(*rights.HANDLE_FORMS), above(person.areas(*rights.HANDLE_FORMS))
    )
    if found is None or found[1].state is WaveState.DRAFT:
        raise NotFound
    return found


def _batch(session: Session, person: Person, wave: Wave, number: int, *roles: Role) -> queries.BatchLine:
    line = queries.batch(session, wave, number, person.visible(*(roles or rights.HANDLE_FORMS)))
    if line is None:
        raise NotFound
    return line


def _chosen(session: Session, person: Person, survey: Survey, wave: Wave, area: str, *, sampled: bool) -> list[UUID]:
    """Communities of the person: the one that was chosen, or all that have something to print."""
    mine = queries.communities(session, person.visible(*rights.PRINT), below([survey.city_id]))
    if area == EVERYWHERE:
        waiting = queries.waiting_cases(session, wave, person.visible(*rights.PRINT))
        return [one.id for one in mine if not sampled or one.id in waiting or not waiting]
    found = [one.id for one in mine if one.code == area]
    if not found:
        raise WrongPrintRun
    return found


def _enqueue(session: Session, batch: PaperBatch, person: Person, now: Now) -> None:
    jobs.enqueue(
        session,
        survey_id=batch.survey_id,
        kind=PRINT_JOB,
        arguments={"batch_id": str(batch.id)},
        by=person.actor,
        at=now,
    )


def _job(session: Session, batch: PaperBatch) -> Any:
    return jobs.latest(session, survey_id=batch.survey_id, kind=PRINT_JOB, arguments={"batch_id": str(batch.id)})


def _titles(survey: Survey, wave: Wave) -> dict[str, Any]:
    return {
        "survey": survey,
        "wave": wave,
        "survey_title": Text(survey.title_zh, survey.title_en),
        "wave_name": Text(wave.name_zh, wave.name_en),
        "unit": UNITS[wave.listed_unit],
    }


def _overview(session: Session, person: Person, survey: Survey, wave: Wave) -> dict[str, Any]:
    visible, managed = person.visible(*rights.HANDLE_FORMS), person.visible(*rights.PRINT)
    lines = queries.batches(session, wave, visible)
    communities: list[Area] = []
    if person.has(*rights.PRINT) and wave.state is WaveState.OPEN:
        communities = list(queries.communities(session, managed, below([survey.city_id])))
    waiting = queries.waiting_cases(session, wave, managed) if communities else {}
    return {
        **_titles(survey, wave),
        "lines": [
            (line, Text(line.area.name_zh, line.area.name_en or line.area.name_zh), _job(session, line.batch))
            for line in lines
        ],
        "totals": {state.value: sum(line.count(state.value) for line in lines) for state in FormState},
        "communities": [
            (one, Text(one.name_zh, one.name_en or one.name_zh), waiting.get(one.id, 0)) for one in communities
        ],
        "waiting": sum(waiting.values()),
        "most": service.MOST_FORMS,
        "kept": {
            "area": EVERYWHERE,
            "kind": "sampled" if waiting else "open",
            "size": str(USUAL_SIZE),
            "languages": "zh",
            "large_print": "",
        },
        "state": FormState.RETURNED.value,
        **dict.fromkeys(("fault", "log_fault", "logged")),
        "shown": "",
        "typed": "",
        "may_log": wave.state in (WaveState.OPEN, WaveState.CLOSED) and bool(lines),
        "follows_wave": person.has(*rights.FOLLOW_WAVES),
    }


def _pdf(content: bytes, name: str) -> Response:
    return Response(
        content,
        media_type="application/pdf",
        headers={"Content-Disposition": content_disposition("inline", name), "Cache-Control": "private, no-store"},
    )
