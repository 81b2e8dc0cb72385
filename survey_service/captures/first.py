"""The one way in for first answers: they become a capture and a response, exactly once, in the caller's transaction.

Capture, response, code use and audit row are written together or not at all. What decides between a first answer and
a repetition is a database constraint; looking first only saves the work.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_service.audit import chain
from survey_service.captures import ledger
from survey_service.captures.content import content_sha256
from survey_service.captures.errors import AlreadyAnswered, ContentConflict, WaveClosed, Withdrawn
from survey_service.captures.incoming import WITH_RECEIPT, IncomingCapture, Outcome, Recorded
from survey_service.clock import end_of
from survey_service.migrations.guards import ERASED
from survey_service.models import Capture, Response, ResponseState, Wave, WaveState
from survey_service.models.capture import KNOWN
from survey_service.secrets import KeyRing

# The statements of the answer path are made once: building one costs more than running it.
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

_Known = Row[UUID, UUID | None, str, UUID, UUID, UUID | None]  # as _KNOWN selects


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


def known_capture(session: Session, incoming: IncomingCapture) -> _Known | None:
    return session.execute(_KNOWN, {"survey": incoming.survey_id, "client": incoming.client_id}).one_or_none()


def again(session: Session, incoming: IncomingCapture, known: _Known, keys: KeyRing) -> Recorded:
    """The id was seen before: the same receipt for the same answers, a refusal that keeps the others.

    Where the answers were erased, nothing is kept, whatever comes: a phone that still held its draft brings none back.
    """
    if known.content_sha256.startswith(ERASED):
        raise Withdrawn(own=True)
    here = (known.wave_id, known.area_id, known.case_id) == (incoming.wave_id, incoming.area_id, incoming.case_id)
    receipt = incoming.receipt(known.response_id, keys) if here and known.response_id is not None else None
    if not here or known.response_id is None or known.content_sha256 != content_sha256(incoming.checked):
        raise ContentConflict(capture_id=ledger.keep_conflict(session, incoming, keys), receipt=receipt)
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
    # A case that broke off and goes on: its response is completed.
    partial = _response_of_case(session, incoming, ResponseState.PARTIAL)
    begun = {incoming.case_id: partial} if incoming.case_id is not None and partial is not None else None
    [recorded] = ledger.enter_first(session, [incoming], keys=keys, begun=begun)
    return recorded
