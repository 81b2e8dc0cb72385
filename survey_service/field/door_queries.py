"""SQL of the pages of whoever knocks: the waves they go round in, and their cases in the order of walking."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from analysis.outcome_codes import OutcomeMode
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.fieldwork import overdue
from survey_service.models import (
    Area,
    Assignment,
    Case,
    Disposition,
    InterviewPass,
    Roll,
    Survey,
    Visit,
    Wave,
    WaveState,
)
from survey_service.sampling.reserves import list_of

DESKS: Final = {
    OutcomeMode.IN_PERSON: "visits",
    OutcomeMode.TELEPHONE: "calls",
    OutcomeMode.WEB: "",
    OutcomeMode.MAIL: "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorVisit:
    id: UUID
    at: datetime
    noted_at: datetime
    code: str
    mode: OutcomeMode
    appointment_at: datetime | None
    by_account_id: UUID | None
    roll_id: UUID | None
    met: int | None

    @property
    def moved(self) -> bool:
        """Its time was agreed on anew: taken back, the appointment would be gone with the change."""
        return self.appointment_at is not None and self.noted_at > self.at

    @property
    def desk(self) -> str:
        """The pages where it was noted, and can be noted anew; empty for what neither of them notes."""
        return DESKS[self.mode]

    @property
    def said_at(self) -> datetime:
        """When somebody was there, or the time was moved. A device without signal tells of yesterday's visits today."""
        return self.noted_at if self.moved else self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One case as its interviewer sees it. ``visits``: in the order of time, none that was taken back."""

    id: UUID
    number: str
    community_zh: str
    community_en: str
    stratum: str
    grid: tuple[str, str]  # the list that it was drawn from; see ``reserves.list_of``
    disposition: Disposition
    code: str | None
    mode: OutcomeMode | None
    last_visit_at: datetime | None = None
    given_at: datetime | None = None  # to whoever holds it; None where nobody does
    visits: list[DoorVisit] = field(default_factory=list)

    @property
    def appointment(self) -> datetime | None:
        """What the last visit agreed on."""
        return self.visits[-1].appointment_at if self.visits and not self.disposition.is_answer else None

    @property
    def done(self) -> bool:
        """Nothing more is to be done here, unless somebody is sent again."""
        return self.disposition not in overdue.WAITS

    @property
    def since(self) -> datetime | None:
        """When somebody was here last; never visited, when it was given to whoever holds it."""
        return self.last_visit_at or self.given_at

    def overdue_since(self, now: datetime) -> datetime | None:
        """By when somebody should have been here, by the rule of ``fieldwork.overdue``; None where nobody is late."""
        due = overdue.due_at(self.appointment, self.last_visit_at, self.given_at)
        return overdue.since(due, self.appointment, now) if not self.done else None


def _anybody_assigned(wave: Wave) -> ColumnElement[bool]:
    return exists().where(Assignment.survey_id == wave.survey_id, Assignment.wave_id == wave.id)


def _mine(wave: Wave, person: Person) -> ColumnElement[bool]:
    """Cases in the person's areas that are given to them; all of them where nobody was given any in this wave."""
    given = exists().where(
        Assignment.survey_id == Case.survey_id,
        Assignment.case_id == Case.id,
        Assignment.account_id == person.account_id,
    )
    return and_(
        Case.survey_id == wave.survey_id,
        Case.wave_id == wave.id,
        Case.area_id.in_(person.visible(*rights.VISIT)),
        given | ~_anybody_assigned(wave),
    )


def waves(session: Session, person: Person) -> list[tuple[Survey, Wave]]:
    """Open waves with a sampled household in the person's areas, the one that ends first in front."""
    there = exists().where(
        Case.survey_id == Wave.survey_id,
        Case.wave_id == Wave.id,
        Case.area_id.in_(person.visible(*rights.VISIT)),
    )
    rows = session.execute(
        select(Survey, Wave)
        .join(Wave, Wave.survey_id == Survey.id)
        .where(Wave.state == WaveState.OPEN, there)
        .order_by(Wave.closes_on, Survey.key)
    )
    return [(row[0], row[1]) for row in rows]


def doors(session: Session, wave: Wave, person: Person) -> list[Door]:
    """All of this interviewer's cases with their visits, in the order of walking: two statements."""
    return _with_visits(session, _mine(wave, person))


def door(session: Session, wave: Wave, person: Person, case_id: UUID) -> Door | None:
    """One of them."""
    found = _with_visits(session, _mine(wave, person) & (Case.id == case_id))
    return found[0] if found else None


def place_of(session: Session, wave: Wave, person: Person, door: Door) -> int:
    """The how manieth it is in the order of walking."""
    before = select(func.count()).select_from(Case).where(_mine(wave, person), Case.number <= door.number)
    return session.scalar(before) or 0


