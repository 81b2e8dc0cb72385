"""What was agreed on and is still to come: which cases on which day of the city's calendar, for lists and pages.

A case that waits has an appointment when its last visit agreed on a time (``overdue.agreed_on``). Today is the whole
day: what was agreed on for this morning is today's, and overdue as well once its time has passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session

from survey_service.fieldwork.overdue import WAITING, agreed_on
from survey_service.models import Case, Wave, WaveState


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
    """Cases with an appointment on this day; ``now`` in the city's zone."""
    today, tomorrow, after = midnights(now)
    begins, ends = {Day.TODAY: (today, tomorrow), Day.TOMORROW: (tomorrow, after), Day.LATER: (after, None)}[day]
    within = agreed_on() >= begins if ends is None else agreed_on().between(begins, ends - timedelta(microseconds=1))
    return and_(WAITING, within)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """Of one wave. ``next_at``: the first that has not passed."""

    today: int
    tomorrow: int
    later: int
    next_at: datetime | None


def told_by_wave(session: Session, now: datetime, *of: ColumnElement[bool]) -> dict[tuple[UUID, UUID], Agreed]:
    """Of every open wave with an appointment of ``of`` (conditions on ``Case``) from today on, by survey and wave: one
    statement. ``now`` in the city's zone."""
    open_ = exists().where(Wave.survey_id == Case.survey_id, Wave.id == Case.wave_id, Wave.state == WaveState.OPEN)
    today, tomorrow, after = midnights(now)
    each = select(Case.survey_id, Case.wave_id, agreed_on().label("agreed")).where(WAITING, open_, *of).subquery()
    at = each.c.agreed
    rows = session.execute(
        select(
            each.c.survey_id,
            each.c.wave_id,
            func.sum(case((at < tomorrow, 1), else_=0)),
            func.sum(case((at >= after, 1), else_=0)),
            func.count(),
            func.min(case((at >= now, at))),
        )
        .where(at >= today)
        .group_by(each.c.survey_id, each.c.wave_id)
    )
    return {
        (row[0], row[1]): Agreed(today=row[2], tomorrow=row[4] - row[2] - row[3], later=row[3], next_at=row[5])
        for row in rows
    }
