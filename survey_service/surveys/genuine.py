"""Whether a letter was issued: by what is printed on it, and nothing besides yes or no."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from survey_service.models import AccessCode, Case, Wave, WaveState
from survey_service.secrets import KeyRing
from survey_service.surveys import short_code, short_codes

LONGEST: Final = 30  # characters of a case number
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−－ー", "-"))
_LABEL: Final = re.compile(r"^(?:住户|户|样本|单位)?编号[:：]?|^household(?: number)?[:：]?", re.IGNORECASE)


def number_as_read(typed: str) -> str:
    """The case number in what somebody typed: without what stands before it on the letter."""
    plain = unicodedata.normalize("NFKC", typed).translate(_DASHES).strip()
    return "".join(_LABEL.sub("", plain).split())[: LONGEST + 1]


def by_number(session: Session, number: str) -> bool:
    """Whether a letter of an open wave bears this case number."""
    return _any_letter(session, Case.number == number)


def by_short_code(session: Session, code: str, *, keys: KeyRing) -> bool:
    """Whether a letter of an open wave bears this short code, and was not replaced by another."""
    if not short_code.fits(code):
        return False
    return _any_letter(session, AccessCode.short_hash == short_codes.hash_of(code, keys))


def _any_letter(session: Session, condition: ColumnElement[bool]) -> bool:
    letters = (
        select(AccessCode.id)
        .join(Wave, (Wave.survey_id == AccessCode.survey_id) & (Wave.id == AccessCode.wave_id))
        .join(
            Case,
            (Case.survey_id == Wave.survey_id) & (Case.wave_id == Wave.id) & (Case.id == AccessCode.case_id),
        )
        .where(Wave.state == WaveState.OPEN, AccessCode.revoked_at.is_(None), condition)
        .limit(1)
    )
    return session.scalar(letters) is not None
