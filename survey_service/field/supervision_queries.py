"""SQL of the supervisor's page: what came when, who keeps cases waiting, call-backs; a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Label,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Session

from analysis.outcome_codes import OutcomeMode
from survey_service.fieldwork import appointments, overdue
from survey_service.fieldwork.overdue import WAITING
from survey_service.models import (
    Account,
    Area,
    Assignment,
    CallBack,
    Capture,
    Case,
    Response,
    ResponseState,
    Visit,
    Visited,
    Wave,
)

Areas = Select[tuple[UUID]]


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in one hour of the clock. ``code``: of a visit, None for a complete answer."""

    at: datetime
    code: str | None
    mode: OutcomeMode | None
    count: int


def _hour(column: SQLColumnExpression[Any]) -> Label[str]:
    found: Label[str] = func.substr(cast(column, String), 1, len("2026-09-18 02")).label("hour")
    return found


def _read(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC)


def _in_wave(wave: Wave, visible: Areas) -> ColumnElement[bool]:
    return and_(Case.survey_id == wave.survey_id, Case.wave_id == wave.id, Case.area_id.in_(visible))


def completed_by_hour(session: Session, wave: Wave, visible: Areas) -> list[Hour]:
    """Complete answers of sampled households."""
    hour = _hour(Response.completed_at)
    rows = session.execute(
        select(hour, func.count())
        .where(
            Response.survey_id == wave.survey_id,
            Response.wave_id == wave.id,
            Response.area_id.in_(visible),
            Response.state == ResponseState.COMPLETE,
            Response.case_id.is_not(None),
            Response.completed_at.is_not(None),
        )
        .group_by(hour)
    )
    return [Hour(_read(at), None, None, count) for at, count in rows]


def completed_by_community(session: Session, wave: Wave, visible: Areas, *, since: datetime) -> dict[UUID, int]:
    """Complete answers of sampled households that came since then."""
    rows = session.execute(
        select(Response.area_id, func.count())
        .where(
            Response.survey_id == wave.survey_id,
            Response.wave_id == wave.id,
            Response.area_id.in_(visible),
            Response.state == ResponseState.COMPLETE,
            Response.case_id.is_not(None),
            Response.completed_at >= since,
        )
        .group_by(Response.area_id)
    )
    return dict(rows.all())


def visits_by_hour(session: Session, wave: Wave, visible: Areas) -> list[Hour]:
    """Knocks at doors, by what came of them."""
    hour = _hour(Visit.at)
    rows = session.execute(
        select(hour, Visit.code, Visit.mode, func.count())
        .join(Case, (Case.survey_id == Visit.survey_id) & (Case.id == Visit.case_id))
        .where(
            Visit.survey_id == wave.survey_id,
            Visit.wave_id == wave.id,
            Visit.withdrawn_at.is_(None),
            Visit.mode == OutcomeMode.IN_PERSON,
            Case.area_id.in_(visible),
        )
        .group_by(hour, Visit.code, Visit.mode)
    )
    return [Hour(_read(at), code, mode, count) for at, code, mode, count in rows]


def free(session: Session, wave: Wave, visible: Areas) -> int:
    """Cases that wait and were given to nobody."""
    given = exists().where(Assignment.survey_id == Case.survey_id, Assignment.case_id == Case.id)
    counted = select(func.count()).select_from(Case).where(_in_wave(wave, visible), WAITING, ~given)
    return session.scalar(counted) or 0


def overdue_in(session: Session, wave: Wave, visible: Areas, now: datetime) -> overdue.Told | None:
    """Who keeps cases of the wave waiting; None where nobody does. ``now`` in the city's zone."""
    return overdue.told_by_wave(session, now, _in_wave(wave, visible)).get((wave.survey_id, wave.id))


def agreed_in(session: Session, wave: Wave, visible: Areas, now: datetime) -> appointments.Agreed | None:
    """Appointments of the wave from today on; None where there are none. ``now`` in the city's zone."""
    return appointments.told_by_wave(session, now, _in_wave(wave, visible)).get((wave.survey_id, wave.id))


# ------------------------------------------------------------------ call-backs


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """Call-backs of one interviewer, counted."""

    drawn: int
    found: int
    nobody_came: int
    wrong_person: int


def called(session: Session, wave: Wave, visible: Areas) -> dict[UUID, Called]:
    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    rows = session.execute(
        select(
            CallBack.account_id,
            func.count(),
            counted(CallBack.found_at.is_not(None)),
            counted(CallBack.visited == Visited.NOBODY_CAME),
            counted(CallBack.right_person.is_(False)),
        )
        .join(Case, (Case.survey_id == CallBack.survey_id) & (Case.id == CallBack.case_id))
        .where(CallBack.survey_id == wave.survey_id, CallBack.wave_id == wave.id, Case.area_id.in_(visible))
        .group_by(CallBack.account_id)
    )
    return {row[0]: Called(drawn=row[1], found=row[2], nobody_came=row[3], wrong_person=row[4]) for row in rows}


def call_backs(
    session: Session, wave: Wave, visible: Areas, case_id: UUID | None = None
) -> Sequence[Row[CallBack, Case, Area, str, datetime, dict[str, object]]]:
    """Each with its case, community, whose interview it is about, when that was stored and what its phone told; those
    that wait first."""
    current = (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id)
    statement = (
        select(CallBack, Case, Area, Account.name, Capture.at, Capture.paradata)
        .join(Case, (Case.survey_id == CallBack.survey_id) & (Case.id == CallBack.case_id))
        .join(Area, Area.id == Case.area_id)
        .join(Account, Account.id == CallBack.account_id)
        .outerjoin(
            Response,
            (Response.survey_id == Case.survey_id)
            & (Response.case_id == Case.id)
            & (Response.wave_id == Case.wave_id)
            & (Response.area_id == Case.area_id)
            & (Response.state == ResponseState.COMPLETE),
        )
        .outerjoin(Capture, current)
        .where(CallBack.survey_id == wave.survey_id, CallBack.wave_id == wave.id, Case.area_id.in_(visible))
        .order_by(CallBack.found_at.is_not(None), Case.number)
    )
    if case_id is not None:
        statement = statement.where(CallBack.case_id == case_id)
    return session.execute(statement).all()
