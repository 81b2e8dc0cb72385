"""SQL of the administrator's pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from survey_service.accounts import queries as accounts
from survey_service.models import Account, Area, Grant, Role

PAGE = 100


def within(scope: Iterable[UUID]) -> ColumnElement[bool]:
    """Accounts with a role on an area of ``scope`` or below it; who is above all areas sees also those without any."""
    inside = exists().where(Grant.account_id == Account.id, Grant.area_id.in_(accounts.below(scope)))
    nowhere = ~exists().where(Grant.account_id == Account.id)
    reaches_top = exists().where(Area.id.in_(list(scope)), Area.parent_id.is_(None))
    return or_(inside, and_(nowhere, reaches_top))


def reaches_beyond(session: Session, account_id: UUID, scope: Iterable[UUID]) -> bool:
    """Whether the account also has a role outside ``scope``."""
    outside = select(Grant.area_id).where(Grant.account_id == account_id, Grant.area_id.not_in(accounts.below(scope)))
    return session.scalar(outside.limit(1)) is not None


def account_within(session: Session, account_id: UUID, scope: Iterable[UUID]) -> Account | None:
    return session.scalar(select(Account).where(Account.id == account_id, within(scope)))


def _found(scope: Iterable[UUID], words: str, role: Role | None) -> Select[Account]:
    statement = select(Account).where(within(scope))
    if words:
        like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        statement = statement.where(
            or_(Account.name.like(like, escape="\\"), Account.user.like(like.lower(), escape="\\"))
        )
    if role is not None:
        statement = statement.where(exists().where(Grant.account_id == Account.id, Grant.role == role))
    return statement


def accounts_within(
    session: Session, scope: Iterable[UUID], *, words: str, role: Role | None, page: int
) -> tuple[Sequence[Account], int]:
    """One page of accounts by user name, and how many there are in all."""
    statement = _found(scope, words, role)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    shown = session.scalars(statement.order_by(Account.user).offset((page - 1) * PAGE).limit(PAGE)).all()
    return shown, total


def grants_of(session: Session, account_ids: Sequence[UUID]) -> dict[UUID, list[tuple[Role, Area]]]:
    rows = session.execute(
        select(Grant.account_id, Grant.role, Area)
        .join(Area, Area.id == Grant.area_id)
        .where(Grant.account_id.in_(list(account_ids)))
        .order_by(Grant.role, Area.code)
    )
    found: dict[UUID, list[tuple[Role, Area]]] = defaultdict(list)
    for account_id, role, area in rows:
        found[account_id].append((role, area))
    return found


def areas_called(session: Session, scope: Iterable[UUID], typed: str) -> Sequence[Area]:
    """Areas of ``scope`` whose code or name is exactly what was typed."""
    return session.scalars(
        select(Area)
        .where(Area.id.in_(accounts.below(scope)))
        .where(or_(Area.code == typed, Area.name_zh == typed, Area.name_en == typed))
        .order_by(Area.code)
        .limit(5)
    ).all()


def area_choices(session: Session, scope: Iterable[UUID], most: int) -> Sequence[Area]:
    """Areas to offer while typing: the upper ones first, no grids."""
    return session.scalars(
        select(Area)
        .where(Area.id.in_(accounts.below(scope)), Area.kind != "grid")
        .order_by(func.length(func.rtrim(Area.code, "0")), Area.code)
        .limit(most)
    ).all()


def lock_administrators(session: Session) -> None:
    """Two who take the right from each other at once must not both succeed: the second waits and looks again."""
    session.execute(
        select(Grant.account_id).where(Grant.role == Role.ADMINISTRATOR).order_by(Grant.account_id).with_for_update()
    ).all()


def top_administrators(session: Session, *, demonstration: bool) -> set[tuple[UUID, UUID]]:
    """Account and area of everybody who can sign in and give rights over a whole city."""
    statement = (
        select(Grant.account_id, Grant.area_id)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role == Role.ADMINISTRATOR, Grant.area_id.in_(accounts.topmost()), Account.disabled_at.is_(None))
    )
    if not demonstration:
        statement = statement.where(Account.demonstration.is_(False))
    return {(account_id, area_id) for account_id, area_id in session.execute(statement)}
