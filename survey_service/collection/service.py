"""The one way in: an answer becomes a capture and a response, exactly once, in the caller's transaction.

Capture, response, code use and audit row are written together or not at all. What decides between a first answer and
a repetition is a database constraint; looking first only saves the work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Table, bindparam, insert, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from questionnaires.answers import CANONICAL_FORMAT, Checked
from survey_service import audit
from survey_service.audit import chain
from survey_service.bulk import insert_rows
from survey_service.clock import end_of
from survey_service.collection.content import canonical_content, content_sha256, plain_findings
from survey_service.collection.errors import AlreadyAnswered, ContentConflict, WaveClosed, Withdrawn
from survey_service.ids import new_id
from survey_service.migrations.guards import ERASED
from survey_service.models import (
    AccessCode,
    Capture,
    Case,
    Disposition,
    Mode,
    Response,
    ResponseState,
    Source,
    Wave,
    WaveState,
)
from survey_service.models.capture import CONFLICTS, KNOWN
from survey_service.secrets import KeyRing, code_hash

# Whoever answers on a phone is given a receipt; a keyed or imported form has its serial.
WITH_RECEIPT = frozenset({Source.WEB, Source.DEVICE})

# The statements of the answer path are made once: building one costs more than running it.
CAPTURES, RESPONSES = cast("Table", Capture.__table__), cast("Table", Response.__table__)
INSERT_CAPTURE, INSERT_RESPONSE = insert(CAPTURES), insert(RESPONSES)
_KNOWN = select(
    Capture.id, Capture.response_id, Capture.content_sha256, Capture.wave_id, Capture.area_id, Capture.case_id
).where(Capture.survey_id == bindparam("survey"), Capture.client_id == bindparam("client"), KNOWN)
# FOR SHARE: on PostgreSQL a wave cannot close between this look and the commit; SQLite has one writer anyway.
_WAVE_NOW = (
    select(Wave.state, Wave.closes_on)
    .where(Wave.survey_id == bindparam("survey"), Wave.id == bindparam("wave"))
    .with_for_update(read=True)
)
_OF_CASE = select(Response.id).where(
    Response.survey_id == bindparam("survey"),
    Response.case_id == bindparam("case"),
    Response.state == bindparam("state"),
)


_Kept = Row[UUID, UUID | None, str, UUID, UUID, UUID | None]  # as _KNOWN selects


class Outcome(StrEnum):
    STORED = "stored"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingCapture:
    """One set of judged answers that wants to be stored. ``client_id`` makes it the same one when it comes again."""

    survey_id: UUID
    wave_id: UUID
    area_id: UUID
    case_id: UUID | None
    mode: Mode
    source: Source
    client_id: str
    questionnaire_version_id: UUID
    checked: Checked
    state: ResponseState  # COMPLETE or PARTIAL
    at: datetime
    by: audit.Actor
    reason: str | None = None
    paradata: Mapping[str, Any] = field(default_factory=dict)
    code_id: UUID | None = None  # the code it came by; a case's code is used up by it
    until_review: bool = False  # paper that was back before the wave closed: it is keyed until the review begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    response_id: UUID
    capture_id: UUID
    receipt: str | None  # only for answers from a phone
    outcome: Outcome


def record(session: Session, incoming: IncomingCapture, *, keys: KeyRing, zone: ZoneInfo | None = None) -> Recorded:
    """Store ``incoming``; the caller commits, and nobody may hear of it before.

    The same client_id with the same answers gives what the first gave, also after the wave has closed. With other
    answers it raises ContentConflict *after* keeping them as a capture marked ``conflict``: catch it inside the
    transaction (``record_or_conflict`` does) and they survive. Raises AlreadyAnswered when the case has its complete
    response, Withdrawn when the answers of this id or of this code were deleted, WaveClosed when the wave takes no
    answers: by its state for everyone, and for answers from phones also after 24:00 of its last day in ``zone`` (None:
    the clock is not asked; paper of the last day is keyed later).
    """
    known = known_capture(session, incoming)
    if known is not None:
        return again(session, incoming, known, keys)
    refuse_if_closed(session, incoming, zone)
    place = chain.mark(session)
    try:
        with session.begin_nested():
            return _store(session, incoming, keys)
    except IntegrityError:
        # Another process was faster: the constraint has spoken, now the winner can be read.
        chain.return_to(session, place)
        known = known_capture(session, incoming)
        if known is not None:
            return again(session, incoming, known, keys)
        if _response_of_case(session, incoming, ResponseState.COMPLETE) is not None:
            raise AlreadyAnswered from None
        raise


def record_or_conflict(
    session: Session, incoming: IncomingCapture, *, keys: KeyRing, zone: ZoneInfo | None = None
) -> Recorded | ContentConflict:
    """``record``, with a conflict returned instead of raised, so that the transaction keeps the other answers."""
    try:
        return record(session, incoming, keys=keys, zone=zone)
    except ContentConflict as conflict:
        return conflict


def known_capture(session: Session, incoming: IncomingCapture) -> _Kept | None:
    return session.execute(_KNOWN, {"survey": incoming.survey_id, "client": incoming.client_id}).one_or_none()


def again(session: Session, incoming: IncomingCapture, known: _Kept, keys: KeyRing) -> Recorded:
    """The id was seen before: the same receipt for the same answers, a refusal that keeps the others.

    Where the answers were erased, nothing is kept, whatever comes: a phone that still held its draft brings none back.
    """
    if known.content_sha256.startswith(ERASED):
        raise Withdrawn(own=True)
    here = (known.wave_id, known.area_id, known.case_id) == (incoming.wave_id, incoming.area_id, incoming.case_id)
    receipt = _receipt(incoming, known.response_id, keys) if here and known.response_id is not None else None
    if not here or known.response_id is None or known.content_sha256 != content_sha256(incoming.checked):
        raise ContentConflict(capture_id=keep_conflict(session, incoming, keys), receipt=receipt)
    return Recorded(response_id=known.response_id, capture_id=known.id, receipt=receipt, outcome=Outcome.REPEATED)


def refuse_if_closed(
    session: Session, incoming: IncomingCapture, zone: ZoneInfo | None, *, by_clock: bool = False
) -> None:
    """WaveClosed by the wave's state; for phones, or where ``by_clock`` says so, also by the clock of ``zone``."""
    refuse_in(wave_now(session, incoming), incoming, zone, by_clock=by_clock)


