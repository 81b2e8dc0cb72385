"""Short codes of letters: made when a letter is, found again by a keyed hash.

45 bits are few enough that two cases of a large city might be given one code. The database refuses the second; it is
then made anew by the next attempt, and which attempt it was is seen from the hash that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.bulk import in_groups
from survey_service.models import AccessCode
from survey_service.secrets import KeyRing
from survey_service.surveys import short_code

ATTEMPTS: Final = 8
"""With a hundred million codes in the database one in 350,000 is taken already: eight in a row never are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOfCase:
    """An issue of the code of a case, made or about to be. ``short_hash``: of its short code, if it has one."""

    case_id: UUID
    issue: int
    short_hash: str | None = None


@dataclass(frozen=True, slots=True)
class ShortCode:
    code: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The letter that a short code belongs to. ``code``: that of its QR code, to which everything else is bound."""

    survey_id: UUID
    wave_id: UUID
    area_id: UUID
    case_id: UUID
    code: str
    revoked: bool


def of_cases(session: Session, survey_id: UUID, wanted: Sequence[KeyOfCase], *, keys: KeyRing) -> dict[UUID, ShortCode]:
    """Case -> its short code: the one that it has, else a new one that no other case has. Nothing is written."""
    found: dict[UUID, ShortCode] = {}
    missing: list[KeyOfCase] = []
    for one in wanted:
        held = _held(survey_id, one, keys)
        if held is None:
            missing.append(one)
        else:
            found[one.case_id] = held
    for attempt in range(ATTEMPTS):
        if not missing:
            break
        made = {one.case_id: _made(survey_id, one, attempt, keys) for one in missing}
        taken = _taken(session, (one.hash for one in made.values()))
        left = []
        for one in missing:
            candidate = made[one.case_id]
            if candidate.hash in taken:
                left.append(one)
            else:
                taken.add(candidate.hash)
                found[one.case_id] = candidate
        missing = left
    assert not missing, "no attempt gave a code of its own"
    return found


def find(session: Session, code: str, *, keys: KeyRing) -> Found | None:
    """Where a short code leads that has its ten characters; None where no letter ever had it."""
    row = session.execute(
        select(
            AccessCode.survey_id,
            AccessCode.wave_id,
            AccessCode.area_id,
            AccessCode.case_id,
            AccessCode.issue,
            AccessCode.revoked_at,
        ).where(AccessCode.short_hash == hash_of(code, keys), AccessCode.case_id.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    return Found(
        survey_id=row.survey_id,
        wave_id=row.wave_id,
        area_id=row.area_id,
        case_id=row.case_id,
        code=keys.access_code(row.survey_id, row.case_id, row.issue),
        revoked=row.revoked_at is not None,
    )


def _held(survey_id: UUID, one: KeyOfCase, keys: KeyRing) -> ShortCode | None:
    if one.short_hash is None:
        return None
    attempts = (_made(survey_id, one, attempt, keys) for attempt in range(ATTEMPTS))
    return next((made for made in attempts if made.hash == one.short_hash), None)


def _made(survey_id: UUID, one: KeyOfCase, attempt: int, keys: KeyRing) -> ShortCode:
    code = short_code.with_check(keys.short_code(survey_id, one.case_id, one.issue, attempt))
    return ShortCode(code, hash_of(code, keys))


def hash_of(code: str, keys: KeyRing) -> str:
    """What the database holds of a short code."""
    return keys.keyed_hash("short code", code)


def _taken(session: Session, hashes: Iterable[str]) -> set[str | None]:
    """Those of ``hashes`` that some letter has."""
    found: set[str | None] = set()
    for some in in_groups(hashes):
        found |= set(session.scalars(select(AccessCode.short_hash).where(AccessCode.short_hash.in_(some))))
    return found
