"""SQL of the list of cases: by what it is filtered, and in which order it comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from analysis.outcome_codes import OutcomeMode
from survey_service.collection import quality_mark_counts
from survey_service.field.queries import of_wave
from survey_service.fieldwork import appointments, overdue
from survey_service.models import Account, Area, Assignment, Case, Disposition, Mode, Visit, Wave
from survey_service.sampling.reserves import list_of


class Kind(StrEnum):
    """Of overdue cases."""

    OVERDUE = "overdue"  # all of them
    LATE = "late"  # the time that was agreed on has passed
    QUIET = "quiet"  # without such a time, nobody has been for long


OVERDUE: Final = {Kind.OVERDUE: overdue.overdue, Kind.LATE: overdue.late, Kind.QUIET: overdue.quiet}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases are asked for. ``before``: those where nobody has been since then; ``overdue`` those that are so by
    the rule of that name at ``now``, the longest in front; ``agreed``: those with an appointment on that day, by
    their times. ``now``: in the city's zone."""

    search: str = ""  # part of a number
    at_doors: frozenset[str] = frozenset()  # numbers whose doors hold what is sought
    area: str = ""  # code of a community
    outcome: Disposition | None = None
    mode: Mode | None = None
    before: datetime | None = None
    never: bool = False  # never visited
    overdue: Kind | None = None
    agreed: appointments.Day | None = None
    now: datetime | None = None
    waiting: bool = False  # without a final word
    mark: str = ""  # their answer from a phone bears it; of ``quality_mark_counts.MARKS``
    interviewer: UUID | None = None  # to whom it was given
    free: bool = False  # given to nobody
    given: bool = False  # given to somebody
    after: str = ""  # the number that the page before ended with

    @property
    def in_order_of_time(self) -> bool:
        return self.overdue is not None or self.agreed is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    id: UUID
    number: str
    community_zh: str
    community_en: str
    stratum: str
    grid: tuple[str, str]  # the list that it was drawn from; see ``reserves.list_of``
    first_mode: Mode
    disposition: Disposition
    outcome_code: str | None
    outcome_mode: OutcomeMode | None
    last_visit_at: datetime | None
    visits: int
    interviewer: str | None
    agreed_at: datetime | None  # what the last visit agreed on, while somebody may still have to go there
    due_at: datetime | None  # by when somebody has to be there; see ``fieldwork.overdue``


def _unvisited(since: datetime) -> ColumnElement[bool]:
    """Cases where nobody has been since then; one that was never visited and was given to somebody later than that is
    theirs for too short a time."""
    held = aliased(Assignment)  # the list joins who holds each case
    lately = exists().where(held.survey_id == Case.survey_id, held.case_id == Case.id, held.at >= since)
    return (Case.last_visit_at < since) | (Case.last_visit_at.is_(None) & ~lately)


def _asked(wave: Wave, visible: Select[tuple[UUID]], asked: CaseFilter) -> list[ColumnElement[bool]]:
    conditions = [of_wave(wave, visible)]
    if asked.search:
        by_number = Case.number.contains(asked.search, autoescape=True)
        conditions.append(by_number | Case.number.in_(asked.at_doors) if asked.at_doors else by_number)
    if asked.area:
        conditions.append(Area.code == asked.area)
    if asked.outcome is not None:
        conditions.append(Case.disposition == asked.outcome)
    if asked.mode is not None:
        conditions.append(Case.first_mode == asked.mode)
    if asked.never:
        conditions.append(Case.last_visit_at.is_(None))
    held = aliased(Assignment)  # the list itself names the interviewer of each case
    given = (held.survey_id == Case.survey_id) & (held.case_id == Case.id)
    if asked.interviewer is not None:
        conditions.append(exists().where(given, held.account_id == asked.interviewer))
    if asked.free:
        conditions.append(~exists().where(given))
    if asked.given:
        conditions.append(exists().where(given))
    if asked.waiting:
        conditions.append(overdue.WAITING)
    if asked.overdue is not None and asked.now is not None:
        conditions.append(OVERDUE[asked.overdue](asked.now))
    if asked.agreed is not None and asked.now is not None:
        conditions.append(appointments.agreed_for(asked.agreed, asked.now))
    if asked.mark:
        conditions.append(Case.id.in_(quality_mark_counts.cases_marked(wave.survey_id, wave.id, asked.mark)))
    if asked.before is not None:
        conditions.append(_unvisited(asked.before))
    return conditions


def cases(
    session: Session, wave: Wave, visible: Select[tuple[UUID]], asked: CaseFilter, *, limit: int
) -> list[CaseRow]:
    """Beyond ``asked.after``, with how often each was visited: by number; those overdue or with an appointment
    by when somebody has to be there."""
    statement = _rows().where(*_asked(wave, visible, asked)).order_by(Case.number)
    if not asked.in_order_of_time:
        statement = statement.where(Case.number > asked.after) if asked.after else statement
        return [_row(row) for row in session.execute(statement.limit(limit))]
    # Two kinds of delay are one order only when each is a day: all of them are read, and then cut.
    found = sorted((_row(row) for row in session.execute(statement)), key=lambda row: (row.due_at, row.number))
    numbers = [row.number for row in found]
    first = numbers.index(asked.after) + 1 if asked.after in numbers else 0
    return found[first : first + limit]


def _rows() -> Select[Any]:
    visits = (
        select(func.count())
        .where(Visit.survey_id == Case.survey_id, Visit.case_id == Case.id, Visit.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        Case.id,
        Case.number,
        Area.name_zh,
        Area.name_en,
        Case.stratum,
        Case.first_mode,
        Case.disposition,
        Case.outcome_code,
        Case.outcome_mode,
        Case.last_visit_at,
        visits,
        Account.name,
        Case.psu,
        Case.stages,
        overdue.agreed_on(),
        Assignment.at,
    )
    return (
        select(*columns)
        .join(Area, Area.id == Case.area_id)
        .outerjoin(Assignment, (Assignment.survey_id == Case.survey_id) & (Assignment.case_id == Case.id))
        .outerjoin(Account, Account.id == Assignment.account_id)
    )


def _row(row: Row[*tuple[Any, ...]]) -> CaseRow:
    waits = row[6] in overdue.WAITS
    return CaseRow(
        id=row[0],
        number=row[1],
        community_zh=row[2],
        community_en=row[3],
        stratum=row[4],
        grid=list_of(row[4], row[12], row[13]),
        first_mode=row[5],
        disposition=row[6],
        outcome_code=row[7],
        outcome_mode=row[8],
        last_visit_at=row[9],
        visits=row[10],
        interviewer=row[11],
        agreed_at=row[14] if waits else None,
        due_at=overdue.due_at(row[14], row[9], row[15]) if waits else None,
    )


def count_cases(session: Session, wave: Wave, visible: Select[tuple[UUID]], asked: CaseFilter) -> int:
    statement = (
        select(func.count()).select_from(Case).join(Area, Area.id == Case.area_id).where(*_asked(wave, visible, asked))
    )
    return session.scalar(statement) or 0
