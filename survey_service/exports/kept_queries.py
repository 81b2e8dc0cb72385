"""SQL of exports: what was asked for, and whether it may still be handed out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, func, or_, select, update
from sqlalchemy.orm import Session

from survey_service.models import Account, Case, DataExport, ExportEnd, Job, JobState, Response, Tombstone

Found = Row[DataExport, Job, str, bool]
"""An export, its job, who asked for it, and whether an answer in it was erased after its rows were read."""
LISTED = 50  # exports of a wave on its page, the newest


def erased(session: Session, survey_id: UUID, wave_id: UUID) -> int:
    """Answers of a wave that were erased until now."""
    found = select(func.count()).select_from(Tombstone).join(Response, _of_response())
    return session.scalar(found.where(Response.survey_id == survey_id, Response.wave_id == wave_id)) or 0


def _of_response() -> ColumnElement[bool]:
    return (Response.survey_id == Tombstone.survey_id) & (Response.id == Tombstone.response_id)


def _erased_now() -> ScalarSelect[int]:
    """The same, of the wave of an export that a statement is about."""
    return (
        select(func.count())
        .select_from(Tombstone)
        .join(Response, _of_response())
        .where(Response.survey_id == DataExport.survey_id, Response.wave_id == DataExport.wave_id)
        .scalar_subquery()
    )


def holds_erased() -> ColumnElement[bool]:
    """Of an export: an answer that stands in it was erased after its rows were read."""
    return DataExport.erased_before < _erased_now()


def listed(session: Session, survey_id: UUID, wave_id: UUID) -> Sequence[Found]:
    """Exports of a wave, the newest first."""
    newest = _found(survey_id, wave_id).order_by(DataExport.asked_at.desc(), DataExport.id.desc())
    return session.execute(newest.limit(LISTED)).all()


def one(session: Session, survey_id: UUID, wave_id: UUID, export_id: UUID) -> Found | None:
    return session.execute(_found(survey_id, wave_id).where(DataExport.id == export_id)).one_or_none()


def _found(survey_id: UUID, wave_id: UUID) -> Select[DataExport, Job, str, bool]:
    return (
        select(DataExport, Job, Account.name, holds_erased())
        .join(Job, _its_job())
        .join(Account, Account.id == DataExport.by_account_id)
        .where(DataExport.survey_id == survey_id, DataExport.wave_id == wave_id)
    )


def _its_job() -> ColumnElement[bool]:
    return (Job.survey_id == DataExport.survey_id) & (Job.id == DataExport.job_id)


def waiting_as(session: Session, survey_id: UUID, waits_as: str) -> Row[DataExport, Job] | None:
    """The export that was asked for in these very words and is not settled, as far as its row knows."""
    return session.execute(
        select(DataExport, Job)
        .join(Job, _its_job())
        .where(DataExport.survey_id == survey_id, DataExport.waits_as == waits_as)
    ).one_or_none()


def cases(session: Session, survey_id: UUID, wave_id: UUID) -> int:
    """Rows that an export of the wave has."""
    found = select(func.count()).select_from(Case).where(Case.survey_id == survey_id, Case.wave_id == wave_id)
    return session.scalar(found) or 0


def on_offer(session: Session, survey_id: UUID, wave_id: UUID) -> int:
    """Exports of a wave whose files are there, or will be."""
    there = or_(DataExport.made_at.is_not(None), Job.state.in_((JobState.WAITING, JobState.RUNNING)))
    found = select(func.count()).select_from(DataExport).join(Job, _its_job())
    of_wave = found.where(DataExport.survey_id == survey_id, DataExport.wave_id == wave_id)
    return session.scalar(of_wave.where(DataExport.gone_at.is_(None), there)) or 0


def over(made_before: datetime) -> Select[DataExport]:
    """Made exports whose files are to go: their days have run, or they hold an answer that was erased."""
    due = or_(DataExport.made_at <= made_before, holds_erased())
    return select(DataExport).where(DataExport.made_at.is_not(None), DataExport.gone_at.is_(None), due)


def by_id(session: Session, export_id: UUID) -> Row[DataExport, Job, bool] | None:
    """Of a folder that lies there, which knows no survey."""
    return session.execute(
        select(DataExport, Job, holds_erased()).join(Job, _its_job()).where(DataExport.id == export_id)
    ).one_or_none()


def let_go(session: Session, export: DataExport, why: ExportEnd, at: datetime) -> bool:
    """Note that the files go; False where somebody else did."""
    gone = session.execute(
        update(DataExport)
        .where(DataExport.survey_id == export.survey_id, DataExport.id == export.id, DataExport.gone_at.is_(None))
        .values(gone_at=at, gone_why=why, waits_as=None)
        .returning(DataExport.id)
    )
    return gone.one_or_none() is not None
