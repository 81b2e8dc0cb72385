"""Which interviewer goes to which case: given one by one or balanced by the places where cases lie together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.bulk import in_groups
from survey_service.fieldwork import own_staff
from survey_service.models import Assignment, Case, Disposition, InterviewPass

NOBODY_BARRED: Final[Mapping[UUID, Collection[str]]] = {}
_WAITS = Case.disposition.in_((Disposition.UNKNOWN, Disposition.NONCONTACT))
"""Cases to which somebody may still have to go."""


def assign(
    session: Session, survey_id: UUID, wave_id: UUID, cases: Mapping[UUID, UUID], *, at: datetime, by: audit.Actor
) -> int:
    """``cases``: case -> interviewer. Whoever had one before loses it, pass and all; cases that go to whom they belong
    already are left as they are. Returns how many changed hands. OwnStaff where the wave bars whom they would go to."""
    own_staff.refuse(session, survey_id, wave_id, cases)
    held = holders(session, survey_id, list(cases))
    moved = {case_id: account_id for case_id, account_id in cases.items() if held.get(case_id) != account_id}
    _take(session, survey_id, list(moved))
    rows = [
        {"survey_id": survey_id, "case_id": case_id, "wave_id": wave_id, "account_id": account_id, "at": at}
        for case_id, account_id in moved.items()
    ]
    if rows:
        session.execute(insert(cast("Table", Assignment.__table__)), rows)
        _log(session, survey_id, wave_id, moved.values(), at, by)
    return len(rows)


def unassign(
    session: Session, survey_id: UUID, wave_id: UUID, case_ids: Sequence[UUID], *, at: datetime, by: audit.Actor
) -> int:
    """Nobody goes to these cases any more. Returns how many had somebody."""
    held = holders(session, survey_id, case_ids)
    _take(session, survey_id, list(held))
    if held:
        _log(session, survey_id, wave_id, (), at, by, taken=len(held))
    return len(held)


def balanced(
    places: Mapping[UUID, str],
    interviewers: Sequence[UUID],
    loads: Mapping[UUID, int],
    barred: Mapping[UUID, Collection[str]] = NOBODY_BARRED,
) -> dict[UUID, UUID]:
    """Case -> interviewer, so that cases of one place stay together and nobody has much more than another.

    places: case -> where it lies (a grid, a stratum). loads: what each has already. barred: where somebody is not sent.
    Places go whole, the largest first, each to whoever has least: no two differ by more than the largest place, unless
    somebody is barred. A place from which all of them are barred is left out.
    """
    together: dict[str, list[UUID]] = defaultdict(list)
    for case_id, place in places.items():
        together[place].append(case_id)
    have = {account_id: loads.get(account_id, 0) for account_id in interviewers}
    found: dict[UUID, UUID] = {}
    free = {place: [one for one in interviewers if place not in barred.get(one, ())] for place in together}
    # Where fewer may go comes first: later the others can make up for it.
    for place in sorted(together, key=lambda name: (len(free[name]), -len(together[name]), name)):
        if not free[place]:
            continue
        least = min(free[place], key=lambda account_id: have[account_id])
        have[least] += len(together[place])
        found |= dict.fromkeys(together[place], least)
    return found


def holders(session: Session, survey_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Who goes to each of these cases, where somebody does."""
    found: dict[UUID, UUID] = {}
    for some in in_groups(case_ids):
        rows = session.execute(
            select(Assignment.case_id, Assignment.account_id).where(
                Assignment.survey_id == survey_id, Assignment.case_id.in_(some)
            )
        )
        found |= dict(rows.all())
    return found


def unassigned(session: Session, survey_id: UUID, wave_id: UUID, area_ids: Collection[UUID]) -> dict[UUID, str]:
    """Cases of these communities to which nobody goes and that have no final word yet: case -> stratum."""
    rows = session.execute(
        select(Case.id, Case.stratum)
        .outerjoin(Assignment, (Assignment.survey_id == Case.survey_id) & (Assignment.case_id == Case.id))
        .where(
            Case.survey_id == survey_id,
            Case.wave_id == wave_id,
            Case.area_id.in_(list(area_ids)),
            _WAITS,
            Assignment.case_id.is_(None),
        )
        .order_by(Case.number)
    )
    return dict(rows.all())


def waiting(session: Session, survey_id: UUID, wave_id: UUID) -> dict[UUID, int]:
    """By community: cases to which nobody goes."""
    rows = session.execute(
        select(Case.area_id, func.count())
        .outerjoin(Assignment, (Assignment.survey_id == Case.survey_id) & (Assignment.case_id == Case.id))
        .where(Case.survey_id == survey_id, Case.wave_id == wave_id, _WAITS, Assignment.case_id.is_(None))
        .group_by(Case.area_id)
    )
    return dict(rows.all())


def _take(session: Session, survey_id: UUID, case_ids: Sequence[UUID]) -> None:
    for some in in_groups(case_ids):
        for table in (Assignment, InterviewPass):
            session.execute(delete(table).where(table.survey_id == survey_id, table.case_id.in_(some)))


def _log(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    to: Collection[UUID],
    at: datetime,
    by: audit.Actor,
    *,
    taken: int = 0,
) -> None:
    counts: dict[str, int] = defaultdict(int)
    for account_id in to:
        counts[str(account_id)] += 1
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="cases.assigned" if counts else "cases.unassigned",
        record=f"wave {wave_id}",
        detail=dict(counts) if counts else {"cases": taken},
    )
