"""Access tokens of programs: made by their owner, shown once, ended with the sign-ins of the account.

A token stands in the header ``Authorization: Bearer`` and nowhere else: never in an address, never in a log. It opens
what its account may do through the JSON API, and no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.orm import Session
from starlette.requests import Request

from questionnaires.characters import written
from survey_service import audit
from survey_service.accounts.errors import TokenRefused
from survey_service.accounts.service import may_sign_in
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.models import AccessToken, Account, SignIn
from survey_service.secrets import code_hash, new_token
from survey_service.settings import Settings

PREFIX = "svy_"  # so that a token that leaked into a file is recognised as one
LONGEST_NAME = 60
MOST = 20  # in force at once, of one account
DAYS = (30, 90, 180, 365)
DEFAULT_DAYS = 90
API = "/api/"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeToken:
    """What the owner sees once: the token is nowhere else in plain form."""

    plain: str
    name: str
    expires_at: datetime
    read_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token by which a program asks now."""

    id: UUID
    name: str
    read_only: bool
    expires_at: datetime
    last_used_at: datetime | None


def sent(request: Request) -> str | None:
    """The token of a request to the API, "" for a header that holds none; None where no program signs in.

    The name of the scheme is written in any case, as RFC 9110 has it; the token itself is not.
    """
    if not request.scope["path"].startswith(API):
        return None
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def current(session: Session, token: str, *, settings: Settings, at: datetime) -> tuple[Token, Account]:
    """The token and its account; TokenRefused where it opens nothing now."""
    found: Row[AccessToken, Account] | None = session.execute(
        select(AccessToken, Account)
        .join(Account, Account.id == AccessToken.account_id)
        .where(AccessToken.token_sha256 == code_hash(token), AccessToken.ended_at.is_(None))
    ).one_or_none()
    if found is None or at >= found[0].expires_at or not may_sign_in(found[1], settings):
        raise TokenRefused
    row, account = found
    token_in_use = Token(
        id=row.id, name=row.name, read_only=row.read_only, expires_at=row.expires_at, last_used_at=row.last_used_at
    )
    return token_in_use, account


def make(
    session: Session, account_id: UUID, name: str, *, days: int, read_only: bool, at: datetime, by: audit.Actor
) -> MadeToken:
    """A new token; BadInput without a name or for another span than ``DAYS``, Conflict where there are enough."""
    name = written(name)
    if not name or len(name) > LONGEST_NAME:
        raise BadInput(
            zh=f"请写这个令牌是给什么程序用的，最多 {LONGEST_NAME} 个字。",
            en=f"Say which program the token is for, in at most {LONGEST_NAME} characters.",
        )
    if days not in DAYS:
        raise BadInput(
            zh="有效期最长一年，请从列出的里面选。", en="A token lasts a year at most; choose from the list."
        )
    in_force = select(func.count()).where(
        AccessToken.account_id == account_id, AccessToken.ended_at.is_(None), AccessToken.expires_at > at
    )
    if (session.scalar(in_force) or 0) >= MOST:
        raise Conflict(
            zh=f"已经有 {MOST} 个能用的令牌，请先停用不再用的。",
            en=f"There are {MOST} tokens in force already; end those that are no longer used.",
        )
    plain = PREFIX + new_token()
    token = AccessToken(
        account_id=account_id,
        token_sha256=code_hash(plain),
        name=name,
        read_only=read_only,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=by,
        action="token.made",
        record=f"access_token {token.id}",
        detail={"read_only": read_only, "expires_at": token.expires_at.isoformat()},
    )
    return MadeToken(plain=plain, name=name, expires_at=token.expires_at, read_only=read_only)


def own(session: Session, account_id: UUID, token_id: UUID) -> AccessToken:
    """A token in force of this account; NotFound for every other one."""
    token = session.get(AccessToken, token_id)
    if token is None or token.account_id != account_id or token.ended_at is not None:
        raise NotFound
    return token


def end(session: Session, account_id: UUID, token_id: UUID, *, at: datetime, by: audit.Actor) -> None:
    own(session, account_id, token_id).ended_at = at
    audit.record(session, survey_id=None, at=at, by=by, action="token.ended", record=f"access_token {token_id}")


def listed(session: Session, account_id: UUID) -> Sequence[AccessToken]:
    """Newest first; of those that ended, enough to see which."""
    return session.scalars(
        select(AccessToken)
        .where(AccessToken.account_id == account_id)
        .order_by(AccessToken.ended_at.is_not(None), AccessToken.created_at.desc(), AccessToken.id.desc())
        .limit(2 * MOST)
    ).all()


def used(session: Session, token_id: UUID, at: datetime) -> None:
    """Move ``last_used_at`` forward, never back: two requests may arrive out of order."""
    session.execute(
        update(AccessToken)
        .where(AccessToken.id == token_id, AccessToken.ended_at.is_(None))
        .where(or_(AccessToken.last_used_at.is_(None), AccessToken.last_used_at < at))
        .values(last_used_at=at)
    )


def end_all(session: Session, *, at: datetime, by: audit.Actor) -> None:
    """Every sign-in and every token of everybody: after a restore."""
    ended = 0
    for kind in (SignIn, AccessToken):
        rows = session.execute(
            update(kind).where(kind.ended_at.is_(None)).values(ended_at=at).returning(kind.account_id)
        )
        ended += len(rows.all())
    if ended:
        audit.record(
            session,
            survey_id=None,
            at=at,
            by=by,
            action="sign_ins.ended",
            record="database",
            reason="restored from a backup",
            detail={"ended": ended},
        )
