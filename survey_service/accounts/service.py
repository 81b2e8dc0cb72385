"""Staff accounts: making them, granting roles on areas, signing in and out. Every change is audited."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.accounts import passwords, queries
from survey_service.errors import BadInput, TooManyAttempts, WrongPassword
from survey_service.models import Account, Grant, Role, SignIn
from survey_service.secrets import code_hash, new_token
from survey_service.settings import Settings

DEMONSTRATION_FILE = "demo.json"
PASSWORD_FAULTS = (BadInput, WrongPassword, TooManyAttempts)  # what a person mends on the page itself


@dataclass(frozen=True, slots=True)
class OpenedSignIn:
    """What the browser gets: the token is nowhere else in plain form."""

    token: str
    account: Account


def create_account(
    session: Session,
    user: str,
    name: str,
    password: str,
    *,
    at: datetime,
    by: audit.Actor,
    demonstration: bool = False,
) -> Account:
    """A new account without any role. ``user`` is what is typed at sign-in; upper and lower case are the same.

    Raises BadInput for an empty name or a short password, IntegrityError for a name that is taken.
    """
    user = user.strip().lower()
    if not user or not name.strip():
        raise BadInput(zh="用户名和姓名都要填。", en="Both the user name and the person's name are needed.")
    account = Account(
        user=user,
        name=name.strip(),
        password_hash=new_password_hash(password),
        demonstration=demonstration,
        created_at=at,
    )
    session.add(account)
    session.flush()
    audit.record(
        session, survey_id=None, at=at, by=by, action="account.created", record=f"account {account.id}",
        detail={"demonstration": demonstration},
    )  # fmt: skip
    return account


def grant(session: Session, account: Account, role: Role, area_id: UUID, *, at: datetime, by: audit.Actor) -> None:
    """Give ``role`` on an area and everything below it. Whoever is signed in must sign in again to have it."""
    session.add(Grant(account_id=account.id, role=role, area_id=area_id))
    queries.end_sign_ins(session, account.id, at)
    audit.record(
        session, survey_id=None, at=at, by=by, action="account.granted", record=f"account {account.id}",
        detail={"role": role.value, "area": str(area_id)},
    )  # fmt: skip


def demonstration_passwords(settings: Settings) -> dict[str, str]:
    """User name and password of each invented person, where the demonstration command left them and they work."""
    if not settings.demonstration:
        return {}
    try:
        described = json.loads((settings.data_dir / DEMONSTRATION_FILE).read_text(encoding="utf-8"))
        return {str(one["user"]): str(one["password"]) for one in described["sign_in"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # not a demonstration, or not its folder: the page does without


def check_password(account: Account | None, password: str, *, settings: Settings) -> Account:
    """The account when the password is right and it may sign in here; WrongPassword for every other case alike."""
    fits = passwords.verify_password(password, account.password_hash if account else None)
    if account is None or not fits or not _may_sign_in(account, settings):
        raise WrongPassword
    return account


def _may_sign_in(account: Account, settings: Settings) -> bool:
    return account.disabled_at is None and (settings.demonstration or not account.demonstration)


def sign_in(session: Session, account: Account, *, previous_token: str | None, at: datetime) -> OpenedSignIn:
    """A new session with a new token; the one this browser had before ends, so no token outlives a sign-in."""
    token = new_token()
    if previous_token:
        queries.end_sign_in(session, code_hash(previous_token), at)
    session.add(
        SignIn(
            token_sha256=code_hash(token),
            account_id=account.id,
            csrf_token=new_token(),
            created_at=at,
            last_seen_at=at,
        )
    )
    audit.record(
        session, survey_id=None, at=at, by=audit.Actor(account.id, account.name), action="account.signed_in",
        record=f"account {account.id}",
    )  # fmt: skip
    return OpenedSignIn(token, account)


def sign_out(session: Session, token: str, *, at: datetime, by: audit.Actor) -> None:
    queries.end_sign_in(session, code_hash(token), at)
    audit.record(session, survey_id=None, at=at, by=by, action="account.signed_out", record=f"account {by.account_id}")


def new_password_hash(password: str) -> str:
    """Hash of a new password; BadInput where it is too short. Outside a transaction: hashing takes long."""
    if len(password) < passwords.MINIMUM_LENGTH:
        raise BadInput(
            zh=f"密码至少 {passwords.MINIMUM_LENGTH} 个字符。",
            en=f"A password has at least {passwords.MINIMUM_LENGTH} characters.",
        )
    return passwords.hash_password(password)


def change_password(session: Session, account_id: UUID, password_hash: str, *, at: datetime, by: audit.Actor) -> None:
    """Sets the password and ends every sign-in of the account, on every machine."""
    session.get_one(Account, account_id).password_hash = password_hash
    queries.end_sign_ins(session, account_id, at)
    audit.record(
        session, survey_id=None, at=at, by=by, action="account.password_changed", record=f"account {account_id}"
    )


def current(session: Session, token: str, *, settings: Settings, at: datetime) -> tuple[SignIn, Account] | None:
    """The sign-in that ``token`` stands for, unless it was ended, sat idle or lasted too long."""
    found = queries.sign_in_with_account(session, code_hash(token))
    if found is None:
        return None
    signed_in, account = found
    idle_until = signed_in.last_seen_at + timedelta(minutes=settings.session_idle_minutes)
    ends_at = signed_in.created_at + timedelta(hours=settings.session_hours)
    if at >= min(idle_until, ends_at) or not _may_sign_in(account, settings):
        return None
    return signed_in, account
