"""Whose an interviewer is, and cases that a community's own staff are not given where a wave says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.bulk import in_groups
from survey_service.errors import Conflict
from survey_service.models import Account, Assignment, Case, Wave, WorksFor

_AREA_OF: Final = (WorksFor.COMMUNITY, WorksFor.STREET)  # those who work for one name it


class OwnStaff(Conflict):
    code = "E262"

    def __init__(self, names: Collection[str], cases: int) -> None:
        super().__init__(
            zh=f"这一期不让社区的人去问自己的社区：选的里面有 {cases} 个在{'、'.join(names)}自己的社区，"
            "一个也没有分。换一个人，或者把这些去掉再分。",
            en=f"In this wave nobody asks in the community they work for: {cases} of these cases lie in that of "
            f"{', '.join(names)}. Nothing was given out. Choose somebody else, or leave these cases out.",
        )


def _own() -> ColumnElement[bool]:
    return (Account.works_for == WorksFor.COMMUNITY) & (Account.works_for_area_id == Case.area_id)


def refuse(session: Session, survey_id: UUID, wave_id: UUID, cases: Mapping[UUID, UUID]) -> None:
    """OwnStaff where the wave bars it and one of ``cases``, case -> interviewer, lies in the own community."""
    barring = select(Wave.bars_own_staff).where(Wave.survey_id == survey_id, Wave.id == wave_id)
    if not session.scalar(barring):
        return
    found: dict[UUID, tuple[str, UUID]] = {}
    accounts = sorted(set(cases.values()))
    for some in in_groups(list(cases)):
        rows = session.execute(
            select(Case.id, Account.name, Account.id)
            .join(Account, _own())
            .where(Case.survey_id == survey_id, Case.id.in_(some), Account.id.in_(accounts))
        )
        found |= {row[0]: (row[1], row[2]) for row in rows if cases[row[0]] == row[2]}
    if found:
        raise OwnStaff(sorted({name for name, _ in found.values()}), len(found))


def barred_places(
    session: Session, survey_id: UUID, wave_id: UUID, account_ids: Collection[UUID]
) -> dict[UUID, set[str]]:
    """Strata that lie in the community which an interviewer works for; nothing where the wave does not bar it."""
    rows = session.execute(
        select(Account.id, Case.stratum)
        .join(Case, _own())
        .join(Wave, (Wave.survey_id == Case.survey_id) & (Wave.id == Case.wave_id))
        .where(Wave.survey_id == survey_id, Wave.id == wave_id, Wave.bars_own_staff, Account.id.in_(list(account_ids)))
        .distinct()
    )
    found: dict[UUID, set[str]] = defaultdict(set)
    for account_id, stratum in rows:
        found[account_id].add(stratum)
    return found


def own_cases(session: Session, survey_id: UUID, wave_id: UUID) -> dict[UUID, int]:
    """By interviewer: cases that are given to them now and lie in the community which they work for."""
    rows = session.execute(
        select(Assignment.account_id, func.count())
        .join(Case, (Case.survey_id == Assignment.survey_id) & (Case.id == Assignment.case_id))
        .join(Account, (Account.id == Assignment.account_id) & _own())
        .where(Assignment.survey_id == survey_id, Assignment.wave_id == wave_id)
        .group_by(Assignment.account_id)
    )
    return dict(rows.all())


def bar(session: Session, wave: Wave, *, barred: bool, at: datetime, by: audit.Actor) -> None:
    """From here on, whoever works for a community is given no case of it, or may be given them again."""
    if wave.bars_own_staff == barred:
        return
    wave.bars_own_staff = barred
    _log(session, wave.survey_id, f"wave {wave.id}", "wave.own_staff", {"barred": barred}, at, by)


def say(
    session: Session,
    survey_id: UUID | None,
    account_id: UUID,
    tie: tuple[WorksFor | None, UUID | None],
    *,
    at: datetime,
    by: audit.Actor,
) -> None:
    """Whose this interviewer is; ``tie``: with the community or street of those who work for one. None: not known.

    ``survey_id``: in whose record it is noted; None where it was said with the account itself.
    """
    works_for, area_id = tie
    told = {"works_for": works_for, "works_for_area_id": area_id if works_for in _AREA_OF else None}
    session.execute(update(Account).where(Account.id == account_id).values(told))
    detail = {"works_for": works_for.value if works_for else None, "area": str(area_id) if area_id else None}
    _log(session, survey_id, f"account {account_id}", "account.works_for", detail, at, by)


def _log(
    session: Session,
    survey_id: UUID | None,
    record: str,
    action: str,
    detail: Mapping[str, Any],
    at: datetime,
    by: audit.Actor,
) -> None:
    audit.record(session, survey_id=survey_id, at=at, by=by, action=action, record=record, detail=detail)
