"""SQL of adjudication and correction: fields that differ, and everything that was captured of a form."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
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


def _waiting(wave: Wave, account_id: UUID, visible: Select[tuple[UUID]], rules: Rules) -> Select[str]:
    """Numbers of forms with an undecided field, of which this person has keyed nothing that they may not judge."""
    statement = (
        select(_FIRST.number)
        .select_from(Discrepancy)
        .join(_FIRST, _of_pass(_FIRST, KeyingPass.FIRST))
        .join(_SECOND, _of_pass(_SECOND, KeyingPass.SECOND))
        .where(
            Discrepancy.survey_id == wave.survey_id,
            Discrepancy.wave_id == wave.id,
            Discrepancy.decided_at.is_(None),
            _FIRST.area_id.in_(visible),
            _FIRST.account_id != account_id,
        )
    )
    return statement if rules.adjudicator == "second" else statement.where(_SECOND.account_id != account_id)


def fields_to_decide(
    session: Session, wave: Wave, account_id: UUID, visible: Select[tuple[UUID]], rules: Rules
) -> tuple[int, int]:
    """Forms and fields that wait for this person's decision."""
    waiting = _waiting(wave, account_id, visible, rules).subquery()
    row = session.execute(select(func.count(waiting.c.number.distinct()), func.count()).select_from(waiting)).one()
    return row[0], row[1]


def next_form(
    session: Session, wave: Wave, account_id: UUID, visible: Select[tuple[UUID]], rules: Rules, *, after: str = ""
) -> str | None:
    """The form to decide next; ``after``: those behind this one first."""
    numbers = sorted(set(session.scalars(_waiting(wave, account_id, visible, rules))))
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
