"""What an administrator does to the accounts of others. Every change is audited, and ends the sign-ins it concerns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from questionnaires.characters import written
from survey_service import audit
from survey_service.accounts import queries as account_queries
from survey_service.accounts import second_factor
from survey_service.accounts import service as accounts
from survey_service.accounts.administration import queries
from survey_service.accounts.errors import LastAdministrator, NotOneself, NotYours, UserTaken
from survey_service.accounts.oidc import identities
from survey_service.audit.reconciliation import password_mark
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.models import Account, Area, Grant, Role
from survey_service.secrets import KeyRing

START_PASSWORD_FOR = timedelta(days=7)
_USER = re.compile(r"[\w.-]{2,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingAdministrator:
    """An administrator at work: who, over which areas, when."""

    by: audit.Actor
    scope: frozenset[UUID]
    at: datetime
    demonstration: bool  # whether the accounts of a demonstration can sign in here


def find(session: Session, acting: ActingAdministrator, account_id: UUID) -> Account:
    """NotFound for what is not the administrator's to see."""
    account = queries.account_within(session, account_id, acting.scope)
    if account is None:
        raise NotFound
    return account


def find_whole(session: Session, acting: ActingAdministrator, account_id: UUID) -> Account:
    """The account, where all of it lies in the administrator's areas; NotYours where it reaches beyond.

    Else the administrator of a street could reset the city administrator's password and sign in as that person.
    """
    account = find(session, acting, account_id)
    if queries.reaches_beyond(session, account.id, acting.scope):
        raise NotYours
    return account


def find_area(session: Session, scope: Iterable[UUID], typed: str) -> Area:
    """The area of that code or name in ``scope``; BadInput says what to type instead."""
    typed = written(typed)
    found = queries.areas_called(session, scope, typed) if typed else []
    if len(found) == 1:
        return found[0]
    if found:
        codes = "、".join(area.code for area in found)
        raise BadInput(
            zh=f"叫“{typed}”的地区不止一个，请填代码：{codes}。",
            en=f"More than one area is called “{typed}”; type its code: {', '.join(area.code for area in found)}.",
        )
    raise BadInput(
        zh="没有这个地区，或它不归您管。请填地区的全名或代码，可以在“地区”页查到。",
        en="There is no such area, or it is not yours. Type its full name or its code, as the page of areas shows it.",
    )


def is_user_name(user: str) -> bool:
    """Whether somebody may be called so at sign-in; in small letters."""
    return _USER.fullmatch(user) is not None


def create(
    session: Session, acting: ActingAdministrator, *, user: str, name: str, role: Role, area: Area, password_hash: str
) -> Account:
    """A new account with its first role and a start password; UserTaken where the name is."""
    user = user.strip().lower()
    if not is_user_name(user):
        raise BadInput(
            zh="用户名要 2 到 60 个字，只用文字、数字、点、横线，中间不留空。",
            en="A user name has 2 to 60 letters, digits, dots or dashes, without blanks.",
        )
    if account_queries.account_by_user(session, user) is not None:
        raise UserTaken
    account = accounts.create_account(session, user, name, "", password_hash=password_hash, at=acting.at, by=acting.by)
    account.start_password_until = acting.at + START_PASSWORD_FOR
    accounts.grant(session, account, role, area.id, at=acting.at, by=acting.by)
    return account


def rename(session: Session, acting: ActingAdministrator, account_id: UUID, name: str, *, keys: KeyRing) -> None:
    account = find_whole(session, acting, account_id)
    name = written(name)
    if not name:
        raise BadInput(zh="姓名不能空着。", en="The name cannot be empty.")
    if name == account.name:
        return
    detail = {"field": "name", "old": keys.keyed_hash("name", account.name), "new": keys.keyed_hash("name", name)}
    account.name = name
    _record(session, acting, account_id, "account.renamed", detail)


def grant(session: Session, acting: ActingAdministrator, account_id: UUID, role: Role, area: Area) -> None:
    account = find(session, acting, account_id)
    if session.get(Grant, (account_id, role, area.id)) is not None:
        raise Conflict(zh="这个角色在这个地区已经有了。", en="The account has this role on this area already.")
    accounts.grant(session, account, role, area.id, at=acting.at, by=acting.by)


def grant_within(session: Session, acting: ActingAdministrator, account_id: UUID, role: Role, area_code: str) -> Area:
    """The area of a role that the account has there and the administrator may take back; else NotFound."""
    find(session, acting, account_id)
    for held, area in queries.grants_of(session, [account_id])[account_id]:
        if held is role and area.code == area_code and area_in_scope(session, acting.scope, area):
            return area
    raise NotFound


