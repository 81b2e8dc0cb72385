"""Who opened which sheet is written down before it is shown: an account or a link, in which form, with what.

No address and no mark of a single phone is kept. The same person opening the same sheet in the same form again within
some minutes is one opening.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends
from sqlalchemy import select, true
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.requests import Request

from survey_service.accounts.errors import ReadNotAudited
from survey_service.accounts.permissions import Person, SignedIn
from survey_service.dependencies import Now, Running
from survey_service.models import OpenedWith, SheetOpening, Taken
from survey_service.services import Services
from survey_service.writer import Busy

ONE_OPENING: Final = timedelta(minutes=10)
PATIENCE_SECONDS: Final = 10.0
FEW: Final = 100  # areas that a statement names one by one
_PHONE: Final = re.compile(r"Mobile|Android|iPhone|iPad|HarmonyOS", re.IGNORECASE)
_COMPUTER: Final = re.compile(r"Windows NT|Macintosh|X11|CrOS", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSheet:
    """The sheet of an area, or of a sector in it, of one release."""

    survey_id: UUID
    release_id: UUID
    area_id: UUID
    language: str
    sector: str = ""  # in that area; "": of the area itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """What a route calls before it shows a sheet to somebody who signed in."""

    running: Services
    person: Person
    at: datetime
    opened_with: OpenedWith

    def note(self, sheet: OneSheet, what: Taken) -> None:
        """Durable when it returns; ReadNotAudited where that could not be had."""
        row = _row(sheet, what, self.person.name, self.opened_with, self.at)
        row.account_id = self.person.account_id
        _write(self.running, row)

    def note_all(self, sheets: Sequence[OneSheet], what: Taken) -> None:
        """Sheets of one release that are taken together, in one transaction."""
        rows = [_row(sheet, what, self.person.name, self.opened_with, self.at) for sheet in sheets]
        for row in rows:
            row.account_id = self.person.account_id
        _write_all(self.running, rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLink:
    """A link that somebody opened; ``purpose``: for whom it was made."""

    id: UUID
    purpose: str
    expires_at: datetime


def note_by_link(
    running: Services, link: HeldLink, sheet: OneSheet, what: Taken, opened: OpenedWith, at: datetime
) -> None:
    """The same for whoever holds a link; ``sheet`` may be of a later edition than the link."""
    row = _row(sheet, what, link.purpose, opened, at)
    row.link_id = link.id
    _write(running, row)


def opened_with(request: Request) -> OpenedWith:
    told = request.headers.get("user-agent", "")
    if "MicroMessenger" in told:
        return OpenedWith.WECHAT
    if _PHONE.search(told):
        return OpenedWith.PHONE
    return OpenedWith.COMPUTER if _COMPUTER.search(told) else OpenedWith.OTHER


def _row(sheet: OneSheet, what: Taken, name: str, opened: OpenedWith, at: datetime) -> SheetOpening:
    return SheetOpening(
        survey_id=sheet.survey_id,
        release_id=sheet.release_id,
        area_id=sheet.area_id,
        sector=sheet.sector,
        at=at,
        what=what,
        language=sheet.language,
        name=name,
        client=opened,
    )


def _write(running: Services, row: SheetOpening) -> None:
    _write_all(running, [row])


def _write_all(running: Services, rows: Sequence[SheetOpening]) -> None:
    """Those of the rows that are no opening which stands there already; all are of one release, by one person, in one
    form."""
    if not rows:
        return
    one = rows[0]

    def write(session: Session) -> None:
        lately = select(SheetOpening.area_id, SheetOpening.sector, SheetOpening.language).where(
            SheetOpening.survey_id == one.survey_id,
            SheetOpening.release_id == one.release_id,
            SheetOpening.area_id.in_({row.area_id for row in rows}) if len(rows) <= FEW else true(),
            SheetOpening.what == one.what,
            SheetOpening.account_id.is_not_distinct_from(one.account_id),
            SheetOpening.link_id.is_not_distinct_from(one.link_id),
            SheetOpening.at > one.at - ONE_OPENING,
            SheetOpening.at <= one.at,
        )
        there = {(area_id, sector, language) for area_id, sector, language in session.execute(lately)}
        session.add_all([row for row in rows if (row.area_id, row.sector, row.language) not in there])
        session.flush()

    try:
        running.writer.submit(write).result(PATIENCE_SECONDS)
    except (Busy, TookTooLong, DBAPIError):
        raise ReadNotAudited from None


def _openings(request: Request, running: Running, person: SignedIn, now: Now) -> Openings:
    return Openings(running=running, person=person, at=now, opened_with=opened_with(request))


NotesOpenings = Annotated[Openings, Depends(_openings)]
