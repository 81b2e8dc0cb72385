"""Further captures of a response that exists: a blind second keying, a decision, a correction.

Nothing that was captured is changed. What is counted moves only where the pointer is moved.
"""

from __future__ import annotations

from typing import cast
from uuid import UUID

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.collection.content import content_sha256
from survey_service.collection.errors import ContentConflict
from survey_service.collection.service import (
    IncomingCapture,
    Outcome,
    Recorded,
    audited,
    capture_row,
    keep_conflict,
)
from survey_service.ids import new_id
from survey_service.models import Capture, Response
from survey_service.models.capture import KNOWN
from survey_service.secrets import KeyRing


def attach(
    session: Session, incoming: IncomingCapture, response_id: UUID, *, current: bool, keys: KeyRing
) -> Recorded | ContentConflict:
    """Keep ``incoming`` as one more capture of the response; ``current``: it is what counts from now on.

    The same client_id with the same answers is kept once; with other answers they are kept as a conflict, which is
    returned so that the transaction keeps it. The caller holds a lock on whatever the response stands for.
    """
    known = session.execute(
        select(Capture.id, Capture.content_sha256).where(
            Capture.survey_id == incoming.survey_id,
            Capture.client_id == incoming.client_id,
            KNOWN,
        )
    ).one_or_none()
    if known is not None:
        if known.content_sha256 != content_sha256(incoming.checked):
            return ContentConflict(capture_id=keep_conflict(session, incoming, keys))
        return Recorded(response_id=response_id, capture_id=known.id, receipt=None, outcome=Outcome.REPEATED)
    capture_id = new_id()
    row = capture_row(incoming, capture_id, response_id)
    session.connection().execute(insert(cast("Table", Capture.__table__)), row)
    if current:
        session.execute(
            update(Response)
            .where(Response.survey_id == incoming.survey_id, Response.id == response_id)
            .values(current_capture_id=capture_id)
        )
    audit.record(
        session, survey_id=incoming.survey_id, at=incoming.at, by=incoming.by,
        action="response.moved" if current else "capture.added", record=f"response {response_id}",
        reason=incoming.reason, detail=audited(incoming, capture_id, keys),
    )  # fmt: skip
    return Recorded(response_id=response_id, capture_id=capture_id, receipt=None, outcome=Outcome.STORED)
