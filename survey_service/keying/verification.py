"""Which forms are keyed a second time, what differs, and when a batch is done.

A batch goes issued -> in keying -> in verification -> adjudication -> done. Over the error limit it goes back: every
form that was keyed only once is keyed a second time too.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.captures.content import answers_of
from survey_service.ids import new_id
from survey_service.keying import batch_queries as batches
from survey_service.keying import comparison, queries
from survey_service.keying.errors import FormsUnderWay, NothingKeyed
from survey_service.keying.rules import Rules
from survey_service.models import (
    BatchState,
    Capture,
    Discrepancy,
    Keying,
    KeyingPass,
    KeyingState,
    PaperBatch,
    VerificationDraw,
)
from survey_service.paper import serials
from survey_service.surveys import definitions


def after_form(session: Session, batch_id: UUID, row: Keying, *, rules: Rules, at: datetime, by: audit.Actor) -> None:
    """What follows for its batch from a form that was just keyed, once or a second time."""
    batch = batches.locked(session, row.survey_id, batch_id)
    if row.keying_pass is KeyingPass.SECOND:
        _compare(session, row)
        settle(session, batch, rules=rules, at=at, by=by)
        return
    if batch.state is BatchState.ISSUED:
        batch.state = BatchState.IN_KEYING
    draw = session.get(VerificationDraw, (row.survey_id, batch_id))
    if draw is None:
        if batches.left_to_key(session, batch) == 0:
            end_first_keying(session, batch, rules=rules, at=at, by=by)
    elif draw.share > 0:
        # It came when the sample was drawn already: nobody can say by what chance, so it is verified for certain.
        session.add(_second(row))
        settle(session, batch, rules=rules, at=at, by=by)


def end_first_keying(session: Session, batch: PaperBatch, *, rules: Rules, at: datetime, by: audit.Actor) -> None:
    """Draw the forms to verify.

    Raises FormsUnderWay while a form is half keyed, NothingKeyed where nothing is keyed and something may still come.
    A batch of which every form is noted as spoiled or missing ends with nothing to verify. A form that was opened and
    left with empty boxes is not under way: it goes back to those that may still come.
    """
    if session.get(VerificationDraw, (batch.survey_id, batch.id)) is not None:
        return
    firsts = batches.keyings(session, batch, KeyingPass.FIRST)
    keyed = [row for row in firsts if row.state is KeyingState.DONE]
    begun = [row for row in firsts if row.state is not KeyingState.DONE]
    to_come = batches.forms_to_key(session, batch)  # of a form whose case was answered elsewhere nothing can come
    half = [
        row
        for row in begun
        if row.paper_id in to_come and (row.fields or (row.held_until is not None and row.held_until > at))
    ]
    if half:
        names = queries.names_of(session, [row.account_id for row in half if row.account_id])
        raise FormsUnderWay(
            [(serials.shown(row.number), names[row.account_id] if row.account_id else "–") for row in half]
        )
    for row in begun:
        session.delete(row)
    session.flush()
    if not keyed and batches.left_to_key(session, batch):
        raise NothingKeyed
    share = rules.verification_share if batch.verification_share is None else batch.verification_share
    seed = rules.seed()
    drawn = draw([row.number for row in keyed], share, seed)
    session.add_all(_second(row) for row in keyed if row.number in drawn)
    session.add(
        VerificationDraw(
            survey_id=batch.survey_id,
            batch_id=batch.id,
            drawn_at=at,
            seed=seed,
            share=share,
            forms=len(keyed),
            drawn=len(drawn),
        )
    )
    audit.record(
        session,
        survey_id=batch.survey_id,
        at=at,
        by=by,
        action="verification.drawn",
        record=f"paper_batch {batch.id}",
        detail={"seed": seed, "share": share, "forms": len(keyed), "drawn": len(drawn)},
    )
    settle(session, batch, rules=rules, at=at, by=by)


def draw(numbers: Sequence[str], share: float, seed: str) -> frozenset[str]:
    """A simple random sample of the forms: those whose SHA-256 with the seed comes first.

    Anyone who has the seed can draw it again, with any software. At least one form is drawn where ``share`` is not 0.
    """
    size = math.ceil(share * len(numbers) - 1e-9)
    ordered = sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}|{number}".encode()).digest())
    return frozenset(ordered[:size])


def _second(first: Keying) -> Keying:
    """The second keying of a form, waiting for whoever verifies."""
    return Keying(
        survey_id=first.survey_id,
        id=new_id(),
        wave_id=first.wave_id,
        area_id=first.area_id,
        paper_id=first.paper_id,
        form_id=first.form_id,
        batch_id=first.batch_id,
        case_id=first.case_id,
        number=first.number,
        keying_pass=KeyingPass.SECOND,
        state=KeyingState.WAITING,
        hands=[],
    )


def _compare(session: Session, second: Keying) -> None:
    """Write down in which fields the form differs from its first keying."""
    first = queries.keyings(session, second.survey_id, second.paper_id)[KeyingPass.FIRST]
    captures = [session.get_one(Capture, (second.survey_id, row.capture_id)) for row in (first, second)]
    once, again = (answers_of(capture) for capture in captures)
    questionnaire = definitions.frozen(session, second.survey_id, captures[0].questionnaire_version_id)
    order = [name for question in questionnaire.questions() for name in question.variables()]
    second.compared = len(comparison.compared(once, again))
    session.add_all(
        Discrepancy(
            survey_id=second.survey_id,
            id=new_id(),
            wave_id=second.wave_id,
            batch_id=second.batch_id,
            paper_id=second.paper_id,
            variable=variable,
        )
        for variable in comparison.differences(once, again, order)
    )
    session.flush()


def settle(session: Session, batch: PaperBatch, *, rules: Rules, at: datetime, by: audit.Actor) -> None:
    """Set the state of the batch by the states of its forms."""
    drawn = session.get(VerificationDraw, (batch.survey_id, batch.id))
    if drawn is None:
        return
    session.flush()
    waiting, undecided = batches.unverified(session, batch), batches.undecided(session, batch)
    if waiting:
        batch.state = BatchState.RETURNED_FOR_VERIFICATION if drawn.widened_at else BatchState.IN_VERIFICATION
    elif undecided:
        batch.state = BatchState.ADJUDICATION
    elif drawn.widened_at is None and _widened(session, batch, drawn, rules, at, by):
        batch.state = BatchState.RETURNED_FOR_VERIFICATION
    elif batch.state is not BatchState.DONE:
        batch.state = BatchState.DONE
        audit.record(
            session,
            survey_id=batch.survey_id,
            at=at,
            by=by,
            action="batch.done",
            record=audit.Rows(f"paper_batch {batch.id}", batch.wave_id),
            detail={"error_rate": drawn.error_rate},
        )
    session.flush()


def _widened(
    session: Session, batch: PaperBatch, drawn: VerificationDraw, rules: Rules, at: datetime, by: audit.Actor
) -> bool:
    """Whether the sample had more errors than the limit, so that the forms keyed once are keyed a second time."""
    wrong, fields = batches.errors_of_first(session, batch)
    drawn.error_rate = wrong / fields if fields else None
    verified = {row.paper_id for row in batches.keyings(session, batch, KeyingPass.SECOND)}
    rest = [row for row in batches.keyings(session, batch, KeyingPass.FIRST) if row.paper_id not in verified]
    if not rest or drawn.error_rate is None or drawn.error_rate <= rules.error_limit:
        return False
    session.add_all(_second(row) for row in rest)
    drawn.widened_at = at
    audit.record(
        session,
        survey_id=batch.survey_id,
        at=at,
        by=by,
        action="verification.widened",
        record=f"paper_batch {batch.id}",
        detail={"error_rate": drawn.error_rate, "limit": rules.error_limit, "forms": len(rest)},
    )
    return True
