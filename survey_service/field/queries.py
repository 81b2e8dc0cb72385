"""SQL of the field's pages: cases by key, what is known of one, outcomes counted in one pass."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from analysis.outcome_codes import OutcomeMode
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.queries import above, below
from survey_service.areas.queries import COMMUNITY_KINDS
from survey_service.bulk import in_groups
from survey_service.models import (
    AccessCode,
    Account,
    Area,
    Assignment,
    Capture,
    Case,
    Disposition,
    Grant,
    Mode,
    PaperForm,
    Response,
    ResponseState,
    Source,
    Survey,
    Visit,
    Wave,
    WorksFor,
)


def _within(wave: Wave, visible: Select[tuple[UUID]] | None) -> list[ColumnElement[bool]]:
    of_wave = [Case.survey_id == wave.survey_id, Case.wave_id == wave.id]
    return of_wave if visible is None else [*of_wave, Case.area_id.in_(visible)]


def of_wave(wave: Wave, visible: Select[tuple[UUID]]) -> ColumnElement[bool]:
    """Cases of the wave in these areas."""
    return and_(Case.survey_id == wave.survey_id, Case.wave_id == wave.id, Case.area_id.in_(visible))


def case(session: Session, wave: Wave, visible: Select[tuple[UUID]], case_id: UUID) -> tuple[Case, Area] | None:
    found = session.execute(
        select(Case, Area).join(Area, Area.id == Case.area_id).where(of_wave(wave, visible), Case.id == case_id)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def cases_of(session: Session, wave: Wave, visible: Select[tuple[UUID]], ids: Sequence[UUID]) -> set[UUID]:
    """Those of ``ids`` that are cases of the wave in these areas."""
    return set(session.scalars(select(Case.id).where(of_wave(wave, visible), Case.id.in_(ids))))


def numbers(session: Session, wave: Wave, visible: Select[tuple[UUID]]) -> dict[str, UUID]:
    """Every case of the wave in these areas by its number."""
    return dict(session.execute(select(Case.number, Case.id).where(of_wave(wave, visible))).all())


# ------------------------------------------------------------------ the history of one case


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    account_id: UUID
    name: str
    since: datetime


def visits(session: Session, case: Case) -> Sequence[Visit]:
    """In the order of time, those taken back too."""
    return session.scalars(
        select(Visit)
        .where(Visit.survey_id == case.survey_id, Visit.case_id == case.id)
        .order_by(Visit.at, Visit.noted_at, Visit.id)
    ).all()


def holder(session: Session, case: Case) -> Holder | None:
    """Who goes there; None where nobody was sent."""
    row = session.execute(
        select(Account.id, Account.name, Assignment.at)
        .join(Account, Account.id == Assignment.account_id)
        .where(Assignment.survey_id == case.survey_id, Assignment.case_id == case.id)
    ).one_or_none()
    return Holder(account_id=row[0], name=row[1], since=row[2]) if row else None


def visit_in(session: Session, wave: Wave, visible: Select[tuple[UUID]], visit_id: UUID) -> Visit | None:
    return session.scalar(
        select(Visit)
        .join(Case, (Case.survey_id == Visit.survey_id) & (Case.id == Visit.case_id))
        .where(of_wave(wave, visible), Visit.id == visit_id)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    issue: int
    used_at: datetime | None
    revoked_at: datetime | None


def letters(session: Session, case: Case) -> list[Letter]:
    rows = session.execute(
        select(AccessCode.issue, AccessCode.used_at, AccessCode.revoked_at)
        .where(AccessCode.survey_id == case.survey_id, AccessCode.case_id == case.id)
        .order_by(AccessCode.issue)
    )
    return [Letter(issue=row[0], used_at=row[1], revoked_at=row[2]) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One set of answers as it came, without what was answered."""

    at: datetime
    mode: Mode
    source: Source
    by: str | None
    state: ResponseState
    conflict: bool


def arrived(session: Session, case: Case) -> list[Arrived]:
    rows = session.execute(
        select(Capture.at, Capture.mode, Capture.source, Account.name, Response.state, Capture.conflict)
        .outerjoin(Account, Account.id == Capture.by_account_id)
        .join(Response, (Response.survey_id == Capture.survey_id) & (Response.id == Capture.response_id))
        # By the wave and the area of its case, which an index has; of the case alone none has.
        .where(
            Response.survey_id == case.survey_id,
            Response.wave_id == case.wave_id,
            Response.area_id == case.area_id,
            Response.case_id == case.id,
        )
        .order_by(Capture.at, Capture.id)
    )
    return [Arrived(at=row[0], mode=row[1], source=row[2], by=row[3], state=row[4], conflict=row[5]) for row in rows]


def forms(session: Session, case: Case) -> Sequence[PaperForm]:
    return session.scalars(
        select(PaperForm)
        .where(PaperForm.survey_id == case.survey_id, PaperForm.case_id == case.id)
        .order_by(PaperForm.serial)
    ).all()


