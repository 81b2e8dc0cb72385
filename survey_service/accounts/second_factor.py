"""The second factor: six digits that a telephone makes anew every 30 seconds (TOTP, RFC 6238), and recovery codes.

The shared secret lies in the database sealed with the installation's key, so that a stolen copy of the tables makes
no codes. A code opens once: the newest time step that was used is kept, and none up to it is taken again.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyotp import TOTP, random_base32
from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.accounts import queries, rights
from survey_service.models import Account, RecoveryCode, Role
from survey_service.secrets import CROCKFORD, KeyRing, code_hash, normalise_receipt
from survey_service.settings import CONTACT_READER, Settings

SECONDS = 30
RECOVERY_CODES = 10
_NONCE = 12


def is_contact_reader(user: str, roles: Iterable[Role], settings: Settings) -> bool:
    return user in settings.who_reads_contacts and any(role in rights.OPEN_CONTACTS for role in roles)


def is_needed(user: str, roles: Iterable[Role], settings: Settings) -> bool:
    """Whether the settings ask a second factor of somebody with these roles."""
    held = set(roles)
    asked = settings.second_factor_roles
    return any(role.value in asked for role in held) or (
        CONTACT_READER in asked and is_contact_reader(user, held, settings)
    )


def _cipher(keys: KeyRing) -> AESGCM:
    return AESGCM(keys.key_for("second factor"))


def _seal(keys: KeyRing, account_id: UUID, secret: str) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return (nonce + _cipher(keys).encrypt(nonce, secret.encode(), _place(account_id))).hex()


def _unseal(keys: KeyRing, account_id: UUID, sealed: str) -> str | None:
    """None where it was sealed with another key: the administrator has to reset it."""
    raw = bytes.fromhex(sealed)
    try:
        return _cipher(keys).decrypt(raw[:_NONCE], raw[_NONCE:], _place(account_id)).decode()
    except InvalidTag:
        return None


def _place(account_id: UUID) -> bytes:
    return f"account.second_factor.{account_id}".encode()


def begin(session: Session, account_id: UUID, *, keys: KeyRing) -> None:
    """A new secret, in force only after a code of it was typed. One that is in force is not touched."""
    account = session.get_one(Account, account_id)
    if account.second_factor_since is None:
        account.second_factor, account.second_factor_step = _seal(keys, account_id, random_base32()), None


def secret_of(account: Account, keys: KeyRing) -> str | None:
    return _unseal(keys, account.id, account.second_factor) if account.second_factor else None


def address(secret: str, user: str, issuer: str) -> str:
    """The otpauth address in the QR code."""
    return TOTP(secret).provisioning_uri(name=user, issuer_name=issuer)


def fitting_step(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is: the present one or a neighbour, for clocks that differ by half a minute."""
    now = int(at.timestamp()) // SECONDS
    totp = TOTP(secret)
    fitting = [step for step in (now, now - 1, now + 1) if hmac.compare_digest(totp.generate_otp(step), code)]
    return fitting[0] if fitting else None


def confirm(
    session: Session, account_id: UUID, typed: str, *, keys: KeyRing, at: datetime, by: audit.Actor
) -> list[str]:
    """Puts the begun secret in force; recovery codes, shown this once, or nothing where the code is wrong."""
    account = session.get_one(Account, account_id)
    if account.second_factor_since is not None or not _totp_accepted(session, account, _digits(typed), keys, at):
        return []
    account.second_factor_since = at
    audit.record(
        session, survey_id=None, at=at, by=by, action="account.second_factor_on", record=f"account {account_id}"
    )
    return new_recovery_codes(session, account_id, at=at, by=by)


def new_recovery_codes(session: Session, account_id: UUID, *, at: datetime, by: audit.Actor) -> list[str]:
    """Ten new ones; the old ones no longer open anything."""
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    session.add_all(RecoveryCode(account_id=account_id, code_sha256=code_hash(code)) for code in codes)
    audit.record(
        session, survey_id=None, at=at, by=by, action="account.recovery_codes_made", record=f"account {account_id}"
    )
    return codes


def _recovery_code() -> str:
    characters = "".join(secrets.choice(CROCKFORD) for _ in range(16))
    return "-".join(characters[start : start + 4] for start in range(0, 16, 4))


def codes_left(session: Session, account_id: UUID) -> int:
    return (
        session.scalar(
            select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def accept(session: Session, account_id: UUID, typed: str, *, keys: KeyRing, at: datetime) -> bool:
    """Whether ``typed`` opens the second factor, which uses it up: six digits, or a recovery code."""
    account = session.get_one(Account, account_id)
    digits = _digits(typed)
    if len(digits) == 6 and digits.isascii() and digits.isdigit():
        return _totp_accepted(session, account, digits, keys, at)
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_sha256 == code_hash(normalise_receipt(typed)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
    )
    assert isinstance(used, CursorResult)
    if used.rowcount == 1:
        audit.record(
            session,
            survey_id=None,
            at=at,
            by=audit.Actor(account_id, account.name),
            action="account.recovery_code_used",
            record=f"account {account_id}",
        )
    return used.rowcount == 1


def _totp_accepted(session: Session, account: Account, digits: str, keys: KeyRing, at: datetime) -> bool:
    secret = secret_of(account, keys)
    step = fitting_step(secret, digits, at) if secret else None
    if step is None:
        return False
    # One statement judges and remembers: of two that bring the same code at once, one finds it used. A used step that
    # lies farther ahead than any code that is taken now was used before the clock was put back: it keeps nobody out.
    taken = session.execute(
        update(Account)
        .where(
            Account.id == account.id,
            or_(
                Account.second_factor_step.is_(None),
                Account.second_factor_step < step,
                Account.second_factor_step > int(at.timestamp()) // SECONDS + 1,
            ),
        )
        .values(second_factor_step=step)
    )
    assert isinstance(taken, CursorResult)
    return taken.rowcount == 1


def _digits(typed: str) -> str:
    """Full-width digits and blanks between are how some keyboards type."""
    return "".join(unicodedata.normalize("NFKC", typed).split())


def switch_off(session: Session, account_id: UUID, *, at: datetime, by: audit.Actor) -> None:
    """Forgets the secret and the recovery codes, and ends every sign-in: the next one is by password alone."""
    account = session.get_one(Account, account_id)
    account.second_factor = account.second_factor_since = account.second_factor_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    queries.end_sign_ins(session, account_id, at)
    audit.record(
        session, survey_id=None, at=at, by=by, action="account.second_factor_off", record=f"account {account_id}"
    )
