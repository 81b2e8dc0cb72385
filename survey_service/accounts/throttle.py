"""Slows whoever guesses passwords and codes, and locks nobody out.

Tries are counted per name and place (the browser's address, or a browser that has signed in as that name before), so
a stranger who guesses at a name does not stand in its owner's way. The counts are a table: every process of the
service sees them. A try is counted before it is judged, so that a hundred at once are a hundred; success forgets it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from survey_service.database import WritingSessions
from survey_service.errors import TooManyAttempts
from survey_service.models import FailedAttempt
from survey_service.secrets import KeyRing

FREE_FAILURES = 4  # typing slips
LONGEST_WAIT = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(minutes=30)
_MOST = 30  # counts beyond make no difference


def key_of(keys: KeyRing, kind: str, *parts: str) -> str:
    """What stands in the table: neither a name nor an address can be read from it."""
    return keys.keyed_hash("throttle", "\n".join((kind, *parts)))


def take_turn(writing: WritingSessions, key: str, at: datetime) -> None:
    """Counts one try; TooManyAttempts while it has to wait. A refused try is not counted: waiting always ends."""
    with writing.begin() as session:
        wait = _take(session, key, at)
    if wait:
        raise TooManyAttempts(seconds=wait)


def _take(session: Session, key: str, at: datetime) -> int:
    tried = _locked(session, key, at)
    if at - tried.last_at > FORGOTTEN_AFTER:
        tried.count = 0
    if tried.count >= FREE_FAILURES:
        wait = min(timedelta(seconds=2 ** (tried.count - FREE_FAILURES + 1)), LONGEST_WAIT)
        left = tried.last_at + wait - at
        if left > timedelta(0):
            return -(-left // timedelta(seconds=1))
    tried.count, tried.last_at = min(tried.count + 1, _MOST), at
    return 0


def _locked(session: Session, key: str, at: datetime) -> FailedAttempt:
    """The row of ``key``, made where there is none, held until the transaction ends."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = session.execute(insert(FailedAttempt).values(key_sha256=key, count=0, last_at=at).on_conflict_do_nothing())
    assert isinstance(made, CursorResult)
    if made.rowcount:  # now and then, and cheap: what is forgotten goes
        session.execute(delete(FailedAttempt).where(FailedAttempt.last_at < at - FORGOTTEN_AFTER))
    return session.scalars(select(FailedAttempt).where(FailedAttempt.key_sha256 == key).with_for_update()).one()


def succeeded(session: Session, key: str) -> None:
    session.execute(delete(FailedAttempt).where(FailedAttempt.key_sha256 == key))


def first_time(writing: WritingSessions, key: str, at: datetime) -> bool:
    """Whether ``key`` is met for the first time within ``FORGOTTEN_AFTER``, in whichever process."""
    with writing.begin() as session:
        tried = _locked(session, key, at)
        tried.count, tried.last_at = tried.count + 1, at
        return tried.count == 1
