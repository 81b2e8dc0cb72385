"""Staff accounts: making them, granting roles on areas, signing in and out. Every change is audited."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CursorResult, inspect, update
from sqlalchemy.orm import Session

from questionnaires.characters import written
from survey_service import audit
from survey_service.accounts import passwords, queries, second_factor, weak_passwords
from survey_service.audit.reconciliation import password_mark
from survey_service.errors import BadInput, TooManyAttempts, WrongPassword
from survey_service.models import Account, Grant, Role, SignIn
from survey_service.secrets import CROCKFORD, code_hash, new_token
from survey_service.settings import Settings

CODE_WITHIN = timedelta(minutes=10)  # after the password
DEMONSTRATION_FILE = "demo.json"
PASSWORD_FAULTS = (BadInput, WrongPassword, TooManyAttempts)  # what a person mends on the page itself

SAME_HANDS_FOR = timedelta(days=7)  # so long somebody whose account the same person made or reset agrees to nothing


@dataclass(frozen=True, slots=True)
class OpenedSignIn:
    """What the browser gets: the token is nowhere else in plain form."""

    token: str
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class ByProvider:
    """Somebody whom the city's sign-in provider let in; ``second_factor``: it asked for one."""

    second_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordRules:
    """What a password is held against."""

    second_factor: bool  # asked as well: then fewer characters do
    names: tuple[str, ...]  # of the person, the city and the service

    @property
    def shortest(self) -> int:
        return weak_passwords.shortest(second_factor=self.second_factor)


def create_account(
    session: Session,
    user: str,
    name: str,
    password: str,
    *,
    at: datetime,
    by: audit.Actor,
    demonstration: bool = False,
    password_hash: str = "",
) -> Account:
    """A new account without any role. ``user`` is what is typed at sign-in; upper and lower case are the same.

    ``password_hash``, where it was made before the transaction, stands for ``password``.
    An invented person's password is taken as it is: it stands on the sign-in page. Raises BadInput for an empty name
    or a weak password, IntegrityError for a name that is taken.
    """
    user, name = written(user).lower(), written(name)
    if not user or not name:
        raise BadInput(zh="用户名和姓名都要填。", en="Both the user name and the person's name are needed.")
    account = Account(
        user=user,
        name=name,
        password_hash=password_hash or _first_hash(password, user, name, demonstration=demonstration),
        demonstration=demonstration,
        created_at=at,
    )
    touched(session, account, at=at, by=by)
    session.add(account)
    session.flush()
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=by,
        action="account.created",
        record=f"account {account.id}",
        detail={"demonstration": demonstration, "password": password_mark(account.password_hash)},
    )
    return account


def _first_hash(password: str, user: str, name: str, *, demonstration: bool) -> str:
    return (
        passwords.hash_password(password)
        if demonstration
        else new_password_hash(password, PasswordRules(second_factor=False, names=(user, name)))
    )


def touched(session: Session, account: Account, *, at: datetime, by: audit.Actor) -> None:
    """Somebody held the keys of the account: what was agreed about it counts no longer, and they agree to nothing.

    Nor does whoever held the keys of *theirs* lately: an account that one makes to act through is one's own hand.
    """
    hands = {*(account.hands or ()), *([str(by.account_id)] if by.account_id else ())}
    actor = session.get(Account, by.account_id) if by.account_id else None
    if actor is not None and held_lately(actor, at):
        hands |= set(actor.hands)
    if inspect(account).persistent:
        # As it stands now, and held: an agreement that was given a moment ago must not outlive this.
        session.refresh(account, ["hands", "contacts_agreed_at", "contacts_agreed_by"], with_for_update=True)
    account.hands = sorted(hands | set(account.hands or ()))
    account.touched_at = at
    account.contacts_agreed_at = account.contacts_agreed_by = None


def held_lately(account: Account, at: datetime) -> bool:
    """Whether others made or reset the account within ``SAME_HANDS_FOR``."""
    return account.touched_at is not None and at - account.touched_at < SAME_HANDS_FOR


def start_password() -> str:
    """Something to read out and type once: 60 bits, without letters that look alike."""
    characters = "".join(secrets.choice(CROCKFORD) for _ in range(12)).lower()
    return "-".join(characters[start : start + 4] for start in range(0, 12, 4))


def grant(session: Session, account: Account, role: Role, area_id: UUID, *, at: datetime, by: audit.Actor) -> None:
    """Give ``role`` on an area and everything below it. Whoever is signed in must sign in again to have it."""
    session.add(Grant(account_id=account.id, role=role, area_id=area_id))
    queries.end_sign_ins(session, account.id, at)
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=by,
        action="account.granted",
        record=f"account {account.id}",
        detail={"role": role.value, "area": str(area_id)},
    )


