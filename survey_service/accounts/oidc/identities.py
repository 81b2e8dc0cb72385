"""Which account somebody is whom the provider named. Nobody gets an account by signing in.

An administrator writes the person's name at the provider down; the first sign-in that brings it, within thirty days,
binds the provider's subject for good. Every step is audited, with keyed hashes in place of names and subjects.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.accounts import queries, service
from survey_service.accounts.errors import IdentityTaken, NoAccountForIdentity
from survey_service.accounts.oidc.model import Identity
from survey_service.errors import BadInput
from survey_service.models import Account, AccountIdentity
from survey_service.secrets import KeyRing
from survey_service.settings import Settings

WAITS_FOR = timedelta(days=30)  # a name that nobody used may have passed to somebody else by then
LONGEST = 200


def of_account(session: Session, account_id: UUID) -> AccountIdentity | None:
    return session.get(AccountIdentity, account_id)


def waits(identity: AccountIdentity, at: datetime) -> bool:
    """Whether its first sign-in is still to come, and would be taken."""
    return identity.subject is None and at < identity.linked_at + WAITS_FOR


def link(session: Session, account_id: UUID, typed: str, *, keys: KeyRing, at: datetime, by: audit.Actor) -> bool:
    """Writes down who may sign in as this account; what stood there before no longer opens it. False: it stood so."""
    name = typed.strip()
    if not name or len(name) > LONGEST or not name.isprintable():
        raise BadInput(
            zh="请填统一身份账号，最多 200 个字，和本人登录统一身份认证时显示的一样。",
            en="Give the name at the provider, 200 characters at most, exactly as it is shown there.",
        )
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    held = of_account(session, account_id)
    if held is not None and held.name == name and (held.subject is not None or waits(held, at)):
        return False
    taken = session.scalar(
        select(AccountIdentity.account_id).where(AccountIdentity.name == name, AccountIdentity.account_id != account_id)
    )
    if taken is not None:
        raise IdentityTaken
    if held is not None:
        if held.subject is not None:  # somebody else was let in by it, and may be inside
            queries.end_sign_ins(session, account_id, at)
        session.delete(held)
        session.flush()
    session.add(AccountIdentity(account_id=account_id, name=name, linked_at=at))
    session.flush()
    _record(session, "account.identity_linked", account_id, {"name": keys.keyed_hash("identity", name)}, at, by)
    return True


def unlink(session: Session, account_id: UUID, *, at: datetime, by: audit.Actor) -> bool:
    """From now on only the password opens the account; whether there was another way."""
    held = of_account(session, account_id)
    if held is None:
        return False
    session.delete(held)
    _record(session, "account.identity_unlinked", account_id, {}, at, by)
    return True


def account_for(session: Session, identity: Identity, *, settings: Settings, keys: KeyRing, at: datetime) -> Account:
    """The account that the identity opens, bound now where it waited; NoAccountForIdentity for every other case."""
    account = _bound(session, identity) or _bind(session, identity, settings=settings, keys=keys, at=at)
    if account is None or not service.may_sign_in(account, settings):
        raise NoAccountForIdentity
    return account


def _bound(session: Session, identity: Identity) -> Account | None:
    return session.scalar(
        select(Account)
        .join(AccountIdentity, AccountIdentity.account_id == Account.id)
        .where(AccountIdentity.issuer == identity.issuer, AccountIdentity.subject == identity.subject)
    )


def _bind(session: Session, identity: Identity, *, settings: Settings, keys: KeyRing, at: datetime) -> Account | None:
    if not identity.name:
        return None
    account = session.scalar(
        select(Account)
        .join(AccountIdentity, AccountIdentity.account_id == Account.id)
        .where(AccountIdentity.name == identity.name)
    )
    if account is None or not service.may_sign_in(account, settings):
        return None
    # One statement judges and binds: of two that come at once, one finds it bound.
    bound = session.execute(
        update(AccountIdentity)
        .where(
            AccountIdentity.account_id == account.id,
            AccountIdentity.name == identity.name,
            AccountIdentity.subject.is_(None),
            AccountIdentity.linked_at > at - WAITS_FOR,
        )
        .values(issuer=identity.issuer, subject=identity.subject, bound_at=at)
    )
    assert isinstance(bound, CursorResult)
    if bound.rowcount != 1:
        return _bound(session, identity)  # by the same person, in another tab, a moment ago
    detail = {"subject": keys.keyed_hash("identity", identity.subject)}
    by = audit.Actor(account.id, account.name)
    _record(session, "account.identity_bound", account.id, detail, at, by)
    return account


def _record(
    session: Session, action: str, account_id: UUID, detail: dict[str, str], at: datetime, by: audit.Actor
) -> None:
    audit.record(session, survey_id=None, at=at, by=by, action=action, record=f"account {account_id}", detail=detail)
