"""What becomes of an export: asked for, made, taken, gone; each with its entry in the chain of the survey."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service import audit, jobs
from survey_service.audit import Actor
from survey_service.audit.chain import SERVICE
from survey_service.exports import EXPORT_JOB, kept_queries
from survey_service.exports.errors import TooManyRows
from survey_service.exports.formats import WORKBOOK_ROWS, Format
from survey_service.exports.kept_errors import MOST_ON_OFFER, NothingChosen, NotOpenedYet, TooManyOnOffer
from survey_service.exports.shelf import MadeFile
from survey_service.ids import new_id
from survey_service.models import DataExport, ExportEnd, Job, JobState, Wave

UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportChoice:
    """What somebody wants to take away."""

    formats: tuple[Format, ...]
    language: str  # of the labels: zh or en
    texts: bool  # with what people wrote in words


def ask(session: Session, wave: Wave, order: ExportChoice, *, by: Actor, at: datetime) -> DataExport:
    """The export that will be made; the one that is being made where it was asked for in these very words before.

    NotOpenedYet before the figures of the wave were opened, NothingChosen without a format, TooManyOnOffer,
    TooManyRows for a workbook. Of two who ask at the same moment in the same name one is refused by the database.
    """
    if wave.figures_opened_at is None:
        raise NotOpenedYet
    if not order.formats or by.account_id is None:
        raise NothingChosen
    if Format.XLSX in order.formats and (rows := kept_queries.cases(session, wave.survey_id, wave.id)) > WORKBOOK_ROWS:
        raise TooManyRows(rows, WORKBOOK_ROWS)
    formats = sorted(set(order.formats))
    said = [str(wave.id), str(by.account_id), *formats, order.language, "texts" if order.texts else ""]
    waits_as = hashlib.sha256("\n".join(said).encode()).hexdigest()
    before = kept_queries.waiting_as(session, wave.survey_id, waits_as)
    if before is not None:
        if before[1].state in UNDER_WAY:
            return before[0]
        before[0].waits_as = None  # its job failed
        session.flush()
    if kept_queries.on_offer(session, wave.survey_id, wave.id) >= MOST_ON_OFFER:
        raise TooManyOnOffer
    export_id = new_id()
    arguments = {"wave_id": str(wave.id), "export_id": str(export_id)}
    job = jobs.enqueue(session, survey_id=wave.survey_id, kind=EXPORT_JOB, arguments=arguments, by=by, at=at)
    export = DataExport(
        survey_id=wave.survey_id,
        id=export_id,
        wave_id=wave.id,
        job_id=job.id,
        by_account_id=by.account_id,
        asked_at=at,
        formats=[str(one) for one in formats],
        language=order.language,
        texts=order.texts,
        waits_as=waits_as,
        files=[],
    )
    session.add(export)
    session.flush()
    _record(session, export, "export.asked", by=by, at=at)
    return export


def note_made(
    session: Session, export: DataExport, files: list[MadeFile], *, rows: int, erased_before: int, at: datetime
) -> bool:
    """Offer the files; False where the export was made or deleted meanwhile."""
    session.refresh(export, with_for_update=True)
    if export.made_at is not None or export.gone_at is not None:
        return False
    export.made_at, export.rows, export.erased_before, export.waits_as = at, rows, erased_before, None
    export.files = [asdict(one) for one in files]
    hashes = {one.name: one.sha256 for one in files}
    by = Actor(export.by_account_id)
    _record(session, export, "export.made", by=by, at=at, further={"files": hashes})
    return True


def let_go(session: Session, export: DataExport, why: ExportEnd, *, at: datetime, by: Actor = SERVICE) -> None:
    """The files are to be removed; once."""
    if kept_queries.let_go(session, export, why, at):
        _record(session, export, f"export.{why.value}", by=by, at=at)


def run_out(session: Session, key: tuple[UUID, UUID], made_before: datetime, *, at: datetime) -> None:
    """Its days have run, or an answer in it was erased."""
    export = session.get_one(DataExport, key)
    assert export.made_at is not None
    let_go(session, export, ExportEnd.EXPIRED if export.made_at <= made_before else ExportEnd.ERASED, at=at)


def may_lie(export: DataExport, job: Job, holds_erased: bool) -> bool:
    """Whether its files are on offer, or in the making."""
    if export.gone_at is not None:
        return False
    return job.state in UNDER_WAY if export.made_at is None else not holds_erased


def detail(export: DataExport) -> dict[str, Any]:
    """What every entry about an export says of it."""
    return {
        "wave": str(export.wave_id),
        "formats": list(export.formats),
        "language": export.language,
        "texts": export.texts,
        **({} if export.rows is None else {"rows": export.rows}),
    }


def record_of(export_id: UUID) -> str:
    return f"export {export_id}"


def _record(
    session: Session, export: DataExport, action: str, *, by: Actor, at: datetime, further: dict[str, Any] | None = None
) -> None:
    audit.record(
        session,
        survey_id=export.survey_id,
        at=at,
        by=by,
        action=action,
        record=record_of(export.id),
        detail={**detail(export), **(further or {})},
    )
