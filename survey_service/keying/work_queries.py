"""SQL of batches as a list: a fixed number of statements for a whole wave, however many batches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased

from survey_service.accounts import rights
from survey_service.accounts.queries import above
from survey_service.keying.batch_queries import still_to_key
from survey_service.keying.schemas import BatchLine
from survey_service.models import (
    Account,
    Area,
    BatchState,
    Decision,
    Discrepancy,
    FormState,
    Grant,
    Keying,
    KeyingPass,
    KeyingState,
    PaperBatch,
    PaperForm,
    VerificationDraw,
    Wave,
    WaveState,
)

_FIRST = aliased(Keying)
_SECOND = aliased(Keying)


def batch_lines(
    session: Session, wave: Wave, visible: Select[tuple[UUID]], *, number: int | None = None
) -> list[BatchLine]:
    """Every batch of the wave in these areas with its counts, by number; ``number``: this one alone."""
    keyer, verifier = aliased(Account), aliased(Account)
    wanted = (PaperBatch.survey_id == wave.survey_id) & (PaperBatch.wave_id == wave.id)
    statement = (
        select(PaperBatch, Area, keyer.name, verifier.name, VerificationDraw)
        .join(Area, Area.id == PaperBatch.area_id)
        .outerjoin(keyer, keyer.id == PaperBatch.keyer_id)
        .outerjoin(verifier, verifier.id == PaperBatch.verifier_id)
        .outerjoin(
            VerificationDraw,
            (VerificationDraw.survey_id == PaperBatch.survey_id) & (VerificationDraw.batch_id == PaperBatch.id),
        )
        .where(wanted, PaperBatch.area_id.in_(visible))
        .order_by(PaperBatch.number)
    )
    if number is not None:
        statement = statement.where(PaperBatch.number == number)
    rows = session.execute(statement).all()
    forms, keyings, compared = _forms(session, wave), _keyings(session, wave), _compared(session, wave)
    left, fields = _left(session, wave), _fields(session, wave)
    lines = []
    for batch, area, keyer_name, verifier_name, drawn in rows:
        of_forms, of_keyings = forms[batch.id], keyings[batch.id]
        different, undecided, wrong = fields.get(batch.id, (0, 0, 0))
        lines.append(
            BatchLine(
                batch=batch,
                area=area,
                keyer=keyer_name or "",
                verifier=verifier_name or "",
                drawn=drawn,
                returned=of_forms[FormState.RETURNED],
                set_aside=of_forms[FormState.SPOILED] + of_forms[FormState.MISSING],
                keyed=of_keyings[KeyingPass.FIRST, KeyingState.DONE],
                left=left[batch.id],
                waiting=of_keyings[KeyingPass.SECOND, KeyingState.WAITING]
                + of_keyings[KeyingPass.SECOND, KeyingState.UNDER_WAY],
                verified=of_keyings[KeyingPass.SECOND, KeyingState.DONE],
                compared=compared[batch.id],
                different=different,
                undecided=undecided,
                wrong=wrong,
            )
        )
    return lines


def _forms(session: Session, wave: Wave) -> defaultdict[UUID, Counter[FormState]]:
    found: defaultdict[UUID, Counter[FormState]] = defaultdict(Counter)
    for batch_id, state, count in session.execute(
        select(PaperForm.batch_id, PaperForm.state, func.count())
        .where(PaperForm.survey_id == wave.survey_id, PaperForm.wave_id == wave.id)
        .group_by(PaperForm.batch_id, PaperForm.state)
    ):
        found[batch_id][state] = count
    return found


def _keyings(session: Session, wave: Wave) -> defaultdict[UUID, Counter[tuple[KeyingPass, KeyingState]]]:
    found: defaultdict[UUID, Counter[tuple[KeyingPass, KeyingState]]] = defaultdict(Counter)
    for batch_id, which, state, count in session.execute(
        select(Keying.batch_id, Keying.keying_pass, Keying.state, func.count())
        .where(Keying.survey_id == wave.survey_id, Keying.wave_id == wave.id, Keying.batch_id.is_not(None))
        .group_by(Keying.batch_id, Keying.keying_pass, Keying.state)
    ):
        if batch_id is not None:
            found[batch_id][which, state] = count
    return found


def _compared(session: Session, wave: Wave) -> Counter[UUID]:
    """Fields that were compared, by batch."""
    rows = session.execute(
        select(Keying.batch_id, func.sum(Keying.compared))
        .where(Keying.survey_id == wave.survey_id, Keying.wave_id == wave.id, Keying.batch_id.is_not(None))
        .group_by(Keying.batch_id)
    )
    return Counter({batch_id: int(total or 0) for batch_id, total in rows if batch_id})


def _left(session: Session, wave: Wave) -> Counter[UUID]:
    """Forms that may still come to be keyed, by batch."""
    found: Counter[UUID] = Counter()
    for batch_id, count in session.execute(
        select(PaperForm.batch_id, func.count())
        .where(PaperForm.survey_id == wave.survey_id, PaperForm.wave_id == wave.id, *still_to_key())
        .group_by(PaperForm.batch_id)
    ):
        found[batch_id] = count
    return found


def _fields(session: Session, wave: Wave) -> dict[UUID, tuple[int, int, int]]:
    """By batch: fields that differ, those undecided, those in which the first keying was wrong."""
    undecided = case((Discrepancy.decided_at.is_(None), 1), else_=0)
    wrong = case((Discrepancy.decided_at.is_not(None) & (Discrepancy.decision != Decision.FIRST), 1), else_=0)
    rows = session.execute(
        select(Discrepancy.batch_id, func.count(), func.sum(undecided), func.sum(wrong))
        .where(Discrepancy.survey_id == wave.survey_id, Discrepancy.wave_id == wave.id)
        .group_by(Discrepancy.batch_id)
    )
    return {batch_id: (count, int(open_), int(bad)) for batch_id, count, open_, bad in rows if batch_id}


def to_verify(session: Session, wave: Wave, account_id: UUID) -> Counter[UUID]:
    """Forms that wait for a second keying, of which this person keyed no part, by batch."""
    rows = session.execute(
        select(_SECOND.batch_id, _FIRST.hands)
        .join(
            _FIRST,
            (_FIRST.survey_id == _SECOND.survey_id)
            & (_FIRST.paper_id == _SECOND.paper_id)
            & (_FIRST.keying_pass == KeyingPass.FIRST),
        )
        .where(
            _SECOND.survey_id == wave.survey_id,
            _SECOND.wave_id == wave.id,
            _SECOND.keying_pass == KeyingPass.SECOND,
            _SECOND.state == KeyingState.WAITING,
        )
    )
    return Counter(batch_id for batch_id, hands in rows if batch_id and str(account_id) not in hands)


def keyers(session: Session, area_id: UUID) -> Sequence[Account]:
    """Who may key the forms of an area: the open accounts with the role on it or above it."""
    return session.scalars(
        select(Account)
        .where(
            Account.disabled_at.is_(None),
            Account.id.in_(
                select(Grant.account_id).where(Grant.role.in_(rights.KEY), Grant.area_id.in_(above([area_id])))
            ),
        )
        .order_by(Account.name, Account.user)
    ).all()


def batch_by_number(session: Session, wave: Wave, number: int, visible: Select[tuple[UUID]]) -> PaperBatch | None:
    """The batch, locked."""
    return session.scalars(
        select(PaperBatch)
        .where(
            PaperBatch.survey_id == wave.survey_id,
            PaperBatch.wave_id == wave.id,
            PaperBatch.number == number,
            PaperBatch.area_id.in_(visible),
        )
        .with_for_update()
    ).one_or_none()


IN_WORK = (WaveState.OPEN, WaveState.CLOSED)
UNDER_KEYING = (BatchState.ISSUED, BatchState.IN_KEYING)