def area_in_scope(session: Session, scope: Iterable[UUID], area: Area) -> bool:
    return area in queries.areas_called(session, scope, area.code)


def revoke(session: Session, acting: ActingAdministrator, account_id: UUID, role: Role, area_code: str) -> None:
    """Takes a role back; LastAdministrator where nobody could give rights over the city any more."""
    queries.lock_administrators(session)
    area = grant_within(session, acting, account_id, role, area_code)
    if role is Role.ADMINISTRATOR:
        refuse_last(session, acting, {(account_id, area.id)})
    session.execute(delete(Grant).where(Grant.account_id == account_id, Grant.role == role, Grant.area_id == area.id))
    account_queries.end_sign_ins(session, account_id, acting.at)
    _record(session, acting, account_id, "account.revoked", {"role": role.value, "area": str(area.id)})


def refuse_last(session: Session, acting: ActingAdministrator, going: set[tuple[UUID, UUID]]) -> None:
    """Every area at the top keeps an administrator who can sign in."""
    now = queries.top_administrators(session, demonstration=acting.demonstration)
    after = now - going
    if {area for _, area in now & going} - {area for _, area in after}:
        raise LastAdministrator


def disable(session: Session, acting: ActingAdministrator, account_id: UUID) -> None:
    queries.lock_administrators(session)
    account = find_whole(session, acting, account_id)
    if account_id == acting.by.account_id:
        raise NotOneself
    if account.disabled_at is not None:
        return
    held = {
        (account_id, area.id)
        for role, area in queries.grants_of(session, [account_id])[account_id]
        if role is Role.ADMINISTRATOR
    }
    refuse_last(session, acting, held)
    account.disabled_at = acting.at
    account_queries.end_sign_ins(session, account_id, acting.at)
    _record(session, acting, account_id, "account.disabled", {})


def enable(session: Session, acting: ActingAdministrator, account_id: UUID) -> None:
    account = find_whole(session, acting, account_id)
    if account.disabled_at is not None:
        account.disabled_at = None
        _record(session, acting, account_id, "account.enabled", {})


def reset_password(session: Session, acting: ActingAdministrator, account_id: UUID, password_hash: str) -> Account:
    """A start password in place of the lost one: it works for a week and has to be changed at the first sign-in."""
    account = find_whole(session, acting, account_id)
    if account_id == acting.by.account_id:
        raise NotOneself
    account.password_hash, account.start_password_until = password_hash, acting.at + START_PASSWORD_FOR
    account.password_to_change = False
    accounts.touched(session, account, at=acting.at, by=acting.by)
    account_queries.end_sign_ins(session, account_id, acting.at)
    _record(session, acting, account_id, "account.password_reset", {"password": password_mark(password_hash)})
    return account


def reset_second_factor(session: Session, acting: ActingAdministrator, account_id: UUID) -> None:
    """For a lost telephone: the next sign-in is by password alone."""
    account = find_whole(session, acting, account_id)
    if account_id == acting.by.account_id:
        raise NotOneself
    accounts.touched(session, account, at=acting.at, by=acting.by)
    second_factor.switch_off(session, account_id, at=acting.at, by=acting.by)


def link_identity(session: Session, acting: ActingAdministrator, account_id: UUID, name: str, *, keys: KeyRing) -> None:
    """Who may sign in as this account through the city's provider; IdentityTaken where it is somebody else's."""
    account = find_whole(session, acting, account_id)
    if identities.link(session, account_id, name, keys=keys, at=acting.at, by=acting.by):
        accounts.touched(session, account, at=acting.at, by=acting.by)


def unlink_identity(session: Session, acting: ActingAdministrator, account_id: UUID) -> None:
    """Takes it back, and ends the sign-ins: one of them may have come that way."""
    account = find_whole(session, acting, account_id)
    if identities.unlink(session, account_id, at=acting.at, by=acting.by):
        accounts.touched(session, account, at=acting.at, by=acting.by)
    account_queries.end_sign_ins(session, account_id, acting.at)


def _record(
    session: Session, acting: ActingAdministrator, account_id: UUID, action: str, detail: dict[str, str]
) -> None:
    audit.record(
        session,
        survey_id=None,
        at=acting.at,
        by=acting.by,
        action=action,
        record=f"account {account_id}",
        detail=detail,
    )