def demonstration_passwords(settings: Settings) -> dict[str, str]:
    """User name and password of each invented person, where the demonstration command left them and they work."""
    if not settings.demonstration:
        return {}
    try:
        described = json.loads((settings.data_dir / DEMONSTRATION_FILE).read_text(encoding="utf-8"))
        return {str(one["user"]): str(one["password"]) for one in described["sign_in"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # not a demonstration, or not its folder: the page does without


def check_password(
    account: Account | None,
    password: str,
    *,
    settings: Settings,
    at: datetime,
    first: Callable[[], None],
    known: bool = False,
) -> Account:
    """The account when the password is right and it may sign in here; WrongPassword for every other case alike.

    ``first`` is called when its turn has come, before the work: it counts the try, or refuses it.
    """
    fits = passwords.verify_password(password, account.password_hash if account else None, first, known=known)
    if account is None or not fits or not may_sign_in(account, settings):
        raise WrongPassword
    if account.start_password_until is not None and at >= account.start_password_until:
        raise WrongPassword
    return account


def renewed_hash(account: Account, password: str) -> str:
    """The right password hashed as it is done today, where it was done otherwise; empty where nothing is to do."""
    if not passwords.is_outdated(account.password_hash):
        return ""
    try:
        return passwords.hash_password(password)
    except TooManyAttempts:
        return ""  # another time: nobody waits at the door for this


def renew_hash(session: Session, account: Account, renewed: str, *, at: datetime) -> None:
    """The same password under a new hash: no sign-in ends. Not done where the password was changed in between."""
    done = session.execute(
        update(Account)
        .where(Account.id == account.id, Account.password_hash == account.password_hash)
        .values(password_hash=renewed)
    )
    assert isinstance(done, CursorResult)
    if done.rowcount == 1:
        audit.record(
            session,
            survey_id=None,
            at=at,
            by=audit.Actor(account.id, account.name),
            action="account.password_rehashed",
            record=f"account {account.id}",
            detail={"password": password_mark(renewed)},
        )


def may_sign_in(account: Account, settings: Settings) -> bool:
    return account.disabled_at is None and (settings.demonstration or not account.demonstration)


def sign_in(
    session: Session,
    account: Account,
    *,
    previous_token: str | None,
    at: datetime,
    address: str,
    waits_for_code: bool = False,
    by_provider: ByProvider | None = None,
) -> OpenedSignIn:
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
            waits_for_code=waits_for_code,
            by_provider=by_provider is not None,
            second_factor_by_provider=by_provider is not None and by_provider.second_factor,
        )
    )
    accepted = "account.identity_accepted" if by_provider else "account.password_accepted"
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=audit.Actor(account.id, account.name, address),
        action=accepted if waits_for_code else "account.signed_in",
        record=f"account {account.id}",
        detail={"by": "provider"} if by_provider else {},
    )
    return OpenedSignIn(token, account)


def sign_out(session: Session, *, at: datetime, by: audit.Actor) -> None:
    """Ends every sign-in of the account, also those on other machines; its programs go on with their tokens."""
    assert by.account_id is not None
    queries.end_sign_ins(session, by.account_id, at, programs=False)
    audit.record(session, survey_id=None, at=at, by=by, action="account.signed_out", record=f"account {by.account_id}")


def start_password_hash(start: str) -> str:
    """Of one that ``start_password`` made: random, and changed at the first sign-in. Outside a transaction."""
    return passwords.hash_password(start)


def new_password_hash(password: str, rules: PasswordRules) -> str:
    """Hash of a new password; BadInput where it is weak. Outside a transaction: hashing takes long."""
    weak_passwords.refuse_weak(password, second_factor=rules.second_factor, names=rules.names)
    return passwords.hash_password(password)


def password_rules(session: Session, account: Account, settings: Settings) -> PasswordRules:
    """What a password of this account has to be: shorter where a second factor is asked besides it."""
    roles = [role for role, _ in queries.grants(session, account.id)]
    asked = account.second_factor_since is not None or second_factor.is_needed(account.user, roles, settings)
    return PasswordRules(second_factor=asked, names=(account.user, account.name, *own_names(settings)))


def own_names(settings: Settings) -> tuple[str, ...]:
    """The names of this service and its city, which nobody has to guess."""
    return settings.city_name, settings.city_name_en, settings.public_host


def look_at_password(session: Session, account_id: UUID, password: str, settings: Settings, *, at: datetime) -> None:
    """Marks an account whose right password, just typed, is weak: it is changed before anything else is open."""
    account = session.get_one(Account, account_id)
    if account.demonstration or account.start_password_until is not None:
        return  # printed on the sign-in page; to be changed in any case
    rules = password_rules(session, account, settings)
    weak = weak_passwords.is_weak(password, second_factor=rules.second_factor, names=rules.names)
    if weak and not account.password_to_change:
        audit.record(
            session,
            survey_id=None,
            at=at,
            by=audit.Actor(account.id, account.name),
            action="account.password_found_weak",
            record=f"account {account.id}",
        )
    account.password_to_change = weak


def change_password(session: Session, account_id: UUID, password_hash: str, *, at: datetime, by: audit.Actor) -> None:
    """Sets the password and ends every sign-in of the account, on every machine."""
    account = session.get_one(Account, account_id)
    account.password_hash, account.start_password_until = password_hash, None
    account.password_to_change = False
    queries.end_sign_ins(session, account_id, at)
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=by,
        action="account.password_changed",
        record=f"account {account_id}",
        detail={"password": password_mark(password_hash)},
    )


def current(session: Session, token: str, *, settings: Settings, at: datetime) -> tuple[SignIn, Account] | None:
    """The sign-in that ``token`` stands for, unless it was ended, sat idle or lasted too long."""
    found = queries.sign_in_with_account(session, code_hash(token))
    if found is None:
        return None
    signed_in, account = found
    idle_until = signed_in.last_seen_at + timedelta(minutes=settings.session_idle_minutes)
    ends_at = signed_in.created_at + timedelta(hours=settings.session_hours)
    if signed_in.waits_for_code:
        ends_at = signed_in.created_at + CODE_WITHIN
    if at >= min(idle_until, ends_at) or not may_sign_in(account, settings):
        return None
    return signed_in, account
