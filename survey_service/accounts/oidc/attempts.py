"""What a browser keeps while it is away at the provider: sealed, for ten minutes, and tied to that browser."""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts.oidc.model import Attempt
from survey_service.secrets import KeyRing, new_token
from survey_service.settings import Settings

WITHIN = timedelta(minutes=10)
_NONCE = 12
_ABOUT = b"oidc attempt"


def new_attempt(wanted: str, at: datetime) -> Attempt:
    return Attempt(
        state=new_token(),
        nonce=new_token(),
        verifier=new_token() + new_token(),
        wanted=wanted,
        begun_at=at.timestamp(),
    )


def cookie_name(settings: Settings) -> str:
    return "__Host-oidc" if settings.secure else "oidc"


def keep(response: Response, attempt: Attempt, settings: Settings, keys: KeyRing) -> None:
    """SameSite=Lax: the provider leads the browser back from another site, by a GET."""
    response.set_cookie(
        cookie_name(settings),
        _seal(attempt, keys),
        max_age=int(WITHIN.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure,
    )


def forget(response: Response, settings: Settings) -> None:
    response.delete_cookie(cookie_name(settings), path="/", httponly=True, samesite="lax", secure=settings.secure)


def kept(request: Request, state: str, settings: Settings, keys: KeyRing, at: datetime) -> Attempt | None:
    """The attempt of this browser with that state; None where it has none, another one, or one that is too old."""
    attempt = _unseal(request.cookies.get(cookie_name(settings), ""), keys)
    if attempt is None or not hmac.compare_digest(attempt.state.encode(), state.encode()):
        return None
    age = at.timestamp() - attempt.begun_at
    return attempt if 0 <= age < WITHIN.total_seconds() else None


def _seal(attempt: Attempt, keys: KeyRing) -> str:
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(keys.key_for("oidc attempt")).encrypt(nonce, json.dumps(asdict(attempt)).encode(), _ABOUT)
    return urlsafe_b64encode(nonce + sealed).decode()


def _unseal(cookie: str, keys: KeyRing) -> Attempt | None:
    try:
        raw = urlsafe_b64decode(cookie.encode())
        return Attempt(**json.loads(AESGCM(keys.key_for("oidc attempt")).decrypt(raw[:_NONCE], raw[_NONCE:], _ABOUT)))
    except (InvalidTag, ValueError, TypeError):
        return None
