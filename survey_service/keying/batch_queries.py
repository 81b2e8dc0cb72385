"""SQL of batches: what is left to key, to verify, to decide, and how many fields were wrong."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from survey_service.keying.schemas import OpenForm
from survey_service.models import (
    Account,
    Decision,
    Discrepancy,
    FormState,
    Keying,
    KeyingPass,
    KeyingState,
    PaperBatch,
    PaperForm,
    Response,
    ResponseState,
)


def locked(session: Session, survey_id: UUID, batch_id: UUID) -> PaperBatch:
    return session.scalars(
        select(PaperBatch).where(PaperBatch.survey_id == survey_id, PaperBatch.id == batch_id).with_for_update()
    ).one()


def keyings(session: Session, batch: PaperBatch, which: KeyingPass) -> Sequence[Keying]:
    return session.scalars(
        select(Keying)
        .where(Keying.survey_id == batch.survey_id, Keying.batch_id == batch.id, Keying.keying_pass == which)
        .order_by(Keying.number)
    ).all()


def still_to_key() -> tuple[ColumnElement[bool], ...]:
    """What holds of a printed form that may still come to be keyed: not spoiled or missing, not answered elsewhere."""
    keyed = exists().where(
        Keying.survey_id == PaperForm.survey_id,
        Keying.paper_id == PaperForm.id,
        Keying.keying_pass == KeyingPass.FIRST,
        Keying.state == KeyingState.DONE,
    )
    answered = exists().where(
        Response.survey_id == PaperForm.survey_id,
        Response.case_id == PaperForm.case_id,
        Response.state == ResponseState.COMPLETE,
    )
    return PaperForm.state.in_((FormState.ISSUED, FormState.RETURNED)), ~keyed, ~answered


def open_forms(session: Session, batch: PaperBatch) -> list[OpenForm]:
    """The forms that may still come to be keyed, in the order of the batch: what stands between it and its end."""
    of_batch = (PaperForm.survey_id == batch.survey_id) & (PaperForm.batch_id == batch.id)
    first = aliased(Keying)
    begun = (
        (first.survey_id == PaperForm.survey_id)
        & (first.paper_id == PaperForm.id)
        & (first.keying_pass == KeyingPass.FIRST)
    )
    rows = session.execute(
        select(PaperForm.serial, PaperForm.state, first.fields, Account.name)
        .outerjoin(first, begun)
        .outerjoin(Account, Account.id == first.account_id)
        .where(of_batch, *still_to_key())
        .order_by(PaperForm.position)
    ).all()
    return [
        OpenForm(number=serial, state=state, keyer=(name or "") if fields else "", half_keyed=bool(fields))
        for serial, state, fields, name in rows
    ]


def forms_to_key(session: Session, batch: PaperBatch) -> set[UUID]:
    """Ids of the forms that may still come to be keyed."""
    of_batch = (PaperForm.survey_id == batch.survey_id) & (PaperForm.batch_id == batch.id)
    return set(session.scalars(select(PaperForm.id).where(of_batch, *still_to_key())))


def left_to_key(session: Session, batch: PaperBatch) -> int:
    of_batch = (PaperForm.survey_id == batch.survey_id) & (PaperForm.batch_id == batch.id)
    return session.execute(select(func.count()).where(of_batch, *still_to_key())).scalar_one()


def unverified(session: Session, batch: PaperBatch) -> int:
    """Forms that wait for their second keying, or are in it."""
    return session.execute(
        select(func.count()).where(
            Keying.survey_id == batch.survey_id,
            Keying.batch_id == batch.id,
            Keying.keying_pass == KeyingPass.SECOND,
            Keying.state != KeyingState.DONE,
        )
    ).scalar_one()


def undecided(session: Session, batch: PaperBatch) -> int:
    return session.execute(
        select(func.count()).where(
            Discrepancy.survey_id == batch.survey_id,
            Discrepancy.batch_id == batch.id,
            Discrepancy.decided_at.is_(None),
        )
    ).scalar_one()


def errors_of_first(session: Session, batch: PaperBatch) -> tuple[int, int]:
    """Fields of the first keying that were decided to be wrong, and fields that were compared."""
    wrong = session.execute(
        select(func.count()).where(
            Discrepancy.survey_id == batch.survey_id,
            Discrepancy.batch_id == batch.id,
            Discrepancy.decided_at.is_not(None),
            Discrepancy.decision != Decision.FIRST,
        )
    ).scalar_one()
    fields = session.execute(
        select(func.coalesce(func.sum(Keying.compared), 0)).where(
            Keying.survey_id == batch.survey_id,
            Keying.batch_id == batch.id,
            Keying.keying_pass == KeyingPass.SECOND,
            Keying.state == KeyingState.DONE,
        )
    ).scalar_one()
    return wrong, fields
