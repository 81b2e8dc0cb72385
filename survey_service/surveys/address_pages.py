"""Doors and key of a wave on a page: until when they open, the line that is kept apart, and the end before its day."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service import audit
from survey_service.accounts import rights
from survey_service.accounts.permissions import AddressReader, Person
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, DomainError
from survey_service.models import Account, AuditEntry, Survey, Wave
from survey_service.sealed.clock import days_of
from survey_service.sealed.doors import count_doors, has_doors
from survey_service.sealed.errors import SealGone, WrongKey
from survey_service.sealed.keys import WaveKeys
from survey_service.services import Services
from survey_service.surveys.access import find_wave, refuse_unless
from survey_service.web import posted_forms
from survey_service.web.downloads import content_disposition
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/addresses")
TAKEN: Final = "seal.key_taken"


@router.get("")
def addresses_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: AddressReader,
    now: Now,
    survey_key: str,
    wave_key: str,
) -> Response:
    with reading.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        return _page(Asking(request, running, person), session, survey, wave, now)


@router.post("/key")
def take_key(
    running: Running, writing: Writing, person: AddressReader, now: Now, survey_key: str, wave_key: str
) -> Response:
    """The key as one line, to be kept apart from the backups."""
    with writing.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        line = _seals(running).line(session, wave, at=now)
        audit.record(
            session, survey_id=survey.id, at=now, by=person.actor, action=TAKEN, record=f"wave {wave.id}", detail={}
        )
    name = f"wave-key-{survey_key}-{wave_key}.txt"
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
    return Response(f"{line}\n", media_type="text/plain; charset=utf-8", headers=headers)


@router.post("/key/put-back")
def put_key_back(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: AddressReader,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    """The line that was kept, after a restore."""
    try:
        with writing.begin() as session:
            survey, wave = _find(session, person, survey_key, wave_key)
            _seals(running).put_back(session, wave, posted_forms.text(posted, "line"), at=now)
            audit.record(
                session,
                survey_id=survey.id,
                at=now,
                by=person.actor,
                action="seal.key_put_back",
                record=f"wave {wave.id}",
                detail={},
            )
    except (WrongKey, SealGone) as fault:
        with reading.begin() as session:
            survey, wave = _find(session, person, survey_key, wave_key)
            return _page(Asking(request, running, person), session, survey, wave, now, fault=fault)
    return go(_here(survey_key, wave_key))


@router.post("/destroy")
def destroy_key(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: AddressReader,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    """Before its day, for ever: only where the box was ticked."""
    if posted_forms.text(posted, "meant") != "yes":
        fault = BadInput(
            zh="要销毁，请先勾选“我知道销毁以后谁也打不开”。没有销毁。",
            en="Tick that you know that nobody opens them afterwards. Nothing was destroyed.",
        )
        with reading.begin() as session:
            survey, wave = _find(session, person, survey_key, wave_key)
            return _page(Asking(request, running, person), session, survey, wave, now, fault=fault)
    with writing.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        _seals(running).destroy(session, survey.id, wave.id, why="by hand", at=now, by=person.actor)
    return go(_here(survey_key, wave_key))


def _find(session: Session, person: Person, survey_key: str, wave_key: str) -> tuple[Survey, Wave]:
    """Doors of all communities hang on the one key: it is for a manager of the whole survey."""
    survey, wave = find_wave(session, person, survey_key, wave_key)
    refuse_unless(session, person, survey, *rights.OPEN_ADDRESSES)
    return survey, wave


def _page(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    now: datetime,
    *,
    fault: DomainError | None = None,
) -> Response:
    taken = session.execute(
        select(AuditEntry.at, Account.name)
        .join(Account, Account.id == AuditEntry.by_account_id)
        .where(AuditEntry.chain == str(survey.id), AuditEntry.action == TAKEN, AuditEntry.record == f"wave {wave.id}")
        .order_by(AuditEntry.sequence)
    ).all()
    context = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "stands": _seals(asking.running).stands(session, wave, at=now),
        "days": days_of(wave),
        "came": has_doors(session, wave),
        "doors": count_doors(session, wave),
        "taken": taken,
        "fault": fault,
    }
    return asking.page("staff/planning/addresses.html", context, section="surveys", fault=fault)


def _seals(running: Services) -> WaveKeys:
    return WaveKeys(running.settings, running.keys)


def _here(survey_key: str, wave_key: str) -> str:
    return f"/surveys/{survey_key}/waves/{wave_key}/addresses"
