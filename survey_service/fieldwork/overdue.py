"""Where somebody should have been and was not (该去没去): one rule, for phones, lists, files and whoever supervises.

A case waits while it has no final word. It is overdue when the time that its last visit agreed on has passed by
``GRACE``; or, with no time agreed on, when nobody has been there for ``QUIET_DAYS`` days: since the last visit, or,
never visited, since it was given to whoever holds it. A case that was neither visited nor given is nobody's delay: it
is one to be given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from survey_service.models import Account, Assignment, Case, Disposition, Visit, Wave, WaveState

QUIET_DAYS: Final = 7
QUIET: Final = timedelta(days=QUIET_DAYS)
GRACE: Final = timedelta(minutes=30)  # whoever is on the stairs at the agreed time is not late
WAITS: Final = (Disposition.UNKNOWN, Disposition.NONCONTACT)  # somebody may still have to go there
WAITING: Final = Case.disposition.in_(WAITS)


def due_at(agreed: datetime | None, visited: datetime | None, given: datetime | None) -> datetime | None:
    """By when somebody had to be at a case that waits; None where nobody has to be yet. ``agreed``: by the last visit;
    ``visited``: when that was; ``given``: when the case came to whoever holds it."""
    if agreed is not None:
        return agreed
    since = visited or given
    return since + QUIET if since is not None else None


def since(due: datetime | None, agreed: datetime | None, now: datetime) -> datetime | None:
    """``due`` (as ``due_at`` gives it) where a case that waits is overdue at ``now``; else None."""
    grace = GRACE if agreed is not None else timedelta()
    return due if due is not None and due + grace <= now else None


def agreed_on() -> ScalarSelect[Any]:
    """What the last visit of a case agreed on; NULL where it agreed on nothing."""
    return (
        select(Visit.appointment_at)
        .where(
            Visit.survey_id == Case.survey_id,
            Visit.case_id == Case.id,
            Visit.at == Case.last_visit_at,
            Visit.withdrawn_at.is_(None),
        )
        .order_by(Visit.noted_at.desc(), Visit.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


def given_at() -> ScalarSelect[Any]:
    """When a case came to whoever holds it; NULL where nobody does."""
    held = aliased(Assignment)  # lists join who holds each case
    return (
        select(held.at)
        .where(held.survey_id == Case.survey_id, held.case_id == Case.id)
        .correlate(Case)
        .scalar_subquery()
    )


def late(now: datetime) -> ColumnElement[bool]:
    """Cases whose agreed time has passed by ``GRACE``."""
    return and_(WAITING, agreed_on() <= now - GRACE)


def quiet(now: datetime) -> ColumnElement[bool]:
    """Cases without an agreed time where nobody has been for ``QUIET_DAYS`` days."""
    return and_(WAITING, agreed_on().is_(None), func.coalesce(Case.last_visit_at, given_at()) <= now - QUIET)


def overdue(now: datetime) -> ColumnElement[bool]:
    return or_(late(now), quiet(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWaiting:
    """What one interviewer keeps waiting in one wave. ``account_id``: None for what is given to nobody."""

    survey_id: UUID
    wave_id: UUID
    account_id: UUID | None
    name: str | None
    late: int  # agreed times that have passed by ``GRACE``
    quiet: int  # without an agreed time, nobody there for so long
    due_at: datetime  # of the case that is overdue longest

    @property
    def cases(self) -> int:
        return self.late + self.quiet


def kept(session: Session, now: datetime, *of: ColumnElement[bool]) -> list[KeptWaiting]:
    """Overdue cases of ``of`` (conditions on ``Case``) by wave and interviewer, whose case is overdue longest in front:
    one statement."""
    each = (
        select(
            Case.survey_id,
            Case.wave_id,
            Assignment.account_id,
            Account.name,
            agreed_on().label("agreed"),
            func.coalesce(Case.last_visit_at, Assignment.at).label("since"),
        )
        .select_from(Case)
        .outerjoin(Assignment, (Assignment.survey_id == Case.survey_id) & (Assignment.case_id == Case.id))
        .outerjoin(Account, Account.id == Assignment.account_id)
        .where(WAITING, *of)
        .subquery()
    )
    agreed, since = each.c.agreed, each.c.since
    none = agreed.is_(None)
    rows = session.execute(
        select(
            each.c.survey_id,
            each.c.wave_id,
            each.c.account_id,
            each.c.name,
            func.count(agreed),
            func.sum(case((none, 1), else_=0)),
            func.min(agreed),
            func.min(case((none, since))),
        )
        .where(or_(agreed <= now - GRACE, and_(none, since <= now - QUIET)))
        .group_by(each.c.survey_id, each.c.wave_id, each.c.account_id, each.c.name)
    )
    found = [
        KeptWaiting(
            survey_id=row[0],
            wave_id=row[1],
            account_id=row[2],
            name=row[3],
            late=row[4],
            quiet=row[5],
            due_at=min(one for one in (row[6], due_at(None, row[7], None)) if one is not None),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.due_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a page tells of one wave. ``who``: each with the days that the first of their cases is overdue."""

    quiet_days: ClassVar = QUIET_DAYS

    late: int
    quiet: int
    who: tuple[tuple[KeptWaiting, int], ...]

    @property
    def cases(self) -> int:
        return self.late + self.quiet

    @classmethod
    def of(cls, lines: Sequence[KeptWaiting], now: datetime) -> Told:
        """``lines``: of one wave; ``now`` in the city's zone, whose calendar counts the days."""
        return cls(
            late=sum(one.late for one in lines),
            quiet=sum(one.quiet for one in lines),
            who=tuple((one, days_late(one.due_at, now)) for one in lines),
        )


def told_by_wave(session: Session, now: datetime, *of: ColumnElement[bool]) -> dict[tuple[UUID, UUID], Told]:
    """Of every open wave with an overdue case of ``of``, by survey and wave, the longest in front; ``now`` as of
    ``Told.of``."""
    open_ = exists().where(Wave.survey_id == Case.survey_id, Wave.id == Case.wave_id, Wave.state == WaveState.OPEN)
    found: dict[tuple[UUID, UUID], list[KeptWaiting]] = {}
    for one in kept(session, now, open_, *of):
        found.setdefault((one.survey_id, one.wave_id), []).append(one)
    return {wave: Told.of(lines, now) for wave, lines in found.items()}


def days_late(due: datetime, now: datetime) -> int:
    """By the calendar of ``now``'s zone; 0 for what was due earlier on the same day."""
    return (now.date() - due.astimezone(now.tzinfo).date()).days
