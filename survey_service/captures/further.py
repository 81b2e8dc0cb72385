"""Further captures of a response that exists: a blind second keying, a decision, a correction.

Nothing that was captured is changed. What is counted moves only where the pointer is moved.
"""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_service.audit import chain
from survey_service.captures import ledger
from survey_service.captures.content import content_sha256
from survey_service.captures.errors import ContentConflict, Withdrawn
from survey_service.captures.first import again, known_capture, refuse_if_closed
from survey_service.captures.incoming import IncomingCapture, Outcome, Recorded
from survey_service.errors import NotFound
from survey_service.models import Capture, Response, ResponseState
from survey_service.secrets import KeyRing


def attach(
    session: Session, incoming: IncomingCapture, response_id: UUID, *, current: bool, keys: KeyRing
) -> Recorded | ContentConflict:
    """Keep ``incoming`` as one more capture of the response; ``current``: it is what counts from now on.

    The same client_id with the same answers is kept once; with other answers they are kept as a conflict, which is
    returned so that the transaction keeps it. The caller holds a lock on whatever the response stands for.
    """
    known = known_capture(session, incoming)
    if known is not None:
        if known.content_sha256 != content_sha256(incoming.checked):
            return ContentConflict(capture_id=ledger.keep_conflict(session, incoming, keys))
        return Recorded(response_id=response_id, capture_id=known.id, receipt=None, outcome=Outcome.REPEATED)
    return ledger.enter_further(
        session,
        incoming,
        response_id,
        counts=current,
        action="response.moved" if current else "capture.added",
        keys=keys,
    )


def correct(
    session: Session, incoming: IncomingCapture, response_id: UUID, *, keys: KeyRing, zone: ZoneInfo | None = None
) -> Recorded | ContentConflict:
    """Count ``incoming`` in place of the response's current answers; the caller commits.

    As for a first answer, the same id and answers change nothing a second time, and the same id with other answers is
    kept and returned as a conflict. Answers equal to those that are counted already change nothing at all. Raises
    Withdrawn where the response was deleted, WaveClosed where the wave takes no answers: by its state, and after 24:00
    of its last day in ``zone`` (None: the clock is not asked).
    """
    try:
        known = known_capture(session, incoming)
        if known is not None:
            return again(session, incoming, known, keys)
        refuse_if_closed(session, incoming, zone, by_clock=True)
        place = chain.mark(session)
        try:
            with session.begin_nested():
                return _move(session, incoming, response_id, keys)
        except IntegrityError:  # the same id, in another process at this moment
            chain.return_to(session, place)
            known = known_capture(session, incoming)
            if known is None:
                raise
            return again(session, incoming, known, keys)
    except ContentConflict as conflict:
        return conflict


def _move(session: Session, incoming: IncomingCapture, response_id: UUID, keys: KeyRing) -> Recorded:
    of_response = (Response.survey_id == incoming.survey_id) & (Response.id == response_id)
    held = session.execute(
        select(Response.state, Response.current_capture_id, Capture.content_sha256)
        .join(Capture, (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id))
        .where(of_response)
        .with_for_update(of=Response)
    ).one_or_none()
    if held is None:
        raise NotFound
    if held.state is ResponseState.DELETED:
        raise Withdrawn
    if held.content_sha256 == content_sha256(incoming.checked):
        return Recorded(
            response_id=response_id, capture_id=held.current_capture_id, receipt=None, outcome=Outcome.REPEATED
        )
    return ledger.enter_further(
        session,
        incoming,
        response_id,
        counts=True,
        action="response.corrected",
        keys=keys,
        before=str(held.current_capture_id),
    )
