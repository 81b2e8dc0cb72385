"""A correction: other answers in place of those that are counted, as a new capture and a moved pointer."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.audit import chain
from survey_service.collection.content import content_sha256
from survey_service.collection.errors import ContentConflict, Withdrawn
from survey_service.collection.service import (
    INSERT_CAPTURE,
    IncomingCapture,
    Outcome,
    Recorded,
    again,
    audited,
    capture_row,
    known_capture,
    refuse_if_closed,
)
from survey_service.errors import NotFound
from survey_service.ids import new_id
from survey_service.models import Capture, Response, ResponseState
from survey_service.secrets import KeyRing


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
    capture_id = new_id()
    session.connection().execute(INSERT_CAPTURE, capture_row(incoming, capture_id, response_id))
    session.execute(update(Response).where(of_response).values(current_capture_id=capture_id))
    audit.record(
        session, survey_id=incoming.survey_id, at=incoming.at, by=incoming.by,
        action="response.corrected", record=f"response {response_id}", reason=incoming.reason,
        detail={**audited(incoming, capture_id, keys), "before": str(held.current_capture_id)},
    )  # fmt: skip
    return Recorded(response_id=response_id, capture_id=capture_id, receipt=None, outcome=Outcome.STORED)
