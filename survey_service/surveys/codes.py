"""Codes that open a questionnaire: a single-use one per case, an open one per community and wave.

A code is derived from the installation's key and never stored in plain, but for the open code, which hangs on every
notice board. So a spoilt letter can be printed again, and whoever reads the database learns no code of a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.bulk import insert_unless_there
from survey_service.ids import new_id
from survey_service.models import AccessCode, Account, Case, InterviewPass, Mode
from survey_service.secrets import KeyRing, code_hash
from survey_service.surveys import short_codes
from survey_service.surveys.errors import UnknownCode

LENGTH = 26
# Codes hold letters and 2 to 7: whoever types one from paper means the letter by a figure that looks like it.
_MISREAD = str.maketrans("018", "OIB", "-–—.,。，")
# Made once: building a statement costs more than running it.
_BY_HASH = select(
    AccessCode.survey_id,
    AccessCode.id,
    AccessCode.wave_id,
    AccessCode.area_id,
    AccessCode.case_id,
    AccessCode.used_at,
    AccessCode.revoked_at,
).where(AccessCode.code_sha256 == bindparam("hash"))

_PASSES = cast("Table", InterviewPass.__table__)
_PASS_BY_HASH = (
    select(
        InterviewPass.survey_id,
        InterviewPass.id,
        InterviewPass.case_id,
        InterviewPass.account_id,
        InterviewPass.mode,
        InterviewPass.expires_at,
        Case.wave_id,
        Case.area_id,
        Account.name,
    )
    .join(Case, (Case.survey_id == InterviewPass.survey_id) & (Case.id == InterviewPass.case_id))
    .join(Account, Account.id == InterviewPass.account_id)
    .where(InterviewPass.code_sha256 == bindparam("hash"))
)
PASS_HOLDS = timedelta(hours=12)
"""From the last time that the interviewer opened the case: a day's work, and a lost phone opens nothing tomorrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCode:
    """Where a code leads. An open code has no case, and no answer that came by it is in the probability sample."""

    survey_id: UUID
    code_id: UUID
    wave_id: UUID
    area_id: UUID
    case_id: UUID | None
    mode: Mode
    used_at: datetime | None
    revoked_at: datetime | None
    interviewer: audit.Actor | None = None  # whose phone it is: the code is then the pass of an interview
    expires_at: datetime | None = None  # of a pass


def issue_case_code(session: Session, case: Case, *, keys: KeyRing, issue: int = 1) -> str:
    """The single-use code of ``case``; asked again for the same issue it is the same code."""
    code = keys.access_code(case.survey_id, case.id, issue)
    if _held(session, case.survey_id, code) is None:
        key = short_codes.KeyOfCase(case_id=case.id, issue=issue)
        short = short_codes.of_cases(session, case.survey_id, [key], keys=keys)[case.id]
        session.add(
            AccessCode(
                survey_id=case.survey_id,
                wave_id=case.wave_id,
                area_id=case.area_id,
                case_id=case.id,
                issue=issue,
                code_sha256=code_hash(code),
                short_hash=short.hash,
            )
        )
        session.flush()
    return code


def reissue_case_code(session: Session, case: Case, *, keys: KeyRing, at: datetime, by: audit.Actor) -> str:
    """A new code for a case whose letter was lost; from now on the earlier ones open nothing."""
    of_case = (AccessCode.survey_id == case.survey_id) & (AccessCode.case_id == case.id)
    issues = session.scalars(select(AccessCode.issue).where(of_case)).all()
    session.execute(update(AccessCode).where(of_case, AccessCode.revoked_at.is_(None)).values(revoked_at=at))
    issue = max(issues, default=0) + 1
    audit.record(
        session,
        survey_id=case.survey_id,
        at=at,
        by=by,
        action="code.reissued",
        record=f"case {case.id}",
        detail={"issue": issue},
    )
    return issue_case_code(session, case, keys=keys, issue=issue)


def issue_open_code(session: Session, survey_id: UUID, wave_id: UUID, area_id: UUID, *, keys: KeyRing) -> str:
    """The code of a community's poster in one wave; asked again it is the same code."""
    code = keys.access_code(survey_id, uuid5(wave_id, str(area_id)), 1)
    if _held(session, survey_id, code) is None:
        session.add(
            AccessCode(
                survey_id=survey_id,
                wave_id=wave_id,
                area_id=area_id,
                case_id=None,
                code_sha256=code_hash(code),
                open_code=code,
            )
        )
        session.flush()
    return code


def issue_interview_pass(
    session: Session,
    case: Case,
    account_id: UUID,
    *,
    keys: KeyRing,
    at: datetime,
    mode: Mode = Mode.FACE_TO_FACE,
) -> str:
    """What opens the questionnaire of ``case`` for this interviewer until ``PASS_HOLDS`` from now; asked again it is
    the same, so that a phone finds the answers that it has kept. ``mode``: what an answer by it is from now on."""
    code = keys.access_code(case.survey_id, uuid5(case.id, str(account_id)), 1)
    values = {
        "survey_id": case.survey_id,
        "id": new_id(),
        "case_id": case.id,
        "account_id": account_id,
        "code_sha256": code_hash(code),
        "mode": mode,
        "expires_at": at + PASS_HOLDS,
    }
    if not insert_unless_there(session, _PASSES, values):
        session.execute(
            update(InterviewPass)
            .where(
                InterviewPass.survey_id == case.survey_id,
                InterviewPass.case_id == case.id,
                InterviewPass.account_id == account_id,
            )
            .values(mode=mode, expires_at=at + PASS_HOLDS)
        )
    return code


def as_printed(code: str) -> str:
    """Whatever was typed as it would be printed; at most as long as two codes."""
    return "".join(code.split()).upper().translate(_MISREAD)[: 2 * LENGTH]


def find(session: Session, code: str) -> OpenedCode:
    """Where ``code`` leads, also when it was used or revoked; raises UnknownCode.

    Small letters, blanks, dashes and a full stop copied along are free, and 0, 1 and 8 are what they were misread from.
    """
    typed = as_printed(code)
    row = None
    if len(typed) == LENGTH and typed.isascii() and typed.isalnum():
        row = session.execute(_BY_HASH, {"hash": code_hash(typed)}).one_or_none()
        if row is None:
            return _interview(session, code_hash(typed))
    if row is None:
        raise UnknownCode
    return OpenedCode(
        survey_id=row.survey_id,
        code_id=row.id,
        wave_id=row.wave_id,
        area_id=row.area_id,
        case_id=row.case_id,
        mode=Mode.WEB_OPEN if row.case_id is None else Mode.WEB_INVITED,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )


def _interview(session: Session, sha256: str) -> OpenedCode:
    """The case of an interviewer's pass; UnknownCode where there is none. Whoever opens it asks the clock whether it
    still holds."""
    row = session.execute(_PASS_BY_HASH, {"hash": sha256}).one_or_none()
    if row is None:
        raise UnknownCode
    return OpenedCode(
        survey_id=row.survey_id,
        code_id=row.id,
        wave_id=row.wave_id,
        area_id=row.area_id,
        case_id=row.case_id,
        mode=row.mode,
        used_at=None,
        revoked_at=None,
        interviewer=audit.Actor(row.account_id, row.name),
        expires_at=row.expires_at,
    )


def _held(session: Session, survey_id: UUID, code: str) -> AccessCode | None:
    return session.scalars(
        select(AccessCode).where(AccessCode.survey_id == survey_id, AccessCode.code_sha256 == code_hash(code))
    ).one_or_none()
