"""Visits are noted and taken back; what they make of a case is settled in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, Update, insert, select, update
from sqlalchemy.orm import Session

from analysis import dispositions as aapor
from analysis.outcome_codes import OutcomeMode, disposition_of
from survey_service import audit
from survey_service.bulk import in_groups
from survey_service.errors import Conflict
from survey_service.fieldwork.outcomes import OF_AAPOR
from survey_service.fieldwork.settling import known
from survey_service.ids import new_id
from survey_service.models import Case, Visit, VisitSource

NAMED = 20  # visits noted at once that each get a line in the log; more get one for all of them


class VisitGone(Conflict):
    code = "E170"
    zh = "这条记录已经撤回了。刷新页面看看现在是什么情况。"
    en = "This visit was taken back already. Reload the page to see how things stand."


@dataclass(frozen=True, slots=True)
class Met:
    """Which adult was spoken to: the place in a roll of the household, from 1; no name."""

    roll_id: UUID
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """One attempt as it is told.

    ``code``: of ``analysis.outcome_codes``, and none of an answer. ``id``: made by whoever tells it, so that what is
    sent twice is one.
    """

    case_id: UUID
    code: str
    mode: OutcomeMode
    at: datetime
    appointment_at: datetime | None = None
    met: Met | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Told:
    """By whom, by which way, and when it reached the service."""

    source: VisitSource
    at: datetime
    by: audit.Actor


def note_visits(session: Session, survey_id: UUID, visits: Sequence[NewVisit], told: Told) -> int:
    """How many of them are new. The outcome of every case among them is settled anew.

    ValueError for a code that its mode does not have, and for one that says somebody answered: that follows from an
    answer that is stored. Cases that the survey does not have are passed over.
    """
    for one in visits:
        if disposition_of(one.code, one.mode).is_answer:
            raise ValueError(f"{one.code!r} follows from an answer that is stored")
    waves = _waves(session, survey_id, {one.case_id for one in visits})
    there = _there(session, survey_id, [one.id for one in visits])
    fresh = {one.id: one for one in visits if one.id not in there and one.case_id in waves}
    if not fresh:
        return 0
    session.execute(
        insert(cast("Table", Visit.__table__)),
        [
            {
                "survey_id": survey_id,
                "id": one.id,
                "wave_id": waves[one.case_id],
                "case_id": one.case_id,
                "at": one.at,
                "noted_at": told.at,
                "by_account_id": told.by.account_id,
                "by_name": told.by.name[:60],
                "source": told.source,
                "mode": one.mode,
                "code": one.code,
                "appointment_at": one.appointment_at,
                "roll_id": one.met.roll_id if one.met else None,
                "met": one.met.place if one.met else None,
            }
            for one in fresh.values()
        ],
    )
    settle(session, survey_id, {one.case_id for one in fresh.values()})
    _log(session, survey_id, list(fresh.values()), waves, told)
    return len(fresh)


def take_back(session: Session, survey_id: UUID, visit_id: UUID, *, at: datetime, by: audit.Actor) -> None:
    """A visit that was noted by mistake counts no more. VisitGone where it was taken back before."""
    told = _taken(survey_id, visit_id, at, by).returning(Visit.case_id, Visit.wave_id, Visit.code)
    taken = session.execute(told).one_or_none()
    if taken is None:
        raise VisitGone
    settle(session, survey_id, {taken.case_id})
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="visit.taken_back",
        record=audit.Rows(f"case {taken.case_id}", taken.wave_id),
        detail={"visit": str(visit_id), "code": taken.code},
    )


def note_instead(session: Session, survey_id: UUID, visit_id: UUID, new: NewVisit, told: Told) -> None:
    """``new`` in the place of a visit that was noted wrongly: both in one transaction, so that what stood there stands
    until this is written. VisitGone where it was taken back before; told twice with the same id it is noted once."""
    if session.get(Visit, (survey_id, new.id)) is not None:
        return
    take_back(session, survey_id, visit_id, at=told.at, by=told.by)
    note_visits(session, survey_id, [new], told)


def move_appointment(
    session: Session, survey_id: UUID, visit_id: UUID, appointment_at: datetime, told: Told, *, as_id: UUID
) -> None:
    """Another time is agreed on: the visit stands again under ``as_id`` with it, and what it said before is taken back.

    VisitGone where it was taken back or moved before; told twice with the same ``as_id`` it is moved once.
    """
    if session.get(Visit, (survey_id, as_id)) is not None:
        return
    taken = session.execute(_taken(survey_id, visit_id, told.at, told.by).returning(*Visit.__table__.c)).one_or_none()
    if taken is None:
        raise VisitGone
    changed = {"id": as_id, "appointment_at": appointment_at, "withdrawn_at": None, "withdrawn_by": None}
    noted = {"noted_at": told.at, "by_account_id": told.by.account_id, "by_name": told.by.name[:60]}
    row = {**taken._mapping, **changed, **noted, "source": told.source}
    session.execute(insert(cast("Table", Visit.__table__)), [row])
    settle(session, survey_id, [taken.case_id])
    record = audit.Rows(f"case {taken.case_id}", taken.wave_id)
    about: dict[str, str | int] = {"visit": str(as_id), "instead_of": str(visit_id)}
    audit.record(
        session,
        survey_id=survey_id,
        at=told.at,
        by=told.by,
        action="visit.appointment_moved",
        record=record,
        detail=about,
    )


def _taken(survey_id: UUID, visit_id: UUID, at: datetime, by: audit.Actor) -> Update:
    return (
        update(Visit)
        .where(Visit.survey_id == survey_id, Visit.id == visit_id, Visit.withdrawn_at.is_(None))
        .values(withdrawn_at=at, withdrawn_by=by.name[:60] or "service")
    )


def settle(session: Session, survey_id: UUID, case_ids: Collection[UUID]) -> None:
    """Set the outcome of these cases to what is known of them now; a fixed number of statements a group. The caller
    writes the line of the log that moves the key of their rows."""
    together: dict[tuple[aapor.Disposition, str, OutcomeMode], list[UUID]] = defaultdict(list)
    last: dict[datetime | None, list[UUID]] = defaultdict(list)
    for some in in_groups(case_ids):
        for case_id, case in known(session, survey_id, some).items():
            outcome = case.outcome()
            together[outcome.disposition, outcome.code, outcome.mode].append(case_id)
            last[case.last_visit_at].append(case_id)
    for (kind, code, mode), ids in together.items():
        _set(session, survey_id, ids, disposition=OF_AAPOR[kind], outcome_code=code, outcome_mode=mode)
    for at, ids in last.items():
        _set(session, survey_id, ids, last_visit_at=at)


def _set(session: Session, survey_id: UUID, case_ids: Sequence[UUID], **values: object) -> None:
    for some in in_groups(case_ids):
        session.execute(
            update(Case)
            .where(Case.survey_id == survey_id, Case.id.in_(some))
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _log(session: Session, survey_id: UUID, noted: Sequence[NewVisit], waves: dict[UUID, UUID], told: Told) -> None:
    if len(noted) <= NAMED:
        for one in noted:
            about = {"visit": str(one.id), "code": one.code, "by": told.source.value}
            _line(session, survey_id, told, audit.Rows(f"case {one.case_id}", waves[one.case_id]), about)
        return
    of_wave: dict[UUID, int] = defaultdict(int)
    for one in noted:
        of_wave[waves[one.case_id]] += 1
    for wave_id, count in of_wave.items():
        detail = {"visits": count, "by": told.source.value}
        _line(session, survey_id, told, audit.Rows(f"wave {wave_id}", wave_id), detail)


def _line(session: Session, survey_id: UUID, told: Told, record: audit.Rows, detail: Mapping[str, str | int]) -> None:
    audit.record(
        session, survey_id=survey_id, at=told.at, by=told.by, action="visit.noted", record=record, detail=detail
    )


def _waves(session: Session, survey_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Of which wave each case is."""
    found: dict[UUID, UUID] = {}
    for some in in_groups(case_ids):
        of_these = (Case.survey_id == survey_id) & Case.id.in_(some)
        found |= dict(session.execute(select(Case.id, Case.wave_id).where(of_these)).all())
    return found


def _there(session: Session, survey_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for some in in_groups(ids):
        found |= set(session.scalars(select(Visit.id).where(Visit.survey_id == survey_id, Visit.id.in_(some))))
    return found