def wave_now(session: Session, incoming: IncomingCapture) -> Row[WaveState, date] | None:
    """State and last day of the wave, which cannot change before the commit."""
    return session.execute(_WAVE_NOW, {"survey": incoming.survey_id, "wave": incoming.wave_id}).one_or_none()


def refuse_in(
    wave: Row[WaveState, date] | None, incoming: IncomingCapture, zone: ZoneInfo | None, *, by_clock: bool = False
) -> None:
    """``refuse_if_closed`` by a wave that was looked at already."""
    taking = (WaveState.OPEN, WaveState.CLOSED) if incoming.until_review else (WaveState.OPEN,)
    if wave is None or wave.state not in taking:
        raise WaveClosed
    asked = by_clock or incoming.source in WITH_RECEIPT
    if asked and zone is not None and incoming.at >= end_of(wave.closes_on, zone):
        raise WaveClosed


def _response_of_case(session: Session, incoming: IncomingCapture, state: ResponseState) -> UUID | None:
    if incoming.case_id is None:
        return None
    wanted = {"survey": incoming.survey_id, "case": incoming.case_id, "state": state}
    return session.scalars(_OF_CASE, wanted).first()


def _store(session: Session, incoming: IncomingCapture, keys: KeyRing) -> Recorded:
    if _response_of_case(session, incoming, ResponseState.COMPLETE) is not None:
        raise AlreadyAnswered
    # A case that broke off and goes on: its response is completed, not doubled.
    begun = _response_of_case(session, incoming, ResponseState.PARTIAL)
    response_id, capture_id = begun or new_id(), new_id()
    receipt = _receipt(incoming, response_id, keys)
    row = capture_row(incoming, capture_id, response_id)
    session.connection().execute(INSERT_CAPTURE, row)
    counted = _counted(incoming, capture_id, receipt)
    if begun is None:
        session.connection().execute(INSERT_RESPONSE, _place(incoming, response_id) | counted)
    else:
        of_case = (Response.survey_id == incoming.survey_id) & (Response.id == response_id)
        session.execute(update(Response).where(of_case).values(**counted))
    _use_up(session, incoming)
    audit.record(
        session, survey_id=incoming.survey_id, at=incoming.at, by=incoming.by,
        action="response.recorded", record=f"response {response_id}", reason=incoming.reason,
        detail=audited(incoming, capture_id, keys, row["content_sha256"]),
    )  # fmt: skip
    return Recorded(response_id=response_id, capture_id=capture_id, receipt=receipt, outcome=Outcome.STORED)


def _place(incoming: IncomingCapture, response_id: UUID) -> dict[str, Any]:
    return {
        "survey_id": incoming.survey_id,
        "id": response_id,
        "wave_id": incoming.wave_id,
        "case_id": incoming.case_id,
        "area_id": incoming.area_id,
    }


def _counted(incoming: IncomingCapture, capture_id: UUID, receipt: str | None) -> dict[str, Any]:
    return {
        "mode": incoming.mode,
        "state": incoming.state,
        "current_capture_id": capture_id,
        "receipt_sha256": code_hash(receipt) if receipt else None,
        "completed_at": incoming.at if incoming.state is ResponseState.COMPLETE else None,
    }


