"""What was agreed on and is still to come: which cases on which day of the city's calendar, for lists and pages.

A case that waits has an appointment when its last visit agreed on a time (``overdue.agreed_on``). What was agreed on
for today is today's until it is overdue (``overdue.GRACE``); from then on it is told there alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, select
from sqlalchemy.orm import Session

from survey_service.fieldwork.overdue import GRACE, WAITING, agreed_on
from survey_service.models import Account, Assignment, Case, Wave, WaveState


class Day(StrEnum):
    """For which an appointment is."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    LATER = "later"


def midnights(now: datetime) -> tuple[datetime, datetime, datetime]:
    """When today, tomorrow and the day after begin, in ``now``'s zone."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today, today + timedelta(days=1), today + timedelta(days=2)


def agreed_for(day: Day, now: datetime) -> ColumnElement[bool]:
    """Cases with an appointment on this day that are not overdue; ``now`` in the city's zone."""
    today, tomorrow, after = midnights(now)
    begins, ends = {Day.TODAY: (today, tomorrow), Day.TOMORROW: (tomorrow, after), Day.LATER: (after, None)}[day]
    within = agreed_on() >= begins if ends is None else agreed_on().between(begins, ends - timedelta(microseconds=1))
    return and_(WAITING, within, agreed_on() > now - GRACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """Appointments of today of one interviewer. ``account_id`` and ``name``: None for what is given to nobody."""

    account_id: UUID | None
    name: str | None
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """Of one wave. ``next_at``: the first that has not passed. ``who``: of today's, the earliest in front."""

    today: int
    tomorrow: int
    later: int
    next_at: datetime | None
    who: tuple[Promised, ...]


def told_by_wave(session: Session, now: datetime, *of: ColumnElement[bool]) -> dict[tuple[UUID, UUID], Agreed]:
    """Of every open wave with an appointment of ``of`` (conditions on ``Case``) from today on that is not overdue, by
    survey and wave: one statement. ``now`` in the city's zone."""
    open_ = exists().where(Wave.survey_id == Case.survey_id, Wave.id == Case.wave_id, Wave.state == WaveState.OPEN)
    today, tomorrow, after = midnights(now)
    each = (
        select(Case.survey_id, Case.wave_id, Assignment.account_id, Account.name, agreed_on().label("agreed"))
        .select_from(Case)
        .outerjoin(Assignment, (Assignment.survey_id == Case.survey_id) & (Assignment.case_id == Case.id))
        .outerjoin(Account, Account.id == Assignment.account_id)
        .where(WAITING, open_, *of)
        .subquery()
    )
    at = each.c.agreed
    holder = (each.c.survey_id, each.c.wave_id, each.c.account_id, each.c.name)
    rows = session.execute(
        select(
            *holder,
            func.sum(case((at < tomorrow, 1), else_=0)),
            func.sum(case((at >= after, 1), else_=0)),
            func.count(),
            func.min(case((at >= now, at))),
            func.min(at),
        )
        .where(at >= today, at > now - GRACE)
        .group_by(*holder)
    )
    found: dict[tuple[UUID, UUID], list[Row[*tuple[Any, ...]]]] = {}
    for row in rows:
        found.setdefault((row[0], row[1]), []).append(row)
    return {wave: _told(many) for wave, many in found.items()}


def _told(rows: Sequence[Row[*tuple[Any, ...]]]) -> Agreed:
    """Of the holders of one wave: today's, later ones and all of them, the first to come and the first of all."""
    today, later, every = (sum(row[place] for row in rows) for place in (4, 5, 6))
    return Agreed(
        today=today,
        tomorrow=every - today - later,
        later=later,
        next_at=min((row[7] for row in rows if row[7] is not None), default=None),
        who=tuple(
            Promised(account_id=row[2], name=row[3], cases=row[4])
            for row in sorted(rows, key=lambda row: row[8])
            if row[4]
        ),
    )
