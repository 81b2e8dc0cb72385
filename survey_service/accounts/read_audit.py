"""Reading is written down: who read the answers of one household or took a file out, from where, before it is shown.

A GET never writes, with the exceptions that ``tests/security/test_routes.py`` names: those that ask for
``AuditsReads``. What they write is one entry of the audit log, through the writer, and the page waits for its commit:
nothing is shown that is not written down. The same person reading the same record again within some minutes is one
read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from fastapi import Depends
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.accounts.errors import ReadNotAudited
from survey_service.accounts.permissions import Person, SignedIn
from survey_service.dependencies import Now, Running
from survey_service.services import Services
from survey_service.writer import Busy, GroupWriter

ONE_READ = timedelta(minutes=10)
REMEMBERED = 4096  # reads of one process
PATIENCE_SECONDS = 10.0

Read = tuple[UUID, str, str, str]  # who, from where, what, which record


@dataclass(slots=True)
class _Remembered:
    """Which reads were written a moment ago; the oldest gives way."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: OrderedDict[Read, datetime] = field(default_factory=OrderedDict)

    def lately(self, read: Read, now: datetime) -> bool:
        with self.lock:
            before = self.at.get(read)
            return before is not None and timedelta(0) <= now - before < ONE_READ

    def keep(self, read: Read, now: datetime) -> None:
        with self.lock:
            self.at[read] = now
            self.at.move_to_end(read)
            while len(self.at) > REMEMBERED:
                self.at.popitem(last=False)


_remembered: WeakKeyDictionary[GroupWriter, _Remembered] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class ReadAudit:
    """What a route calls before it shows."""

    running: Services
    person: Person
    at: datetime

    def note(
        self,
        survey_id: UUID | None,
        action: str,
        record: str,
        detail: Mapping[str, Any] | None = None,
        *,
        every: bool = False,
    ) -> None:
        """Durable when it returns; ReadNotAudited where that could not be had. ``every``: each time is one read."""
        known = _remembered.setdefault(self.running.writer, _Remembered())
        read = (self.person.account_id, self.person.address, action, record)
        if not every and known.lately(read, self.at):
            return

        def write(session: Session) -> None:
            audit.record(
                session,
                survey_id=survey_id,
                at=self.at,
                by=self.person.actor,
                action=action,
                record=record,
                detail=detail,
            )

        try:
            self.running.writer.submit(write).result(PATIENCE_SECONDS)
        except (Busy, TookTooLong, DBAPIError):
            raise ReadNotAudited from None
        known.keep(read, self.at)


def _read_audit(running: Running, person: SignedIn, now: Now) -> ReadAudit:
    return ReadAudit(running, person, now)


AuditsReads = Annotated[ReadAudit, Depends(_read_audit)]
