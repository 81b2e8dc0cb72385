"""Where keying begins: what is next for a keyer; and for managers the batches and who keys them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import FormModel, Person
from survey_service.accounts.queries import above
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import BatchNumber, Now, Reading, Running, Writing
from survey_service.errors import BadInput, DomainError, NotFound
from survey_service.keying import assignment, batch_queries, queries, work_queries
from survey_service.keying.access import Assigner, KeyingStaff, Overseer, find_wave
from survey_service.keying.rules import Rules
from survey_service.models import Role, Survey, Wave, WaveState
from survey_service.services import Services

router = APIRouter()


@router.get("/keying")
def start_page(request: Request, running: Running, reading: Reading, person: KeyingStaff) -> Response:
    """What is next. A keyer with one open wave and nothing begun or assigned goes straight to its serials."""
    with reading.begin() as session:
        looked_after = _waves(session, person, rights.OVERSEE_KEYING, (*work_queries.IN_WORK, WaveState.UNDER_REVIEW))
        waves: list[tuple[Survey, Wave]] = []
        works: list[assignment.Work] = []
        if person.has(*rights.KEY):
            waves = _waves(session, person, rights.KEY, work_queries.IN_WORK)
            works = assignment.todo(
                session, waves, person.account_id, person.visible(*rights.KEY), Rules.of(running.settings)
            )
        keyed = [
            (survey, wave)
            for survey, wave in waves
            if wave.state is WaveState.OPEN or queries.has_batches(session, wave)
        ]
        if len(keyed) == 1 and not works and not looked_after and "lang" not in request.query_params:
            survey, wave = keyed[0]
            return go(f"/keying/{survey.key}/{wave.key}")
        context = {"works": works, "waves": _named(keyed), "looked_after": _named(looked_after)}
        return staff_page(request, running, person, "staff/keying-start.html", context, section="keying")


def _waves(
    session: Session, person: Person, roles: tuple[Role, ...], states: tuple[WaveState, ...]
) -> list[tuple[Survey, Wave]]:
    if not person.has(*roles):
        return []
    rows = queries.open_waves(session, person.visible(*roles), above(person.areas(*roles)), *states)
    return [(survey, wave) for survey, wave in rows]


def _named(waves: list[tuple[Survey, Wave]]) -> list[tuple[Survey, Wave, Text, Text]]:
    return [
        (survey, wave, Text(survey.title_zh, survey.title_en), Text(wave.name_zh, wave.name_en))
        for survey, wave in waves
    ]


# ------------------------------------------------------------------ batches


@router.get("/keying/{survey_key}/{wave_key}/batches")
def batches_page(
    request: Request, running: Running, reading: Reading, person: Overseer, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, *rights.OVERSEE_KEYING)
        context = {
            "survey": survey,
            "wave": wave,
            "wave_name": Text(wave.name_zh, wave.name_en),
            "lines": work_queries.batch_lines(session, wave, person.visible(*rights.OVERSEE_KEYING)),
            "rules": Rules.of(running.settings),
        }
        return staff_page(request, running, person, "staff/keying-batches.html", context, section="keying")


@router.get("/keying/{survey_key}/{wave_key}/batches/{batch}")
def batch_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Overseer,
    survey_key: str,
    wave_key: str,
    batch: BatchNumber,
) -> Response:
    with reading.begin() as session:
        return _batch_page(request, running, person, session, survey_key, wave_key, batch, fault=None)


def _chosen(given: str) -> UUID | None:
    """An account of a list; "" is nobody in particular."""
    try:
        return UUID(given) if given else None
    except ValueError:
        raise BadInput from None


def _share(percent: str) -> float | None:
    """A share in 0..1 from whole percents; "" is as the setting says."""
    if not percent.strip():
        return None
    if not (percent.strip().isascii() and percent.strip().isdigit()) or int(percent) > 100:
        raise BadInput
    return int(percent) / 100


class AssignmentForm(FormModel):
    keyer: Annotated[str, Field(max_length=40)] = ""
    verifier: Annotated[str, Field(max_length=40)] = ""
    share: Annotated[str, Field(max_length=8)] = ""

    def assignment(self) -> assignment.Assignment:
        return assignment.Assignment(
            keyer_id=_chosen(self.keyer), verifier_id=_chosen(self.verifier), share=_share(self.share)
        )


@router.post("/keying/{survey_key}/{wave_key}/batches/{batch}")
def assign_batch(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Assigner,
    now: Now,
    survey_key: str,
    wave_key: str,
    batch: BatchNumber,
    sent: Annotated[AssignmentForm, Form()],
) -> Response:
    try:
        with writing.begin() as session:
            _, wave = find_wave(session, person, survey_key, wave_key, *rights.ASSIGN_KEYING)
            assignment.assign(
                session,
                wave,
                batch,
                person.visible(*rights.ASSIGN_KEYING),
                sent.assignment(),
                rules=Rules.of(running.settings),
                at=now,
                by=person.actor,
            )
    except NotFound:
        raise
    except DomainError as fault:
        with reading.begin() as session:
            return _batch_page(request, running, person, session, survey_key, wave_key, batch, fault=fault)
    return go(f"/keying/{survey_key}/{wave_key}/batches")


@router.post("/keying/{survey_key}/{wave_key}/batches/{batch}/end")
def end_batch(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Assigner,
    now: Now,
    survey_key: str,
    wave_key: str,
    batch: BatchNumber,
) -> Response:
    """The forms that are still out will not come: draw those to verify from what is keyed."""
    try:
        with writing.begin() as session:
            _, wave = find_wave(session, person, survey_key, wave_key, *rights.ASSIGN_KEYING)
            assignment.end_keying(
                session,
                wave,
                batch,
                person.visible(*rights.ASSIGN_KEYING),
                rules=Rules.of(running.settings),
                at=now,
                by=person.actor,
            )
    except NotFound:
        raise
    except DomainError as fault:
        with reading.begin() as session:
            return _batch_page(request, running, person, session, survey_key, wave_key, batch, fault=fault)
    return go(f"/keying/{survey_key}/{wave_key}/batches/{batch}")


def _batch_page(
    request: Request,
    running: Services,
    person: Person,
    session: Session,
    survey_key: str,
    wave_key: str,
    batch: int,
    *,
    fault: DomainError | None,
) -> Response:
    survey, wave = find_wave(session, person, survey_key, wave_key, *rights.OVERSEE_KEYING)
    lines = work_queries.batch_lines(session, wave, person.visible(*rights.OVERSEE_KEYING), number=batch)
    if not lines:
        raise NotFound
    context: dict[str, Any] = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "line": lines[0],
        "open_forms": [] if lines[0].drawn else batch_queries.open_forms(session, lines[0].batch),
        "keyers": work_queries.keyers(session, lines[0].area.id),
        "rules": Rules.of(running.settings),
        "may_assign": person.has(*rights.ASSIGN_KEYING),
        "fault": fault,
    }
    status = fault.status if fault else 200
    return staff_page(request, running, person, "staff/keying-batch.html", context, section="keying", status=status)
