"""A sign-in through the city's provider: what leaves, what comes back, and what is asked of the provider between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

BACK = "/sign-in/oidc/back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The person that the provider named, after every check of its token."""

    issuer: str
    subject: str  # never changes and never passes to somebody else, at this issuer
    name: str  # the claim by which an administrator names a person; empty where the provider sent none
    second_factor: bool  # the provider asked for one, in a way that the settings accept


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One sign-in on its way: made when the browser leaves, sealed in its cookie, compared when it comes back."""

    state: str
    nonce: str
    verifier: str  # of PKCE: the code is worth nothing to whoever has not this
    wanted: str  # path of ours where the person was going
    begun_at: float


class Provider(Protocol):
    def address_to_leave_to(self, attempt: Attempt, *, again: bool, at: datetime) -> str:
        """Where the browser is sent. ProviderUnreachable."""

    def identity(self, attempt: Attempt, code: str, *, at: datetime) -> Identity:
        """Whom the code stands for. ProviderUnreachable, ProviderNotBelieved."""

    def is_issuer(self, named: str) -> bool: ...
