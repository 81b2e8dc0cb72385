"""Who reads contact data: named by the installation, with a second factor, and agreed to by a second person.

The setting names people by what they type at sign-in, and a name can be given to a new account or its keys to somebody
else. So what is agreed to is one account as it stands: whoever makes it anew, resets its password or its second factor
or links an identity to it ends the agreement, and is not the one who gives the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.accounts import queries as account_queries
from survey_service.accounts import rights
from survey_service.accounts.administration import queries
from survey_service.accounts.errors import CannotAgree
from survey_service.accounts.oidc import identities
from survey_service.accounts.permissions import Person
from survey_service.accounts.service import held_lately
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.models import Account
from survey_service.settings import Settings


class Standing(StrEnum):
    CLOSED = "closed"  # the account, by an administrator
    NO_ROLE = "no_role"  # is no manager: nothing to agree to
    UNFINISHED = "unfinished"  # still has the start password, or no second factor
    WAITING = "waiting"  # for a second person
    AGREED = "agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One account that the installation names."""

    account: Account
    standing: Standing
    agreed_by: str  # the name of whoever agreed; empty where nobody has


def readers(session: Session, person: Person, settings: Settings, *, at: datetime) -> list[Reader]:
    """Those wholly within the areas of whoever looks, by user name."""
    named = session.scalars(
        select(Account).where(Account.user.in_(settings.who_reads_contacts)).order_by(Account.user)
    ).all()
    scope = person.areas(*rights.AGREE_TO_READERS)
    found = []
    for account in named:
        if _is_within(session, account.id, scope):
            agreed_by = session.get(Account, account.contacts_agreed_by) if account.contacts_agreed_by else None
            standing = _standing(session, account, settings, at)
            found.append(Reader(account=account, standing=standing, agreed_by=agreed_by.name if agreed_by else ""))
    return found


def agree(session: Session, person: Person, account_id: UUID, settings: Settings, *, at: datetime) -> None:
    """A second person agrees. NotFound for who is not named or not theirs, CannotAgree for whoever had the keys."""
    account = session.scalar(
        select(Account).where(Account.id == account_id).with_for_update().execution_options(populate_existing=True)
    )
    if (
        account is None
        or account.user not in settings.who_reads_contacts
        or not _is_within(session, account_id, person.areas(*rights.AGREE_TO_READERS))
    ):
        raise NotFound
    _refuse_same_hands(session, person, account, at)
    standing = _standing(session, account, settings, at)
    if standing is Standing.AGREED:
        raise Conflict(zh="这个账号已经确认过了。", en="The account is agreed to already.")
    if standing is not Standing.WAITING:
        raise BadInput(
            zh="现在还不能确认：本人要先换掉起始密码、设好动态码，并且是项目管理员。",
            en="Not yet: the person has to change the start password, set up a second factor, and be a manager.",
        )
    account.contacts_agreed_at, account.contacts_agreed_by = at, person.account_id
    account.hands = []
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=person.actor,
        action="account.contacts_agreed",
        record=f"account {account_id}",
        detail={"second_factor_since": str(account.second_factor_since)},
    )


def _is_within(session: Session, account_id: UUID, scope: Iterable[UUID]) -> bool:
    scope = frozenset(scope)
    return queries.account_within(session, account_id, scope) is not None and not queries.reaches_beyond(
        session, account_id, scope
    )


def _refuse_same_hands(session: Session, person: Person, account: Account, at: datetime) -> None:
    if account.id == person.account_id or str(person.account_id) in account.hands:
        raise CannotAgree
    mine = session.get_one(Account, person.account_id)
    if held_lately(mine, at) and set(mine.hands) & set(account.hands):
        raise CannotAgree(
            zh="您的账号和这个账号在 7 天内由同一个人建立或重置过，请再请一位同事来确认，或满 7 天再来。",
            en="The same person made or reset your account within 7 days, and this one; ask somebody else, or wait.",
        )


def _standing(session: Session, account: Account, settings: Settings, at: datetime) -> Standing:
    if account.disabled_at is not None:
        return Standing.CLOSED
    if not any(role in rights.OPEN_CONTACTS for role, _ in account_queries.grants(session, account.id)):
        return Standing.NO_ROLE
    if account.contacts_agreed_at is not None:
        return Standing.AGREED
    identity = identities.of_account(session, account.id)
    by_provider = identity is not None and identity.subject is not None and bool(settings.oidc_second_factor)
    start = account.start_password_until is not None and at < account.start_password_until
    if start or not (account.second_factor_since is not None or by_provider):
        return Standing.UNFINISHED
    return Standing.WAITING
