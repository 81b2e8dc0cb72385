"""Links to one sheet for somebody without an account: made for some days, kept as a hash, taken back at any time.

A link opens the sheet of one area, or of one sector in it, in one wave. It was made of one edition; where that was
corrected, what it opens is the edition in force, and it says so first: figures that were found wrong go to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from questionnaires.characters import written
from survey_service import audit
from survey_service.audit import Actor
from survey_service.errors import NotFound
from survey_service.models import Account, Area, Release, SheetLink, SheetOpening, Survey, Wave
from survey_service.receiving.errors import NotALink
from survey_service.releases.sheets import Sheet
from survey_service.secrets import code_hash, new_token

DAYS: Final = (1, 7, 30)
MOST_PURPOSE: Final = 60


class Standing(StrEnum):
    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"  # taken back, or the account that made it was closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What is shown once: the token is nowhere else in plain form."""

    token: str
    purpose: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkShown:
    """A link as its list shows it. ``opened``: how often, ``last``: when the last time."""

    id: UUID
    purpose: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    standing: Standing
    ended_at: datetime | None  # when it was taken back
    opened: int
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Where a link leads. ``release``: of which it was made."""

    link: SheetLink
    release: Release
    survey: Survey
    wave: Wave
    area: Area
    standing: Standing


def make(session: Session, sheet: Sheet, purpose: str, days: int, *, at: datetime, by: Actor) -> Made:
    """NotALink for no purpose, or days that are not offered."""
    told = written(purpose)
    if not told or len(told) > MOST_PURPOSE or days not in DAYS or by.account_id is None:
        raise NotALink
    survey_id, release_id, area_id, sector = sheet
    token = new_token()
    link = SheetLink(
        survey_id=survey_id,
        release_id=release_id,
        area_id=area_id,
        sector=sector,
        token_sha256=code_hash(token),
        purpose=told,
        made_by_id=by.account_id,
        made_by=by.name,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(link)
    session.flush()
    _noted(session, link, "made", at=at, by=by)
    return Made(token=token, purpose=told, expires_at=link.expires_at)


def revoke(session: Session, sheet: Sheet, link_id: UUID, *, at: datetime, by: Actor) -> None:
    """NotFound for a link of another sheet; one that is over stays as it is."""
    link = session.get(SheetLink, (sheet[0], link_id), with_for_update=True)
    if link is None or (link.survey_id, link.release_id, link.area_id, link.sector) != sheet:
        raise NotFound
    if link.revoked_at is None and at < link.expires_at:
        link.revoked_at, link.revoked_by = at, by.name
        _noted(session, link, "revoked", at=at, by=by)


def revoke_all(session: Session, *, at: datetime, by: Actor) -> int:
    """Every link that is open, of everybody: after a restore nobody knows which were taken back since. How many."""
    ended = session.execute(
        update(SheetLink)
        .where(SheetLink.revoked_at.is_(None), SheetLink.expires_at > at)
        .values(revoked_at=at, revoked_by=by.name)
        .returning(SheetLink.id)
    ).all()
    if ended:
        audit.record(
            session,
            survey_id=None,
            at=at,
            by=by,
            action="sheet_links.revoked",
            record="database",
            reason="restored from a backup",
            detail={"links": len(ended)},
        )
    return len(ended)


def listed(session: Session, sheet: Sheet, at: datetime) -> list[LinkShown]:
    """The links of a sheet, the last one first."""
    survey_id, release_id, area_id, sector = sheet
    openings = (
        select(SheetOpening.link_id, func.count().label("opened"), func.max(SheetOpening.at).label("last"))
        .where(SheetOpening.survey_id == survey_id, SheetOpening.link_id.is_not(None))
        .group_by(SheetOpening.link_id)
        .subquery()
    )
    found: Sequence[Row[SheetLink, Account, int | None, datetime | None]] = session.execute(
        select(SheetLink, Account, openings.c.opened, openings.c.last)
        .join(Account, Account.id == SheetLink.made_by_id)
        .outerjoin(openings, openings.c.link_id == SheetLink.id)
        .where(
            SheetLink.survey_id == survey_id,
            SheetLink.release_id == release_id,
            SheetLink.area_id == area_id,
            SheetLink.sector == sector,
        )
        .order_by(SheetLink.made_at.desc(), SheetLink.id.desc())
    ).all()
    return [
        LinkShown(
            id=link.id,
            purpose=link.purpose,
            made_by=link.made_by,
            made_at=link.made_at,
            expires_at=link.expires_at,
            standing=_standing(link, account, at),
            ended_at=link.revoked_at,
            opened=opened or 0,
            last=last,
        )
        for link, account, opened, last in found
    ]


def followed(session: Session, token: str, at: datetime) -> Followed | None:
    """None for a token that was never given."""
    found = session.execute(
        select(SheetLink, Account, Release, Survey, Wave, Area)
        .join(Account, Account.id == SheetLink.made_by_id)
        .join(Release, (Release.survey_id == SheetLink.survey_id) & (Release.id == SheetLink.release_id))
        .join(Survey, Survey.id == SheetLink.survey_id)
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .join(Area, Area.id == SheetLink.area_id)
        .where(SheetLink.token_sha256 == code_hash(token))
    ).one_or_none()
    if found is None:
        return None
    link, account, release, survey, wave, area = found
    standing = _standing(link, account, at)
    return Followed(link=link, release=release, survey=survey, wave=wave, area=area, standing=standing)


def _standing(link: SheetLink, account: Account, at: datetime) -> Standing:
    if link.revoked_at is not None or account.disabled_at is not None:
        return Standing.REVOKED
    return Standing.OPEN if at < link.expires_at else Standing.EXPIRED


def _noted(session: Session, link: SheetLink, act: str, *, at: datetime, by: Actor) -> None:
    audit.record(
        session,
        survey_id=link.survey_id,
        at=at,
        by=by,
        action=f"sheet_link.{act}",
        record=f"sheet_link {link.id}",
        detail={
            "release": str(link.release_id),
            "area": str(link.area_id),
            **({"sector": link.sector} if link.sector else {}),
            "until": link.expires_at.isoformat(),
        },
    )
