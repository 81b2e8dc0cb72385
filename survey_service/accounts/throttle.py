"""Slows whoever guesses passwords and codes, and locks nobody out.

What is counted together ``tries.py`` says. The counts are a table: every process of the service sees them. A try is
counted before it is judged, so that a hundred at once are a hundred; success forgets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from survey_service.bulk import insert_unless_there
from survey_service.clock import binds
from survey_service.database import ReadingSessions, WritingSessions
from survey_service.errors import TooManyAttempts
from survey_service.models import FailedAttempt
from survey_service.secrets import KeyRing

FREE_FAILURES = 4  # typing slips
LONGEST_WAIT = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(minutes=30)
_MOST = 26  # counts this far beyond the free ones make no difference


def key_of(keys: KeyRing, kind: str, *parts: str) -> str:
    """What stands in the table: neither a name nor an address can be read from it."""
    return keys.keyed_hash("throttle", "\n".join((kind, *parts)))


@dataclass(frozen=True, slots=True)
class Limit:
    """One count: so many tries are free, then each waits twice as long as the last, up to a longest."""

    key: str
    free: int = FREE_FAILURES
    longest: timedelta = LONGEST_WAIT


def take_turn(writing: WritingSessions, key: str, at: datetime) -> None:
    """Counts one try; TooManyAttempts while it has to wait. A refused try is not counted: waiting always ends."""
    take_turns(writing, (Limit(key),), at)


def take_turns(writing: WritingSessions, limits: Sequence[Limit], at: datetime) -> None:
    """The same for several counts: the try goes to all of them or to none."""
    with writing.begin() as session:
        # In one order: two transactions that lock the same rows must not wait for each other.
        tried = [(limit, _locked(session, limit.key, at)) for limit in sorted(limits, key=lambda limit: limit.key)]
        wait = max(_left(one.count, one.last_at, limit, at) for limit, one in tried)
        if not wait:
            for limit, one in tried:
                before = 0 if at - one.last_at > FORGOTTEN_AFTER else one.count
                one.count, one.last_at = min(before + 1, limit.free + _MOST), at
    if wait:
        raise TooManyAttempts(seconds=wait)


def refuse_early(reading: ReadingSessions, limits: Sequence[Limit], at: datetime) -> None:
    """TooManyAttempts where ``take_turns`` would say so, without a write: who is slowed costs nearly nothing."""
    by_key = {limit.key: limit for limit in limits}
    with reading.begin() as session:
        rows = session.execute(
            select(FailedAttempt.key_sha256, FailedAttempt.count, FailedAttempt.last_at).where(
                FailedAttempt.key_sha256.in_(by_key)
            )
        )
        wait = max((_left(count, last_at, by_key[key], at) for key, count, last_at in rows), default=0)
    if wait:
        raise TooManyAttempts(seconds=wait)


def _left(count: int, last_at: datetime, limit: Limit, at: datetime) -> int:
    """Seconds until the next try is judged."""
    if count < limit.free or at - last_at > FORGOTTEN_AFTER:
        return 0
    wait = min(timedelta(seconds=2 ** min(count - limit.free + 1, 10)), limit.longest)
    if not binds(last_at + wait, at, 2 * limit.longest):
        return 0
    # Two machines' clocks may differ by seconds: nobody waits longer than the wait itself.
    return -(-min(last_at + wait - at, wait) // timedelta(seconds=1))


def _locked(session: Session, key: str, at: datetime) -> FailedAttempt:
    """The row of ``key``, made where there is none, held until the transaction ends."""
    table = cast("Table", FailedAttempt.__table__)
    if insert_unless_there(
        session, table, {"key_sha256": key, "count": 0, "last_at": at}
    ):  # now and then, and cheap: what is forgotten goes
        session.execute(delete(FailedAttempt).where(FailedAttempt.last_at < at - FORGOTTEN_AFTER))
    return session.scalars(select(FailedAttempt).where(FailedAttempt.key_sha256 == key).with_for_update()).one()


def succeeded(session: Session, key: str) -> None:
    session.execute(delete(FailedAttempt).where(FailedAttempt.key_sha256 == key))


def give_back(session: Session, key: str) -> None:
    """Take back a try that was counted and turned out right."""
    session.execute(
        update(FailedAttempt)
        .where(FailedAttempt.key_sha256 == key, FailedAttempt.count > 0)
        .values(count=FailedAttempt.count - 1)
    )


def first_time(writing: WritingSessions, key: str, at: datetime) -> bool:
    """Whether ``key`` is met for the first time within ``FORGOTTEN_AFTER``, in whichever process."""
    with writing.begin() as session:
        tried = _locked(session, key, at)
        tried.count, tried.last_at = tried.count + 1, at
        return tried.count == 1