def _with_visits(session: Session, these: ColumnElement[bool]) -> list[Door]:
    columns: tuple[Any, ...] = (
        Case.id,
        Case.number,
        Area.name_zh,
        Area.name_en,
        Case.stratum,
        Case.disposition,
        Case.outcome_code,
        Case.outcome_mode,
        Case.last_visit_at,
        overdue.given_at(),
        Case.psu,
        Case.stages,
    )
    rows = session.execute(select(*columns).join(Area, Area.id == Case.area_id).where(these).order_by(Case.number))
    found = [
        Door(
            id=row[0],
            number=row[1],
            community_zh=row[2],
            community_en=row[3],
            stratum=row[4],
            disposition=row[5],
            code=row[6],
            mode=row[7],
            last_visit_at=row[8],
            given_at=row[9],
            grid=list_of(row[4], row[10], row[11]),
        )
        for row in rows
    ]
    visits = _visits(session, these)
    for door in found:
        door.visits.extend(visits.get(door.id, ()))
    return found


def _visits(session: Session, these: ColumnElement[bool]) -> dict[UUID, list[DoorVisit]]:
    columns: tuple[Any, ...] = (
        Visit.case_id,
        Visit.id,
        Visit.at,
        Visit.noted_at,
        Visit.code,
        Visit.mode,
        Visit.appointment_at,
        Visit.by_account_id,
        Visit.roll_id,
        Visit.met,
    )
    rows = session.execute(
        select(*columns)
        .join(Case, (Case.survey_id == Visit.survey_id) & (Case.id == Visit.case_id))
        .where(these, Visit.withdrawn_at.is_(None))
        .order_by(Visit.at, Visit.noted_at, Visit.id)
    )
    found: dict[UUID, list[DoorVisit]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(
            DoorVisit(
                id=row[1],
                at=row[2],
                noted_at=row[3],
                code=row[4],
                mode=row[5],
                appointment_at=row[6],
                by_account_id=row[7],
                roll_id=row[8],
                met=row[9],
            )
        )
    return found


def case(session: Session, wave: Wave, person: Person, case_id: UUID) -> Case | None:
    return session.scalar(select(Case).where(_mine(wave, person), Case.id == case_id))


def begun(session: Session, survey_id: UUID, case_id: UUID, person: Person) -> bool:
    """Whether this very person has opened the questionnaire of the case before: their phone holds what was answered."""
    opened = exists().where(
        InterviewPass.survey_id == survey_id,
        InterviewPass.case_id == case_id,
        InterviewPass.account_id == person.account_id,
    )
    return bool(session.scalar(select(opened)))


def replaced(session: Session, survey_id: UUID, case_id: UUID) -> list[Visit]:
    """Visits of one case that were taken back, the one taken back last in front."""
    return list(
        session.scalars(
            select(Visit)
            .where(Visit.survey_id == survey_id, Visit.case_id == case_id, Visit.withdrawn_at.is_not(None))
            .order_by(Visit.withdrawn_at.desc(), Visit.id)
        )
    )


def rolls_written(session: Session, wave: Wave, person: Person, since: datetime) -> list[Roll]:
    """Adults of households that this very person has written down since then, and that stand."""
    return list(
        session.scalars(
            select(Roll).where(
                Roll.survey_id == wave.survey_id,
                Roll.wave_id == wave.id,
                Roll.by_account_id == person.account_id,
                Roll.at >= since,
                Roll.withdrawn_at.is_(None),
            )
        )
    )


def visit_of(session: Session, wave: Wave, person: Person, visit_id: UUID) -> Visit | None:
    """A visit that this very person noted in this wave."""
    return session.scalar(
        select(Visit).where(
            Visit.survey_id == wave.survey_id,
            Visit.wave_id == wave.id,
            Visit.id == visit_id,
            Visit.by_account_id == person.account_id,
        )
    )


# ------------------------------------------------------------------ for whoever sends them


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How an interviewer stands."""

    cases: int
    answered: int
    settled: int  # with another final word: refused, not eligible …
    visits: int
    last_visit_at: datetime | None
    never: int  # given and never visited


def loads(session: Session, wave: Wave) -> dict[UUID, Load]:
    """By interviewer: what they were given and what came of it, two statements."""
    answered = Case.disposition.in_((Disposition.COMPLETE, Disposition.PARTIAL))
    waiting = Case.disposition.in_((Disposition.UNKNOWN, Disposition.NONCONTACT))
    given = session.execute(
        select(
            Assignment.account_id,
            func.count(),
            func.count().filter(answered),
            func.count().filter(~answered & ~waiting),
            func.count().filter(Case.last_visit_at.is_(None) & waiting),
        )
        .join(Case, (Case.survey_id == Assignment.survey_id) & (Case.id == Assignment.case_id))
        .where(Assignment.survey_id == wave.survey_id, Assignment.wave_id == wave.id)
        .group_by(Assignment.account_id)
    ).all()
    knocks = session.execute(
        select(Visit.by_account_id, func.count(), func.max(Visit.at))
        .where(
            Visit.survey_id == wave.survey_id,
            Visit.wave_id == wave.id,
            Visit.withdrawn_at.is_(None),
            Visit.by_account_id.is_not(None),
        )
        .group_by(Visit.by_account_id)
    ).all()
    made = {row[0]: (row[1], row[2]) for row in knocks}
    return {
        row[0]: Load(
            cases=row[1],
            answered=row[2],
            settled=row[3],
            never=row[4],
            visits=made.get(row[0], (0, None))[0],
            last_visit_at=made.get(row[0], (0, None))[1],
        )
        for row in given
    }
