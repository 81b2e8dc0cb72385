"""Keys, codes and receipts. Codes are derived, not stored: the database has only their SHA-256.

So a spoilt letter can be printed again and a receipt can be given again, and whoever reads the database learns
no code that opens anything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from survey_service import private

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", CROCKFORD.encode())
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
KEY_FILE = "secret.key"
MINIMUM_KEY_LENGTH = 32
FEWEST_CHARACTERS = 8  # different ones; of 32 hexadecimal digits drawn at random 13 to 16 differ
_EXAMPLES = (
    "changeme",
    "change-me",
    "change_me",
    "secret",
    "password",
    "example",
    "openssl rand",
    "replace",
    "your-key",
    "your_key",
    "insert",
    "qwertyuiop",
    "survey-service",
    "survey_service",
    "密钥",
    "示例",
)


class WeakKey(ValueError):
    """The secret key is too short to protect anything."""


def weakness(secret: str) -> tuple[str, str] | None:
    """Why a key could be guessed, in Chinese and in English; None for one that could not.

    Not a measure of strength: it finds what people put there to be done with it, the examples of manuals first.
    """
    if len(secret) < MINIMUM_KEY_LENGTH:
        return f"只有 {len(secret)} 个字符，至少要 {MINIMUM_KEY_LENGTH} 个", (
            f"has {len(secret)} characters; at least {MINIMUM_KEY_LENGTH} are needed"
        )
    folded = secret.casefold()
    for word in _EXAMPLES:
        if word in folded:
            return f"是照着例子写的（含“{word}”）", f"is an example's (it holds “{word}”)"
    steps = [ord(after) - ord(before) for before, after in pairwise(secret)]
    repeated = any(secret[: -period or None] == secret[period:] for period in range(1, len(secret) // 2 + 1))
    if repeated or len(set(secret)) < FEWEST_CHARACTERS:
        return "是同样的字符反复写成的", "is the same characters again and again"
    if sum(step in (1, -1) for step in steps) > len(steps) // 2:
        return "是顺着字母表或数字写下来的", "is the alphabet or the digits in their order"
    return None


class KeyRing:
    """The installation's key, and one derived key per purpose."""

    def __init__(self, secret: str) -> None:
        if len(secret) < MINIMUM_KEY_LENGTH:
            raise WeakKey(
                f"SURVEY_SECRET_KEY has {len(secret)} characters; at least {MINIMUM_KEY_LENGTH} are needed. "
                "Leave it unset and the service makes one in its data folder."
            )
        self._secret = secret.encode()

    def _digest(self, purpose: str, *parts: str) -> bytes:
        # Lengths in front: ("ab", "c") and ("a", "bc") must not meet.
        message = b"".join(f"{len(part.encode())}:".encode() + part.encode() for part in (purpose, *parts))
        return hmac.digest(self._secret, message, "sha256")

    def access_code(self, survey: UUID, record: UUID, issue: int) -> str:
        """128 bits as 26 upper-case letters and digits: the address in a QR code."""
        digest = self._digest("access", str(survey), str(record), str(issue))
        return base64.b32encode(digest[:16]).decode().rstrip("=")

    def short_code(self, survey: UUID, record: UUID, issue: int, attempt: int) -> str:
        """45 bits as 9 Crockford characters: the second key of a case, which is typed. ``attempt``: from 0; another
        where the code of the one before belongs to another case."""
        digest = self._digest("short", str(survey), str(record), str(issue), str(attempt))
        return _crockford(digest, 9)

    def receipt(self, survey: UUID, response: UUID) -> str:
        """80 bits as 16 Crockford characters in fours: what a resident can write down."""
        return _in_fours(self._digest("receipt", str(survey), str(response)))

    def first_administrator(self) -> str:
        """80 bits, printed on the console of an empty installation; opens only while there is no account."""
        return _in_fours(self._digest("first administrator"))

    def key_for(self, purpose: str) -> bytes:
        """32 bytes to seal what is stored with."""
        return self._digest("sealing", purpose)

    def keyed_hash(self, purpose: str, value: str) -> str:
        """For audit rows: equal values give equal hashes, and nobody without the key can try values."""
        return self._digest("keyed", purpose, value).hex()


def _crockford(digest: bytes, length: int) -> str:
    return base64.b32encode(digest[:10]).translate(_TO_CROCKFORD).decode()[:length]


def _in_fours(digest: bytes) -> str:
    characters = _crockford(digest, 16)
    return "-".join(characters[start : start + 4] for start in range(0, 16, 4))


def as_crockford(typed: str) -> str:
    """Capitals as they would be printed: O is 0, I and L are 1, U is V."""
    return typed.translate(_READ_AS)


def normalise_receipt(typed: str) -> str:
    """The receipt as it was printed, from what a person typed: O is 0, I and L are 1, blanks and dashes are free."""
    kept = "".join(character for character in as_crockford(typed.upper()) if character in CROCKFORD)
    return "-".join(kept[start : start + 4] for start in range(0, len(kept), 4))


def code_hash(code: str) -> str:
    """What the database holds of a code or a session token."""
    return hashlib.sha256(code.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def load_or_make_key(data_dir: Path, configured: str) -> KeyRing:
    """The configured key, else the one in the data folder, made at the first start and readable by its owner only."""
    if configured:
        return KeyRing(configured)
    path = data_dir / KEY_FILE
    try:
        return KeyRing(path.read_text().strip())
    except FileNotFoundError:
        private.folder(data_dir)
        # O_EXCL: of two processes that start together one makes the key and the other reads it.
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return KeyRing(path.read_text().strip())
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return KeyRing(path.read_text().strip())