# ------------------------------------------------------------------ outcomes, counted


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCount:
    """Cases of one community that are alike. ``invited``: a letter was made; ``visited``: somebody has been there."""

    area_id: UUID
    grid: str  # the primary unit where several cases lie in one, else the stratum
    interviewer: UUID | None  # to whom they were given
    first_mode: Mode
    disposition: Disposition
    code: str | None
    mode: OutcomeMode | None
    visited: bool
    invited: bool
    cases: int


GRID: Final = sql_case(
    (func.count().over(partition_by=(Case.area_id, Case.stratum, Case.psu)) > 1, Case.psu), else_=Case.stratum
).label("grid")
"""The primary unit where several cases lie in one, else the stratum: where every grid is in the sample, the grid."""


def outcome_counts(session: Session, wave: Wave, visible: Select[tuple[UUID]] | None) -> list[OutcomeCount]:
    """Every case of the wave in these areas (None: in all), counted by what is alike: one statement."""
    # One set of all of them: no index has the codes of a case, and they would be read once for every case.
    of_wave = (AccessCode.survey_id == wave.survey_id) & (AccessCode.wave_id == wave.id)
    letters = select(AccessCode.case_id).where(of_wave, AccessCode.case_id.is_not(None))
    visited = Case.last_visit_at.is_not(None)
    alike = (
        Case.area_id,
        GRID,
        Assignment.account_id,
        Case.first_mode,
        Case.disposition,
        Case.outcome_code,
        Case.outcome_mode,
        visited.label("visited"),
        Case.id.in_(letters).label("invited"),
    )
    given = (Assignment.survey_id == Case.survey_id) & (Assignment.case_id == Case.id)
    inner = select(*alike).outerjoin_from(Case, Assignment, given).where(*_within(wave, visible)).subquery()
    rows = session.execute(select(*inner.c, func.count()).group_by(*inner.c))
    return [
        OutcomeCount(
            area_id=row[0],
            grid=row[1],
            interviewer=row[2],
            first_mode=row[3],
            disposition=row[4],
            code=row[5],
            mode=row[6],
            visited=bool(row[7]),
            invited=bool(row[8]),
            cases=row[9],
        )
        for row in rows
    ]


WHOLE: Final = Text("全社区", "whole community")


def grid_names(session: Session, visible: Select[tuple[UUID]]) -> dict[str, Text]:
    """Names of the grids of these areas, by code, where the tree of areas has them.

    A community that is one stratum stands in the list by its own code: ``WHOLE``, for its name stands beside it.
    """
    rows = session.execute(
        select(Area.code, Area.kind, Area.name_zh, Area.name_en).where(
            Area.kind.in_(("grid", *COMMUNITY_KINDS)), Area.id.in_(visible)
        )
    )
    return {code: Text(zh, en) if kind == "grid" else WHOLE for code, kind, zh, en in rows}


def holder_names(session: Session, wave: Wave) -> dict[UUID, str]:
    """Names of those to whom a case of the wave was given, also where they are interviewers no more."""
    holding = exists().where(
        Assignment.survey_id == wave.survey_id, Assignment.wave_id == wave.id, Assignment.account_id == Account.id
    )
    return dict(session.execute(select(Account.id, Account.name).where(holding)).all())


def account_names(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for some in in_groups(list(ids)):
        found |= dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(some))).all())
    return found


TIES: Final = (WorksFor.COMMUNITY, WorksFor.STREET)
"""Of those who work for an area."""


def tie_areas(session: Session, survey: Survey) -> dict[WorksFor, list[Area]]:
    """The communities and streets of the survey's city, by code: whom an interviewer may work for."""
    within = session.scalars(select(Area).where(Area.id.in_(below([survey.city_id])), Area.kind != "grid"))
    areas = sorted(within, key=lambda one: one.code)
    above_them = {one.parent_id for one in areas if one.kind in COMMUNITY_KINDS}
    return {
        WorksFor.COMMUNITY: [one for one in areas if one.kind in COMMUNITY_KINDS],
        WorksFor.STREET: [one for one in areas if one.id in above_them],
    }


def tie_names(session: Session, survey: Survey) -> dict[UUID, Text]:
    return {one.id: Text(one.name_zh, one.name_en) for many in tie_areas(session, survey).values() for one in many}


def interviewers(session: Session, survey: Survey) -> list[Account]:
    """Who may go round in some part of the survey's area, by name."""
    within = below([survey.city_id])
    upward = above([survey.city_id])
    holds = Grant.role.in_(rights.VISIT) & (Grant.area_id.in_(within) | Grant.area_id.in_(upward))
    ids = select(Grant.account_id).where(holds)
    found = session.scalars(select(Account).where(Account.id.in_(ids), Account.disabled_at.is_(None)))
    return sorted(found, key=lambda one: (one.name, one.user))
