"""SQL of accounts, grants and sign-ins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, Select, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from survey_service.models import AccessToken, Account, Area, Grant, Role, SignIn

OUT_OF_ORDER = timedelta(minutes=1)  # so far two requests of one browser may overtake each other
_RELATED = aliased(Area)  # made once: its columns cost more than the rest of a query


def account_by_user(session: Session, user: str) -> Account | None:
    return session.scalar(select(Account).where(Account.user == user))


def sign_in_with_account(session: Session, token_sha256: str) -> Row[SignIn, Account] | None:
    return session.execute(
        select(SignIn, Account)
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.token_sha256 == token_sha256, SignIn.ended_at.is_(None))
    ).one_or_none()


def grants(session: Session, account_id: UUID) -> frozenset[tuple[Role, UUID]]:
    rows = session.execute(select(Grant.role, Grant.area_id).where(Grant.account_id == account_id))
    return frozenset((role, area_id) for role, area_id in rows)


def grants_with_areas(session: Session, account_id: UUID) -> Sequence[Row[Grant, Area]]:
    """Roles of one account with their areas, by role and then code."""
    statement = select(Grant, Area).join(Area, Area.id == Grant.area_id).where(Grant.account_id == account_id)
    return session.execute(statement.order_by(Grant.role, Area.code)).all()


def end_sign_ins(session: Session, account_id: UUID, at: datetime, *, but: str = "", programs: bool = True) -> None:
    """Every sign-in of the account, on every machine; ``but`` is the hash of a token that goes on.

    Its programs' access tokens end with them, unless ``programs`` is false: who goes home does not stop a device.
    """
    if programs:
        session.execute(
            update(AccessToken)
            .where(AccessToken.account_id == account_id, AccessToken.ended_at.is_(None))
            .values(ended_at=at)
        )
    session.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.token_sha256 != but)
        .values(ended_at=at)
    )


def end_sign_in(session: Session, token_sha256: str, at: datetime) -> None:
    session.execute(
        update(SignIn).where(SignIn.token_sha256 == token_sha256, SignIn.ended_at.is_(None)).values(ended_at=at)
    )


def saw(session: Session, token_sha256: str, at: datetime) -> None:
    """Move ``last_seen_at`` forward: two requests may arrive out of order. Back only where the clock was put back, so
    that a sign-in still ends when nobody uses it."""
    session.execute(
        update(SignIn)
        .where(
            SignIn.token_sha256 == token_sha256,
            SignIn.ended_at.is_(None),
            or_(SignIn.last_seen_at < at, SignIn.last_seen_at > at + OUT_OF_ORDER),
        )
        .values(last_seen_at=at)
    )


def below(area_ids: Iterable[UUID]) -> Select[tuple[UUID]]:
    """Ids of these areas and of everything below them, as a subquery for ``in_``."""
    tree = select(Area.id).where(Area.id.in_(list(area_ids))).cte(recursive=True)
    child = _RELATED
    tree = tree.union(select(child.id).join(tree, child.parent_id == tree.c.id))
    return select(tree.c.id)


def above(area_ids: Iterable[UUID]) -> Select[tuple[UUID]]:
    """Ids of these areas and of everything above them, as a subquery for ``in_``."""
    tree = select(Area.id, Area.parent_id).where(Area.id.in_(list(area_ids))).cte(recursive=True)
    parent = _RELATED
    tree = tree.union(select(parent.id, parent.parent_id).join(tree, parent.id == tree.c.parent_id))
    return select(tree.c.id)


def topmost() -> Select[UUID]:
    """Ids of the areas that nothing is above: the city."""
    return select(Area.id).where(Area.parent_id.is_(None))


def lock_accounts(session: Session) -> None:
    """Nobody else makes an account until this transaction ends; on SQLite no two write at once in any case."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE"))


def any_account(session: Session) -> bool:
    return session.scalar(select(Account.id).limit(1)) is not None


def demonstration_accounts(session: Session) -> list[tuple[str, str, list[str]]]:
    """Accounts of the demonstration, in the order of the work: user, name, values of their roles."""
    rows = session.execute(
        select(Account.user, Account.name, Grant.role)
        .join(Grant, Grant.account_id == Account.id)
        .where(Account.demonstration, Account.disabled_at.is_(None))
        .order_by(Account.created_at, Account.user, Grant.role)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for user, name, role in rows:
        if role.value not in found.setdefault((user, name), []):
            found[user, name].append(role.value)
    return [(user, name, roles) for (user, name), roles in found.items()]
