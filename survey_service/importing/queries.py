"""SQL of taking in files: what a wave knows, and the files that were handed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from survey_service.areas.queries import COMMUNITY_KINDS
from survey_service.importing.prepare import CaseRef
from survey_service.models import (
    Account,
    Area,
    Capture,
    Case,
    ImportFile,
    ImportState,
    Job,
    Response,
    ResponseState,
    Source,
    Wave,
    WaveState,
)

_AT_ONCE = 500  # ids in one statement


def _answered() -> ColumnElement[bool]:
    return exists().where(
        Response.survey_id == Case.survey_id,
        Response.case_id == Case.id,
        Response.state == ResponseState.COMPLETE,
    )


def cases(session: Session, wave: Wave, visible: Select[tuple[UUID]]) -> dict[str, CaseRef]:
    """Every case of the wave in these areas, by number."""
    rows = session.execute(
        select(Case.id, Case.number, Case.area_id, Case.first_mode, _answered()).where(
            Case.survey_id == wave.survey_id, Case.wave_id == wave.id, Case.area_id.in_(visible)
        )
    )
    return {
        row[1]: CaseRef(id=row[0], number=row[1], area_id=row[2], mode=row[3], complete=bool(row[4])) for row in rows
    }


def communities(session: Session, city: Select[tuple[UUID]], visible: Select[tuple[UUID]]) -> Sequence[Area]:
    return session.scalars(
        select(Area).where(Area.id.in_(city), Area.id.in_(visible), Area.kind.in_(COMMUNITY_KINDS)).order_by(Area.code)
    ).all()


def known(session: Session, wave: Wave) -> dict[str, str]:
    """What files have brought so far: client id and hash of the answers, or the mark of erased ones."""
    rows = session.execute(
        select(Capture.client_id, Capture.content_sha256).where(
            Capture.survey_id == wave.survey_id,
            Capture.wave_id == wave.id,
            Capture.source == Source.IMPORT,
            Capture.conflict.is_(False),
        )
    )
    return {row[0]: row[1] for row in rows}


def state_locked(session: Session, wave: Wave) -> WaveState:
    """FOR SHARE: on PostgreSQL the wave cannot move on before the commit; SQLite has one writer anyway."""
    of_wave = (Wave.survey_id == wave.survey_id) & (Wave.id == wave.id)
    return session.execute(select(Wave.state).where(of_wave).with_for_update(read=True)).scalar_one()


def begun(session: Session, survey_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Cases that broke off, with their partial response."""
    found: dict[UUID, UUID] = {}
    for start in range(0, len(case_ids), _AT_ONCE):
        rows = session.execute(
            select(Response.case_id, Response.id).where(
                Response.survey_id == survey_id,
                Response.case_id.in_(case_ids[start : start + _AT_ONCE]),
                Response.state == ResponseState.PARTIAL,
            )
        )
        found |= {case_id: response_id for case_id, response_id in rows if case_id is not None}
    return found


def one(session: Session, wave: Wave, import_id: UUID, *, locked: bool = False) -> ImportFile | None:
    statement = select(ImportFile).where(
        ImportFile.survey_id == wave.survey_id, ImportFile.wave_id == wave.id, ImportFile.id == import_id
    )
    return session.scalars(statement.with_for_update() if locked else statement).one_or_none()


def of_wave(session: Session, wave: Wave, by: UUID | None) -> list[tuple[ImportFile, str]]:
    """Files handed in for a wave, newest first, with who did; ``by``: only those of one person."""
    statement = (
        select(ImportFile, Account.name)
        .outerjoin(Account, Account.id == ImportFile.by_account_id)
        .where(ImportFile.survey_id == wave.survey_id, ImportFile.wave_id == wave.id)
        .order_by(ImportFile.created_at.desc(), ImportFile.id.desc())
        .limit(50)
    )
    if by is not None:
        statement = statement.where(ImportFile.by_account_id == by)
    return [(row[0], row[1] or "") for row in session.execute(statement)]


def left_lying(session: Session, survey_id: UUID, before: datetime) -> Sequence[ImportFile]:
    """Files that were handed in and that nobody has worked on since the given time."""
    return session.scalars(
        select(ImportFile).where(
            ImportFile.survey_id == survey_id,
            ImportFile.state.in_((ImportState.MAPPING, ImportState.CHECKED)),
            ImportFile.created_at < before,
        )
    ).all()


def job_of(session: Session, row: ImportFile, kind: str) -> Job | None:
    """The newest job that takes this file in."""
    jobs = session.scalars(
        select(Job)
        .where(Job.survey_id == row.survey_id, Job.kind == kind)
        .order_by(Job.created_at.desc(), Job.id.desc())
        .limit(100)
    )
    return next((job for job in jobs if job.arguments.get("import_id") == str(row.id)), None)
