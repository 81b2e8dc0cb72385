"""One short key for everything that the figures of a wave come from: it moves when a row of the wave moves.

Figures are read with the key that they were read at; whoever signs compares keys and reads no row again.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_service.audit.chain import SYSTEM
from survey_service.models import AuditEntry, AuditHead


def rows_key(session: Session, survey_id: UUID, wave_id: UUID) -> str:
    """64 hexadecimal digits that stand for the rows of a wave as ``session`` sees them.

    Read it before the rows, in their transaction: a key that is older than its rows is only refused once too often.
    """
    head = session.scalar(select(AuditHead.sha256).where(AuditHead.chain == str(survey_id)))
    areas = session.scalar(
        select(func.max(AuditEntry.sequence)).where(AuditEntry.chain == SYSTEM, AuditEntry.action.startswith("area."))
    )
    return hashlib.sha256(f"{wave_id} {head} {areas}".encode()).hexdigest()
