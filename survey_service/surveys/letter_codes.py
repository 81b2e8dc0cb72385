"""The two codes of every letter: made where there are none, the short one also where only that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from survey_service.models import AccessCode, Wave
from survey_service.secrets import KeyRing, code_hash
from survey_service.surveys import short_codes
from survey_service.surveys.planning_queries import LetterLine


def short_codes_of(session: Session, wave: Wave, rows: Sequence[LetterLine], *, keys: KeyRing) -> dict[UUID, str]:
    """Case -> its short code. Asked again it is the same, however often a letter is printed."""
    wanted = [
        short_codes.KeyOfCase(case_id=row.case_id, issue=row.issue or 1, short_hash=row.short_hash) for row in rows
    ]
    found = short_codes.of_cases(session, wave.survey_id, wanted, keys=keys)
    fresh = [
        {
            "survey_id": wave.survey_id,
            "wave_id": wave.id,
            "area_id": row.area_id,
            "case_id": row.case_id,
            "issue": 1,
            "code_sha256": code_hash(keys.access_code(wave.survey_id, row.case_id, 1)),
            "short_hash": found[row.case_id].hash,
        }
        for row in rows
        if row.issue is None
    ]
    if fresh:
        session.execute(insert(AccessCode), fresh)
    of_before = [
        {"survey_id": wave.survey_id, "id": row.code_id, "short_hash": found[row.case_id].hash}
        for row in rows
        if row.issue is not None and row.short_hash != found[row.case_id].hash
    ]
    if of_before:
        session.execute(update(AccessCode), of_before)
    return {case_id: short.code for case_id, short in found.items()}
