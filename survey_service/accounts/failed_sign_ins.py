"""Sign-ins that failed or were refused, in the audit log, at a rate that no flood raises.

The first of a kind (this name, from this address, for this reason) in an hour is written at once, up to ``FIRST`` of
them; what comes after is counted and written as one entry with its number when the hour is over, up to ``COUNTED``
kinds and one for all others. So a process adds ``FIRST + COUNTED + 1`` entries an hour at most, whatever is thrown at
it, and who is slowed costs no write. Written through the writer, behind residents' answers, and never waited for.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session
from starlette.requests import Request

from survey_service import audit
from survey_service.accounts import queries
from survey_service.errors import DomainError, TooManyAttempts
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.web.addresses import known_address
from survey_service.writer import Busy, GroupWriter

FIRST = 200
COUNTED = 200
HOUR = 3600  # seconds
REFUSED = "account.sign_in_refused"  # told to wait
FAILED = "account.sign_in_failed"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is counted together. ``user``: as typed, never stored; ``address``: empty for all others."""

    action: str
    user: str
    address: str
    by: str  # password, code, provider, token, first administrator


OTHERS = Kind(FAILED, "", "", "others")


@dataclass(slots=True)
class _Hour:
    """Counts of failed sign-ins that this process has noted in the present hour."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    number: int = -1
    told: set[Kind] = field(default_factory=set)
    more: Counter[Kind] = field(default_factory=Counter)

    def take(self, kind: Kind, at: datetime) -> tuple[bool, Counter[Kind]]:
        """Whether ``kind`` is written at once, and what the hour that has just ended still holds."""
        with self.lock:
            ended = self._turn(int(at.timestamp()) // HOUR)
            if kind not in self.told and len(self.told) < FIRST:
                self.told.add(kind)
                return True, ended
            self.more[kind if kind in self.more or len(self.more) < COUNTED else OTHERS] += 1
            return False, ended

    def end(self) -> Counter[Kind]:
        with self.lock:
            return self._turn(-1)

    def _turn(self, number: int) -> Counter[Kind]:
        if number == self.number:
            return Counter()
        ended = self.more
        self.number, self.told, self.more = number, set(), Counter()
        return ended


_hours: WeakKeyDictionary[GroupWriter, _Hour] = WeakKeyDictionary()


def note(
    request: Request, running: Services, user: str, fault: DomainError, at: datetime, *, by: str = "password"
) -> None:
    """One try that did not open the service."""
    action = REFUSED if isinstance(fault, TooManyAttempts) else FAILED
    kind = Kind(action, user, known_address(request.scope, running.settings), by)
    now, ended = _hours.setdefault(running.writer, _Hour()).take(kind, at)
    many = Counter(ended)
    if now:
        many[kind] += 1
    if many:
        _submit(running, many, at)


def finish(running: Services) -> None:
    """Before the service stops: what was counted is written."""
    hour = _hours.get(running.writer)
    if hour is not None and (many := hour.end()):
        _submit(running, many, running.clock())


def _submit(running: Services, many: Counter[Kind], at: datetime) -> None:
    try:
        running.writer.submit(_writes(running.keys, many, at))
    except Busy:
        return  # residents' answers come first: under such a flood some counts are lost, and /health says so


def _writes(keys: KeyRing, many: Counter[Kind], at: datetime) -> Callable[[Session], None]:
    def write(session: Session) -> None:
        for kind, times in many.items():
            account = queries.account_by_user(session, kind.user) if kind.user else None
            detail = {"by": kind.by, "times": times}
            if account is None and kind.user:  # somebody may have typed a password there: only a keyed hash is kept
                detail["name"] = keys.keyed_hash("sign-in name", kind.user)
            audit.record(
                session,
                survey_id=None,
                at=at,
                by=audit.Actor(None, address=kind.address),
                action=kind.action,
                record=f"account {account.id}" if account else "account unknown",
                detail=detail,
            )

    return write
