"""The forms of a batch that may be opened next, fetched ahead of their serials so that nobody waits for the network."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from survey_service.keying.batch_queries import still_to_key
from survey_service.keying.schemas import FormFound
from survey_service.models import FormState, Keying, KeyingPass, KeyingState, PaperForm, Wave, WaveState

FORMS = 30


def following(
    session: Session, wave: Wave, form: FormFound, which: KeyingPass, account_id: UUID
) -> list[tuple[str, int]]:
    """Serial and position of the next forms of the batch of ``form``, those behind it first.

    Only such as this person may key now and of which nobody has keyed a box: their sheet is known without asking.
    Nothing is promised: the hold of each is asked for when it is opened.
    """
    if form.batch is None or form.form_id is None:
        return []
    statement = select(PaperForm.serial, PaperForm.position).where(
        PaperForm.survey_id == wave.survey_id,
        PaperForm.batch_id == form.batch.batch_id,
        PaperForm.id != form.form_id,
        PaperForm.position > form.batch.position,
    )
    of_form = (Keying.survey_id == PaperForm.survey_id) & (Keying.paper_id == PaperForm.id)
    if which is KeyingPass.FIRST:
        statement = statement.where(*still_to_key(), ~exists().where(of_form))
        if wave.state is not WaveState.OPEN:  # paper that arrived in time is keyed until the review begins
            in_time = PaperForm.changed_at <= wave.closed_at
            statement = statement.where(PaperForm.state == FormState.RETURNED, in_time)
    else:
        statement = statement.join(Keying, of_form & (Keying.keying_pass == KeyingPass.SECOND)).where(
            Keying.state == KeyingState.WAITING
        )
    rows = session.execute(statement.order_by(PaperForm.position).limit(FORMS)).all()
    own = _own_firsts(session, wave, form.batch.batch_id, account_id) if which is KeyingPass.SECOND else frozenset()
    return [(serial, position) for serial, position in rows if serial not in own]


def _own_firsts(session: Session, wave: Wave, batch_id: UUID, account_id: UUID) -> frozenset[str]:
    """Serials of which this person keyed a part: another keys them the second time."""
    rows = session.execute(
        select(Keying.number, Keying.hands).where(
            Keying.survey_id == wave.survey_id,
            Keying.batch_id == batch_id,
            Keying.keying_pass == KeyingPass.FIRST,
        )
    )
    return frozenset(number for number, hands in rows if str(account_id) in hands)
