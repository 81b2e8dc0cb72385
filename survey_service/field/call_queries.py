"""SQL of the telephone desk: an interviewer's own cases that have a number, in the order in which they are called."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.field.door_queries import Door, doors
from survey_service.field.telephones import has_one
from survey_service.models import Assignment, Case, Survey, Wave, WaveState


def _given(person: Person) -> ColumnElement[bool]:
    """Given to this very person: a number is nobody else's, also in a wave where nobody was given anything."""
    given = exists().where(
        Assignment.survey_id == Case.survey_id,
        Assignment.case_id == Case.id,
        Assignment.account_id == person.account_id,
    )
    return and_(given, Case.area_id.in_(person.visible(*rights.VISIT)))


def waves(session: Session, person: Person) -> list[tuple[Survey, Wave]]:
    """Open waves in which the person has somebody to call, the one that ends first in front."""
    rows = session.execute(
        select(Survey, Wave)
        .join(Wave, Wave.survey_id == Survey.id)
        .where(
            Wave.state == WaveState.OPEN,
            exists().where(Case.survey_id == Wave.survey_id, Case.wave_id == Wave.id, _given(person)),
        )
        .order_by(Wave.closes_on, Survey.key)
    )
    return [(row[0], row[1]) for row in rows]


def calls(session: Session, wave: Wave, person: Person) -> list[Door]:
    """All of them with their attempts of every mode, by number."""
    mine = set(session.scalars(select(Case.id).where(_of(wave), _given(person), has_one(wave))))
    return [door for door in doors(session, wave, person) if door.id in mine]


def case(session: Session, wave: Wave, person: Person, case_id: UUID) -> Case | None:
    return session.scalar(select(Case).where(_of(wave), _given(person), has_one(wave), Case.id == case_id))


def in_order(doors: list[Door], now: datetime) -> list[Door]:
    """Who is called first: appointments that are due, then whoever was tried least, the one longest ago in front;
    appointments that lie ahead wait at the end."""

    def rank(door: Door) -> tuple[int, float, str]:
        agreed = door.appointment
        if agreed:
            return (0 if agreed <= now else 2, agreed.timestamp(), door.number)
        last = door.visits[-1].at.timestamp() if door.visits else 0.0
        return (1, len(door.visits) * 1e12 + last, door.number)

    return sorted(doors, key=rank)


def _of(wave: Wave) -> ColumnElement[bool]:
    return and_(Case.survey_id == wave.survey_id, Case.wave_id == wave.id)
