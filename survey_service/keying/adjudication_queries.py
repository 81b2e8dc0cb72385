"""SQL of adjudication and correction: fields that differ, and everything that was captured of a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, aliased

from survey_service.keying.rules import Rules
from survey_service.models import Capture, Discrepancy, Keying, KeyingPass, Response, Wave

_FIRST = aliased(Keying)
_SECOND = aliased(Keying)


def discrepancies(session: Session, survey_id: UUID, paper_id: UUID) -> dict[str, Discrepancy]:
    rows = session.scalars(
        select(Discrepancy).where(Discrepancy.survey_id == survey_id, Discrepancy.paper_id == paper_id)
    )
    return {row.variable: row for row in rows}


def _of_pass(row: type[Keying], which: KeyingPass) -> ColumnElement[bool]:
    return and_(row.survey_id == Discrepancy.survey_id, row.paper_id == Discrepancy.paper_id, row.keying_pass == which)


def _waiting(
    session: Session, wave: Wave, account_id: UUID, visible: Select[tuple[UUID]], rules: Rules
) -> Counter[str]:
    """Undecided fields by form, of the forms of which this person keyed no part that they may not judge."""
    rows = session.execute(
        select(_FIRST.number, _FIRST.hands, _SECOND.hands)
        .select_from(Discrepancy)
        .join(_FIRST, _of_pass(_FIRST, KeyingPass.FIRST))
        .join(_SECOND, _of_pass(_SECOND, KeyingPass.SECOND))
        .where(
            Discrepancy.survey_id == wave.survey_id,
            Discrepancy.wave_id == wave.id,
            Discrepancy.decided_at.is_(None),
            _FIRST.area_id.in_(visible),
        )
    )
    found: Counter[str] = Counter()
    for number, first, second in rows:
        if str(account_id) not in {*first, *(second if rules.adjudicator == "third" else ())}:
            found[number] += 1
    return found


def fields_to_decide(
    session: Session, wave: Wave, account_id: UUID, visible: Select[tuple[UUID]], rules: Rules
) -> tuple[int, int]:
    """Forms and fields that wait for this person's decision."""
    waiting = _waiting(session, wave, account_id, visible, rules)
    return len(waiting), waiting.total()


def next_form(
    session: Session, wave: Wave, account_id: UUID, visible: Select[tuple[UUID]], rules: Rules, *, after: str = ""
) -> str | None:
    """The form to decide next; ``after``: those behind this one first."""
    numbers = sorted(_waiting(session, wave, account_id, visible, rules))
    return next((number for number in numbers if number > after), numbers[0] if numbers else None)


def captures(session: Session, survey_id: UUID, response_id: UUID) -> Sequence[Capture]:
    """Everything that was captured of a response, oldest first."""
    return session.scalars(
        select(Capture)
        .where(Capture.survey_id == survey_id, Capture.response_id == response_id, Capture.conflict.is_(False))
        .order_by(Capture.at, Capture.id)
    ).all()


def current_capture(session: Session, survey_id: UUID, response_id: UUID) -> tuple[Response, Capture]:
    found = session.execute(
        select(Response, Capture)
        .join(Capture, (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id))
        .where(Response.survey_id == survey_id, Response.id == response_id)
    ).one()
    return found[0], found[1]