def store_together(session: Session, many: Sequence[IncomingCapture], keys: KeyRing) -> list[Recorded]:
    """First answers without a case, in two statements for all; raises IntegrityError where one of them is not new.

    The caller has looked whether each is new and whether its wave takes answers, and is in a savepoint.
    """
    captures, responses, recorded = [], [], []
    for incoming in many:
        response_id, capture_id = new_id(), new_id()
        receipt = _receipt(incoming, response_id, keys)
        captures.append(row := capture_row(incoming, capture_id, response_id))
        responses.append(_place(incoming, response_id) | _counted(incoming, capture_id, receipt))
        recorded.append(
            Recorded(response_id=response_id, capture_id=capture_id, receipt=receipt, outcome=Outcome.STORED)
        )
        audit.record(
            session, survey_id=incoming.survey_id, at=incoming.at, by=incoming.by,
            action="response.recorded", record=f"response {response_id}", reason=incoming.reason,
            detail=audited(incoming, capture_id, keys, row["content_sha256"]),
        )  # fmt: skip
    insert_rows(session, CAPTURES, captures)
    insert_rows(session, RESPONSES, responses)
    return recorded


def capture_row(incoming: IncomingCapture, capture_id: UUID, response_id: UUID | None) -> dict[str, Any]:
    text, sha256 = canonical_content(incoming.checked)
    return {
        "survey_id": incoming.survey_id,
        "id": capture_id,
        "wave_id": incoming.wave_id,
        "response_id": response_id,
        "case_id": incoming.case_id,
        "area_id": incoming.area_id,
        "client_id": incoming.client_id,
        "mode": incoming.mode,
        "source": incoming.source,
        "questionnaire_version_id": incoming.questionnaire_version_id,
        "by_account_id": incoming.by.account_id,
        "at": incoming.at,
        "reason": incoming.reason,
        "answers": text,
        "answers_format": CANONICAL_FORMAT,
        "content_sha256": sha256,
        "findings": plain_findings(incoming.checked),
        "paradata": dict(incoming.paradata),
        "conflict": response_id is None,
    }


def _use_up(session: Session, incoming: IncomingCapture) -> None:
    """A complete answer uses the code of its case and settles the case's outcome; an open code is never used up."""
    if incoming.case_id is None:
        return
    complete = incoming.state is ResponseState.COMPLETE
    if complete and incoming.code_id is not None:
        used = session.execute(
            update(AccessCode)
            .where(AccessCode.survey_id == incoming.survey_id, AccessCode.id == incoming.code_id)
            .where(AccessCode.used_at.is_(None))
            .values(used_at=incoming.at)
            .returning(AccessCode.id)
        ).one_or_none()
        if used is None:  # its case has no complete response any more, but the code has done its work
            raise Withdrawn
    session.execute(
        update(Case)
        .where(Case.survey_id == incoming.survey_id, Case.id == incoming.case_id)
        .values(disposition=Disposition.COMPLETE if complete else Disposition.PARTIAL)
    )


def keep_conflict(session: Session, incoming: IncomingCapture, keys: KeyRing) -> UUID | None:
    """Keep the other answers, once; None where these very answers are kept already."""
    of_these = (
        (Capture.survey_id == incoming.survey_id)
        & (Capture.client_id == incoming.client_id)
        & (Capture.content_sha256 == content_sha256(incoming.checked))
    )
    alike = union_all(*(select(Capture.id).where(of_these, which) for which in (KNOWN, CONFLICTS)))
    if session.execute(alike).first() is not None:
        return None
    capture_id = new_id()
    try:
        with session.begin_nested():
            session.connection().execute(INSERT_CAPTURE, capture_row(incoming, capture_id, None))
    except IntegrityError:  # another process kept the same ones at this moment
        return None
    audit.record(
        session, survey_id=incoming.survey_id, at=incoming.at, by=incoming.by,
        action="capture.conflict", record=f"capture {capture_id}", detail=audited(incoming, capture_id, keys),
    )  # fmt: skip
    return capture_id


def audited(incoming: IncomingCapture, capture_id: UUID, keys: KeyRing, sha256: str | None = None) -> dict[str, str]:
    """For the audit log; ``sha256`` of the content where it is known already."""
    return {
        "capture": str(capture_id),
        "mode": incoming.mode.value,
        "source": incoming.source.value,
        "state": incoming.state.value,
        "answers": keys.keyed_hash("answers", sha256 or content_sha256(incoming.checked)),
    }


def _receipt(incoming: IncomingCapture, response_id: UUID, keys: KeyRing) -> str | None:
    return keys.receipt(incoming.survey_id, response_id) if incoming.source in WITH_RECEIPT else None
